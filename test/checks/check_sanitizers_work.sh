#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves that the sanitizers of this build see what they are there for: runs
# the tests of test_sanitizers_work.c, which fail on purpose. Skipped (77) in a build
# without sanitizers, but never by make check-asan.
set -eu

program=test/checks/test_sanitizers_work
# For TAP's sake Criterion hides what a test prints.
unset CRITERION_OUTPUTS
ASAN_OPTIONS=detect_leaks=1
UBSAN_OPTIONS=
export ASAN_OPTIONS UBSAN_OPTIONS

if [ "${STLS_SANITIZERS:-no}" != yes ]; then
  if [ -n "${STLS_NET_REQUIRED:-}" ]; then
    echo "check_sanitizers_work: this build has no sanitizers"
    exit 1
  fi
  exit 77
fi

failures=0

# expect TEST PATTERN: the test ends badly, and its output says why.
expect() {
  if output=$("$program" --filter "sanitizers_work/$1" 2>&1); then
    echo "check_sanitizers_work: sanitizers_work/$1 passed, nothing was noticed, $runner"
    failures=1
  elif ! printf '%s\n' "$output" | grep -q "$2"; then
    printf '%s\n' "$output"
    echo "check_sanitizers_work: sanitizers_work/$1 failed, but not with '$2', $runner"
    failures=1
  fi
}

for STLS_TEST_FORK in 0 1; do
  export STLS_TEST_FORK
  runner="STLS_TEST_FORK=$STLS_TEST_FORK"
  if ! output=$("$program" --filter sanitizers_work/clean 2>&1); then
    printf '%s\n' "$output"
    echo "check_sanitizers_work: a clean test fails: the net catches everything, $runner"
    failures=1
  fi
  expect leak 'LeakSanitizer: detected memory leaks'
  expect overflow 'AddressSanitizer: heap-buffer-overflow'
  expect undefined 'runtime error: signed integer overflow'
done
exit "$failures"
