#!/bin/sh
# SPDX-License-Identifier: MIT
# demo: make demo calls it, in the build folder, with what is to be built. Builds
# that quietly, starts servers with a certificate made on the spot, fetches from
# them with curl and with our own clients, and shows a client's every step. Ends by
# itself, touches loopback only, and leaves .build-demo behind: a CA and a
# certificate for the commands that it ends with.
#
# A part that fails ends the demo, which then says which, and is not successful.
# DEMO_BOUND are the seconds that one command may take, DEMO_COUNT the connections
# of part 7, DEMO_BIN is the folder of the programs.
set -eu

: "${srcdir:=.}"
: "${MAKE:=make}"
: "${DEMO_BOUND:=300}"
: "${DEMO_COUNT:=200}"
: "${DEMO_BIN:=test/embed}"
dir=.build-demo
port=4433
server_pid=
part=0
title='before the first part'
work=$(mktemp -d)
trap 'finish' EXIT
trap 'exit 1' HUP INT TERM

finish() {
  [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
  rm -rf "$work"
}

die() {
  echo "demo: part $part failed ($title): $*" >&2
  exit 1
}

# begin TITLE: of the next part.
begin() {
  part=$((part + 1))
  title=$1
  printf '\n%s. %s\n\n' "$part" "$title"
}

# What a command prints, moved to the right.
indented() {
  fold -s -w 76 | sed 's/ *$//; s/^./   &/'
}

# run STATUS COMMAND...: it ends with this status. What it says is in $work/said.
run() {
  wanted=$1
  shift
  status=0
  timeout -k 5 "$DEMO_BOUND" "$@" >"$work/said" 2>&1 || status=$?
  [ "$status" -ne "$wanted" ] || return 0
  indented <"$work/said"
  [ "$status" -ne 124 ] || die "${1##*/} took longer than $DEMO_BOUND s"
  die "${1##*/} ended with status $status, not $wanted"
}

# show STATUS COMMAND...: runs it, and shows what it says, which is something.
show() {
  run "$@"
  [ -s "$work/said" ] || die "${2##*/} says nothing"
  indented <"$work/said"
}

# first PROGRAM...: the first that was built; without its event library a program is
# not.
first() {
  for program; do
    if [ -x "$DEMO_BIN/$program" ]; then
      echo "$program"
      return
    fi
  done
  die "none of $* was built: is libuv or libevent installed?"
}

have() {
  command -v "$1" >/dev/null 2>&1
}

# build TARGET...: says nothing unless it fails; counts files on a terminal.
build() {
  case ${MAKEFLAGS-} in
    *-j*) jobs= ;;
    *) jobs=-j$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) ;;
  esac
  echo 0 >"$work/status"
  # One after the other: "all" is a make of its own. MAKE may carry options.
  # shellcheck disable=SC2086
  { $MAKE $jobs all 2>&1 && $MAKE $jobs "$@" 2>&1 ||
    echo "$?" >"$work/status"; } |
    tee "$work/build.log" |
    if [ -t 1 ]; then
      awk '/^ +[A-Z]+ /{ printf "\rBuilding: %d files", ++n; fflush() }
           END { if (n) print "" }'
    else
      cat >/dev/null
    fi
  [ "$(cat "$work/status")" -eq 0 ] || {
    cat "$work/build.log" >&2
    echo 'demo: the build failed' >&2
    exit 1
  }
}

show_loop() {
  cat <<'PICTURE'
The loop: your program moves the bytes, the library turns them into others.

   socket        what your loop calls                what your application calls

   recv() ──▶ stls_bio_reserve ─▶ incoming ─▶ ┌────────┐ ─▶ stls_object_read()
              stls_bio_commit                 │  stls  │
                                              │ object │
   send() ◀── stls_bio_peek    ◀─ outgoing ◀─ └────────┘ ◀─ stls_object_write()
              stls_bio_consume

   STLS_WANT_READ: wait for bytes from the socket, then call again.
   After every call: send what is in outgoing.
PICTURE
}

make_key() {
  key=$1
  shift
  run 0 openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$dir/$key" "$@"
}

make_ca() {
  make_key "$1.key" -x509 -days 30 -subj "/CN=$2" -out "$dir/$1.pem" \
    -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign
}

make_certificates() {
  make_ca ca 'A CA for this demo'
  make_key server.key -subj '/CN=localhost' -out "$work/server.csr"
  printf '%s\n' 'subjectAltName = DNS:localhost, IP:127.0.0.1' \
    'basicConstraints = critical, CA:FALSE' \
    'authorityKeyIdentifier = keyid' \
    'keyUsage = critical, digitalSignature' \
    'extendedKeyUsage = serverAuth' >"$work/extensions"
  run 0 openssl x509 -req -in "$work/server.csr" -CA "$dir/ca.pem" \
    -CAkey "$dir/ca.key" -CAcreateserial -days 30 \
    -extfile "$work/extensions" -out "$dir/server.pem"
}

# start_server PROGRAM ARGUMENT...: sets url when it listens.
start_server() {
  name=$1
  shift
  : >"$work/server.out" # Of the one before.
  "$DEMO_BIN/$name" "$@" >"$work/server.out" 2>"$work/server.err" &
  server_pid=$!
  turns=$((DEMO_BOUND * 10))
  while ! grep -q '^listening on' "$work/server.out"; do
    turns=$((turns - 1))
    if [ "$turns" -le 0 ] || ! kill -0 "$server_pid" 2>/dev/null; then
      cat "$work/server.err" >&2
      die "$name does not start"
    fi
    sleep 0.1
  done
  url=https://localhost:$(sed -n 's/^listening on //p' "$work/server.out")
  echo "$name listens on ${url#https://}" | indented
}

# The server may be later than its client.
await_log() {
  turns=$((DEMO_BOUND * 10))
  until [ -s "$work/server.err" ]; do
    turns=$((turns - 1))
    [ "$turns" -gt 0 ] || die "$name logs nothing"
    sleep 0.1
  done
}

stop_server() {
  kill "$server_pid" 2>/dev/null || die "$name is gone"
  status=0
  wait "$server_pid" || status=$?
  server_pid=
  [ "$status" -eq 0 ] || die "$name ended with status $status"
}

fetch_with_curl() {
  run 0 curl -sSv --cacert "$dir/ca.pem" "$url/"
  sed -n '/^[^<>*{}]/p
          s/^\* \(SSL connection using .*\)/\1/p
          s/^\*  \(SSL certificate verify ok\).*/\1/p' "$work/said" | indented
  grep -q 'Hello from libsanstls' "$work/said" || die 'that is not the page'
}

fetch_much() {
  if have curl; then
    run 0 curl -sS --cacert "$dir/ca.pem" -o /dev/null -w '%{time_total}\n' \
      "$url/bytes/67108864"
    awk '{ printf "curl: 67108864 bytes in %.3f s (%.1f MiB/s)\n", $1, 64 / $1 }' \
      "$work/said" | indented
  fi
  for program in event_client uv_client; do
    [ -x "$DEMO_BIN/$program" ] || continue
    run 0 sh -c '"$@" >/dev/null' sh "$DEMO_BIN/$program" --ca "$dir/ca.pem" \
      --timeout "$DEMO_BOUND" "$url/bytes/67108864"
    sed 's/200, //; s/, TLS.*//' "$work/said" | indented
  done
}

show_commands() {
  if [ -x "$DEMO_BIN/uv_https" ]; then
    serve="$DEMO_BIN/uv_https $port $dir/server.pem $dir/server.key 30 127.0.0.1 &"
  else
    serve="$DEMO_BIN/$server --port $port --cert $dir/server.pem --key $dir/server.key &"
  fi
  cat <<NEXT

To copy: test/embed/$example.c is a whole server in one file, and
test/embed/poll_client.c a whole client. test/embed/README.md has more of them.

Try next, in this folder:

   $serve
   curl --cacert $dir/ca.pem https://localhost:$port/
   $DEMO_BIN/poll_client -a $dir/ca.pem -g / localhost $port

The client in README.md does it, too: ./client localhost $port $dir/ca.pem
NEXT
}

for tool in openssl timeout; do
  have "$tool" || die "$tool is not installed"
done
build "$@"
server=$(first uv_server event_server)
client=$(first event_client uv_client)
example=$(first uv_echo event_echo)
mkdir -p "$dir"
show_loop

begin 'A CA and a certificate for localhost, made on the spot'
make_certificates
show 0 openssl x509 -in "$dir/server.pem" -noout -subject -issuer -enddate

begin 'A server'
start_server "$server" --port 0 --cert "$dir/server.pem" \
  --key "$dir/server.key" --idle-timeout "$DEMO_BOUND"

begin 'curl fetches a page'
if have curl; then
  fetch_with_curl
else
  echo 'curl is not installed' | indented
fi

begin "Our client fetches it: $client, call by call, flows in bytes"
show 0 "$DEMO_BIN/$client" --trace --timeout "$DEMO_BOUND" --ca "$dir/ca.pem" \
  "$url/"

begin 'The same with a CA that it does not know, and what the server logs'
make_ca other 'Another CA'
show 3 "$DEMO_BIN/$client" --timeout "$DEMO_BOUND" --ca "$dir/other.pem" "$url/"
await_log
indented <"$work/server.err"

begin '64 MiB from the server'
fetch_much

begin "$DEMO_COUNT connections at once, 1 MiB each way, every byte compared"
show 0 "$DEMO_BIN/$client" --timeout "$DEMO_BOUND" --ca "$dir/ca.pem" \
  --count "$DEMO_COUNT" --post 1048576 "$url/echo"
stop_server

begin "One file each, to be copied: $example echoes what poll_client sends"
start_server "$example" 0 "$dir/server.pem" "$dir/server.key" "$DEMO_BOUND" \
  127.0.0.1
show 0 sh -c 'echo "Hello, echo." | "$@"' sh "$DEMO_BIN/poll_client" \
  -a "$dir/ca.pem" -t "$DEMO_BOUND" localhost "${url##*:}"
stop_server

show_commands
