#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the catalogue of error messages, include/ERRORS.md:
# - each STLS_REASON_ of include/sanstls/reason.h, but for NONE, is in the first cell
#   of a row, and no row has an unknown one;
# - each message in back quotes is one of test/endpoint/test_messages*.c, or its
#   parts are in the strings of lib/. Its parts are what is between the words FILE,
#   LINE, NAME, TEXT and N, and between ": ". A message is what is quoted in the
#   column "message", and what has a blank in it in the column "cause".
# Before that it checks itself on a small tree.
set -eu

: "${srcdir:=.}" "${AWK:=awk}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=test/checks/self_check.sh
. "$srcdir/test/checks/self_check.sh"
LC_ALL=C
export LC_ALL

# list_strings FILE...: their text on one line, with the parts of strings joined.
list_strings() {
  cat "$@" | sed 's/\\$//; s/\\"/'"$(printf '\001')"'/g' | tr '\n' ' ' |
    sed 's/" *"//g' | tr '\001' '"'
}

check_errors() {
  find "$1/lib" -name '*.c' | sort | while read -r path; do cat "$path"; done \
    >"$work/library"
  list_strings "$work/library" >"$work/library_strings"
  list_strings "$1"/test/endpoint/test_messages*.c >"$work/test_strings"
  sed -n 's/^ *STLS_REASON_\([A-Z0-9_]*\) = .*/\1/p' \
    "$1/include/sanstls/reason.h" | grep -v '^NONE$' >"$work/reasons"
  "$AWK" -F ' *[|] *' '
    function complain(text) { print "include/ERRORS.md:" FNR ": " text }
    # The parts of a message that do not differ, with \002 between them.
    function parts_of(message, parts) {
      message = " " message " "
      while (match(message, /[^A-Za-z_](FILE|LINE|NAME|TEXT|N)[^A-Za-z_]/)) {
        parts = parts substr(message, 1, RSTART) "\002"
        message = substr(message, RSTART + RLENGTH - 1)
      }
      parts = substr(parts message, 2)
      gsub(/: /, "\002", parts)
      return substr(parts, 1, length(parts) - 1)
    }
    function is_in_library(message, parts, count, i) {
      count = split(parts_of(message), parts, "\002")
      for (i = 1; i <= count; i++)
        if (parts[i] ~ /[a-z][a-z]/ && index(library, parts[i]) == 0) return 0
      return 1
    }
    function check_messages(cell, only_blanks, text) {
      while (match(cell, /`[^`]+`/)) {
        text = substr(cell, RSTART + 1, RLENGTH - 2)
        cell = substr(cell, RSTART + RLENGTH)
        if (only_blanks && (text !~ / / || text ~ /^openssl /)) continue
        if (index(tests, "\"" text "\"") == 0 && !is_in_library(text))
          complain("nothing says \"" text "\"")
      }
    }
    FILENAME ~ /library_strings$/ { library = library $0; next }
    FILENAME ~ /test_strings$/ { tests = tests $0; next }
    FILENAME ~ /reasons$/ { is_reason[$0] = 1; next }
    !/^\|/ { column = 0; next }
    column == 0 {
      for (i = 2; i <= NF; i++) if ($i == "message") column = i
      if (column == 0) column = -1
      next
    }
    column < 0 || /^\| *---/ { next }
    {
      if (match($2, /STLS_REASON_[A-Z0-9_]+/)) {
        name = substr($2, RSTART + 12, RLENGTH - 12)
        if (!(name in is_reason)) complain("no STLS_REASON_" name)
        has_row[name] = 1
      }
      if ($column !~ /`/) complain("no message")
      if (NF < column + 3 || $(column + 1) == "" || $(column + 2) == "")
        complain("a row is a message, its cause and a remedy")
      check_messages($column, 0)
      check_messages($(column + 1), 1)
    }
    END {
      for (name in is_reason)
        if (!(name in has_row))
          print "include/ERRORS.md: no row for STLS_REASON_" name
    }' "$work/library_strings" "$work/test_strings" "$work/reasons" \
    "$1/include/ERRORS.md"
}

# --- the check of the check ---

# expect ROW WANT...: with ROW in the catalogue, the check says each WANT, or nothing
# where WANT is empty.
expect() {
  printf '%s\n' '# x' '| a `b c` |' '' '| reason | message | cause | remedy |' \
    '| --- | --- | --- | --- |' "$1" >"$work/tree/include/ERRORS.md"
  check_errors "$work/tree" >"$work/said" 2>&1
  row_tried=$1
  shift
  expect_said "check_errors, for '$row_tried'," ${1:+"$@"}
}

check_itself() {
  mkdir -p "$work/tree/lib/base" "$work/tree/include/sanstls" \
    "$work/tree/test/endpoint"
  printf '%s\n' '  STLS_REASON_NONE = 0,' '  STLS_REASON_EMPTY = 1' \
    >"$work/tree/include/sanstls/reason.h"
  printf '%s\n' '  fail("%s:%zu: the key of "' '       "\"%s\" is empty", x);' \
    'fail("too many N");' >"$work/tree/lib/base/x.c"
  printf '%s\n' '#define X \' '  "by OpenSSL: " \' '  "\"NAME\""' \
    >"$work/tree/test/endpoint/test_messages_x.c"
  row='| `STLS_REASON_EMPTY` |'
  expect "$row \`FILE:LINE: the key of \"NAME\" is empty\` | c | r |" ''
  expect "$row \`by OpenSSL: \"NAME\"\` | A \`too many N\`, \`x\`. | \`y z\` |" ''
  expect "$row \`FILE: the keys of \"NAME\" is empty\` | c | r |" \
    'nothing says "FILE: the keys of "NAME" is empty"'
  expect "$row \`by OpenSSL: \"NAMES\"\` | c | r |" 'nothing says'
  expect "$row \`too many N\` | \`too few N\` | r |" 'nothing says "too few N"'
  expect "$row \`too many N\` | \`openssl x\` | r |" ''
  expect "$row too many | c | r |" 'no message'
  expect "$row \`too many N\` | c |" 'a row is'
  expect '| `STLS_REASON_NONE` | `too many N` | c | r |' 'no STLS_REASON_NONE' \
    'no row for STLS_REASON_EMPTY'
  expect '| other | `too many N` | c | r |' 'no row for STLS_REASON_EMPTY'
}

check_itself
check_errors "$srcdir" | tee "$work/complaints"
[ "$self_failed" -eq 0 ] && ! [ -s "$work/complaints" ]
