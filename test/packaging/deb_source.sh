#!/bin/sh
# SPDX-License-Identifier: MIT
# deb_source.sh TARBALL DIR: makes a Debian source package of a tarball of
# make dist, in DIR: the folder libsanstls-X.Y.Z with debian/ in it and its
# libsanstls_X.Y.Z.orig.tar.gz, and with dpkg-source the .dsc, too.
# DEBFULLNAME and DEBEMAIL name the maintainer.
set -eu

: "${DEBFULLNAME:=libsanstls maintainers}"
: "${DEBEMAIL:=maintainers@libsanstls.invalid}"
tarball=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
name=$(basename "$tarball" .tar.gz)
version=${name#libsanstls-}
tree=$dir/$name

rm -rf "$tree"
cp "$tarball" "$dir/libsanstls_$version.orig.tar.gz"
tar -xzf "$tarball" -C "$dir"
cp -Rp "$tree/test/packaging/debian" "$tree/debian"
sed "s/@MAINTAINER@/$DEBFULLNAME <$DEBEMAIL>/" \
  "$tree/test/packaging/debian/control" >"$tree/debian/control"

# Of the time that the tarball has, which is that of the sources.
cat >"$tree/debian/changelog" <<TEXT
libsanstls ($version-1) unstable; urgency=medium

  * Package of libsanstls $version.

 -- $DEBFULLNAME <$DEBEMAIL>  $(LC_ALL=C date -R -u -r "$tree/configure.ac")
TEXT

# The version scripts of the shared libraries are made of the same lists.
number=$(sed -n 's/^LIB_VERSION_INFO = //p' "$tree/Makefile.am" |
  awk -F: '{ print $1 - $3 }')
# write_symbols LIBRARY PREFIX LIST
write_symbols() {
  {
    echo "$1.so.$number $1$number #MINVER#"
    echo "* Build-Depends-Package: libsanstls-dev"
    echo " $2_$number@$2_$number $version"
    sed "s/.*/ &@$2_$number $version/" "$tree/$3"
  } >"$tree/debian/$1$number.symbols"
}
write_symbols libsanstls SANSTLS lib/sanstls.sym
write_symbols libsanstls-testing SANSTLS_TESTING lib/testing/testing.sym

if command -v dpkg-source >/dev/null 2>&1; then
  (cd "$dir" && dpkg-source -b "$name")
fi
