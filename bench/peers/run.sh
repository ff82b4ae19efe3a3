#!/bin/sh
# SPDX-License-Identifier: MIT
# run: the library in turns with other TLS stacks, and how they compare.
#
# Usage: run.sh [-n PASSES] BASE DATA_DIR BUILD_DIR [PEER...]
# BASE is bench_peer_base; what is built goes to BUILD_DIR. Every peer unless
# some are named. In every pass each peer runs directly after the library, all on
# one core; a ratio is the median over passes of the peer's cost by the library's.
# CC, PKG_CONFIG, PYTHON, GO and NODE name the tools.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
: "${CC:=cc}" "${PKG_CONFIG:=pkg-config}" "${GO:=go}" "${NODE:=node}"
: "${AWK:=awk}"
# The system's Python is linked with the system's OpenSSL; others may not be.
if [ -z "${PYTHON:-}" ]; then
  PYTHON=python3
  [ ! -x /usr/bin/python3 ] || PYTHON=/usr/bin/python3
fi
passes=5
if [ "${1:-}" = -n ]; then
  passes=$2
  shift 2
fi
if [ $# -lt 3 ]; then
  echo "usage: $0 [-n PASSES] BASE DATA_DIR BUILD_DIR [PEER...]" >&2
  exit 2
fi
base=$1 data=$2 build=$3
shift 3
[ $# -gt 0 ] || set -- cpython libevent node gnutls go wolfssl mbedtls bearssl
mkdir -p "$build"
build=$(cd "$build" && pwd)
figures=$build/figures.csv
: >"$figures"

skip() {
  echo "# $1: skipped: $2"
}

# flags PACKAGE...: what to link with; the second form where there is no .pc.
flags() {
  packages=$1 fallback=$2
  # shellcheck disable=SC2086 # a list
  "$PKG_CONFIG" --cflags --libs $packages 2>/dev/null || echo "$fallback"
}

# compile NAME HEADER PACKAGES LIBRARIES
compile() {
  name=$1 header=$2
  if ! printf '#include <%s>\n' "$header" |
    $CC -E - >"$build/$name.log" 2>&1; then
    skip "$name" "no $header for $CC"
    return 1
  fi
  # shellcheck disable=SC2046,SC2086 # lists of options
  if ! $CC -std=c11 -O2 -o "$build/$name" "$here/$name.c" "$here/peer.c" \
    $(flags "$3" "$4") >"$build/$name.log" 2>&1; then
    skip "$name" "does not compile or link, see $build/$name.log"
    return 1
  fi
}

has() {
  command -v "$2" >/dev/null 2>&1 || { skip "$1" "no $2"; return 1; }
}

prepare() {
  case $1 in
  gnutls) compile gnutls gnutls/gnutls.h gnutls -lgnutls ;;
  mbedtls)
    compile mbedtls mbedtls/ssl.h 'mbedtls mbedx509 mbedcrypto' \
      '-lmbedtls -lmbedx509 -lmbedcrypto'
    ;;
  wolfssl) compile wolfssl wolfssl/ssl.h wolfssl -lwolfssl ;;
  bearssl) compile bearssl bearssl.h bearssl -lbearssl ;;
  libevent)
    compile libevent event2/bufferevent_ssl.h 'libevent_openssl openssl' \
      '-levent_openssl -levent -lssl -lcrypto'
    ;;
  go)
    has go "$GO" || return 1
    GO111MODULE=off GOCACHE=$build/go-cache "$GO" build -o "$build/go" \
      "$here/gocrypto.go" >"$build/go.log" 2>&1 || {
      skip go "does not build, see $build/go.log"
      return 1
    }
    ;;
  cpython) has cpython "$PYTHON" ;;
  node) has node "$NODE" ;;
  *)
    echo "$0: no peer is named $1" >&2
    exit 2
    ;;
  esac
}

run() {
  case $1 in
  library) set -- "$base" ;;
  cpython) set -- "$PYTHON" -B "$here/cpython.py" ;;
  node) set -- "$NODE" "$here/node.js" ;;
  *) set -- "$build/$1" ;;
  esac
  $pinned "$@" "$data"
}

pinned=
if command -v taskset >/dev/null 2>&1; then
  core=$(taskset -cp $$ | sed 's/.*: *//; s/[-,].*//')
  pinned="taskset -c $core"
else
  echo "# no taskset: nothing is pinned to a core"
fi

peers=
for peer in "$@"; do
  if ! prepare "$peer"; then continue; fi
  if ! run "$peer" >"$build/$peer.out" 2>"$build/$peer.log"; then
    skip "$peer" "does not run: $(tail -n 1 "$build/$peer.log")"
    continue
  fi
  sed -n 's/^# /# '"$peer"': /p' "$build/$peer.out"
  sed -n "s/^# /0,$peer,# /p" "$build/$peer.out" >>"$figures"
  peers="$peers $peer"
done
run library >"$build/library.out"
sed -n 's/^# \([^,]*\).*/# library: \1/p' "$build/library.out"
sed -n 's/^# /0,library,# /p' "$build/library.out" >>"$figures"

pass=1
while [ "$pass" -le "$passes" ]; do
  for peer in $peers; do
    # On a terminal only.
    [ ! -t 2 ] || echo "[pass $pass of $passes] $peer" >&2
    for one in library "$peer"; do
      run "$one" | sed -n "/^#/!s/^/$pass,$peer,/p" >>"$figures"
    done
  done
  pass=$((pass + 1))
done
"$AWK" -F, -f "$here/summary.awk" "$figures"
