#!/bin/sh
# SPDX-License-Identifier: MIT
# Takes the client out of README.md, compiles it as it stands there, and has it
# talk to openssl s_server: to one that it may trust, to one under another name,
# and to one that nobody vouches for. Then looks up what README quotes.
set -eu

: "${srcdir:=.}"
: "${CC:=cc}"
: "${AWK:=awk}"
: "${OPENSSL_CFLAGS:=}"
work=$(mktemp -d)
server=
end() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap end EXIT
data=$srcdir/test/data

sed -n '/^<!-- test_readme: client.c -->$/,/^```$/p' "$srcdir/README.md" |
  sed '1,2d;$d' > "$work/client.c"
lines=$(wc -l < "$work/client.c")
if [ "$lines" -lt 20 ] || [ "$lines" -gt 30 ]; then
  echo "README's client has $lines lines, not 20 to 30" >&2
  exit 1
fi
if [ "${STLS_SANITIZERS:-no}" = yes ]; then
  sanitize='-fsanitize=address,undefined'
else
  sanitize=
fi
# shellcheck disable=SC2086
./libtool --silent --tag=CC --mode=link "$CC" -std=gnu11 -Wall -Wextra -Werror \
  $sanitize -I"$srcdir/include" $OPENSSL_CFLAGS -o "$work/client" \
  "$work/client.c" libsanstls.la

# Starts a server with one of test/data's certificates; its port goes to $port.
serve() {
  : > "$work/server.log"
  openssl s_server -accept 127.0.0.1:0 -www -naccept 1 -cert "$data/$1.pem" \
    -key "$data/$1.key" >> "$work/server.log" 2>&1 &
  server=$!
  port=
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    port=$(sed -n 's/^ACCEPT .*:\([0-9][0-9]*\)$/\1/p' "$work/server.log")
    [ -z "$port" ] || return 0
    sleep 0.1
  done
  echo "openssl s_server does not start:" >&2
  cat "$work/server.log" >&2
  exit 1
}

# expect STATUS CERTIFICATE TEXT
expect() {
  serve "$2"
  status=0
  # The program leaves its memory to the system, as thirty lines may.
  ASAN_OPTIONS=detect_leaks=0 SSL_CERT_FILE=$data/ca.pem SSL_CERT_DIR=/nowhere \
    timeout 20 "$work/client" 127.0.0.1 "$port" > "$work/out" 2>&1 || status=$?
  if [ "$status" -ne "$1" ] || ! grep -q "$3" "$work/out"; then
    echo "with $2: status $status, not $1, or no \"$3\" in:" >&2
    cat "$work/out" >&2
    exit 1
  fi
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}

expect 0 server-ecdsa 'Cipher suites\|Ciphers supported\|s_server'
expect 1 server-wrongname 'certificate verify failed: IP address mismatch'
expect 1 server-untrusted 'certificate verify failed: unable to get local'
# Every function of a quotation stands in the file that it is from.
from='test_readme: from '
quoted=$(sed -n "s/^<!-- $from\\(.*\\) -->\$/\\1/p" "$srcdir/README.md")
[ -n "$quoted" ] || { echo "README quotes nothing" >&2; exit 1; }
for file in $quoted; do
  sed -n "\\|^<!-- $from$file -->\$|,/^\`\`\`\$/p" "$srcdir/README.md" |
    sed '1,2d;$d' > "$work/quotation"
  "$AWK" -v RS= 'NR == FNR { known[$0]; next }
    !($0 in known) { print "README misquotes:\n" $0; wrong = 1 }
    END { exit wrong }' "$srcdir/$file" "$work/quotation" >&2
done

echo "README's client compiles as shown and does what it should"
