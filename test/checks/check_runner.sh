#!/bin/sh
# SPDX-License-Identifier: MIT
# Proves that tests fail when they have to: runs those of test_sanitizers_work.c
# one by one, with Criterion's own runner and with the one of
# runner/fork_runner.c.
set -eu

program=test/checks/test_sanitizers_work
# The TAP of Criterion would hide what a test prints. Here no sanitizer says
# anything; check_sanitizers_work.sh is about those.
unset CRITERION_OUTPUTS
ASAN_OPTIONS=detect_leaks=0:handle_segv=0
export ASAN_OPTIONS

failures=0

# run FORK TEST: sets status and output.
run() {
  status=0
  output=$(STLS_TEST_FORK=$1 "$program" --filter "sanitizers_work/$2" 2>&1) || status=$?
}

complain() {
  printf '%s\n' "$output"
  echo "check_runner: $1 (status $status)"
  failures=1
}

# fails TEST TEXT: both runners fail it, and ours says why.
fails() {
  run 0 "$1"
  [ "$status" -ne 0 ] || complain "sanitizers_work/$1 passed with Criterion's runner"
  fails_forked "$@"
}

fails_forked() {
  run 1 "$1"
  if [ "$status" -eq 0 ]; then
    complain "sanitizers_work/$1 passed when forked"
  elif ! printf '%s\n' "$output" | grep -q "^not ok .* sanitizers_work::$1"; then
    complain "TAP does not say that sanitizers_work/$1 failed"
  elif ! printf '%s\n' "$output" | grep -q "$2"; then
    complain "sanitizers_work/$1 failed, but not with '$2'"
  fi
}

# passes TEST NUMBER: both runners pass it, and ours has run so many tests.
passes() {
  run 0 "$1"
  [ "$status" -eq 0 ] || complain "sanitizers_work/$1 failed with Criterion's runner"
  run 1 "$1"
  if [ "$status" -ne 0 ]; then
    complain "sanitizers_work/$1 failed when forked"
  elif ! printf '%s\n' "$output" | grep -q "^1\.\.$2$"; then
    complain "sanitizers_work/$1: $2 tests should have been run"
  fi
}

fails assertion 'one is not two'
fails expectation 'one is not two'
fails crash 'ended by a signal'
# Criterion takes this one for a success.
fails_forked early_exit 'exited before its end'
fails wrong_exit 'did not exit with the status'
fails no_exit 'did not exit with the status'
fails no_signal 'did not end by the signal'
fails too_late 'took too long'
fails bad_init 'a fixture fails'
fails second_of_three 'the second one fails'
passes clean 1
passes right_exit 1
passes right_signal 1
passes skipped 1
passes good_init 1
passes disabled 0
passes '@(clean|good_init)' 2

# One that fails must not hide behind another that passes.
run 1 '@(assertion|clean|skipped)'
[ "$status" -ne 0 ] || complain 'a failure among others is lost'
for line in 'not ok [123] - sanitizers_work::assertion ' \
  'ok [123] - sanitizers_work::clean ' \
  'ok [123] - sanitizers_work::skipped .*# SKIP' '1\.\.3'; do
  printf '%s\n' "$output" | grep -q "^$line" || complain "no line '$line'"
done

# drawn SEED FORK TESTS: what sanitizers_work/draws drew.
drawn() {
  STLS_TEST_SEED=$1 STLS_TEST_FORK=$2 "$program" --filter "sanitizers_work/$3" 2>&1 |
    sed -n 's/.*drawn: //p'
}

# Random bytes follow from the seed and the name, not from the runner or other tests.
output=$(drawn 1 0 draws)
[ -n "$output" ] || complain 'sanitizers_work/draws says nothing'
[ "$(drawn 1 1 '@(clean|draws)')" = "$output" ] || complain 'forked, a test draws other bytes'
[ "$(drawn 2 1 draws)" != "$output" ] || complain 'another seed changes nothing'
[ "$(drawn random 1 draws)" != "$(drawn random 1 draws)" ] ||
  complain 'STLS_TEST_SEED=random is always the same'
for fork in 0 1; do
  STLS_TEST_SEED=77 run "$fork" assertion
  printf '%s\n' "$output" | grep -q 'STLS_TEST_SEED=77' || complain 'the seed is not named'
done

# A test that fails leaves its connections behind, the last one if it has more.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export STLS_TRANSCRIPT_DIR="$folder/new"
run 1 '@(clean|connection)'
run 0 second_pair
# One that crashes, too; Criterion's runner tells nobody that the time is over.
run 0 crash_of_a_pair
[ "$status" -ne 0 ] || complain 'a crash that was saved is no failure'
fails_forked abort_of_a_pair 'ended by a signal'
fails_forked pair_too_late 'took too long'
unset STLS_TRANSCRIPT_DIR
saved='connection second_pair crash_of_a_pair abort_of_a_pair pair_too_late'
for name in $saved; do
  for end in client server; do
    [ -s "$folder/new/sanitizers_work.$name.$end.txt" ] || complain "$name.$end.txt is missing"
    lib/command/sanstls-transcript show "$folder/new/sanitizers_work.$name.$end.txt" >/dev/null ||
      complain "$name.$end.txt is not shown"
  done
done
set -- "$folder"/new/*
[ $# -eq 10 ] || complain "there are other transcripts: $*"
for name in client server; do
  status=0
  output=$(lib/command/sanstls-transcript replay \
    "$folder/new/sanitizers_work.connection.$name.txt" 2>&1) || status=$?
  [ "$status" -eq 0 ] || complain "connection.$name.txt is not replayed"
  output=$(lib/command/sanstls-transcript show \
    "$folder/new/sanitizers_work.second_pair.$name.txt" 2>&1) || status=$?
  printf '%s\n' "$output" | grep -q client_key_exchange || complain "$name.txt is not shown"
done
exit "$failures"
