#!/bin/sh
# SPDX-License-Identifier: MIT
# check_abi.sh DIR: compares the binary interfaces of the built shared libraries,
# libsanstls and libsanstls-testing, with older ones, and says what changed. What
# breaks programs that were linked with the older one is a failure; new functions are
# none. The older one is ABI_BASE, the name of a commit or a folder with files of abidw,
# sanstls.abi and sanstls-testing.abi; else the last tag of git; and while there is no
# tag, these two in test/packaging, compressed.
#
# check_abi.sh DIR --write: renews those.
#
# Before that it checks itself: each library without one function, and a public
# structure that grows, are noticed, and a private one is not. Commits are built in DIR,
# make check-abi calls it. It needs abidiff and abidw (Debian: abigail-tools).
set -eu

: "${srcdir:=.}" "${CC:=cc}" "${MAKE:=make}" "${ABI_BASE:=}"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
source=$(cd "$srcdir" && pwd)

names='sanstls sanstls-testing'

# map_of NAME: what the library exports, for the linker.
map_of() {
  case $1 in
    sanstls-testing) echo lib/testing/testing.map ;;
    *) echo "lib/$1.map" ;;
  esac
}

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

# check_symbols NAME FUNCTION ARGUMENTS: the library without the function is noticed.
check_symbols() {
  grep -v "$2;" "$(map_of "$1")" >"$dir/without.map"
  # CC may carry options.
  # shellcheck disable=SC2086
  $CC -shared -o "$dir/without.so" -Wl,-soname,"lib$1.so.0" \
    -Wl,--version-script="$dir/without.map" -Wl,--whole-archive \
    ".libs/lib$1-internal.a" -Wl,--no-whole-archive
  describe "$dir/without.so" "$dir/without.abi"
  expect 0 nothing "$dir/new/$1.abi" "$dir/new/$1.abi"
  expect 1 "$2($3)" "$dir/new/$1.abi" "$dir/without.abi"
  expect 0 '1 Added function' "$dir/without.abi" "$dir/new/$1.abi"
}

check_itself() {
  check_symbols sanstls stls_bio_free 'stls_bio\*'
  check_symbols sanstls-testing stls_player_free 'stls_player\*'

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

# build_commit COMMIT: its interfaces, in $dir/old. One before libsanstls-testing has
# none of that.
build_commit() {
  rm -rf "$dir/base"
  mkdir "$dir/base"
  git -C "$source" archive "$1" | tar -xf - -C "$dir/base"
  (
    cd "$dir/base"
    mkdir -p .build-aux/m4
    autoreconf -fi && ./configure --disable-static CC="$CC" CFLAGS='-g -O1' &&
      $MAKE libsanstls.la &&
      { ! grep -q '^libsanstls-testing.la:' Makefile || $MAKE libsanstls-testing.la; }
  ) >"$dir/log" 2>&1 || {
    tail -n 30 "$dir/log" >&2
    fail "$1 does not build"
  }
  for name in $names; do
    library=$dir/base/.libs/lib$name.so
    [ ! -f "$library" ] || describe "$library" "$dir/old/$name.abi"
  done
}

find_older() {
  if [ -z "$ABI_BASE" ] && [ -e "$source/.git" ]; then
    ABI_BASE=$(git -C "$source" describe --tags --abbrev=0 2>/dev/null) || true
  fi
  if [ -z "$ABI_BASE" ]; then
    ABI_BASE=test/packaging
    for name in $names; do
      gzip -dc "$source/$ABI_BASE/$name.abi.gz" >"$dir/old/$name.abi"
    done
  elif [ -d "$ABI_BASE" ]; then
    cp "$ABI_BASE"/*.abi "$dir/old"
  else
    build_commit "$ABI_BASE"
  fi
}

# machine_of FILE: the processor that it is about.
machine_of() {
  sed -n "s/.* architecture='\\([^']*\\)'.*/\\1/p" "$1" | head -n 1
}

# compare_library NAME: 1 where programs of the old one break.
compare_library() {
  old=$dir/old/$1.abi
  new=$dir/new/$1.abi
  if [ ! -f "$old" ]; then
    echo "check_abi: $1 is not in $ABI_BASE"
    return 0
  fi
  [ "$(machine_of "$old")" = "$(machine_of "$new")" ] ||
    skip "$ABI_BASE is of another processor, $(machine_of "$old")"
  echo "check_abi: $1, compared with $ABI_BASE"
  broken=0
  compare "$old" "$new" >"$dir/said" || broken=1
  [ -s "$dir/said" ] || echo 'Nothing changed.' >"$dir/said"
  cat "$dir/said"
  return "$broken"
}

for tool in abidw abidiff; do
  command -v $tool >/dev/null 2>&1 ||
    skip "there is no $tool (Debian: abigail-tools)"
done
rm -rf "$dir/old" "$dir/new"
mkdir "$dir/old" "$dir/new"
for name in $names; do
  library=.libs/lib$name.so
  if [ ! -f "$library" ] || [ ! -f "$(map_of "$name")" ]; then
    skip "there is no shared lib$name with versions"
  fi
  ${OBJDUMP:-objdump} -h "$library" | grep -q '\.debug_info' ||
    skip "lib$name is built without -g"
  describe "$library" "$dir/new/$name.abi"
done
if [ "${2:-}" = --write ]; then
  for name in $names; do
    gzip -9nc "$dir/new/$name.abi" >"$source/test/packaging/$name.abi.gz"
  done
  exit
fi
check_itself
find_older
result=0
for name in $names; do
  compare_library "$name" || result=1
done
[ "$result" -eq 0 ] || fail 'programs linked before would break.
If that is intended: lib/CHANGELOG.md says so, LIB_VERSION_INFO in Makefile.am
counts it, and while there is no release, make abi-baseline records it.'
