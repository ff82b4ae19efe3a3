#!/bin/sh
# SPDX-License-Identifier: MIT
# count.sh [--record]: counts the instructions that the library itself spends in
# the scenarios of bench_count, one operation each, under callgrind, and compares
# them with counts.txt; or writes them there. What libssl, libcrypto, libc and the
# program spend is not counted, nor how long it takes: a count is the same on a
# busy machine. make bench-count calls it, in the build folder.
#
# Counts hold for one compiler, its flags, one kind of processor and one
# generation of OpenSSL, which the first lines of counts.txt name: elsewhere, and
# without valgrind, there is nothing to compare, and this passes and says so.
set -eu

: "${srcdir:=.}"
: "${AWK:=awk}"
: "${CC:=cc}"
: "${CFLAGS=}"
valgrind=${VALGRIND:-valgrind}
tolerance=3 # per cent
counts=$srcdir/bench/counts.txt
work=.build-count
data=$srcdir/test/data

skip() {
  echo "bench-count: SKIPPED, $1"
  exit 0
}

# What the counts depend on, as it stands at the head of counts.txt.
describe() {
  version=$(echo __VERSION__ | $CC -E -P - | tr -d '"')
  case $version in
    *[Cc]lang*) ;;
    *) version="gcc $version" ;;
  esac
  echo "# compiler: $version"
  echo "# flags: $CFLAGS"
  echo "# machine: $(uname -m)"
  echo "# OpenSSL: $(sed -n 's/^# OpenSSL \([0-9]*\.[0-9]*\).*/\1/p' "$work/list")"
  if grep -q '^#define STLS_NO_BIO_REPOINTING' config.h; then
    echo "# BIO repointing: no"
  else
    echo "# BIO repointing: yes"
  fi
}

# spent FILE: the instructions that callgrind's FILE ascribes to the library. A
# line of numbers belongs to the object that was named last; the one behind
# calls= is what the callee spent.
spent() {
  "$AWK" '
    /^ob=/ {
      id = substr($0, 4, index($0, ")") - 3)
      name = substr($0, index($0, ")") + 2)
      if (name != "") names[id] = name
      is_ours = names[id] ~ /\/libsanstls\.so/
      next
    }
    # The same numbers stand for objects that are only called.
    /^cob=/ {
      id = substr($0, 5, index($0, ")") - 4)
      name = substr($0, index($0, ")") + 2)
      if (name != "") names[id] = name
      next
    }
    /^calls=/ { getline; next }
    /^[0-9+*-]/ && is_ours { sum += $2 }
    END { print sum + 0 }' "$1"
}

# count SCENARIO...: one process for all, of which callgrind leaves what each took
# in a file of its own, numbered from 1.
count() {
  if ! ./libtool --mode=execute "$valgrind" --quiet --tool=callgrind \
    --collect-atstart=no --toggle-collect=count_scenario \
    --dump-after=count_scenario --callgrind-out-file="$work/out" \
    bench/bench_count "$data" "$@" >"$work/log" 2>&1; then
    cat "$work/log"
    exit 1
  fi
}

# collect: "SCENARIO instructions-per-operation" for each line of the list.
collect() {
  number=0
  sed '/^#/d' "$work/list" | while read -r name num_operations; do
    number=$((number + 1))
    instructions=$(spent "$work/out.$number")
    if [ "$instructions" -eq 0 ]; then
      echo "bench-count: $name: nothing was counted" >&2
      exit 1
    fi
    echo "$name $((instructions / num_operations))"
  done
}

# Says how each scenario stands to counts.txt; false when one has changed.
compare() {
  "$AWK" -v tolerance="$tolerance" '
    /^#/ { next }
    FNR == NR { committed[$1] = $2; next }
    {
      seen[$1] = 1
      if (!($1 in committed)) {
        printf "%-28s %10d          - new\n", $1, $2
        has_changed = 1
        next
      }
      percent = 100 * ($2 - committed[$1]) / committed[$1]
      verdict = ""
      if (percent > tolerance) verdict = "MORE"
      if (percent < -tolerance) verdict = "LESS"
      if (verdict != "") has_changed = 1
      printf "%-28s %10d %10d %+7.2f %% %s\n", $1, $2, committed[$1], percent,
        verdict
    }
    END {
      for (name in committed) {
        if (name in seen) continue
        printf "%-28s          - %10d gone\n", name, committed[name]
        has_changed = 1
      }
      exit has_changed
    }' "$counts" "$1"
}

command -v "$valgrind" >/dev/null 2>&1 || skip "valgrind is not installed"
[ -e .libs/libsanstls.so ] || skip "the library is not a shared object"
[ "${STLS_SANITIZERS:-no}" = no ] || skip "valgrind cannot run sanitizers"
rm -rf "$work"
mkdir -p "$work"
bench/bench_count "$data" >"$work/list"
describe >"$work/head"
if [ "${1:-}" != --record ]; then
  sed -n '/^#/p' "$counts" >"$work/committed"
  if ! cmp -s "$work/head" "$work/committed"; then
    diff "$work/committed" "$work/head" || :
    skip "the counts were made otherwise (<) than this build (>)"
  fi
fi

# shellcheck disable=SC2046 # a list
count $(sed '/^#/d; s/ .*//' "$work/list")
collect >"$work/counts"

if [ "${1:-}" = --record ]; then
  cat "$work/head" "$work/counts" >"$counts"
  cat "$counts"
  exit
fi
echo "instructions of the library for each operation: now, committed, difference"
if ! compare "$work/counts"; then
  echo "bench-count: changed by more than $tolerance %. Where that is meant to be," \
    "record the new ones: make bench-count-record"
  exit 1
fi
