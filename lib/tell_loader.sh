#!/bin/sh
# SPDX-License-Identifier: MIT
# tell_loader.sh install|uninstall LIBDIR [DESTDIR]: has the loader renew its
# list of libraries, or says what is left to do before a program finds the shared
# one in LIBDIR. Under a DESTDIR that is the package's job. It never fails:
# the files are in their places by then. make install and make uninstall call it.
set -eu

what=$1 libdir=$2 destdir=${3:-}
library=$libdir/libsanstls.so

# Outside the PATH of most users.
PATH=$PATH:/usr/sbin:/sbin
export PATH

[ -z "$destdir" ] || exit 0
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
