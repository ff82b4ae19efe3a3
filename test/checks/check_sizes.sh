#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that things are of a size to be read:
# - a file of C has at most 400 lines;
# - a function has at most 100 lines, nine of ten have at most 50;
# - a folder has at most 60 files, its README.md counted.
# That holds for include/, lib/, test/ and bench/. Before that it checks itself on
# small trees with one fault each. Prints the lengths of functions.
set -eu

: "${srcdir:=.}" "${AWK:=awk}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=test/checks/self_check.sh
. "$srcdir/test/checks/self_check.sh"
LC_ALL=C
export LC_ALL

max_file=400 max_function=100 max_p90=50 max_folder=60

# files_of TREE: the files of C, one a line.
files_of() {
  for folder in include lib test bench; do
    [ ! -d "$1/$folder" ] || find "$1/$folder" -name '*.[ch]'
  done | sort
}

# check_files TREE
check_files() {
  while read -r file; do
    echo "$(wc -l <"$file") ${file#"$1"/}"
  done <"$work/files" |
    "$AWK" -v most="$max_file" '$1 > most { print $2 ": " $1 " lines" }'
}

# check_functions: complaints; their lengths go to $work/lengths.
check_functions() {
  : >"$work/lengths"
  grep '\.c$' "$work/files" >"$work/sources" || return 0
  # No path here has a space in it.
  # shellcheck disable=SC2046
  "$AWK" -v most="$max_function" -v lengths="$work/lengths" '
    FNR == 1 { start = 0 }
    # A function is what ends in a bare "}" and began at the left margin.
    /^[^ \t#}\/*].*\{$/ || /^\{$/ { start = FNR }
    /^ .*\) \{$/ && !start { start = FNR }
    /^\};|^\} / { start = 0 }
    /^\}$/ {
      if (start) {
        print FNR - start + 1 >lengths
        if (FNR - start + 1 > most)
          printf "%s:%d: a function of %d lines\n", FILENAME, start,
            FNR - start + 1
      }
      start = 0
    }' $(cat "$work/sources")
  sort -n "$work/lengths" >"$work/sorted"
  "$AWK" -v most="$max_p90" '
    { at[NR] = $1 }
    END {
      if (NR == 0) exit
      p90 = at[int((NR * 9 + 9) / 10)]
      if (p90 > most)
        print "nine of ten functions have at most " p90 " lines, not " most
    }' "$work/sorted"
}

# print_lengths WHAT: of the functions that check_functions saw last.
print_lengths() {
  "$AWK" -v what="$1" '
    { at[NR] = $1 }
    END {
      print what ": " NR " functions, median " at[int((NR + 1) / 2)] \
        ", p90 " at[int((NR * 9 + 9) / 10)] ", longest " at[NR] " lines"
    }' "$work/sorted"
}

# check_folders: those that have C in them. What make builds is not
# counted: programs have no dot in their names.
check_folders() {
  sed 's|/[^/]*$||' "$work/files" | sort -u | while read -r folder; do
    num=$(find "$folder" -mindepth 1 -maxdepth 1 -type f -name '?*.*' \
      ! -name '*.o' ! -name '*.lo' ! -name '*.la' ! -name '*.log' \
      ! -name '*.trs' ! -name '*.pc' ! -name '*.gcno' ! -name '*.gcda' | wc -l)
    [ "$num" -le "$max_folder" ] ||
      echo "$folder: $num files, more than $max_folder"
  done
}

check_tree() {
  files_of "$1" >"$work/files"
  check_files "$1"
  check_functions
  check_folders
}

# --- the check of the check ---

good_tree() {
  rm -rf "$work/tree"
  mkdir -p "$work/tree/lib/base"
  printf '%s\n' '/* mem: x. */' 'int mem(void) {' '  return 0;' '}' \
    >"$work/tree/lib/base/mem.c"
}

# add_function LINES: at the end of mem.c.
add_function() {
  {
    echo 'int long_one(void) {'
    yes '  x();' | head -n $(($1 - 2))
    echo '}'
  } >>"$work/tree/lib/base/mem.c"
}

# expect WANT: the check of $work/tree says one line, which has WANT in it; with
# no WANT it says none.
expect() {
  check_tree "$work/tree" >"$work/said" 2>&1
  expect_said check_sizes ${1:+"$1"}
}

check_itself() {
  good_tree
  expect ''
  yes '/* x */' | head -n 396 >>"$work/tree/lib/base/mem.c"
  expect ''
  echo >>"$work/tree/lib/base/mem.c"
  expect 'mem.c: 401 lines'

  # Many short functions beside a long one, and a table that may be longer.
  good_tree
  yes 'int f(void) {
}' | head -n 40 >>"$work/tree/lib/base/mem.c"
  { echo 'static int table[] = {'; yes '  1,' | head -n 120; echo '};'; } \
    >>"$work/tree/lib/base/mem.c"
  add_function 100
  expect ''
  add_function 101
  expect 'a function of 101 lines'

  good_tree
  add_function 50
  expect ''
  add_function 51
  expect 'have at most 51 lines, not 50'

  good_tree
  i=0
  while [ $i -lt 58 ]; do
    : >"$work/tree/lib/base/x$i.h"
    i=$((i + 1))
  done
  touch "$work/tree/lib/base/README.md" "$work/tree/lib/base/mem.o" \
    "$work/tree/lib/base/test_mem"
  expect ''
  : >"$work/tree/lib/base/x.h"
  expect 'lib/base: 61 files'
}

check_itself
check_tree "$srcdir" | tee "$work/complaints"
print_lengths 'all code'
grep "^$srcdir/lib/" "$work/files" >"$work/lib_files"
mv "$work/lib_files" "$work/files"
check_functions >/dev/null
print_lengths lib
[ "$self_failed" -eq 0 ] && ! [ -s "$work/complaints" ]
