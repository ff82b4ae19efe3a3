#!/bin/sh
# SPDX-License-Identifier: MIT
# check_asan.sh DIR: configures the sources in DIR/src in DIR/build with ASan,
# LSan and UBSan, and with direct records by default, the way that make check does
# not go everywhere. It runs make check there, without the scripts that look at sources
# and documents unless STLS_TEST_QUICK=0; with STLS_TEST_PART=1/2 every second unit test
# (every_test.sh). make check-asan calls it.
set -eu

dir=$1

# Whether a compiler's programs report a leak here: LSan needs a runtime for
# this machine and the right to stop its own threads.
sees_leaks() {
  command -v "${1%% *}" >/dev/null 2>&1 || return 1
  cat >"$dir/leak.c" <<'SOURCE'
#include <stdlib.h>
static void *volatile sink;
int main(void) {
  sink = malloc(33);
  sink = 0;
  return 0;
}
SOURCE
  # $1 may carry options; AddressSanitizer ends a leaking program with 23.
  # shellcheck disable=SC2086
  $1 -fsanitize=address,undefined -o "$dir/leak" "$dir/leak.c" \
    >/dev/null 2>&1 || return 1
  status=0
  ASAN_OPTIONS=exitcode=23:detect_leaks=1 "$dir/leak" >/dev/null 2>&1 ||
    status=$?
  [ "$status" -eq 23 ]
}

compiler=
for candidate in "${CC:-cc}" gcc clang; do
  if sees_leaks "$candidate"; then
    compiler=$candidate
    break
  fi
done
if [ -z "$compiler" ]; then
  echo "check_asan: no compiler here has a working LeakSanitizer" >&2
  exit 1
fi
echo "check_asan: with $compiler"

src=$(cd "$dir/src" && pwd)
mkdir -p "$dir/build"
cd "$dir/build"
# With the same compiler as last time make knows best what to do again.
if ! [ -f Makefile ] || ! [ "$(cat compiler)" = "$compiler" ]; then
  rm -rf ./*
  "$src/configure" --quiet --enable-sanitizers --enable-werror \
    --enable-direct-records=default --disable-shared CC="$compiler" CFLAGS='-O1 -g1'
  echo "$compiler" >compiler
fi
# Into files, because Criterion hides what a test prints when it speaks TAP.
rm -rf reports
mkdir reports
STLS_REPORTS=$PWD/reports/report
STLS_NET_REQUIRED=1
export STLS_REPORTS STLS_NET_REQUIRED
status=0
set -- SOURCE_CHECKS=
[ "${STLS_TEST_QUICK:-1}" != 0 ] || set --
${MAKE:-make} check "$@" || status=$?
for report in reports/*; do
  [ ! -f "$report" ] || cat "$report"
done
exit "$status"
