#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh DIR: builds the library and every target with clang's libFuzzer, ASan
# and UBSan in DIR, and lets each run, from its corpus, with the arguments in
# FUZZ_ARGS. What it finds stays in DIR/x-corpus and DIR/x-crash-*. make fuzz
# calls it.
set -eu

: "${srcdir:=.}"
: "${CLANG:=clang}"
: "${FUZZ_ARGS:=-max_total_time=60}"
: "${FUZZ_TARGETS:=certificate clienthello directinput hostname pem pemwalk pkcs12 pkcs7 pkcs8 transcript}"
# What was freed waits in 16 MB: the page faults of the usual 256 MB cost as much
# time as the tests themselves.
: "${ASAN_OPTIONS:=quarantine_size_mb=16}"
export ASAN_OPTIONS
dir=$1
flags='-std=gnu11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all'

command -v "$CLANG" >/dev/null 2>&1 || {
  echo "fuzz: clang is not installed" >&2
  exit 1
}
mkdir -p "$dir"
objects=
for source in "$srcdir"/lib/*/*.c "$srcdir"/test/fuzz/record_*.c \
  "$srcdir"/test/io/record_sealer.c "$srcdir"/test/io/wire_keys.c \
  "$srcdir"/test/support/pem_oracle.c; do
  object=$dir/$(basename "$source" .c).o
  objects="$objects $object"
  [ "$object" -nt "$source" ] && continue
  # shellcheck disable=SC2086 # lists
  "$CLANG" $flags -fsanitize=fuzzer-no-link -DHAVE_CONFIG_H -I. \
    -I"$srcdir" -I"$srcdir/include" -I"$srcdir/lib" -I"$srcdir/test" $OPENSSL_CFLAGS \
    -c "$source" -o "$object"
done
all=$(echo "$FUZZ_TARGETS" | sed "s|[^ ]*|$dir/ended-&|g")
rm -f "$dir"/ended-*
for target in $FUZZ_TARGETS; do
  # shellcheck disable=SC2086 # a list
  sh "$srcdir/test/checks/progress.sh" "$target" $all
  # shellcheck disable=SC2086 # lists
  "$CLANG" $flags -fsanitize=fuzzer -I"$srcdir" -I"$srcdir/include" -I"$srcdir/lib" -I"$srcdir/test" \
    $OPENSSL_CFLAGS "$srcdir/test/fuzz/fuzz_$target.c" $objects $FUZZ_LIBS -o "$dir/$target"
  mkdir -p "$dir/$target-corpus"
  # shellcheck disable=SC2086 # a list
  "$dir/$target" $FUZZ_ARGS -artifact_prefix="$dir/$target-" \
    "$dir/$target-corpus" "$srcdir/test/fuzz/corpus/$target"
  : >"$dir/ended-$target"
done
