#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that Wireshark reads a recorded connection with the key log that was
# written for it, and without it does not. It is skipped where there is no tshark.
set -eu

: "${srcdir:=.}"
: "${TSHARK:=tshark}"
if ! "$TSHARK" --version >/dev/null 2>&1; then
  echo "check_keylog: skipped: no tshark"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# decode PCAP KEYLOG: what is seen of the request and of the answer.
decode() {
  HOME=$work "$TSHARK" -n -r "$1" -o "tls.keylog_file:$2" -Y http -V \
    2>"$work/complaints" || {
    cat "$work/complaints"
    exit 1
  }
}

for version in 1.2 1.3; do
  ./test/interop/print_pcap "$version" "$srcdir/test/data" "$work/$version.pcap" \
    "$work/$version.log"
  decode "$work/$version.pcap" "$work/$version.log" >"$work/seen"
  for text in 'GET /the-secret-path' 'the-secret-answer'; do
    if ! grep -q "$text" "$work/seen"; then
      echo "TLS $version: tshark does not find '$text' in:"
      cat "$work/seen"
      exit 1
    fi
  done
  : >"$work/empty.log"
  decode "$work/$version.pcap" "$work/empty.log" >"$work/seen"
  if grep -q 'the-secret' "$work/seen" ||
    grep -qa 'the-secret' "$work/$version.pcap"; then
    echo "TLS $version: it can be read without the key log"
    exit 1
  fi
done
echo "tshark reads both versions with the key log, and neither without it"
