#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks README.md: its server and its client are compiled as they stand there, by its
# own commands, which print what it shows; both talk to openssl, too, and to peers that
# they have to refuse. Its tables are those of the headers. Then it checks itself on
# copies of README with one fault each.
set -eu

: "${srcdir:=.}" "${AWK:=awk}" "${CC:=cc}" "${PKG_CONFIG:=pkg-config}"
work=$(mktemp -d)
pids=
end() {
  for pid in $pids; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
# shellcheck source=test/checks/self_check.sh
. "$srcdir/test/checks/self_check.sh"
# shellcheck source=test/checks/quotes.sh
. "$srcdir/test/checks/quotes.sh"
# shellcheck source=test/checks/readme_long.sh
. "$srcdir/test/checks/readme_long.sh"
LC_ALL=C
# The client leaves its memory to the system when it cannot start.
ASAN_OPTIONS=detect_leaks=0
export LC_ALL ASAN_OPTIONS

if ! "$PKG_CONFIG" --exists libuv || ! command -v curl >/dev/null; then
  echo 'README is not checked: libuv or curl is not installed'
  exit 77
fi
data=$(cd "$srcdir/test/data" && pwd)

# --- the page ---

# check_build PAGE: what is not run here is run by .ci/run, check_package.sh and
# check_demo.sh.
check_build() {
  "$AWK" '
    /^```$/ { in_build = 0 }
    in_build && !/^(\.\/bootstrap && make (demo|check)|sudo make install|\.\/client localhost 4433 \.build-demo\/ca\.pem)$/ {
      print "README: nobody runs: " $0
    }
    /^```sh$/ { in_build = marker == "<!-- build -->" }
    /^<!-- / { marker = $0 }' "$1"
  for command in './bootstrap && make demo' './bootstrap && make check'; do
    grep -qxF "$command" "$1" || echo "README: does not say: $command"
  done
}

# check_length PAGE: of its prose, and of the server's part that is about TLS, without
# empty lines, comments and lone braces.
check_length() {
  "$AWK" '
    /^static void on_written/ { in_part = 1 }
    /^static void on_connection/ { in_part = 0 }
    in_part && !/^ *([{}]|\/\*.*)?$/ { num_lines++ }
    /^```/ { in_code = !in_code; next }
    in_code || /^\|/ || /^<!--/ { next }
    { num_words += NF }
    END {
      if (num_words < 700 || num_words > 1000)
        print "README: has " num_words " words, not about 900"
      if (num_lines < 30 || num_lines > 45)
        print "README: has " num_lines " lines for TLS in its server, not forty"
    }' "$1"
}

# check_results PAGE: its table has each result of error.h, and no other.
check_results() {
  sed -n 's/^  \(STLS_[A-Z_]*\) = -\{0,1\}[0-9]*,\{0,1\}$/\1/p' \
    "$srcdir/include/sanstls/error.h" | sort >"$work/enumerators"
  sed -n 's/^| `\(STLS_[A-Z_]*\)` |.*/\1/p' "$1" | sort >"$work/rows"
  diff "$work/enumerators" "$work/rows" >"$work/difference" ||
    sed -n 's/^[<>]/README: the table of results differs from error.h:&/p' \
      "$work/difference"
}

# check_speed PAGE: its figures are those of bench/README.md.
check_speed() {
  sed -n '/^| CPU time/,/^$/p' "$1" >"$work/figures"
  [ "$(grep -c . "$work/figures")" -gt 5 ] || echo 'README: has no table of figures'
  grep -vxF -f "$srcdir/bench/README.md" "$work/figures" |
    sed 's/^/README: not in bench\/README.md: /'
}

# check_calls PAGE: each row of "what do you want to do" names functions that its
# headers declare.
check_calls() {
  "$AWK" -v include="$srcdir/include/sanstls/" '
    function load(header,   text) {
      if (header in declared) return
      declared[header] = ""
      while ((getline text < (include header)) > 0)
        declared[header] = declared[header] text "\n"
      close(include header)
    }
    # Sets word[1 to the result]: what stands between back quotes.
    function quoted(cell, word,   n) {
      n = 0
      while (match(cell, /`[^`]+`/)) {
        word[++n] = substr(cell, RSTART + 1, RLENGTH - 2)
        cell = substr(cell, RSTART + RLENGTH)
      }
      return n
    }
    /^<!-- rows from: - lib\/sanstls\.sym - -->$/ { in_table = 1; next }
    in_table && !/^\|/ { in_table = 0 }
    !in_table || /^\| (to|---) \|/ { next }
    {
      num_rows++
      split($0, cells, / \| |^\| | \|$/)
      num_calls = quoted(cells[3], calls)
      num_headers = quoted(cells[4], headers)
      if (num_calls == 0 || num_headers == 0) print "README: an empty row: " $0
      for (i = 1; i <= num_calls; i++) {
        found = 0
        for (j = 1; j <= num_headers; j++) {
          load(headers[j])
          if (declared[headers[j]] ~ ("[ *\n]" calls[i] "\\(")) found = 1
        }
        if (!found) print "README: " calls[i] " is in no header of its row"
      }
    }
    END { if (num_rows < 20) print "README: has no table of calls" }' "$1"
}

# check_page PAGE: prints what is wrong. Leaves server and client in $work/session.
check_page() {
  check_build "$1"
  check_length "$1"
  check_results "$1"
  check_calls "$1"
  check_speed "$1"
  quotes_check "$1"
  quotes_run "$1"
}

# --- its programs ---

# start PROGRAM SED ARGUMENT...: in the background, until SED finds a port in what it
# says; sets port and pid.
start() {
  program=$1
  pattern=$2
  shift 2
  : >"$work/started"
  "$program" "$@" >"$work/started" 2>&1 </dev/null &
  pid=$!
  pids="$pids $pid"
  port=
  turns=600
  while [ -z "$port" ] && [ "$turns" -gt 0 ] && kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    turns=$((turns - 1))
    port=$(sed -n "$pattern" "$work/started" | head -n 1)
  done
  [ -n "$port" ] || {
    echo "$program does not start:"
    cat "$work/started"
    return 1
  }
}

stop() {
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  pids=
}

# expect NAME STATUS TEXT COMMAND...: it ends so and says so; TEXT is a line's part.
expect() {
  name=$1
  wanted=$2
  text=$3
  shift 3
  status=0
  timeout -k 5 120 "$@" >"$work/out" 2>&1 </dev/null || status=$?
  if [ "$status" -ne "$wanted" ] || ! grep -qF -- "$text" "$work/out"; then
    echo "README: $name: status $status, not $wanted, or no '$text' in:"
    cat "$work/out"
  fi
}

# expect_page NAME CERTIFICATE STATUS TEXT [ARGUMENT...]: what the client makes of
# openssl s_server with one of the certificates of test/data.
expect_page() {
  name=$1
  certificate=$2
  shift 2
  wanted=$1
  text=$2
  shift 2
  start openssl 's/^ACCEPT .*:\([0-9]*\)$/\1/p' s_server -www \
    -accept 127.0.0.1:0 -cert "$data/$certificate.pem" \
    -key "$data/$certificate.key" "$@" || return 0
  expect "the client, $name" "$wanted" "$text" "$work/session/client" 127.0.0.1 \
    "$port" "$data/ca.pem"
  stop
}

check_client() {
  for version in tls1_2 tls1_3; do
    expect_page "$version" server-ecdsa 0 's_server' "-$version"
    expect_page "$version, another name" server-wrongname 1 \
      'certificate verify failed: IP address mismatch' "-$version"
    expect_page "$version, unknown CA" server-untrusted 1 \
      'certificate verify failed: unable to get local issuer' "-$version"
  done
  expect 'the client, a port where nobody listens' 1 \
    '127.0.0.1: Connection refused' "$work/session/client" 127.0.0.1 1
  expect 'the client, no such host' 1 'nowhere.invalid: ' \
    "$work/session/client" nowhere.invalid 4433
  expect 'the client, no such CA' 1 'no-such-file' \
    "$work/session/client" localhost 4433 no-such-file
  expect 'the client, no arguments' 2 'usage: client' "$work/session/client"
  check_addresses
}

# A name with two addresses, of which the first does not answer.
check_addresses() {
  cat >"$work/two.c" <<'C'
#include <netdb.h>
int find_two(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int find_two(const char *host, const char *port, const struct addrinfo *hints,
             struct addrinfo **out)
{
  int status = getaddrinfo("127.0.0.2", port, hints, out);
  (void)host;
  return status != 0 ? status
                     : getaddrinfo("127.0.0.1", port, hints, &(*out)->ai_next);
}
C
  # shellcheck disable=SC2046
  if ! cc -c -Dgetaddrinfo=find_two -o "$work/client.o" "$work/session/client.c" \
    $("$PKG_CONFIG" --cflags sanstls) ||
    ! cc -o "$work/client_of_two" "$work/client.o" "$work/two.c" \
      $("$PKG_CONFIG" --libs sanstls); then
    echo 'README: the client does not compile with two addresses'
    return
  fi
  start openssl 's/^ACCEPT .*:\([0-9]*\)$/\1/p' s_server -www \
    -accept 127.0.0.1:0 -cert "$data/server-ecdsa.pem" \
    -key "$data/server-ecdsa.key" || return 0
  for text in '127.0.0.2: Connection refused' 's_server'; do
    expect 'the client, two addresses' 0 "$text" "$work/client_of_two" localhost \
      "$port" "$data/ca.pem"
  done
  stop
}

check_server() {
  chain=$data/server-chain
  expect 'the server, no such file' 1 'no-such-file' "$work/session/server" 4433 \
    no-such-file no-such-file
  expect 'the server, no arguments' 2 'usage: server' "$work/session/server"
  # The loop needs more.
  expect 'the server, eight descriptors' 1 'too many open files' \
    sh -c 'ulimit -n 8; exec "$@"' sh "$work/session/server" 4433 "$chain.pem" \
    "$chain.key"
  free_port=$((20000 + $$ % 12000))
  start "$work/session/server" 's/^listening on port //p' "$free_port" \
    "$chain.pem" "$chain.key" || return 0
  expect 'the server, a port that is taken' 1 'address already in use' \
    "$work/session/server" "$free_port" "$chain.pem" "$chain.key"
  for version in tls1_2 tls1_3; do
    expect "the server, openssl s_client -$version" 0 'Hello from libsanstls.' \
      sh -c "{ printf 'GET / HTTP/1.0\r\n\r\n'; sleep 2; } | openssl s_client -quiet \
        -$version -connect 127.0.0.1:$port -CAfile $data/ca.pem \
        -servername localhost -verify_hostname localhost -verify_return_error"
  done
  expect 'the server, a client without TLS' 52 'mpty reply' \
    curl -sS "http://127.0.0.1:$port/"
  # Newer versions of curl refuse without an alert.
  expect 'the server, a client that refuses it' 1 'certificate verify failed' \
    openssl s_client -connect "127.0.0.1:$port" -verify_return_error \
    -CAfile "$data/untrusted-ca.pem"
  # close_notify is answered.
  if [ -x test/embed/poll_client ]; then
    expect 'the server, a client that closes first' 0 'nothing was missing' \
      sh -c '"$@" && echo nothing was missing' sh test/embed/poll_client \
      -a "$data/ca.pem" localhost "$port"
  fi
  # Nobody may keep the others waiting.
  (sleep 5 | openssl s_client -connect "127.0.0.1:$port" >"$work/idle" 2>&1) &
  fetches=
  for fetch in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    timeout -k 5 120 curl -sS --cacert "$data/ca.pem" \
      "https://localhost:$port/" >"$work/page.$fetch" 2>&1 &
    fetches="$fetches $!"
  done
  for fetch in $fetches; do wait "$fetch" || true; done
  [ "$(cat "$work"/page.* | grep -cx 'Hello from libsanstls.')" -eq 16 ] ||
    cat "$work"/page.* /dev/null | sed 's/^/README: the server, 16 at once: /'
  for text in 'speaks no TLS' 'unknown_ca'; do
    grep -qF "$text" "$work/started" || {
      echo "README: the server does not say '$text', but:"
      cat "$work/started"
    }
  done
  kill -0 "$pid" || echo 'README: the server has ended'
  stop
}

# --- the check of the check ---

# expect_fault CHECK WANT SED: with this change the check has that complaint of README.
expect_fault() {
  check=$1
  want=$2
  sed "$3" "$srcdir/README.md" >"$work/README.md"
  "$check" "$work/README.md" >"$work/said" 2>&1
  if cmp -s "$srcdir/README.md" "$work/README.md" ||
    ! grep -qF -- "$want" "$work/said"; then
    echo "$check does not work: with '$3' it wanted '$want', it said:"
    cat "$work/said"
    self_failed=1
  fi
}

check_itself() {
  expect_fault quotes_run 'curl --silent' '/^static const char answer/s/Hello/No/'
  expect_fault quotes_run 'cc client.c' 's/^  options.server_name = /  options.name = /'
  expect_fault quotes_run 'client localhost' '/^  options.server_name/s/argv.1./"x.y"/'
  expect_fault quotes_run 'cc server.c' '/^cc server.c/s/ libuv)/)/'
  expect_fault quotes_check 'in no quoted file' 's/`stls_bio_write_eof(incoming)`/`f(x)`/'
  expect_fault check_build 'nobody runs' 's/make install/make uninstall/'
  expect_fault check_build 'does not say: ./bootstrap && make check' 's/&& make check/\&\& make/'
  expect_fault check_results 'table of results' '/^| `STLS_ERROR_ALERT`/d'
  expect_fault check_calls 'stls_object_trims is in no' 's/`stls_object_trim`/`stls_object_trims`/'
  expect_fault check_calls 'stls_hostname_match is in no' 's/`hostname.h`/`psk.h`/'
  expect_fault check_speed 'not in bench' '/^| GnuTLS/s/0.32/1.32/'
  expect_fault check_length 'not about 900' 's/ / x /g'
  expect_fault check_length 'not forty' '/^static void on_connection/d'
}

quotes_tools
check_page "$srcdir/README.md" >"$work/complaints" 2>&1
if [ -x "$work/session/client" ] && [ -x "$work/session/server" ]; then
  check_client >>"$work/complaints" 2>&1
  check_server >>"$work/complaints" 2>&1
  check_much >>"$work/complaints" 2>&1
  check_https >>"$work/complaints" 2>&1
fi
cat "$work/complaints"
check_itself
! [ -s "$work/complaints" ] && [ "$self_failed" -eq 0 ]
