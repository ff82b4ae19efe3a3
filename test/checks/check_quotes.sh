#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks quotes.sh, by which other checks compare documents with the code that they
# quote: on small documents, each with one fault.
set -eu

: "${srcdir:=.}" "${AWK:=awk}" "${CC:=cc}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=test/checks/self_check.sh
. "$srcdir/test/checks/self_check.sh"
# shellcheck source=test/checks/quotes.sh
. "$srcdir/test/checks/quotes.sh"
LC_ALL=C
export LC_ALL

# expect_quotes WANT LINE...: a document of these lines gets the complaint WANT, or
# none where WANT is empty.
expect_quotes() {
  want=$1
  shift
  printf '%s\n' "$@" >"$work/tree/x.md"
  (srcdir=$work/tree quotes_check "$work/tree/x.md") >"$work/said" 2>&1
  expect_said "quotes_check, for '$*'," ${want:+"$want"}
}

# expect_run WANT LINE...: the same of its commands.
expect_run() {
  want=$1
  shift
  printf '%s\n' "$@" >"$work/tree/x.md"
  (srcdir=$work/tree quotes_run "$work/tree/x.md") >"$work/all" 2>&1
  grep '^x.md: ' "$work/all" >"$work/said" || true
  expect_said "quotes_run, for '$*'," ${want:+"$want"}
}

check_itself() {
  mkdir -p "$work/tree"
  printf '%s\n' 'int f(int x)' '{' '  int y = g(x, 1);' '  return y;' '}' '' \
    'int h;' >"$work/tree/a.c"
  a='<!-- from: a.c -->'
  expect_quotes '' "$a" '```c' 'int f(int x)' '{' '```'
  expect_quotes '' "$a" '```c' 'int y = g(x, 1);' 'return y;' '' 'int h;' '```'
  expect_quotes 'not in a.c' "$a" '```c' 'int y = g(x, 2);' '```'
  expect_quotes 'not in a.c' "$a" '```c' 'int f(int x)' 'return y;' '```'
  expect_quotes 'not in a.c' "$a" '```c' 'int f(int x)' ' {' '```'
  expect_quotes 'in that order: int f' "$a" '```c' 'int h;' '' 'int f(int x)' '```'
  expect_quotes 'no file b.c' '<!-- from: b.c -->' '```c' '```'
  expect_quotes 'without a source' '```c' 'int h;' '```' '`x`' "$a" '```c' '```'
  expect_quotes 'without a source' "$a" 'Words.' '```c' '```' "$a" '```c' '```'
  expect_quotes 'nobody runs' '```console' '$ true' '```'
  expect_quotes 'no known kind' '```make' 'true' '```' "$a" '```c' '```'
  expect_quotes 'nobody runs' '```sh' 'true' '```'
  expect_quotes '' "$a" '```sh' 'int h;' '```'
  expect_quotes 'not in a.c' "$a" '```sh' 'int g;' '```'
  expect_quotes 'without a source' '```cmake' 'true' '```' "$a" '```meson' \
    'int h;' '```'
  expect_quotes 'indented' "$a" '```c' '```' '' '    make check'
  expect_quotes 'unknown mark' "$a" '```c' '```' '<!-- form: a.c -->'
  expect_quotes 'without an end' "$a" '```c'
  expect_quotes 'nothing in it' 'Words.'
  expect_quotes '' '<!-- rows from: a.c - -->' '' '| x | y |' '| `g(x,1)` | `z` |'
  expect_quotes 'not in a.c: g(x, 2)' '<!-- rows from: a.c a.c -->' '| x | y |' \
    '| `return y` | `g(x, 2)` |'
  expect_quotes '' 'As `g(x, 1)`, `f()` and `Makefile.am`.' "$a" '```c' '```'
  expect_quotes 'in no quoted file: g(y)' 'As `g(y)`.' "$a" '```c' '```'
  run='<!-- run -->'
  expect_run '' "$run" '```console' '$ cat a.c | tail -n 1' 'int h;' '$ x=4' \
    '$ echo \' '> $x 4433' '4 ...' '```' "$a" '```c' '```'
  expect_run '' "$run" '```console' '$ seq 5' '1' '...' '5' '```'
  expect_run 'than is shown' "$run" '```console' '$ seq 5' '1' '...' '6' '```'
  expect_run 'than is shown' "$run" '```console' '$ echo a' '```'
  expect_run 'than is shown' "$run" '```console' '$ true' 'a' '```'
  expect_run 'false' "$run" '```console' '$ false' '```'
  file='<!-- file: b.c -->'
  expect_quotes '' "$file" '```c' 'int f(void);' '```' 'As `f(void)`.'
  expect_quotes 'in no quoted file: f(int)' "$file" '```c' 'int f(void);' '```' \
    'As `f(int)`.'
  expect_quotes 'without a source' '<!-- file: ../b.c -->' '```c' '```' "$file" \
    '```c' '```'
  expect_quotes '' '<!-- build -->' '```console' '$ false' '```'
  expect_run '' "$file" '```c' 'int f;' '' 'int g;' '```' "$run" '```console' \
    '$ cat b.c' 'int f;' '' 'int g;' '```' '<!-- build -->' '```console' \
    '$ false' '```'
  expect_run 'than is shown' "$file" '```c' 'int f' '```' "$run" '```console' \
    '$ cc -c b.c' '```'
  expect_run '' "$run" '```sh' 'true' 'echo 1 \' '  2 4433 # 3' '# 1 2 ...' \
    'seq 3' '# 1' '# ...' 'kill -0 $$' '```'
  expect_run 'than is shown' "$run" '```sh' 'seq 2' '# 1' 'true' '```'
  expect_run 'false' "$run" '```sh' 'true' 'false' '```'
  expect_run '' "$run" '```console' '$ { echo here; sleep 20; } &' 'here' \
    '$ kill $!' '```'
}

check_itself
[ "$self_failed" -eq 0 ]
