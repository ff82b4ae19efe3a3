#!/bin/sh
# SPDX-License-Identifier: MIT
# on-suite.sh SUITE COMMAND...: runs a command of the project in a suite of Debian,
# with the OpenSSL that the suite has. SUITE is trixie, sid, ...; experimental is
# sid with OpenSSL from experimental; bookworm:i386 is of another architecture.
#
#   test/on-suite.sh trixie make check
#   SUITE_CONFIGURE=--enable-sanitizers test/on-suite.sh sid make check
#
# Root and debootstrap make the suite once; ./bootstrap installs what the project
# needs. The command runs in a copy of this tree, SUITES/SUITE/build/NAME, which
# stays there, and is brought up to date by the next run. Variables:
#   SUITES           the folder of suites (.build-suites in this tree)
#   SUITE_CONFIGURE  words for ./bootstrap; others than before make a new copy
#   SUITE_MIRROR     where Debian comes from (http://deb.debian.org/debian)
set -eu

: "${SUITE_MIRROR:=http://deb.debian.org/debian}" "${SUITE_CONFIGURE:=}"

fail() {
  echo "on-suite: $1" >&2
  exit 1
}

[ $# -ge 2 ] || fail 'usage: test/on-suite.sh SUITE COMMAND...'
tree=$(cd "$(dirname "$0")/.." && pwd)
: "${SUITES:=$tree/.build-suites}"
mkdir -p "$SUITES"
suite=$1
root=$(cd "$SUITES" && pwd)/$suite
shift
log=$root.log
copy=$root/build/$(basename "$tree")

# inside COMMAND...: in the suite. Mounts and processes end with the command, or with
# this shell: unshare itself ignores SIGTERM.
inside() {
  # shellcheck disable=SC2016 # the inner shell expands them
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child sh -c '
    root=$1 && shift && mount -t proc proc "$root/proc" &&
      mount --rbind /dev "$root/dev" &&
      exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ \
        TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
    ' sh "$root" "$@"
}

# quietly COMMAND...: shows the end of its output if it fails.
quietly() {
  "$@" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    fail "this failed, more is in $log: $*"
  }
}

# Under another name until it is whole.
make_suite() {
  whole=$root
  root=$root.new
  release=${suite%%:*}
  [ "$release" != experimental ] || release=sid
  case $suite in *:*) set -- --arch="${suite#*:}" ;; *) set -- ;; esac
  echo "on-suite: making $whole" >&2
  rm -rf --one-file-system "$root"
  quietly debootstrap --variant=buildd "$@" "$release" "$root" "$SUITE_MIRROR"
  mkdir "$root/build"
  # debootstrap makes none, and localhost would have no address.
  echo '127.0.0.1 localhost' >"$root/etc/hosts"
  # A mirror of snapshots is out of date by intent.
  echo 'Acquire::Check-Valid-Until "false";' \
    >"$root/etc/apt/apt.conf.d/80snapshot"
  case $suite in experimental*) add_experimental ;; esac
  mv "$root" "$whole"
  root=$whole
}

add_experimental() {
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  echo "deb $SUITE_MIRROR experimental main" \
    >"$root/etc/apt/sources.list.d/experimental.list"
  quietly inside apt-get update
  quietly inside apt-get install -y --no-install-recommends -t experimental \
    libssl-dev openssl
}

# What git knows or does not ignore, else everything.
list_files() {
  if [ -e "$tree/.git" ]; then
    git -C "$tree" -c safe.directory="$tree" \
      ls-files --cached --others --exclude-standard
  else
    (cd "$tree" && find . -name '.build-*' -prune -o ! -type d -print)
  fi | sort -u | while read -r file; do
    [ ! -e "$tree/$file" ] && [ ! -L "$tree/$file" ] || echo "$file"
  done
}

# Times are copied with the files, so make builds what has changed.
copy_tree() {
  mkdir -p "$copy"
  list_files >"$copy.files.new"
  if [ -e "$copy.files" ]; then
    comm -23 "$copy.files" "$copy.files.new" | while read -r file; do
      rm -f "$copy/$file"
    done
  fi
  tar -C "$tree" -c -T "$copy.files.new" | tar -C "$copy" -x
  mv "$copy.files.new" "$copy.files"
}

configure_copy() {
  [ ! -e "$copy/Makefile" ] || return 0
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  # shellcheck disable=SC2016,SC2086 # the inner shell expands it; words
  quietly inside sh -c 'cd "$1" && shift && exec ./bootstrap "$@"' sh \
    "${copy#"$root"}" $SUITE_CONFIGURE
  echo "$SUITE_CONFIGURE" >"$copy.configured"
}

[ "$(id -u)" -eq 0 ] || fail 'a suite is made and entered by root only'
command -v debootstrap >/dev/null 2>&1 || fail 'there is no debootstrap'
[ -x "$root/usr/bin/dpkg" ] || make_suite
if [ -d "$copy" ] &&
  [ "$(cat "$copy.configured" 2>/dev/null)" != "$SUITE_CONFIGURE" ]; then
  rm -rf "$copy" "$copy.files"
fi
copy_tree
configure_copy
echo "on-suite: $suite, $(inside openssl version)" >&2
# shellcheck disable=SC2016 # the inner shell expands it
inside sh -c 'cd "$1" && shift && exec "$@"' sh "${copy#"$root"}" "$@"
