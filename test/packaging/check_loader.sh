#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks what make install does about the loader's list of libraries
# (lib/tell_loader.sh): ldconfig runs where that is allowed and helps, is named
# where it is not allowed, and other ways are named where it would not help. It
# names PKG_CONFIG_PATH and MANPATH where pkg-config and man would find nothing. And
# bootstrap says its switches. The commands that it asks are stand-ins here.
set -eu

: "${srcdir:=.}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

mkdir -p "$work/bin" "$work/system" "$work/elsewhere" "$work/empty"
ln -s system "$work/link"
: >"$work/system/libsanstls.so"
: >"$work/elsewhere/libsanstls.so"

# stand_in NAME: a command of that name, from stdin.
stand_in() {
  { echo '#!/bin/sh'; cat; } >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}
stand_in id <<'SH'
echo "$USER_ID"
SH
stand_in uname <<'SH'
echo "${SYSTEM:-Linux}"
SH
stand_in ldconfig <<SH
if [ "\$*" = '-N -X -v' ]; then
  for folder in \$FOLDERS; do
    echo "\$folder: (from /etc/ld.so.conf:1)"
    echo '	libc.so.6 -> libc.so.6'
  done
  exit 0
fi
echo "ldconfig \$*" >>$work/ran
exit \${LDCONFIG_STATUS:-0}
SH

stand_in pkg-config <<'SH'
echo "$PC_PATH"
SH
stand_in manpath <<'SH'
echo "$MAN_PATH"
SH
PC_PATH=/usr/lib/pkgconfig:$work/system/pkgconfig MAN_PATH=/usr/share/man
export PC_PATH MAN_PATH
unset PKG_CONFIG_PATH

# expect CASE RUN TEXT COMMAND...: ldconfig runs (yes, no), and the words say
# TEXT; with an empty TEXT there are none.
expect() {
  name=$1 run=$2 text=$3
  shift 3
  rm -f "$work/ran"
  PATH=$work/bin:$PATH "$@" >"$work/said" 2>&1 || {
    echo "$name: it fails"
    failures=1
  }
  ran=no
  [ ! -f "$work/ran" ] || ran=yes
  if [ "$ran" != "$run" ]; then
    echo "$name: ldconfig runs: $ran, not $run"
    failures=1
  fi
  if [ -z "$text" ] && [ -s "$work/said" ] ||
    ! grep -qF -- "$text" "$work/said" && [ -n "$text" ]; then
    echo "$name: not '$text' but:"
    cat "$work/said"
    failures=1
  fi
}

# shellcheck disable=SC2317 # expect calls it
tell() {
  sh "$srcdir/lib/tell_loader.sh" "$@"
}

FOLDERS="$work/link $work/empty"
export FOLDERS
USER_ID=0
export USER_ID
expect 'root, a folder of the loader' yes '' tell install "$work/system"
expect 'root, the same by another name' yes '' tell install "$work/link"
expect 'root, another folder' no "LD_LIBRARY_PATH=$work/elsewhere" \
  tell install "$work/elsewhere"
expect 'root, another folder, for good' no 'ld.so.conf.d' \
  tell install "$work/elsewhere"
expect 'root, no shared library' no '' tell install "$work/empty"
expect 'a package' no '' tell install "$work/system" "$work/destdir"
expect 'uninstalled' yes '' tell uninstall "$work/empty"
expect 'uninstalled elsewhere' no '' tell uninstall "$work/elsewhere"
expect 'uninstalled from a package' no '' tell uninstall "$work/empty" /x
LDCONFIG_STATUS=1
export LDCONFIG_STATUS
expect 'ldconfig fails' yes 'once root has run' tell install "$work/system"
unset LDCONFIG_STATUS
FOLDERS=
expect 'a loader without a list' no '' tell install "$work/system"
FOLDERS=$work/system
SYSTEM=Darwin
export SYSTEM
expect 'no Linux' no '' tell install "$work/system"
unset SYSTEM
USER_ID=1000
expect 'no root' no '  ldconfig' tell install "$work/system"
expect 'no root, another folder' no 'rpath,' tell install "$work/elsewhere"
expect 'no root, uninstalled' no '' tell uninstall "$work/system"


# What pkg-config and man look for, on each system.
for folder in system elsewhere; do
  mkdir "$work/$folder/pkgconfig"
  : >"$work/$folder/pkgconfig/sanstls.pc"
done
FOLDERS=$work/system\ $work/elsewhere
USER_ID=0
expect 'pkg-config, its own folder' yes '' tell install "$work/system"
expect 'pkg-config, another folder' yes \
  "export PKG_CONFIG_PATH=$work/elsewhere/pkgconfig" \
  tell install "$work/elsewhere"
PKG_CONFIG_PATH=/x:$work/elsewhere/pkgconfig
export PKG_CONFIG_PATH
expect 'pkg-config, a folder of the variable' yes '' \
  tell install "$work/elsewhere"
unset PKG_CONFIG_PATH
expect 'pkg-config, a package' no '' tell install "$work/elsewhere" /x
expect 'man, its own folder' yes '' \
  tell install "$work/system" '' /usr/share/man
expect 'man, another folder' yes 'export MANPATH=/opt/man:' \
  tell install "$work/system" '' /opt/man
expect 'man, uninstalled' yes '' tell uninstall "$work/system" '' /opt/man
SYSTEM=Darwin
export SYSTEM
expect 'no Linux, pkg-config' no 'PKG_CONFIG_PATH=' \
  tell install "$work/elsewhere"
unset SYSTEM

# A copy, where it could not go on without being seen.
mkdir "$work/fresh"
cp "$srcdir/bootstrap" "$work/fresh"
for switch in --help -h; do
  "$work/fresh/bootstrap" "$switch" >"$work/said" 2>&1 || failures=1
  if ! grep -q -- --no-configure "$work/said" ||
    [ "$(ls "$work/fresh")" != bootstrap ]; then
    echo "bootstrap $switch does not say its switches, or does more:"
    cat "$work/said"
    failures=1
  fi
done

exit "$failures"
