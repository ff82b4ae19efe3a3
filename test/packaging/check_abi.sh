#!/bin/sh
# SPDX-License-Identifier: MIT
# check_abi.sh DIR: compares the binary interface of the built shared library
# with an older one, and says what changed. What breaks programs that were linked
# with the older one is a failure; new functions are none. The older one is
# ABI_BASE, the name of a commit or a file of abidw; else the last tag of git; and
# while there is no tag, test/packaging/sanstls.abi.gz.
#
# check_abi.sh DIR --write: renews that file.
#
# Before that it checks itself: the same library without one function, and a
# public structure that grows, are noticed, and a private one is not. Commits are
# built in DIR, make check-abi calls it. It needs abidiff and abidw (Debian:
# abigail-tools).
set -eu

: "${srcdir:=.}" "${CC:=cc}" "${MAKE:=make}" "${ABI_BASE:=}"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
source=$(cd "$srcdir" && pwd)
recorded=$source/test/packaging/sanstls.abi.gz
library=.libs/libsanstls.so

skip() {
  echo "check_abi: skipped, $1"
  exit 0
}

fail() {
  echo "check_abi: $1" >&2
  exit 1
}

# describe LIBRARY OUT: its interface; of types that are not in public headers
# only the names. abidw's own --headers-dir takes lib/x/y.h for
# include/sanstls/y.h; with the label of its own rule this one is treated alike:
# without it functions would lose the parameters of such types.
describe() {
  cat >"$dir/private" <<'TEXT'
[suppress_type]
  label = Artificial private types suppression specification
  source_location_not_regexp = include/sanstls/
  drop = yes
TEXT
  abidw --suppressions "$dir/private" --drop-undefined-syms \
    --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed \
    --type-id-style hash --out-file "$2" "$1"
}

# compare OLD NEW: 1 where programs of the old one break; says what changed.
compare() {
  status=0
  abidiff --harmless "$1" "$2" || status=$?
  # An error of its own, or of this call.
  [ $((status & 3)) -eq 0 ] || fail "abidiff ends with $status"
  abidiff --no-added-syms "$1" "$2" >/dev/null
}

# --- the check of the check ---

# expect WANT TEXT OLD NEW: compare gives WANT and says TEXT, or nothing.
expect() {
  got=0
  compare "$3" "$4" >"$dir/said" || got=1
  [ -s "$dir/said" ] || echo nothing >"$dir/said"
  if [ "$got" -ne "$1" ] || ! grep -q "$2" "$dir/said"; then
    cat "$dir/said" >&2
    fail "it does not work: wanted $1 and '$2'"
  fi
}

check_itself() {
  grep -v stls_bio_free lib/sanstls.map >"$dir/without.map"
  # CC may carry options.
  # shellcheck disable=SC2086
  $CC -shared -o "$dir/without.so" -Wl,-soname,libsanstls.so.0 \
    -Wl,--version-script="$dir/without.map" -Wl,--whole-archive \
    .libs/libsanstls-internal.a -Wl,--no-whole-archive
  describe "$dir/without.so" "$dir/without.abi"
  expect 0 nothing "$dir/new.abi" "$dir/new.abi"
  expect 1 'stls_bio_free(stls_bio\*)' \
    "$dir/new.abi" "$dir/without.abi"
  expect 0 '1 Added function' "$dir/without.abi" "$dir/new.abi"

  # A structure of a public header, and one that it only names.
  small pair 'int a;' 'int b;'
  mv "$dir/small.abi" "$dir/1.abi"
  small pair 'int a, c;' 'int b;'
  expect 1 'type size changed from 32 to 64' "$dir/1.abi" "$dir/small.abi"
  small pair 'int a;' 'int b, c;'
  expect 0 nothing "$dir/1.abi" "$dir/small.abi"
}

# small NAME PUBLIC PRIVATE: a library with these members, in $dir/small.abi.
small() {
  mkdir -p "$dir/small/include/sanstls" "$dir/small/lib"
  echo "struct pair { $2 }; struct hidden;
    int sum(struct pair *, struct hidden *);" >"$dir/small/include/sanstls/$1.h"
  echo "struct hidden { $3 };" >"$dir/small/lib/$1.h"
  echo "#include \"include/sanstls/$1.h\"
    #include \"lib/$1.h\"
    int sum(struct pair *p, struct hidden *h) { return p->a + h->b; }" \
    >"$dir/small/$1.c"
  # shellcheck disable=SC2086
  $CC -g -shared -fPIC -I"$dir/small" -o "$dir/small.so" "$dir/small/$1.c"
  describe "$dir/small.so" "$dir/small.abi"
}

# --- the older one ---

# build_commit COMMIT: its interface, in $dir/old.abi.
build_commit() {
  rm -rf "$dir/base"
  mkdir "$dir/base"
  git -C "$source" archive "$1" | tar -xf - -C "$dir/base"
  (
    cd "$dir/base"
    mkdir -p .build-aux/m4
    autoreconf -fi && ./configure --disable-static CC="$CC" CFLAGS='-g -O1' &&
      $MAKE libsanstls.la
  ) >"$dir/log" 2>&1 || {
    tail -n 30 "$dir/log" >&2
    fail "$1 does not build"
  }
  describe "$dir/base/.libs/libsanstls.so" "$dir/old.abi"
}

find_older() {
  if [ -z "$ABI_BASE" ] && [ -e "$source/.git" ]; then
    ABI_BASE=$(git -C "$source" describe --tags --abbrev=0 2>/dev/null) || true
  fi
  if [ -z "$ABI_BASE" ]; then
    gzip -dc "$recorded" >"$dir/old.abi"
    ABI_BASE=${recorded#"$source/"}
  elif [ -f "$ABI_BASE" ]; then
    cp "$ABI_BASE" "$dir/old.abi"
  else
    build_commit "$ABI_BASE"
  fi
}

# machine_of FILE: the processor that it is about.
machine_of() {
  sed -n "s/.* architecture='\\([^']*\\)'.*/\\1/p" "$1" | head -n 1
}

for tool in abidw abidiff; do
  command -v $tool >/dev/null 2>&1 ||
    skip "there is no $tool (Debian: abigail-tools)"
done
if [ ! -f "$library" ] || [ ! -f lib/sanstls.map ]; then
  skip 'there is no shared library with versions'
fi
${OBJDUMP:-objdump} -h "$library" | grep -q '\.debug_info' ||
  skip 'the library is built without -g'
describe "$library" "$dir/new.abi"
if [ "${2:-}" = --write ]; then
  gzip -9nc "$dir/new.abi" >"$recorded"
  exit
fi
check_itself
find_older
[ "$(machine_of "$dir/old.abi")" = "$(machine_of "$dir/new.abi")" ] ||
  skip "$ABI_BASE is of another processor, $(machine_of "$dir/old.abi")"
echo "check_abi: compared with $ABI_BASE"
result=0
compare "$dir/old.abi" "$dir/new.abi" >"$dir/said" || result=1
[ -s "$dir/said" ] || echo 'Nothing changed.' >"$dir/said"
cat "$dir/said"
[ "$result" -eq 0 ] || fail 'programs linked before would break.
If that is intended: lib/CHANGELOG.md says so, LIB_VERSION_INFO in Makefile.am
counts it, and while there is no release, make abi-baseline records it.'
