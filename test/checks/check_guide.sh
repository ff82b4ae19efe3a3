#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that the guide, include/README.md, shows nothing that was not compiled and
# run: its code is quoted from the programs in test/guide, its commands are run, and
# print what it shows (quotes.sh).
set -eu

: "${srcdir:=.}" "${AWK:=awk}" "${CC:=cc}" "${PKG_CONFIG:=pkg-config}"
work=$(mktemp -d)
server=
end() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap end EXIT
# shellcheck source=test/checks/quotes.sh
. "$srcdir/test/checks/quotes.sh"
LC_ALL=C
export LC_ALL

guide=$srcdir/include/README.md
quotes_check "$guide" >"$work/complaints"
# One byte more in any of its code, and it is no quote any more.
sed 's/drain(tls, fd);$/drain(tls,  fd);/' "$guide" >"$work/changed.md"
[ -n "$(quotes_check "$work/changed.md")" ] ||
  echo 'a change of the code in the guide is not found' >>"$work/complaints"
quotes_tools
quotes_run "$guide" >>"$work/complaints"

# A reset is told by its errno: TLS sees only the end of the transport.
rude=$PWD/test/embed/rude_peer
check_reset() {
  data=$(cd "$srcdir/test/data" && pwd)
  : >"$work/rude.log"
  "$rude" serve-reset "$data/server-chain.pem" "$data/server-chain.key" \
    >"$work/rude.log" 2>&1 &
  server=$!
  turns=100
  while ! grep -q listening "$work/rude.log" && [ $turns -gt 0 ]; do
    sleep 0.1
    turns=$((turns - 1))
  done
  port=$(sed -n 's/^listening on //p' "$work/rude.log")
  said=$(timeout 20 "$work/session/client" 127.0.0.1 "$port" a.example \
    "$data/ca.pem" hello 2>&1) || true
  case $said in
  *'the socket: Connection reset by peer'*) ;;
  *) echo "the guide's client, after a reset, says: $said" ;;
  esac
  wait $server || true
  server=
}
if [ -x "$rude" ]; then check_reset >>"$work/complaints" 2>&1; fi

# What the guide ports from is shown line by line: the programs themselves are run
# here, with the certificates that the commands above have made.
cp "$srcdir"/test/guide/port_* "$work/session"
cd "$work/session"

# build_port PROGRAM PACKAGE...: where pkg-config finds the packages.
build_port() {
  program=$1
  shift
  "$PKG_CONFIG" --exists "$@" || return 1
  # shellcheck disable=SC2046
  cc -o "$program" "$program.c" $("$PKG_CONFIG" --cflags --libs "$@") ||
    echo "$program does not compile"
}
# expect_hello COMMAND...
expect_hello() {
  said=$(timeout 20 "$@" 2>&1) || said="status $?: $said"
  case $said in
  hello*) ;;
  *) echo "$* says: $said" ;;
  esac
}
{
  for program in port_membio port_fd; do
    build_port $program openssl || echo "$program: no OpenSSL"
    expect_hello ./$program
  done
  # shellcheck disable=SC2046
  cc -c signatures.c $("$PKG_CONFIG" --cflags sanstls) ||
    echo 'the guide has other signatures than the headers'
  build_port port_sanstls sanstls || echo 'port_sanstls: no library'
  expect_hello ./port_sanstls
  if python3 -c 'import ssl' 2>/dev/null; then
    expect_hello python3 port_python.py
  fi
  # A libevent that is linked to another OpenSSL cannot be handed its objects.
  if build_port port_event libevent_openssl openssl 2>event.err &&
    [ "$(ldd ./port_event 2>/dev/null | grep -c '^[[:space:]]*libssl')" -le 1 ]
  then
    cat event.err
    port=$((20000 + $$ % 12000))
    ./port_event $port a.example.pem a.example.key >event.log 2>&1 &
    server=$!
    turns=100
    while ! [ -s event.log ] && [ $turns -gt 0 ]; do
      sleep 0.1
      turns=$((turns - 1))
    done
    # It sends no close_notify, which this client calls an error.
    { ./client 127.0.0.1 $port a.example ca.pem hello || true; } >hello 2>/dev/null
    kill $server || true
    server=
    expect_hello cat hello
  fi
} >>"$work/complaints" 2>&1
cat "$work/complaints"
! [ -s "$work/complaints" ]
