#!/bin/sh
# SPDX-License-Identifier: MIT
# demo: make demo calls it, in the build folder. Starts a server with a
# certificate made on the spot, fetches from it with curl and with our own
# client, and shows the client's every step. Ends by itself within 20 seconds,
# touches loopback only, and leaves nothing behind.
set -eu

bin=$PWD/test/embed
server_pid=
work=$(mktemp -d)
trap 'finish' EXIT
trap 'exit 1' HUP INT TERM

finish() {
  [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
  rm -rf "$work"
}

die() {
  echo "demo: $*" >&2
  exit 1
}

title() {
  printf '\n%s\n\n' "$*"
}

# What a command prints, moved to the right.
indented() {
  fold -s -w 76 | sed 's/ *$//; s/^./   &/'
}

# first PROGRAM...: the first that was built; without its event library a
# program is not.
first() {
  for program; do
    if [ -x "$bin/$program" ]; then
      echo "$program"
      return
    fi
  done
  die 'neither libuv nor libevent is installed'
}

bounded() {
  timeout 6 "$@"
}

# openssl tells its progress on stderr, which matters only when it fails.
quietly() {
  "$@" 2>openssl.err || {
    cat openssl.err >&2
    die "$1 failed"
  }
}

make_certificates() {
  quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
    -nodes -days 2 -subj '/CN=A CA for this demo' -keyout ca.key -out ca.pem \
    -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign
  quietly openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -subj '/CN=localhost' -keyout server.key -out server.csr
  printf '%s\n' 'subjectAltName = DNS:localhost, IP:127.0.0.1' \
    'basicConstraints = critical, CA:FALSE' \
    'keyUsage = critical, digitalSignature' \
    'extendedKeyUsage = serverAuth' >extensions
  quietly openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 2 \
    -extfile extensions -out server.pem
}

# Sets url, or gives up after five seconds.
start_server() {
  "$bin/$server" --port 0 --cert server.pem --key server.key \
    >server.out 2>server.err &
  server_pid=$!
  turns=50
  while ! grep -q '^listening on' server.out; do
    turns=$((turns - 1))
    [ "$turns" -gt 0 ] || die "$server does not start"
    sleep 0.1
  done
  url=https://localhost:$(sed -n 's/^listening on //p' server.out)
}

for tool in openssl timeout; do
  command -v "$tool" >/dev/null 2>&1 || die "$tool is not installed"
done
server=$(first uv_server event_server)
client=$(first event_client uv_client)
cd "$work"

title '1. A CA and a certificate for localhost, made on the spot'
make_certificates
openssl x509 -in server.pem -noout -subject -issuer -enddate | indented

title "2. Our server: $server"
start_server
echo "listening on ${url#https://}" | indented

title '3. curl fetches a page'
if command -v curl >/dev/null 2>&1; then
  bounded curl -sv --cacert ca.pem "$url/" 2>curl.err | indented
  sed -n 's/^\* \(SSL connection using .*\)/\1/p
          s/^\*  \(SSL certificate verify ok\).*/\1/p' curl.err | indented
else
  echo 'curl is not installed' | indented
fi

title "4. Our client fetches it: $client, call by call, flows in bytes"
bounded "$bin/$client" --trace --ca ca.pem "$url/" 2>&1 >page | indented

title '5. The same with a CA that it does not know, and what the server logs'
quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
  -days 2 -subj '/CN=Another CA' -keyout other.key -out other.pem
bounded "$bin/$client" --ca other.pem "$url/" 2>&1 | indented || true
indented <server.err

title '6. 64 MiB from the server'
if command -v curl >/dev/null 2>&1; then
  bounded curl -s --cacert ca.pem -o /dev/null -w '%{time_total}\n' \
    "$url/bytes/67108864" |
    awk '{ printf "curl: 67108864 bytes in %.3f s (%.1f MiB/s)\n", $1, 64 / $1 }' |
    indented
fi
for program in event_client uv_client; do
  [ ! -x "$bin/$program" ] || {
    bounded "$bin/$program" --ca ca.pem "$url/bytes/67108864" 2>&1 >/dev/null |
      sed 's/200, //; s/, TLS.*//' | indented
  }
done

title '7. 200 connections at once, 1 MiB each way, every byte compared'
bounded "$bin/$client" --ca ca.pem --count 200 --post 1048576 "$url/echo" 2>&1 |
  indented

kill "$server_pid"
wait "$server_pid" || die "$server ended with $?"
server_pid=
title 'The server was asked to end, and has ended with status 0.'
