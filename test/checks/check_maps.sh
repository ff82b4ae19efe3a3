#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares the table "| file | job |" of each folder's README.md with the first
# lines of the folder's files: a row for each x.c, or x.h without x.c, whose
# second line "/* x: does that. */" has its job, which ends at the first full
# stop. x.h says the same job as x.c. Each folder of lib/ has such a README.md.
# With --write the tables are written, not compared: make maps.
set -eu

: "${srcdir:=.}" "${AWK:=awk}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

header='| file | job |'

# job_of FILE: what its second line says; complains on stderr where that is not
# "/* file: job. */".
job_of() {
  "$AWK" '
    BEGIN {
      name = ARGV[1]
      sub(/.*\//, "", name)
      sub(/\.[ch]$/, "", name)
    }
    FNR == 2 && index($0, "/* " name ": ") != 1 { exit }
    FNR >= 2 {
      sub(/^ *\/?\*+ */, "")
      text = text (text == "" ? "" : " ") $0
      # A stop within "3.3" or "x.c" ends nothing.
      if (match(text, /\.( |$|\*\/)/)) {
        job = substr(text, length(name) + 3, RSTART - length(name) - 3)
        exit
      }
      if (text ~ /\*\// || FNR > 6) exit
    }
    END {
      if (job != "") print job
      else print ARGV[1] ": its second line is not \"/* " name \
        ": job. */\"" >"/dev/stderr"
    }' "$1"
}

# rows_of FOLDER: the rows of its table; complaints go to stderr.
rows_of() {
  for file in "$1"/*.[ch]; do
    [ -f "$file" ] || continue
    job=$(job_of "$file")
    if [ "${file%.h}" != "$file" ] && [ -f "${file%.h}.c" ]; then
      [ "$job" = "$(job_of "${file%.h}.c")" ] ||
        echo "$file: its job is not that of ${file%.h}.c" >&2
    elif [ -n "$job" ]; then
      name=${file##*/}
      printf '| `%s` | %s |\n' "${name%.[ch]}" "$job"
    fi
  done
}

# with_rows README: README with the rows of $work/rows; 1 where it has no table.
with_rows() {
  "$AWK" -v header="$header" '
    FILENAME ~ /rows$/ { row[++num_rows] = $0; next }
    $0 == header && !has_table {
      has_table = in_table = 1
      print header
      print "| --- | --- |"
      for (i = 1; i <= num_rows; i++) print row[i]
      next
    }
    in_table && /^\|/ { next }
    { in_table = 0; print }
    END { exit !has_table }' "$work/rows" "$1" >"$work/readme"
}

# folders_of TREE: those of lib/, and those of test/ whose README.md has a table.
folders_of() {
  find "$1/lib" -mindepth 1 -maxdepth 1 -type d ! -name '.*' | sort
  for readme in "$1"/test/*/README.md "$1"/test/*/*/README.md; do
    if [ -f "$readme" ] && grep -qxF "$header" "$readme"; then
      echo "${readme%/README.md}"
    fi
  done
}

# each_map TREE WRITE: complaints, or with WRITE the tables.
each_map() {
  folders_of "$1" >"$work/folders"
  while read -r folder; do
    readme=$folder/README.md
    rows_of "$folder" 2>&1 >"$work/rows"
    if [ ! -f "$readme" ]; then
      echo "$folder: no README.md"
    elif ! with_rows "$readme"; then
      echo "$readme: no table \"$header\""
    elif cmp -s "$work/readme" "$readme"; then
      :
    elif [ -n "$2" ]; then
      cat "$work/readme" >"$readme"
    else
      echo "$readme: its table differs from the files' first lines (make maps):"
      diff "$readme" "$work/readme" || true
    fi
  done <"$work/folders"
}

# --- the check of the check ---

self_failed=0

# expect WANT: the complaint about the tree in $work/tree has WANT in it; with
# no WANT there is none.
expect() {
  each_map "$work/tree" '' >"$work/said"
  if [ -n "$1" ] && grep -qF -- "$1" "$work/said"; then return 0; fi
  if [ -z "$1" ] && [ ! -s "$work/said" ]; then return 0; fi
  echo "check_maps does not work: wanted '$1', it said:"
  cat "$work/said"
  self_failed=1
}

check_itself() {
  mkdir -p "$work/tree/lib/base" "$work/tree/test/base" "$work/tree/test/other"
  printf '%s\n' '/* SPDX */' '/* mem: allocates. Wipes. */' \
    >"$work/tree/lib/base/mem.c"
  printf '%s\n' '/* SPDX */' '/* mem: allocates. */' >"$work/tree/lib/base/mem.h"
  printf '%s\n' '/* SPDX */' '/* sct: reads lists (RFC 6962, 3.3), which' \
    ' * are long. */' >"$work/tree/lib/base/sct.h"
  expect 'base: no README.md'
  echo '# base' >"$work/tree/lib/base/README.md"
  expect 'no table'
  printf '%s\n' '# base' "$header" '| --- | --- |' '| `mem` | allocates |' '' \
    'After it.' >"$work/tree/lib/base/README.md"
  expect '> | `sct` | reads lists (RFC 6962, 3.3), which are long |'
  each_map "$work/tree" yes
  expect ''
  grep -q 'After it' "$work/tree/lib/base/README.md" || self_failed=1
  sed 's/allocates/frees/' "$work/tree/lib/base/README.md" >"$work/x"
  cp "$work/x" "$work/tree/lib/base/README.md"
  expect '< | `mem` | frees |'
  each_map "$work/tree" yes
  echo "$header" >"$work/tree/test/base/README.md"
  printf '%s\n' '/* SPDX */' '/* test_mem: tests mem. */' \
    >"$work/tree/test/base/test_mem.c"
  expect '`test_mem` | tests mem |'
  each_map "$work/tree" yes
  expect ''
  printf '%s\n' '/* SPDX */' '/* mem: frees. */' >"$work/tree/lib/base/mem.h"
  expect 'mem.h: its job is not that of'
  printf '%s\n' '/* SPDX */' '/* men: allocates. */' \
    >"$work/tree/lib/base/mem.c"
  expect 'its second line is not "/* mem: job. */"'
}

if [ "${1:-}" = --write ]; then
  each_map "$srcdir" yes >&2
  exit
fi
check_itself
each_map "$srcdir" '' | tee "$work/complaints"
[ "$self_failed" -eq 0 ] && ! [ -s "$work/complaints" ]
