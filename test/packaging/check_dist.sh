#!/bin/sh
# SPDX-License-Identifier: MIT
# check_dist.sh DIR TARBALL: checks what make dist has made, in DIR.
# - A second tarball, made of the first, is the same, byte for byte.
# - It is configured, built and installed where Autoconf, Automake, Libtool, Perl
#   and git are missing, in a folder of its own; nothing tries to call them.
# make check-dist calls it.
set -eu

: "${MAKE:=make}" "${CC:=cc}"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
tarball=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")

fail() {
  echo "check_dist: $1" >&2
  exit 1
}

# quietly WHAT COMMAND...: its words only matter where it fails.
quietly() {
  what=$1
  shift
  "$@" >"$dir/log" 2>&1 || {
    cat "$dir/log" >&2
    fail "$what"
  }
}

(cd "$dir" && rm -rf src build bin stage called)
mkdir -p "$dir/src" "$dir/build" "$dir/bin"
tar -xzf "$tarball" -C "$dir/src" --strip-components=1

# What only a developer has. Each one says that it was called.
for tool in aclocal autoconf autoheader autom4te automake autoreconf git \
  help2man libtoolize m4 perl; do
  for name in $tool $tool-1.15 $tool-1.16 $tool-1.17 $tool-1.18; do
    printf '#!/bin/sh\necho "%s $*" >>%s\nexit 1\n' "$name" "$dir/called" \
      >"$dir/bin/$name"
    chmod +x "$dir/bin/$name"
  done
done
PATH=$dir/bin:$PATH
export PATH

cd "$dir/build"
quietly 'it is not configured' "$dir/src/configure" CC="$CC" CFLAGS=-O1
quietly 'it does not build' "$MAKE"
quietly 'it is not installed' "$MAKE" install DESTDIR="$dir/stage"
[ ! -s "$dir/called" ] || {
  cat "$dir/called" >&2
  fail 'a tool of developers was called'
}

quietly 'it makes no tarball' "$MAKE" dist
[ ! -s "$dir/called" ] || fail "make dist calls $(cat "$dir/called")"
cmp "$tarball" "$(basename "$tarball")" ||
  fail 'a tarball made of the tarball is another one'
echo "check_dist: $(basename "$tarball") builds by itself and makes itself"
