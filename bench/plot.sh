#!/bin/sh
# SPDX-License-Identifier: MIT
# plot: draws what the programs of bench/ print, as SVG, with gnuplot.
#
# Usage: plot.sh [-o OUT.svg] RESULTS...
# From lines "scenario,what,value,ratio" come the curves of bench_transfer, from
# summary lines "# scenario what value >= target met" one bar each, whatever
# program they are of. "# CPU: ..." and "# compiler: ..." are for the caption;
# without them this machine and CC are named. The same input gives the same
# bytes.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
: "${AWK:=awk}" "${CC:=cc}" "${GNUPLOT:=gnuplot}"
LC_ALL=C
export LC_ALL
out=ratios.svg
if [ "${1:-}" = -o ]; then
  out=$2
  shift 2
fi
if [ $# -eq 0 ]; then
  echo "usage: $0 [-o OUT.svg] RESULTS..." >&2
  exit 2
fi
if ! command -v "$GNUPLOT" >/dev/null 2>&1; then
  echo "$0 needs gnuplot" >&2
  exit 1
fi
if ! grep -qE '^# .* (met|SHORT)$' "$@"; then
  echo "$0: no ratio with a target in $*" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The first line of the results that sed makes something of.
first() {
  pattern=$1
  shift
  sed -n "$pattern" "$@" | sed 1q
}
cpu=$(first 's/^# CPU: *//p' "$@")
[ -n "$cpu" ] ||
  cpu=$(first 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null || :)
compiler=$(first 's/^# compiler: *//p' "$@")
[ -n "$compiler" ] || compiler=$($CC --version | sed 1q)
openssl=$(first 's/^# \(OpenSSL [0-9.]*[a-z0-9.-]*\).*/\1/p' "$@")

"$AWK" -v dir="$work" -f "$here/plot_data.awk" "$@"
caption="${cpu:-unknown CPU}  ·  ${openssl:-OpenSSL}  ·  $compiler"
LC_ALL=C.UTF-8 "$GNUPLOT" -e "dir='$work'" \
  -e "caption='$(printf %s "$caption" | tr "'" '`')'" \
  "$here/plot.gp" >"$work/plain.svg"
"$AWK" -f "$here/plot_finish.awk" "$work/plain.svg" >"$work/ratios.svg"
cp "$work/ratios.svg" "$out"
