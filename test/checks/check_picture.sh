#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that bench/peers.svg shows the tables of bench/README.md.
set -eu

: "${srcdir:=.}" "${AWK:=awk}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
draw="$AWK -f $srcdir/bench/plot_peers.awk"

LC_ALL=C $draw "$srcdir/bench/README.md" >"$work/peers.svg"
cmp "$work/peers.svg" "$srcdir/bench/peers.svg" || {
  echo "check_picture: draw it anew: $draw bench/README.md >bench/peers.svg" >&2
  exit 1
}
# It has to notice a figure that has changed.
sed 's/^| GnuTLS 3.7 | 0.87 |/| GnuTLS 3.7 | 0.94 |/' "$srcdir/bench/README.md" |
  LC_ALL=C $draw >"$work/changed.svg"
! cmp -s "$work/changed.svg" "$srcdir/bench/peers.svg" || {
  echo 'check_picture: another figure makes the same picture' >&2
  exit 1
}
