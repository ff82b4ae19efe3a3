#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that a certificate's JSON is what CPython's json module makes of its
# ssl module's dictionary, byte for byte, for all certificates of test/data. It
# is skipped where there is no such python3.
set -eu

: "${srcdir:=.}"
: "${PYTHON:=python3}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! "$PYTHON" "$srcdir/test/oracle/json_oracle.py" >"$work/said" 2>&1; then
  echo "check_json: skipped: no python3 from 3.9 on with ssl on OpenSSL 3"
  exit 77
fi

# CPython does not notice that an extension or a time is malformed, cuts other
# names and serial numbers, has None for no bits, and no dictionary for an OID
# that OpenSSL cannot print.
differ='alt-malformed alt-other-line alt-other-long alt-other-nul'
differ="$differ dates-malformed serial-40 subject-bits-empty"
differ="$differ subject-oid-too-long"

set --
for file in "$srcdir"/test/data/*.pem; do
  case $file in */broken-*) continue ;; esac
  if [ "$(grep -c '^-----BEGIN CERTIFICATE' "$file")" -eq 1 ]; then
    set -- "$@" "$file"
  fi
done
set -- "$@" "$srcdir"/test/data/names/*.pem
if [ $# -lt 50 ]; then
  echo "check_json: only $# certificates were found"
  exit 1
fi

# may_differ yes|no: the lines of such certificates.
may_differ() {
  while IFS= read -r line; do
    name=$(basename "${line%%	*}" .pem)
    case " $differ " in
      *" $name "*) found=yes ;;
      *) found=no ;;
    esac
    if [ "$found" = "$1" ]; then printf '%s\n' "$line"; fi
  done
}

./test/oracle/print_json "$@" >"$work/ours" 2>"$work/complaints"
"$PYTHON" "$srcdir/test/oracle/json_oracle.py" "$@" >"$work/theirs"
failed=0
for side in ours theirs; do
  may_differ no <"$work/$side" >"$work/$side-same"
  may_differ yes <"$work/$side" >"$work/$side-other"
done
if ! diff "$work/theirs-same" "$work/ours-same"; then
  echo 'check_json: CPython (<) says something else'
  cat "$work/complaints"
  failed=1
fi
if grep -Fx -f "$work/theirs-other" "$work/ours-other"; then
  echo 'check_json: no longer differ from CPython'
  failed=1
fi
exit "$failed"
