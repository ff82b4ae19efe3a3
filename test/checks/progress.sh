#!/bin/sh
# SPDX-License-Identifier: MIT
# progress.sh NAME FILE...: says on a terminal, and nowhere else, which piece of long
# work begins and how much is done. A FILE appears when a piece has ended. make
# check and make check-valgrind call it before each program.
[ -t 1 ] || exit 0
name=$1
shift
ended=0
for file; do
  [ ! -e "$file" ] || ended=$((ended + 1))
done
echo "[$ended of $# done] $name"
