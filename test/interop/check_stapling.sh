#!/bin/sh
# SPDX-License-Identifier: MIT
# Connects with stapled OCSP responses to OpenSSL's command and to GnuTLS's, in both
# roles and versions: with one that is good, one that says revoked, and with none. The
# responses are made by "openssl ocsp". It is skipped where there is no openssl.
set -eu

: "${srcdir:=.}"
peer=./test/interop/staple_peer
data=$srcdir/test/data
# shellcheck source=test/interop/servers.sh
. "$srcdir/test/interop/servers.sh"
need_openssl check_stapling
chain=$data/server-ecdsa.pem
key=$data/server-ecdsa.key
ca=$data/ca.pem

# make_response NAME INDEX-FIELDS: from the CA itself, for a week.
make_response() {
  serial=$(openssl x509 -in "$chain" -noout -serial | sed 's/.*=//')
  printf '%s\t%s\tunknown\t/CN=x\n' "$2" "$serial" >"$work/index"
  openssl ocsp -issuer "$ca" -cert "$chain" -no_nonce \
    -reqout "$work/request" >/dev/null 2>&1
  openssl ocsp -index "$work/index" -CA "$ca" -rsigner "$ca" \
    -rkey "$data/ca.key" -reqin "$work/request" -respout "$work/$1" \
    -ndays 7 >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
  }
}
tab=$(printf '\t')
make_response good "V${tab}491231235959Z${tab}"
make_response revoked "R${tab}491231235959Z${tab}240101000000Z"

fail() {
  echo "$1: status $2:"
  cat "$work/said"
  cat "$work/log"
  exit 1
}

# our_client NAME VERSION STAPLE: against the server at $port.
our_client() {
  how=require
  [ "$3" != none ] || how=ask
  status=0
  timeout 20 "$peer" client "$port" "$2" "$ca" $how >"$work/said" 2>&1 ||
    status=$?
  grep -q "^verdict: $3, " "$work/said" || fail "client, $1, $3" $status
  if [ "$3" = revoked ]; then
    [ $status -ne 0 ] && grep -q 'is revoked' "$work/said" ||
      fail "client, $1, $3" $status
  else
    [ $status -eq 0 ] || fail "client, $1, $3" $status
  fi
  count=$((count + 1))
}

# our_server NAME VERSION STAPLE PATTERN COMMAND...: the command is told the port,
# sends a line, and says something with the pattern in it.
our_server() {
  name="server, $1, $3"
  wanted=$4
  : >"$work/said"
  timeout 20 "$peer" server 0 "$2" "$chain" "$key" "$work/$3" \
    >"$work/said" 2>&1 &
  ours=$!
  pids="$pids $ours"
  shift 4
  port_of "$work/said" '^\([0-9][0-9]*\)$'
  {
    { echo 'a line'; sleep 0.5; } | timeout 20 "$@" "$port" || true
  } >"$work/log" 2>&1
  wait $ours || true
  grep -q "$wanted" "$work/log" || fail "$name" 0
  count=$((count + 1))
}

# with_gnutls_serv VERSION STAPLE: it takes no port 0.
with_gnutls_serv() {
  options="--x509certfile $chain --x509keyfile $key --echo"
  [ "$2" = none ] || options="$options --ocsp-response $work/$2"
  free_port $count
  : >"$work/log"
  # shellcheck disable=SC2086
  timeout 20 gnutls-serv $options -p $port \
    --priority "NORMAL:-VERS-ALL:+VERS-TLS$1" >"$work/log" 2>&1 &
  server=$!
  pids="$pids $server"
  port_of "$work/log" '.*IPv4.* port \([0-9]*\)\.\.\.done.*'
  our_client "gnutls-serv, TLS $1" "$1" "$2"
  kill $server 2>/dev/null || true
}

count=0
skipped=
for version in 1.2 1.3; do
  flag=-tls1_${version#1.}
  for staple in good revoked none; do
    : >"$work/log"
    file=
    [ $staple = none ] || file="-status_file $work/$staple"
    # shellcheck disable=SC2086
    timeout 20 openssl s_server -accept 127.0.0.1:0 -cert "$chain" \
      -key "$key" -naccept 1 -rev $flag $file >"$work/log" 2>&1 &
    pids="$pids $!"
    port_of "$work/log" '^ACCEPT .*:\([0-9][0-9]*\)$'
    our_client "openssl s_server, TLS $version" $version $staple
  done
  # shellcheck disable=SC2016
  for staple in good revoked; do
    our_server "openssl s_client, TLS $version" $version $staple \
      "Cert Status: $staple" sh -c \
      'exec openssl s_client -status '$flag' -connect 127.0.0.1:$0'
  done
done
if ! command -v gnutls-cli >/dev/null 2>&1 ||
  ! command -v gnutls-serv >/dev/null 2>&1; then
  skipped=', without GnuTLS'
else
  for version in 1.2 1.3; do
    # It takes no response that says revoked.
    for staple in good none; do
      with_gnutls_serv $version $staple
    done
    for staple in good revoked; do
      pattern='OCSP status request'
      [ $staple = good ] || pattern='revoked'
      our_server "gnutls-cli, TLS $version" $version $staple "$pattern" \
        gnutls-cli --x509cafile "$ca" --verify-hostname server.example \
        --priority "NORMAL:-VERS-ALL:+VERS-TLS$version" 127.0.0.1 -p
    done
  done
fi
echo "$count connections with stapled OCSP responses$skipped"
