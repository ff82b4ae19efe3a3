# SPDX-License-Identifier: MIT
# More than a queue takes at once, through the programs of README, and its client
# against a server that keeps connections. check_readme.sh sources it, and has start,
# stop and expect.

# make_long PROGRAM SED: PROGRAM_long, with 200,000 bytes more where SED puts "@".
make_long() {
  sed "$2" "$work/session/$1.c" | "$AWK" '
    /^@$/ {
      for (i = 0; i < 1000; i++) text = text "0123456789"
      for (i = 0; i < 20; i++) print "\"" text "\""
      next
    }
    { print }' >"$work/$1_long.c"
  # shellcheck disable=SC2046
  cc -o "$work/$1_long" "$work/$1_long.c" \
    $("$PKG_CONFIG" --cflags --libs sanstls libuv) ||
    echo "README: the $1 does not compile with more to say"
}

# expect_bytes NAME COUNT COMMAND...: it ends well, and prints so many zeros.
expect_bytes() {
  of=$1
  num_zeros=$2
  shift 2
  expect "$of" 0 '' "$@"
  [ "$(tr -dc 0 <"$work/out" | wc -c)" -eq "$num_zeros" ] ||
    echo "README: $of: only $(wc -c <"$work/out") bytes arrive"
}

# More than a queue takes at once (STLS_BIO_DEFAULT_LIMIT), in both directions.
check_much() {
  make_long server '/^static const char answer/s/Hello from/"\
@\
"Hello from/'
  make_long client '/^  static const char request/s/".*";/"GET \/ HTTP\/1.0\\r\\nLong: "\
@\
"\\r\\n\\r\\n";/'
  for program in server client; do
    [ "$(grep -c 0123456789 "$work/${program}_long.c")" -eq 20 ] ||
      echo "README: the $program has no line to make longer"
  done
  free_port=$((20000 + $$ % 12000))
  start "$work/server_long" 's/^listening on port //p' "$free_port" \
    "$data/server-chain.pem" "$data/server-chain.key" || return 0
  expect_bytes 'curl, a long answer' 20000 \
    curl -sS --cacert "$data/ca.pem" "https://localhost:$port/"
  expect_bytes 'the client, a long answer' 20003 "$work/session/client" localhost \
    "$port" "$data/ca.pem"
  stop
  # It sends back what it gets, and ends when nothing comes for a second.
  [ -x test/embed/uv_echo ] || return 0
  start test/embed/uv_echo 's/^listening on //p' 0 "$data/server-chain.pem" \
    "$data/server-chain.key" 1 127.0.0.1 || return 0
  expect_bytes 'the client, a long request' 20001 timeout -k 5 20 \
    "$work/client_long" localhost "$port" "$data/ca.pem"
  stop
}

# The demo ends with this server and this client. HTTP/1.0 ends with the connection,
# and the server waits half a minute for who says nothing.
check_https() {
  [ -x test/embed/uv_https ] || return 0
  start test/embed/uv_https 's/^listening on //p' 0 "$data/server-chain.pem" \
    "$data/server-chain.key" 30 127.0.0.1 || return 0
  expect 'the client, uv_https' 0 'Hello from libsanstls.' timeout -k 5 10 \
    "$work/session/client" localhost "$port" "$data/ca.pem"
  stop
}
