# SPDX-License-Identifier: MIT
# tap: what the *.tap scripts share. TAP on stdout, a bound on every wait,
# servers on ports of the system's choice that are ended by process id.
#
# Called in the build folder with srcdir set. STLS_EMBED_WRAP may hold a command
# that runs our programs, such as "valgrind -q --error-exitcode=99"; with it,
# and with sanitizers, memory is not judged and the load is smaller.

: "${srcdir:=.}"
bin=$PWD/test/embed
data=$(cd "$srcdir/test/data" && pwd) || exit 99
wrap=${STLS_EMBED_WRAP-}
unset SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy all_proxy

number=0
pids=
work=$(mktemp -d) || exit 99
log=$work/log
cd "$work" || exit 99
trap finish EXIT
trap 'exit 99' HUP INT TERM

finish() {
  for left in $pids; do
    kill -KILL "$left" 2>/dev/null
  done
  rm -rf "$work"
}

have() {
  command -v "$1" >/dev/null 2>&1
}

have timeout || {
  echo '1..0 # SKIP there is no timeout command'
  exit 0
}

# --- cases ---

pass() {
  number=$((number + 1))
  echo "ok $number - $*"
}

fail() {
  number=$((number + 1))
  echo "not ok $number - $*"
  [ ! -f "$log" ] || sed 's/^/# /' "$log" | head -n 40
}

skip() {
  number=$((number + 1))
  echo "ok $number - $1 # SKIP $2"
}

# judge STATUS NAME
judge() {
  if [ "$1" -eq 0 ]; then pass "$2"; else fail "$2"; fi
}

# check NAME COMMAND...: the command succeeds.
check() {
  name=$1
  shift
  "$@" >"$log" 2>&1
  judge $? "$name"
}

# check_exit STATUS TEXT NAME COMMAND...: exits so, and says so on stderr.
check_exit() {
  expected=$1
  text=$2
  name=$3
  shift 3
  "$@" >/dev/null 2>"$log"
  status=$?
  echo "exit status $status, expected $expected and '$text'" >>"$log.status"
  if [ "$status" -eq "$expected" ] && grep -F -e "$text" "$log" >/dev/null; then
    pass "$name"
  else
    cat "$log.status" >>"$log"
    fail "$name"
  fi
  rm -f "$log.status"
}

# check_same NAME FILE FILE
check_same() {
  cmp "$2" "$3" >"$log" 2>&1
  judge $? "$1"
}

done_testing() {
  echo "1..$number"
}

# --- programs, each with a bound ---

# Time is stretched where our programs run under a tool, and where sanitizers
# slow them down. A moment is "too long without moving", for peers that are to be
# given up.
stretch=1
moment=1
if [ -n "$wrap" ]; then
  stretch=20
  moment=3
elif [ "${STLS_SANITIZERS:-no}" = yes ]; then
  stretch=5
  # shellcheck disable=SC2034 # the scripts use it
  moment=3
fi

patience() {
  echo $(($1 * stretch))
}

bounded() {
  seconds=$(patience "$1")
  shift
  timeout -k 5 "$seconds" "$@"
}

# How long one of our programs may take in all.
limit=60

# ours PROGRAM ARGUMENT...
ours() {
  program=$1
  shift
  # shellcheck disable=SC2086 # the wrapper may be several words
  bounded "$limit" $wrap "$bin/$program" "$@"
}

# eventually COMMAND...: until it succeeds, for servers that give up peers which
# a busy machine holds up.
eventually() {
  for _ in 1 2 3 4 5 6 7 8 9; do
    ! "$@" || return 0
  done
  "$@"
}

built() {
  [ -x "$bin/$1" ]
}

# start NAME PATTERN COMMAND...: runs it in the background until PATTERN, a sed
# expression, finds a port in its output. Sets pid and port; its output is in
# NAME.out and NAME.err.
start() {
  instance=$1
  pattern=$2
  shift 2
  : >"$instance.err" # Appended to, so that a test may empty it once more.
  "$@" >"$instance.out" 2>>"$instance.err" </dev/null &
  pid=$!
  pids="$pids $pid"
  port=
  turns=$(patience 300)
  while [ -z "$port" ] && [ "$turns" -gt 0 ]; do
    sleep 0.1
    turns=$((turns - 1))
    port=$(sed -n "$pattern" "$instance.out" | head -n 1)
    kill -0 "$pid" 2>/dev/null || break
  done
  if [ -z "$port" ]; then
    cat "$instance.out" "$instance.err" >"$log"
    fail "$instance starts"
    return 1
  fi
  echo "https://localhost:$port" >"$instance.url"
}

# url_of NAME: where a server listens; nothing when it was not started.
url_of() {
  cat "$1.url" 2>/dev/null
}

# start_ours PROGRAM ARGUMENT...: one of our servers, with the good certificate
# unless the arguments name another.
start_ours() {
  program=$1
  shift
  # shellcheck disable=SC2086 # the wrapper may be several words
  start "$program" 's/^listening on //p' $wrap "$bin/$program" \
    --port 0 --cert "$data/server-chain.pem" --key "$data/server-chain.key" "$@"
}

# start_rude MODE: rude_peer as a server.
start_rude() {
  # shellcheck disable=SC2086 # the wrapper may be several words
  start "$1" 's/^listening on //p' $wrap "$bin/rude_peer" "$1" \
    "$data/server-chain.pem" "$data/server-chain.key"
}

# start_openssl NAME ARGUMENT...: openssl s_server.
start_openssl() {
  instance=$1
  shift
  start "$instance" 's/^ACCEPT.*:\([0-9]*\)$/\1/p' \
    openssl s_server -accept 127.0.0.1:0 "$@"
}

# stop PID [SIGNAL]: asks it to end, and returns its exit status.
stop() {
  kill "-${2:-TERM}" "$1" 2>/dev/null
  await "$1"
}

# await PID: its exit status; past the bound it is killed.
await() {
  turns=$(patience 600)
  while kill -0 "$1" 2>/dev/null && [ "$turns" -gt 0 ]; do
    sleep 0.1
    turns=$((turns - 1))
  done
  [ "$turns" -gt 0 ] || kill -KILL "$1" 2>/dev/null
  wait "$1"
  status=$?
  remaining=
  for left in $pids; do
    [ "$left" = "$1" ] || remaining="$remaining $left"
  done
  pids=$remaining
  return "$status"
}

# peak_kb PID: the most memory it ever had; nothing where that is not known.
peak_kb() {
  [ -z "$wrap" ] && [ "${STLS_SANITIZERS:-no}" = no ] &&
    [ -r "/proc/$1/status" ] &&
    sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

# check_peak NAME PID MAX_KB
check_peak() {
  kb=$(peak_kb "$2")
  if [ -z "$kb" ]; then
    skip "$1" 'memory is not judged here'
  else
    echo "$kb kB at its peak, at most $3 expected" >"$log"
    [ "$kb" -le "$3" ]
    judge $? "$1"
  fi
}

# logged NAME FILE TEXT: the text is a line's part, now or soon.
logged() {
  turns=$(patience 50)
  while ! grep -F -e "$3" "$2" >/dev/null && [ "$turns" -gt 0 ]; do
    sleep 0.1
    turns=$((turns - 1))
  done
  cp "$2" "$log"
  [ "$turns" -gt 0 ]
  judge $? "$1"
}
