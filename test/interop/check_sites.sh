#!/bin/sh
# SPDX-License-Identifier: MIT
# Names, client certificates, ALPN and resumption with curl, OpenSSL's commands
# and GnuTLS's, in both roles and versions. What is not installed is left out; it
# is skipped where nothing is.
set -eu

: "${srcdir:=.}"
peer=./test/interop/site_peer
data=$srcdir/test/data
# shellcheck source=test/interop/servers.sh
. "$srcdir/test/interop/servers.sh"
need_openssl check_sites
count=0

# expect NAME FILE WORD...: a line of the file has all the words.
expect() {
  name=$1
  file=$2
  shift 2
  cp "$file" "$work/left"
  for word; do
    grep -F -e "$word" "$work/left" >"$work/next" || {
      echo "$name: no \"$word\" in:"
      cat "$file" "$work/log"
      exit 1
    }
    mv "$work/next" "$work/left"
  done
  count=$((count + 1))
}

# with_client VERSION COMMAND...: our server, and a client that is told its port
# as $port.
with_client() {
  : >"$work/said"
  timeout 20 "$peer" server 0 "$1" "$data" >"$work/said" 2>&1 &
  ours=$!
  pids="$pids $ours"
  shift
  port_of "$work/said" '^\([0-9][0-9]*\)$'
  {
    { printf 'GET / HTTP/1.0\r\n\r\n'; sleep 1; } | port=$port timeout 20 \
      sh -c "$*" || true
  } >"$work/log" 2>&1
  wait "$ours" || true
}

mine="--cert $data/client-ecdsa.pem --key $data/client-ecdsa.key"
for version in 1.2 1.3; do
  if command -v curl >/dev/null 2>&1; then
    fetch="curl -sS --cacert $data/ca.pem --http1.1"
    with_client $version "$fetch --resolve server.example:\$port:127.0.0.1 \
      https://server.example:\$port/"
    expect "curl, $version" "$work/said" server "TLSv$version" alpn=http/1.1 \
      sni=server.example
    expect "curl, $version" "$work/log" 'a page'
    with_client $version "$fetch $mine \
      --resolve other.example:\$port:127.0.0.1 https://other.example:\$port/"
    expect "curl with a certificate, $version" "$work/said" alpn=http/1.1 \
      sni=other.example verified
    with_client $version "$fetch --resolve other.example:\$port:127.0.0.1 \
      https://other.example:\$port/"
    expect "curl without one, $version" "$work/said" 'peer did not return a'
    with_client $version "$fetch --resolve third.example:\$port:127.0.0.1 \
      https://third.example:\$port/"
    expect "curl, a name that is not here, $version" "$work/said" unrecognized_name
  fi
  dashed=$(echo $version | tr . _)
  call="openssl s_client -quiet -CAfile $data/ca.pem -tls$dashed"
  with_client $version "$call -connect 127.0.0.1:\$port -alpn h2 \
    -servername server.example -verify_hostname server.example"
  expect "s_client, $version" "$work/said" alpn=h2 sni=server.example
  with_client $version "$call -connect 127.0.0.1:\$port -alpn http/1.1 \
    -servername other.example -cert $data/client-ecdsa.pem \
    -key $data/client-ecdsa.key"
  expect "s_client with a certificate, $version" "$work/said" alpn=http/1.1 \
    sni=other.example verified
  : >"$work/log"
  timeout 20 openssl s_server -accept 127.0.0.1:0 -www -Verify 1 \
    -verify_return_error -CAfile "$data/ca.pem" -alpn h2 -tls$dashed \
    -cert "$data/server-ecdsa.pem" -key "$data/server-ecdsa.key" \
    >"$work/log" 2>&1 &
  pids="$pids $!"
  port_of "$work/log" '^ACCEPT .*:\([0-9][0-9]*\)$'
  timeout 20 "$peer" client "$port" $version "$data" >"$work/said" 2>&1
  expect "s_server, $version" "$work/said" client "TLSv$version" alpn=h2 verified
  expect "s_server again, $version" "$work/said" resumed
  if command -v gnutls-cli >/dev/null 2>&1; then
    only="NORMAL:-VERS-ALL:+VERS-TLS$version"
    call="gnutls-cli --x509cafile $data/ca.pem --priority $only"
    with_client $version "$call --alpn h2 --sni-hostname server.example \
      --verify-hostname server.example -p \$port 127.0.0.1"
    expect "gnutls-cli, $version" "$work/said" alpn=h2 sni=server.example
    with_client $version "$call --alpn http/1.1 \
      --sni-hostname other.example --verify-hostname other.example \
      --x509certfile $data/client-ecdsa.pem \
      --x509keyfile $data/client-ecdsa.key -p \$port 127.0.0.1"
    expect "gnutls-cli with a certificate, $version" "$work/said" \
      alpn=http/1.1 sni=other.example verified
  fi
  if command -v gnutls-serv >/dev/null 2>&1; then
    free_port $count
    : >"$work/log"
    timeout 20 gnutls-serv --http --port $port --require-client-cert \
      --verify-client-cert --x509cafile "$data/ca.pem" --alpn h2 \
      --x509certfile "$data/server-ecdsa.pem" \
      --x509keyfile "$data/server-ecdsa.key" \
      --priority "NORMAL:-VERS-ALL:+VERS-TLS$version" >"$work/log" 2>&1 &
    pids="$pids $!"
    port_of "$work/log" '.*listening on IPv4 0\.0\.0\.0 port \([0-9]*\).*'
    timeout 20 "$peer" client "$port" $version "$data" >"$work/said" 2>&1
    expect "gnutls-serv, $version" "$work/said" client "TLSv$version" alpn=h2 \
      verified
    expect "gnutls-serv again, $version" "$work/said" resumed
  fi
done
echo "$count connections as expected"
