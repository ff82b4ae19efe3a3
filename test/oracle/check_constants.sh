#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that constants have the names and values of CPython's enums, and that
# the default cipher suites are described as CPython does. It is skipped where
# there is no such python3.
set -eu

: "${srcdir:=.}"
: "${PYTHON:=python3}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! "$PYTHON" "$srcdir/test/oracle/constants_oracle.py" >"$work/theirs" 2>&1; then
  echo "check_constants: skipped: no python3 with ssl on OpenSSL 3"
  exit 77
fi
./test/oracle/match_constants <"$work/theirs"
