#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the built library below a folder (DESTDIR), and checks there:
# - programs are built against it and run (test/checks/check_install.sh), and so are
#   the examples (test/checks/check_examples.sh);
# - make uninstall leaves the tree as it was, folders included;
# - sanstls.pc follows make install prefix=..., and asks for OpenSSL 3.0.2;
# - nothing outside is touched, and nobody is told to run ldconfig.
set -eu

: "${srcdir:=.}" "${PKG_CONFIG:=pkg-config}"
if [ "${STLS_SANITIZERS:-no}" = yes ]; then
  echo 'check_package: skipped, a library with sanitizers is not for others'
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage

fail() {
  echo "check_package: $1" >&2
  exit 1
}

# make's jobs are those of the make that runs this.
run_make() {
  env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "${MAKE:-make}" "$@" \
    >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "make $*"
  }
}

list() {
  (cd "$stage" && find . | sort)
}

# What else is in the folders that it shares stays, and so do the folders.
run_make install DESTDIR="$stage"
(cd "$stage" &&
  find . -type d ! -path '*/include/sanstls*' ! -path '*/doc/libsanstls*') \
  >"$work/shared"
rm -rf "$stage"
while read -r folder; do
  mkdir -p "$stage/$folder"
  echo foreign >"$stage/$folder/foreign"
done <"$work/shared"
list >"$work/before"
run_make install DESTDIR="$stage"
! grep -q ldconfig "$work/log" || fail 'with DESTDIR the loader is not asked'
list >"$work/installed"
! cmp -s "$work/before" "$work/installed" || fail 'nothing is installed'

# The documents lead to nothing that is not installed.
(cd "$stage" && find . -path '*/doc/*' -name '*.md') >"$work/documents"
grep -q 'README.md$' "$work/documents" || fail 'the guide is not installed'
while read -r document; do
  ! grep -n '](\.\./' "$stage/$document" || fail "$document leads out"
  folder=$stage/${document%/*}
  sed -n 's/^<!-- from: \([^ ]*\) -->$/\1/p' "$stage/$document" |
    while read -r file; do
      [ -f "$folder/$file" ] || echo "$document quotes $file"
    done
done <"$work/documents" >"$work/missing"
[ ! -s "$work/missing" ] || fail "$(cat "$work/missing")"

# Nor does the manual page.
find "$stage" -name sanstls.7 -exec sed -n 's/^\\fI\(\/.*\)\\fR$/\1/p' {} + |
  while read -r file; do
    [ -e "$stage$file" ] || echo "sanstls(7) names $file"
  done >"$work/missing"
[ ! -s "$work/missing" ] || fail "$(cat "$work/missing")"

# As if this were where it is to stay.
libdir=$stage$(sed -n "s/^libdir='\\(.*\\)'\$/\\1/p" libsanstls.la)
for pc in "$libdir"/pkgconfig/sanstls*.pc; do
  sed "1,4s|=/|=$stage/|" "$pc" >"$work/pc"
  cp "$work/pc" "$pc"
done
export libdir
sh "$srcdir/test/checks/check_install.sh"
examplesdir=$(find "$stage" -name examples -path '*sanstls*')
export examplesdir
sh "$srcdir/test/checks/check_examples.sh"

run_make uninstall DESTDIR="$stage"
list >"$work/after"
diff "$work/before" "$work/after" ||
  fail 'make uninstall leaves another tree than before'

run_make install-pc DESTDIR="$stage" prefix=/opt/x exec_prefix=/opt/x \
  libdir=/opt/x/lib64 includedir=/usr/include
pc=$stage/opt/x/lib64/pkgconfig/sanstls.pc
[ -f "$pc" ] || fail 'sanstls.pc is not where libdir says'
printf '%s\n' 'prefix=/opt/x' "exec_prefix=\${prefix}" \
  "libdir=\${exec_prefix}/lib64" 'includedir=/usr/include' >"$work/wanted"
head -n 4 "$pc" | diff "$work/wanted" - || fail 'sanstls.pc has other folders'
! grep '@' "$pc" || fail 'sanstls.pc is not filled in'
$PKG_CONFIG --print-requires "$pc" | grep -qx 'openssl >= 3.0.2' ||
  fail 'sanstls.pc does not require openssl >= 3.0.2'

# The guide's variables for a folder of one's own.
line=$(grep '^export PKG_CONFIG_PATH=' "$srcdir/include/README.md") ||
  fail 'the guide does not say how to install without root'
HOME=$work
run_make install-pc prefix="$HOME/stls" exec_prefix="$HOME/stls" \
  libdir="$HOME/stls/lib"
eval "$line"
[ "$($PKG_CONFIG --variable=libdir sanstls)" = "$LD_LIBRARY_PATH" ] ||
  fail "the guide's variables lead elsewhere"
case $MANPATH in
  "$HOME/stls/share/man:") ;;
  *) fail "the guide's MANPATH is $MANPATH" ;;
esac
