#!/bin/sh
# SPDX-License-Identifier: MIT
# Copies the installed examples to an empty folder and compiles each of them there
# without a warning, of make neither: with their Makefile, and with the line of its first comment.
# Runs one echo through each server and the commands of their README.md. Needs
# $libdir and $examplesdir of an installed library; check_package.sh and make
# installcheck call it. Says what it leaves out.
set -eu

: "${srcdir:=.}" "${libdir:?}" "${examplesdir:?}"
: "${AWK:=awk}" "${CC:=cc}" "${PKG_CONFIG:=pkg-config}"
# The jobs of make are those of the make that runs this.
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d)
server=
end() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap end EXIT
# shellcheck source=test/checks/quotes.sh
. "$srcdir/test/checks/quotes.sh"

fail() {
  echo "check_examples: $1" >&2
  [ ! -f "$work/log" ] || cat "$work/log" >&2
  exit 1
}

# leave_out WHAT WHY
leave_out() {
  echo "check_examples: $1 is left out: $2"
}

# run_make ARGUMENT...
run_make() {
  LC_ALL=C "${MAKE:-make}" "$@" >"$work/log" 2>&1 || fail "make $*"
  ! grep -i warning "$work/log" >"$work/why" ||
    fail "make $* warns: $(cat "$work/why")"
}

if [ ! -f "$libdir/libsanstls.so" ] && [ ! -f "$libdir/libsanstls.dylib" ]; then
  leave_out 'everything' "there is no shared library in $libdir"
  exit 0
fi

# The programs are compiled and started as their documents say.
mkdir "$work/bin" "$work/made" "$work/typed"
# OpenSSL 4.0 deprecates what older ones have nothing instead of.
printf '#!/bin/sh\nPATH=%s\nexec %s -Wall -Wextra -Werror %s "$@"\n' "$PATH" \
  "$CC" -Wno-deprecated-declarations >"$work/bin/cc"
# A system without libuv.
printf '#!/bin/sh\ncase "$*" in *libuv*) exit 1 ;; esac\nexec %s "$@"\n' \
  "$PKG_CONFIG" >"$work/bin/poor-pkg-config"
chmod +x "$work/bin/cc" "$work/bin/poor-pkg-config"
unset CC # make, too, takes the cc above.
PATH=$work/bin:$PATH
PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
DYLD_LIBRARY_PATH=$libdir
export PATH PKG_CONFIG_PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH

# With the Makefile: each program is there, or named.
cp "$examplesdir"/* "$work/made"
cd "$work/made"
run_make PKG_CONFIG=poor-pkg-config
for program in uv_echo uv_https; do
  grep -q "^$program is left out: .*libuv" "$work/log" && [ ! -e "$program" ] ||
    fail "make does not say that $program is left out"
done
run_make
for source in *.c; do
  program=${source%.c}
  [ -x "$program" ] || grep -q "^$program is left out: " "$work/log" ||
    fail "make does not build $program"
  # shellcheck disable=SC2016 # The back quotes are Markdown's.
  rows=$(grep -c '^| `'"$source"'` |' README.md) || true
  [ "$rows" -eq 1 ] || fail "README.md has $rows rows for $source"
done
run_make certificates

# command_of SOURCE: the cc line of its first comment, after that of the licence.
command_of() {
  sed -n '1d; /\*\//q; s/^ \* *\(cc -o .*\)/\1/p' "$1"
}

# start PROGRAM: a server on a port of the system's choice, which goes to $port.
start() {
  "./$1" 0 "$work/made/chain.pem" "$work/made/chain.key" 30 127.0.0.1 \
    >"$work/out" 2>"$work/log" &
  server=$!
  port=
  turns=200
  while [ -z "$port" ] && [ "$turns" -gt 0 ] && kill -0 "$server" 2>/dev/null; do
    sleep 0.1
    turns=$((turns - 1))
    port=$(sed -n 's/^listening on //p' "$work/out")
  done
  [ -n "$port" ]
}

# try PROGRAM: bytes through it, and it ends when it is asked to.
try() {
  if ! start "$1"; then
    grep 'io_uring is not available' "$work/log" >"$work/why" ||
      fail "$1 does not start"
    leave_out "a run of $1" "$(cat "$work/why")"
    server=
    return
  fi
  case $1 in
    *_echo)
      echo 'There and back again.' | timeout 30 "$work/made/poll_client" \
        -a "$work/made/ca.pem" localhost "$port" >"$work/out" 2>"$work/log"
      grep -qx 'There and back again.' "$work/out" || fail "$1 does not echo"
      ;;
    *)
      timeout 30 "$work/made/poll_client" -a "$work/made/ca.pem" -g / \
        localhost "$port" >"$work/out" 2>"$work/log"
      grep -q '^HTTP/1.1 200 ' "$work/out" || fail "$1 does not answer"
      ;;
  esac
  kill "$server"
  wait "$server" || fail "$1 ends with status $?"
  server=
}

# With the line of the first comment.
cp "$examplesdir"/*.c "$work/typed"
cd "$work/typed"
for source in *.c; do
  program=${source%.c}
  command=$(command_of "$source")
  [ -n "$command" ] || fail "the first comment of $source has no cc line"
  if [ ! -x "$work/made/$program" ]; then
    leave_out "$program" 'its library is not installed'
    continue
  fi
  sh -c "$command" >"$work/log" 2>&1 || fail "this does not compile: $command"
  case $program in
    *_client) ;;
    *) try "$program" ;;
  esac
done

# The commands of README.md, beside the examples.
rm "$work/made/chain.pem"
if [ -x "$work/made/uv_echo" ]; then
  quotes_files() { :; }
  quotes_write_files() { cp "$examplesdir"/* "$2"; }
  quotes_run "$examplesdir/README.md" >"$work/complaints"
  [ ! -s "$work/complaints" ] || {
    cat "$work/complaints" >&2
    fail 'the commands of README.md do not do what it says'
  }
else
  leave_out 'README.md' 'there is no libuv'
fi
