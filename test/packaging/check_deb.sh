#!/bin/sh
# SPDX-License-Identifier: MIT
# check_deb.sh DIR TARBALL: makes Debian packages of a tarball of make dist, and
# uses them, in a bare Debian in DIR. What it does there is in in_chroot.sh.
# make check-deb calls it, as root and with debootstrap. Variables:
#   DEB_SUITE   the release of Debian (bookworm)
#   DEB_MIRROR  where it comes from (http://deb.debian.org/debian)
#   DEB_BASE    a folder with such a Debian, which is copied; else one is made
#   DEB_TESTS   yes: the packages' build runs make check, too
set -eu

: "${DEB_SUITE:=bookworm}" "${DEB_MIRROR:=http://deb.debian.org/debian}"
: "${DEB_TESTS:=no}" "${srcdir:=.}"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
: "${DEB_BASE:=$dir/base-$DEB_SUITE}"
root=$dir/root

fail() {
  echo "check_deb: $1" >&2
  exit 1
}

[ "$(id -u)" -eq 0 ] || fail 'a bare Debian is made and entered by root only'
if [ ! -x "$DEB_BASE/usr/bin/dpkg" ]; then
  command -v debootstrap >/dev/null 2>&1 || fail 'there is no debootstrap'
  debootstrap --variant=buildd "$DEB_SUITE" "$DEB_BASE" "$DEB_MIRROR" \
    >"$dir/log" 2>&1 || {
    tail -n 20 "$dir/log" >&2
    fail 'debootstrap'
  }
fi

rm -rf "$root"
cp -a --reflink=auto "$DEB_BASE" "$root"
mkdir -p "$root/build"
sh "$srcdir/test/packaging/deb_source.sh" "$2" "$root/build"
cp "$srcdir/test/packaging/in_chroot.sh" "$root/build"
cp /etc/resolv.conf "$root/etc/resolv.conf"

# Mounts end with the process.
# shellcheck disable=SC2016 # the inner shell expands them
unshare --mount --pid --fork sh -c '
  mount -t proc proc "$1/proc" && exec chroot "$1" \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ LC_ALL=C.UTF-8 \
    DEB_TESTS="$2" sh /build/in_chroot.sh' sh "$root" "$DEB_TESTS"
rm -rf "$dir/packages"
mkdir "$dir/packages"
find "$root/build" -maxdepth 1 -type f ! -name '*.sh' \
  -exec cp -t "$dir/packages" {} +
echo "check_deb: $dir/packages has them"
