#!/bin/sh
# SPDX-License-Identifier: MIT
# tell_loader.sh install|uninstall LIBDIR [DESTDIR [MANDIR]]: has the loader renew
# its list of libraries, or says what is left to do before a program finds the shared
# one in LIBDIR, before pkg-config finds sanstls.pc there, and before man finds the
# pages in MANDIR. Under a DESTDIR that is the package's job. It never fails:
# the files are in their places by then. make install and make uninstall call it.
set -eu

what=$1 libdir=$2 destdir=${3:-} mandir=${4:-}
library=$libdir/libsanstls.so

# Outside the PATH of most users.
PATH=$PATH:/usr/sbin:/sbin
export PATH

[ -z "$destdir" ] || exit 0

# is_listed FOLDER LIST: LIST has colons between its folders.
is_listed() {
  case ":$2:" in *":$1:"*) return 0 ;; esac
  return 1
}

# Names the variable for each searcher that would not find its part.
tell_searchers() {
  pc_path=$(pkg-config --variable pc_path pkg-config 2>/dev/null) || pc_path=
  if [ -f "$libdir/pkgconfig/sanstls.pc" ] &&
    ! is_listed "$libdir/pkgconfig" "${PKG_CONFIG_PATH:-}:$pc_path"; then
    cat <<TEXT
libsanstls: pkg-config finds it with
  export PKG_CONFIG_PATH=$libdir/pkgconfig\${PKG_CONFIG_PATH:+:\$PKG_CONFIG_PATH}
TEXT
  fi
  if [ -n "$mandir" ] && command -v manpath >/dev/null 2>&1 &&
    ! is_listed "$mandir" "$(manpath -q 2>/dev/null)"; then
    cat <<TEXT
libsanstls: man finds its pages with
  export MANPATH=$mandir:\$MANPATH
TEXT
  fi
}

if [ "$what" = install ]; then tell_searchers; fi
[ "$(uname -s)" = Linux ] || exit 0

# The loader's folders by their own names: /lib may be a link to /usr/lib.
loader_folders() {
  { ldconfig -N -X -v 2>/dev/null || true; } |
    sed -n 's|^\(/[^:]*\):.*|\1|p' |
    while read -r folder; do
      (cd "$folder" 2>/dev/null && pwd -P) || true
    done
}

# musl has no list, and looks into its folders each time.
folders=$(loader_folders)
[ -n "$folders" ] || exit 0

is_loader_folder() {
  own=$(cd "$libdir" 2>/dev/null && pwd -P) || return 1
  echo "$folders" | grep -qxF "$own"
}

if [ "$what" = uninstall ]; then
  if [ "$(id -u)" -eq 0 ] && is_loader_folder; then ldconfig || true; fi
  exit 0
fi

[ -f "$library" ] || exit 0
if ! is_loader_folder; then
  cat <<TEXT
libsanstls: the loader does not look for libraries in $libdir.
Programs find it there when they are linked with
  -Wl,-rpath,$libdir
or run with
  LD_LIBRARY_PATH=$libdir
or once root has run
  echo $libdir >/etc/ld.so.conf.d/libsanstls.conf && ldconfig
TEXT
elif [ "$(id -u)" -ne 0 ] || ! ldconfig; then
  cat <<TEXT
libsanstls: programs find $library once root has run
  ldconfig
TEXT
fi
