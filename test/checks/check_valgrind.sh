#!/bin/sh
# SPDX-License-Identifier: MIT
# check_valgrind.sh PROGRAM...: runs test programs under valgrind, and fails on
# an error or a definite loss in any of their processes. First it proves with
# test_sanitizers_work.c that it would notice. make check-valgrind calls it, in the build
# folder. Each processor gets a share of the tests of test/every_test.
#
# STLS_TEST_PART=1/4 is every fourth test, from the first one on.
#
# Loops are short and sweeps of refused allocations left out, unless
# STLS_TEST_QUICK=0: that takes hours.
set -eu

: "${srcdir:=.}"
all_logs=.build-valgrind
logs=$all_logs
valgrind=${VALGRIND:-valgrind}

if ! command -v "$valgrind" >/dev/null 2>&1; then
  echo "check_valgrind: valgrind is not installed" >&2
  exit 1
fi

if [ "${STLS_SANITIZERS:-no}" = yes ]; then
  echo "check_valgrind: a build with sanitizers cannot run under it" >&2
  exit 1
fi

# One fork a test: valgrind would start anew for each that Criterion runs.
STLS_TEST_FORK=1
STLS_TEST_PATIENCE=30
: "${STLS_TEST_QUICK:=1}" "${STLS_TEST_PART:=1/1}"
# What valgrind translates for a handshake before the first fork serves all.
: "${STLS_TEST_WARM:=1}"
export STLS_TEST_FORK STLS_TEST_PATIENCE STLS_TEST_QUICK STLS_TEST_WARM

# An error ends the child badly, and so fails its test. What a signal or an
# expected exit status hides is in the logs, one per process.
run() {
  rm -rf "$logs"
  mkdir -p "$logs"
  status=0
  ./libtool --mode=execute "$valgrind" --quiet --trace-children=no \
    --child-silent-after-fork=no --error-exitcode=99 --leak-check=full \
    --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --suppressions="$srcdir/test/checks/valgrind.supp" \
    --log-file="$logs/%p.log" "$@" >"$logs/output" 2>&1 || status=$?
}

# With --quiet a log holds nothing but what is wrong.
complaints() {
  cat "$logs"/*.log | grep -E "$1"
}

# prove TEST PATTERN: the deliberate fault of test_sanitizers_work.c fails it, and is told.
prove() {
  run test/checks/test_sanitizers_work --filter "sanitizers_work/$1"
  if [ "$status" -eq 0 ] || ! cat "$logs"/* | grep "$2" >/dev/null; then
    echo "check_valgrind: the fault of sanitizers_work/$1 goes unnoticed" >&2
    exit 1
  fi
}

# shares: those of every_test that are to be run, one a line: one for each
# processor, of all tests or of a part.
shares() {
  parts=${STLS_TEST_PART#*/}
  seq "${STLS_TEST_PART%/*}" "$parts" $((parts * jobs)) |
    sed "s|\$|/$((parts * jobs))|"
}

# wanted PROGRAM...: what is to be run, one a line: a program, or PROGRAM:1/2.
wanted() {
  for program; do
    if [ "${program##*/}" = every_test ]; then
      shares | sed "s|^|$program:|"
    else
      echo "$program"
    fi
  done
}

# logs_of PROGRAM or PROGRAM:1/2: the folder of its logs.
logs_of() {
  echo "$all_logs/$(echo "${1##*test/}" | tr /: __)"
}

# judge PROGRAM or PROGRAM:1/2: says what is wrong with it, in one piece.
judge() {
  logs=$(logs_of "$1")
  began=$(date +%s)
  # shellcheck disable=SC2086 # a list
  sh "$srcdir/test/checks/progress.sh" "$1" $STLS_ENDED
  case $1 in
    *:*)
      pattern='!(oom*)'
      [ "$STLS_TEST_QUICK" != 0 ] || pattern='*'
      run "${1%:*}" --share "${1##*:}" --filter "$pattern"
      ;;
    *) run "$1" ;;
  esac
  : >"$logs/ended"
  if complaints . >"$logs/complaints" || [ "$status" -ne 0 ]; then
    cat "$logs/complaints" "$logs/output"
    echo "not ok: $1 (status $status)"
    return 1
  fi
  echo "ok: $1 ($(($(date +%s) - began)) s)"
}

if [ "$1" = --judge ]; then
  judge "$2"
  exit
fi

rm -rf "$all_logs"
logs=$all_logs/net
prove leak 'definitely lost'
prove overflow 'Invalid write'
prove assertion 'one is not two'
prove crash 'ended by a signal'
run test/checks/test_sanitizers_work --filter sanitizers_work/clean
if complaints . || [ "$status" -ne 0 ]; then
  echo "check_valgrind: even a clean test is complained about" >&2
  exit 1
fi

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
STLS_ENDED=$(wanted "$@" | while read -r program; do
  echo "$(logs_of "$program")/ended"
done)
export STLS_ENDED
if ! wanted "$@" | xargs -n 1 -P "$jobs" "$0" --judge; then
  echo "check_valgrind: see above for what is not ok" >&2
  exit 1
fi
