#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that long work shows itself on a terminal and prints nothing more into a
# pipe: make check (progress.sh) and the benchmarks, of which one is run if it was
# built. The terminal is that of script(1).
set -eu

: "${srcdir:=.}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "check_progress: $1" >&2
  cat "$work/said" >&2
  exit 1
}

# That of other systems has other options.
script -qec true /dev/null </dev/null >/dev/null 2>&1 || {
  echo 'check_progress: skipped, there is no script(1) of Linux'
  exit 77
}

# on_terminal COMMAND: what it prints there, without the terminal's line ends.
on_terminal() {
  script -qec "$1" /dev/null </dev/null | tr -d '\r' >"$work/said" ||
    fail "$1 fails"
}

: >"$work/a.trs"
: >"$work/c.trs"
show="sh $srcdir/test/checks/progress.sh test/b $work/a.trs $work/b.trs $work/c.trs"
on_terminal "$show"
grep -qxF '[2 of 3 done] test/b' "$work/said" || fail 'no count on a terminal'
$show >"$work/said"
[ ! -s "$work/said" ] || fail 'a count in a pipe'

# The harness itself, with one test.
unset MAKEFLAGS MFLAGS MAKELEVEL
printf '#!/bin/sh\n' >"$work/one.sh"
chmod +x "$work/one.sh"
check="${MAKE:-make} check-TESTS TESTS=$work/one.sh TEST_SUITE_LOG=$work/suite.log"
on_terminal "$check"
grep -qxF "[0 of 1 done] $work/one" "$work/said" ||
  fail 'make check does not say on a terminal what it runs'
$check >"$work/said" 2>&1
grep -q '^PASS: ' "$work/said" || fail 'make check does not run a test'
! grep ' done\] ' "$work/said" || fail 'make check says it in a pipe, too'

# Benchmarks are not built by make check. The first rounds of one will do.
if [ -x bench/bench_create ]; then
  bench="timeout 5 bench/bench_create $srcdir/test/data"
  script -qc "$bench" /dev/null </dev/null >"$work/said" 2>&1 || :
  grep -q ': 1 of 15 ' "$work/said" || fail 'no rounds on a terminal'
  $bench >"$work/said" 2>&1 || :
  ! grep ': 1 of 15 ' "$work/said" || fail 'rounds in a pipe'
fi
