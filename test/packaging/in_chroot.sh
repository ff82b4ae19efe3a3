#!/bin/sh
# SPDX-License-Identifier: MIT
# Inside of a bare Debian with a source package in /build:
# 1. The tarball is built and installed with make install, into /usr/local, and a
#    program starts without further ado; make uninstall leaves nothing.
# 2. dpkg-buildpackage builds the packages, lintian looks at them.
# 3. They are installed, and programs are built against them.
# check_deb.sh calls it.
set -eu

cd /build
tree=$(find . -maxdepth 1 -type d -name 'libsanstls-*')
tree=${tree#./}
jobs=$(getconf _NPROCESSORS_ONLN)

step() {
  echo "--- $1"
}

# get PACKAGE...: and nothing that these do not need.
get() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "$@" >log 2>&1 || { tail -n 20 log; exit 1; }
}

# list: what is below /usr/local, without folders that others share.
list() {
  find /usr/local ! -type d -o -path '*sanstls*' | sort
}

step 'what the build needs'
apt-get update -qq
get libidn2-dev libssl-dev libunistring-dev libzstd-dev pkg-config zlib1g-dev

step 'make install'
cat >hello.c <<'SOURCE'
#include <sanstls/sanstls.h>
#include <stdio.h>
int main(void) { return puts(stls_version_text()) < 0; }
SOURCE
mkdir plain
cd plain
"../$tree/configure" --quiet >../log 2>&1
make -j"$jobs" >../log 2>&1 || { tail -n 20 ../log; exit 1; }
list >../before
make install >../log 2>&1
# shellcheck disable=SC2046
cc -o hello ../hello.c $(pkg-config --cflags --libs sanstls)
./hello
srcdir=../$tree libdir=/usr/local/lib sh "../$tree/test/checks/check_install.sh"
make uninstall >../log 2>&1
list | diff ../before -
cd ..
rm -rf plain

step 'dpkg-buildpackage'
get lintian cmake meson dpkg-dev
(
  cd "$tree"
  DEBIAN_FRONTEND=noninteractive apt-get build-dep -y -qq \
    --no-install-recommends ./ >../log 2>&1
) || { tail -n 20 log; exit 1; }
options="parallel=$jobs"
[ "$DEB_TESTS" = yes ] || options="$options nocheck"
(cd "$tree" && DEB_BUILD_OPTIONS=$options dpkg-buildpackage -us -uc) \
  >build.log 2>&1 || { tail -n 40 build.log; exit 1; }
grep -E 'dpkg-(gensymbols|shlibdeps): warning' build.log || true

step 'lintian'
# A newer release has a newer policy than debian/control names.
lintian --allow-root --display-info --pedantic \
  --suppress-tags out-of-date-standards-version \
  --fail-on error,warning,info,pedantic ./*.changes

step 'the packages in use'
get ./*.deb
libdir=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
srcdir=$tree libdir=$libdir sh "$tree/test/checks/check_install.sh"
for package in ./*.deb; do
  echo "$package:"
  dpkg-deb -c "$package" | sed -n 's|.* \./|  |p' | grep -v '/$' | head -n 12
done
