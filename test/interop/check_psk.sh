#!/bin/sh
# SPDX-License-Identifier: MIT
# Connects by pre-shared keys to OpenSSL's command and to GnuTLS's, in both roles
# and versions and with both digests, with the right key and with another. It is
# skipped where there is neither.
set -eu

: "${srcdir:=.}"
peer=./test/interop/psk_peer
key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
other=ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
suites=ECDHE-PSK-CHACHA20-POLY1305
# shellcheck source=test/interop/servers.sh
. "$srcdir/test/interop/servers.sh"
need_openssl check_psk
for digest in 256 384; do
  "$peer" session 0 1.3 $digest user $key >"$work/$digest.pem"
done

# judge NAME STATUS KEY FILE: with the right key, it said that it had used it.
judge() {
  if [ "$3" = $key ]; then
    [ "$2" -eq 0 ] && grep -q 'by the key of user' "$4" && return 0
  else
    [ "$2" -ne 0 ] && ! grep -q 'by ' "$4" && return 0
  fi
  echo "$1: status $2:"
  cat "$4"
  [ ! -f "$work/log" ] || cat "$work/log"
  exit 1
}

# our_client NAME VERSION DIGEST KEY: against the server at $port.
our_client() {
  status=0
  timeout 20 "$peer" client "$port" "$2" "$3" user "$4" >"$work/said" 2>&1 ||
    status=$?
  judge "client, $1" "$status" "$4" "$work/said"
  count=$((count + 1))
}

# our_server NAME VERSION DIGEST KEY COMMAND...: the command is told the port, and
# sends a line.
our_server() {
  name=$1
  wanted=$4
  : >"$work/said"
  timeout 20 "$peer" server 0 "$2" "$3" user "$4" >"$work/said" 2>&1 &
  ours=$!
  pids="$pids $ours"
  shift 4
  port_of "$work/said" '^\([0-9][0-9]*\)$'
  # Some GnuTLS crashes after it was refused, and the shell would tell of it.
  {
    { echo 'a line'; sleep 0.5; } | timeout 20 "$@" "$port" || true
  } >"$work/log" 2>&1
  status=0
  wait $ours || status=$?
  judge "server, $name" "$status" "$wanted" "$work/said"
  count=$((count + 1))
}

count=0
skipped=
for version in 1.2 1.3; do
  for digest in 256 384; do
    if [ $version = 1.2 ]; then
      # The digest is the suite's.
      [ $digest = 256 ] || continue
      how="-tls1_2 -cipher $suites -psk $key -psk_identity user"
    else
      how="-tls1_3 -psk_session $work/$digest.pem -psk_identity user"
      [ $digest = 256 ] || how="$how -ciphersuites TLS_AES_256_GCM_SHA384"
    fi
    for ours in $key $other; do
      : >"$work/log"
      # shellcheck disable=SC2086
      timeout 20 openssl s_server -accept 127.0.0.1:0 -nocert -naccept 1 -rev \
        $how >"$work/log" 2>&1 &
      pids="$pids $!"
      port_of "$work/log" '^ACCEPT .*:\([0-9][0-9]*\)$'
      our_client "openssl s_server, TLS $version, SHA-$digest" \
        $version $digest "$ours"
      # shellcheck disable=SC2086,SC2016
      our_server "openssl s_client, TLS $version, SHA-$digest" \
        $version $digest $ours \
        sh -c 'exec openssl s_client -connect 127.0.0.1:$0 '"$how"
    done
  done
done

if ! command -v gnutls-cli >/dev/null 2>&1; then
  skipped=', without GnuTLS'
else
  for version in 1.2 1.3; do
    priority="NORMAL:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK:-VERS-ALL"
    priority="$priority:+VERS-TLS$version"
    for ours in $key $other; do
      our_server "gnutls-cli, TLS $version" $version 256 "$ours" \
        gnutls-cli --insecure --pskusername user --pskkey $key \
        --priority "$priority" 127.0.0.1 -p
    done
  done
fi
echo "$count connections by pre-shared keys, half of them with a wrong one$skipped"
