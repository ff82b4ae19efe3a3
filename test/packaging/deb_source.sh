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

# The version script of the shared library is made of the same list.
number=$(sed -n 's/^LIB_VERSION_INFO = //p' "$tree/Makefile.am" |
  awk -F: '{ print $1 - $3 }')
{
  echo "libsanstls.so.$number libsanstls$number #MINVER#"
  echo "* Build-Depends-Package: libsanstls-dev"
  echo " SANSTLS_$number@SANSTLS_$number $version"
  sed "s/.*/ &@SANSTLS_$number $version/" "$tree/lib/sanstls.sym"
} >"$tree/debian/libsanstls$number.symbols"

if command -v dpkg-source >/dev/null 2>&1; then
  (cd "$dir" && dpkg-source -b "$name")
fi
