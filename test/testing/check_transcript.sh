#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the command sanstls-transcript: what each of its words prints, and how it ends.
set -eu

: "${srcdir:=.}"
command=./lib/command/sanstls-transcript
work=$(mktemp -d)
server=
end() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
failed=0

complain() {
  echo "check_transcript: $1" >&2
  failed=1
}

# ends STATUS COMMAND...: runs it, its output in $work/said.
ends() {
  wanted=$1
  shift
  status=0
  "$@" >"$work/said" 2>&1 || status=$?
  [ "$status" -eq "$wanted" ] || {
    complain "status $status instead of $wanted: $*"
    sed 's/^/  /' "$work/said" >&2
  }
}

# says TEXT: the last command did.
says() {
  grep -qF -e "$1" "$work/said" || {
    complain "it does not say '$1'"
    sed 's/^/  /' "$work/said" >&2
  }
}

ends 0 "$command" --help
says 'from-pcap FILE'
says '--pieces'
ends 0 "$command" --version
ends 2 "$command"
ends 2 "$command" sing
says "there is no command 'sing'"
ends 2 "$command" show
says 'usage: sanstls-transcript show FILE'
ends 2 "$command" show "$work/none.txt"
says 'No such file'
ends 2 "$command" record sing
says "there is no scenario 'sing'"
ends 2 "$command" record
ends 2 "$command" record --seed -1 tls13-full
says "'-1' is no seed"
ends 2 "$command" record --role king tls13-full

# The same seed gives the same file, another one another.
ends 0 "$command" record --list
says 'tls13-full '
for role in client server; do
  ends 0 "$command" record tls13-full --role "$role" -o "$work/$role.txt"
  ends 0 "$command" record tls13-full --role "$role" -o "$work/again.txt"
  cmp -s "$work/$role.txt" "$work/again.txt" || complain "$role: two recordings differ"
done
"$command" record tls13-full >"$work/again.txt"
cmp -s "$work/client.txt" "$work/again.txt" || complain 'standard output differs'
ends 0 "$command" record tls13-full --seed 2 -o "$work/other.txt"
ends 2 "$command" record tls13-full -o "$work/none/file.txt"

ends 0 "$command" show "$work/client.txt"
says 'handshake client_hello'
says 'read STLS_OK, 4 bytes: "pong"'
! grep -q "$(printf '\033')" "$work/said" || complain 'colors in a pipe'
ends 0 "$command" show --hex "$work/client.txt"
# From OpenSSL 3.5 on the ClientHello has more than 255 bytes.
says ' 160301'

ends 0 "$command" diff "$work/client.txt" "$work/client.txt"
[ ! -s "$work/said" ] || complain 'a file differs from itself'
ends 1 "$command" diff "$work/client.txt" "$work/other.txt"
says 'seed: 2 | 4'
says '(from byte'
ends 1 "$command" diff "$work/client.txt" "$work/server.txt"
ends 2 "$command" diff "$work/client.txt" "$work/none.txt"

ends 0 "$command" replay "$work/client.txt" "$work/server.txt"
says 'as recorded'
ends 0 "$command" replay --pieces bytes "$work/client.txt"
# With its checksum, a line is what it says; only the connection shows that it is not.
"$command" mutate --kind flip --seed 3 "$work/client.txt" >"$work/flipped.txt"
ends 1 "$command" replay "$work/flipped.txt"
says 'line '
sed '21s/handshake/flush/' "$work/client.txt" >"$work/broken.txt"
ends 2 "$command" replay "$work/broken.txt"
says 'line 21'

for kind in cut flip duplicate reorder refragment; do
  ends 0 "$command" mutate --kind "$kind" --seed 1 -o "$work/changed.txt" \
    "$work/server.txt"
  ends 1 "$command" diff "$work/server.txt" "$work/changed.txt"
done
ends 2 "$command" mutate --kind sing "$work/client.txt"

# A capture of ours, where there is tshark.
if command -v tshark >/dev/null 2>&1; then
  for version in 1.2 1.3; do
    ./test/interop/print_pcap "$version" "$srcdir/test/data" \
      "$work/some.pcap" "$work/keys"
    ends 0 "$command" from-pcap "$work/some.pcap" -o "$work/pcap.txt"
    ends 0 "$command" show "$work/pcap.txt"
    says 'handshake client_hello'
    says 'handshake server_hello'
    ends 0 "$command" from-pcap --role server "$work/some.pcap" -o "$work/pcap.txt"
    ends 0 "$command" show "$work/pcap.txt"
  done
  ends 2 "$command" from-pcap "$work/client.txt"
fi

# serve SWITCH...: a server of another program for one request, at $port.
serve() {
  : >"$work/log"
  timeout 20 openssl s_server -accept 127.0.0.1:0 -naccept 1 -www "$@" \
    -cert "$srcdir/test/data/server-ecdsa.pem" \
    -key "$srcdir/test/data/server-ecdsa.key" >"$work/log" 2>&1 </dev/null &
  server=$!
  port=
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    port=$(sed -n 's/^ACCEPT .*:\([0-9][0-9]*\)$/\1/p' "$work/log")
    [ -z "$port" ] || return 0
    sleep 0.1
  done
  complain 'openssl s_server does not start'
  cat "$work/log" >&2
}

# A server that nobody seeded: with its secrets, a recording replays.
SSL_CERT_FILE=$srcdir/test/data/ca.pem
SSL_CERT_DIR=$work/none
export SSL_CERT_FILE SSL_CERT_DIR
if openssl version >/dev/null 2>&1 && timeout 1 true; then
  request=$(printf 'GET / HTTP/1.0\r\n\r\nx')
  for version in -tls1_2 -tls1_3; do
    serve "$version"
    ends 0 "$command" record --connect "localhost:$port" --send "${request%x}" \
      --secrets -o "$work/live.txt"
    says 'keep it secret'
    head -n 1 "$work/live.txt" | grep -q '^secret: ' || complain 'no word of secrets'
    case $(ls -l "$work/live.txt") in
      -rw-------*) ;;
      *) complain 'others may read secrets' ;;
    esac
    ends 0 "$command" show "$work/live.txt"
    says 'it is secret'
    says 'HTTP/1.0 200 ok'
    ! grep -qE '[0-9a-f]{64}' "$work/said" || complain 'show prints the seed'
    ends 0 "$command" replay "$work/live.txt"
    says 'as recorded'
    "$command" mutate --kind flip --seed 3 "$work/live.txt" >"$work/flipped.txt"
    ends 1 "$command" replay "$work/flipped.txt"
  done
  serve -tls1_3
  ends 0 "$command" record --connect "127.0.0.1:$port" --insecure \
    --send "${request%x}" -o "$work/live.txt"
  says 'without --secrets'
  ! grep -q '^secret: ' "$work/live.txt" || complain 'secrets that nobody asked for'
  ends 0 "$command" show "$work/live.txt"
  ends 2 "$command" replay "$work/live.txt"
  says 'was not recorded'
fi

exit "$failed"
