#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the demo: it shows something in each part, and the commands that it ends with
# work as they are printed, as does that of README with README's client. With a
# program that fails, is silent or hangs, and with a build that fails, the demo is not
# successful and says which part it was.
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
# shellcheck source=test/checks/quotes.sh
. "$srcdir/test/checks/quotes.sh"
LC_ALL=C
export LC_ALL
failed=0

if ! [ -x test/embed/uv_server ] || ! [ -x test/embed/event_client ] ||
  ! command -v curl >/dev/null; then
  echo 'the demo is not checked: libuv, libevent or curl is not installed'
  exit 77
fi

complain() {
  echo "check_demo: $*"
  cat "$work/out"
  failed=1
}

# demo SETTING=VALUE...: its status is the demo's; what it says is in $work/out.
# Everything is built, so make has nothing to do.
demo() {
  env srcdir="$srcdir" MAKE=true DEMO_COUNT=20 "$@" \
    "${CONFIG_SHELL:-sh}" "$srcdir/test/embed/demo.sh" >"$work/out" 2>&1
}

# expect_failure TEXT SETTING=VALUE...
expect_failure() {
  text=$1
  shift
  status=0
  demo "$@" || status=$?
  if [ "$status" -eq 0 ] || ! grep -qF -- "$text" "$work/out"; then
    complain "with $*: status $status, or no '$text' in:"
  fi
}

# sham PROGRAM CONDITION COMMAND: a folder of programs of which one does that when the
# condition holds for its arguments.
sham() {
  rm -rf "$work/sham"
  mkdir "$work/sham"
  for program in test/embed/*; do
    if [ -x "$program" ] && [ -f "$program" ]; then
      printf '#!/bin/sh\nexec "%s/%s" "$@"\n' "$PWD" "$program" \
        >"$work/sham/${program##*/}"
      chmod +x "$work/sham/${program##*/}"
    fi
  done
  printf '#!/bin/sh\ncase "$*" in %s) %s ;; esac\nexec "%s/test/embed/%s" "$@"\n' \
    "$2" "$3" "$PWD" "$1" >"$work/sham/$1"
}

# serve COMMAND...: one of the demo's, which ends in "&".
serve() {
  : >"$work/served"
  echo "exec ${1% &}" >"$work/serve"
  sh "$work/serve" >"$work/served" 2>&1 &
  pid=$!
  pids=$pid
  turns=600
  while ! grep -q '^listening on' "$work/served" && [ "$turns" -gt 0 ]; do
    sleep 0.1
    turns=$((turns - 1))
  done
}

# expect_hello COMMAND
expect_hello() {
  if ! timeout -k 5 120 sh -c "$1" >"$work/out" 2>&1 </dev/null ||
    ! grep -qF 'Hello from libsanstls' "$work/out"; then
    complain "'$1' does not work:"
  fi
}

check_commands() {
  port=$((20000 + $$ % 12000))
  sed -n '/^Try next/,$s/^   //p' "$work/out" | sed "s/4433/$port/g" \
    >"$work/commands"
  [ "$(wc -l <"$work/commands")" -eq 3 ] || complain 'not three commands to try:'
  serve "$(sed -n 1p "$work/commands")"
  for number in 2 3; do
    expect_hello "$(sed -n "${number}p" "$work/commands")"
  done
  quotes_tools
  quotes_write_files "$srcdir/README.md" "$work"
  compile=$(sed -n 's/^cc client\.c .*/&/p' "$srcdir/README.md")
  (cd "$work" && eval "$compile") >"$work/out" 2>&1 ||
    complain "README's client does not compile:"
  expect_hello "$(sed -n "s/4433/$port/
    s|^\./\(client .*\.build-demo.*\)|$work/\1|p" "$srcdir/README.md")"
  kill "$pid"
  wait "$pid" 2>/dev/null || true
  pids=
}

demo || complain 'the demo fails:'
"$AWK" '
  /^[0-9]+\. / { if (part && !shown) print part; part = $0; shown = 0; next }
  NF { shown = 1 }
  END { if (part !~ /^8\. / || !shown) print "the end: " part }' "$work/out" \
  >"$work/empty"
[ ! -s "$work/empty" ] || complain "nothing is shown in: $(cat "$work/empty")"
for text in 'stls_object_describe: client TLSv1.3' 'STLS_WANT_READ: wait' \
  '20 of 20 connections complete' 'test/embed/uv_echo.c'; do
  grep -qF "$text" "$work/out" || complain "it does not show '$text':"
done
check_commands

printf '#!/bin/sh\necho "no rule to make it"\nexit 2\n' >"$work/make"
chmod +x "$work/make"
expect_failure 'no rule to make it' MAKE="$work/make"
sham uv_server '*' 'exit 3'
expect_failure 'part 2 failed' DEMO_BIN="$work/sham"
mkdir "$work/curl"
printf '#!/bin/sh\nexit 7\n' >"$work/curl/curl"
chmod +x "$work/curl/curl"
expect_failure 'part 3 failed' PATH="$work/curl:$PATH"
sham event_client '*--trace*' 'exit 0'
expect_failure 'part 4 failed' DEMO_BIN="$work/sham"
sham event_client '*other.pem*' 'exit 0'
expect_failure 'part 5 failed' DEMO_BIN="$work/sham"
sham uv_client '*bytes*' 'exit 5'
expect_failure 'part 6 failed' DEMO_BIN="$work/sham"
sham event_client '*--count*' 'exec sleep 1000'
expect_failure 'took longer' DEMO_BIN="$work/sham" DEMO_BOUND=30
grep -qF 'part 7 failed' "$work/out" || complain 'it was not part 7:'
sham poll_client '*' 'exit 1'
expect_failure 'part 8 failed' DEMO_BIN="$work/sham"
exit "$failed"
