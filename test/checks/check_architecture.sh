#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the order that lib/README.md describes, in the sources and in the
# objects that were made of them:
# - every file in lib/ names its module in its second line, and its layer, as in
#   "/* buffer (L1): ...", the same in x.c and x.h; in folders, "/* buffer: ...";
# - includes of private headers point to the same layer or downward, and headers
#   do not include each other in a circle; with folders, these are the layers, in
#   the order of $folders, and an include says the folder;
# - calls from one object to another, as nm sees them, point to the same layer or
#   downward, and never in a circle;
# - what is global, and not exported, is declared in its own file's header;
# - one file touches OpenSSL's error queue, one calls SSL_get_error, one makes
#   memory BIOs, and nobody makes another kind of BIO;
# - files have at most 400 lines, functions at most 100, folders 60 files;
# - no test program is forgotten in Makefile.am.
# Before that it checks itself on small trees with one fault each.
set -eu

: "${srcdir:=.}" "${AWK:=awk}" "${NM:=nm}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

# From the lowest on; a folder that is not there is none.
folders='base util wire bio records x509 verify session context endpoint testing'

has_folders() {
  [ -d "$1/lib/base" ]
}

# The code of the tree without comments and with empty string literals, as
# "file:line: code", in $work/code.
read_code() {
  find "$1/lib" -name '*.[ch]' | sort >"$work/files"
  # No path here has a space in it.
  # shellcheck disable=SC2046
  "$AWK" '
    FNR == 1 { in_comment = 0 }
    {
      line = $0
      out = ""
      while (line != "") {
        if (in_comment) {
          at = index(line, "*/")
          if (at == 0) { line = ""; break }
          line = substr(line, at + 2)
          in_comment = 0
          out = out " "
        } else if (match(line, /\/\*|\/\/|"|\047/) == 0) {
          out = out line
          line = ""
        } else {
          mark = substr(line, RSTART, RLENGTH)
          out = out substr(line, 1, RSTART - 1)
          line = substr(line, RSTART + RLENGTH)
          if (mark == "/*") {
            in_comment = 1
          } else if (mark == "//") {
            line = ""
          } else if (out ~ /^[ \t]*#[ \t]*include[ \t]*$/) {
            out = out mark line
            line = ""
          } else {
            # To the closing quote, past what is escaped.
            while (line != "" && substr(line, 1, 1) != mark)
              line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
            line = substr(line, 2)
            out = out mark mark
          }
        }
      }
      if (out != "") print FILENAME ":" FNR ": " out
    }' $(cat "$work/files") >"$work/code"
}

# --- order ---

# check_names TREE: complaints, and "module rank" lines in $work/ranks; a module
# is a path below lib/ without ending.
check_names() {
  rooms=
  ! has_folders "$1" || rooms=$folders
  # shellcheck disable=SC2046
  "$AWK" -v top="$1/lib/" -v rooms="$rooms" -v ranks="$work/ranks" '
    BEGIN {
      num_rooms = split(rooms, room, " ")
      for (i = 1; i <= num_rooms; i++) rank_of[room[i]] = i
      printf "" >ranks
    }
    FNR == 2 {
      module = substr(FILENAME, length(top) + 1)
      sub(/\.[ch]$/, "", module)
      folder = module
      if (!sub(/\/[^\/]*$/, "", folder)) folder = ""
      name = substr(module, folder == "" ? 1 : length(folder) + 2)
      layer = ""
      if (match($0, /\(L[0-6]\): /)) layer = substr($0, RSTART + 2, 1)
      if (rooms != "") {
        if (!(folder in rank_of)) {
          print FILENAME ": not in one of the folders " rooms
          next
        }
        if (++num_files[folder] == 61)
          print top folder ": more than 60 files"
        if (index($0, "/* " name ": ") != 1 &&
            index($0, "/* " name " (L" layer "): ") != 1)
          print FILENAME ": its second line does not say \"/* " name ": ...\""
        rank = rank_of[folder]
      } else {
        if (layer == "" || index($0, "/* " name " (L" layer "): ") != 1) {
          print FILENAME ": its second line does not say \"/* " name \
            " (L0 to L6): ...\""
          next
        }
        if ((module in known) && known[module] != layer)
          print top module ": .c and .h name different layers"
        rank = layer
      }
      if (!(module in known)) print module, rank >ranks
      known[module] = rank
    }' $(cat "$work/files")
}

# check_includes TREE: upward includes, and headers in a circle.
check_includes() {
  rooms=
  ! has_folders "$1" || rooms=$folders
  "$AWK" -v top="$1/lib/" -v rooms="$rooms" -v edges="$work/edges" '
    BEGIN { printf "" >edges }
    FILENAME ~ /ranks$/ { rank[$1] = $2; next }
    FILENAME ~ /files$/ { is_file[$0] = 1; next }
    /^[^:]*:[0-9]*: *# *include *"/ {
      file = $0
      sub(/:.*/, "", file)
      target = $0
      sub(/^[^"]*"/, "", target)
      sub(/".*/, "", target)
      if (target == "config.h") next
      if (!((top target) in is_file)) {
        print file ": includes \"" target "\", which is not in lib/"
        next
      }
      module = substr(file, length(top) + 1)
      sub(/\.[ch]$/, "", module)
      to = target
      sub(/\.h$/, "", to)
      if (file ~ /\.h$/) print module, to >edges
      if (!(module in rank) || !(to in rank) || rank[to] <= rank[module]) next
      if (rooms == "")
        print file ": L" rank[module] " includes " target " of L" rank[to] \
          ": includes point down"
      else
        print file ": includes \"" target "\": includes point down"
    }' "$work/ranks" "$work/files" "$work/code"
  # tsort names the members of a circle on stderr.
  tsort "$work/edges" >/dev/null 2>"$work/circle" || true
  if [ -s "$work/circle" ]; then
    circle=$(sed -n 's|^tsort: \([a-z0-9_/]*\)$|\1|p' "$work/circle" |
      tr '\n' ' ')
    echo "$1/lib: headers include each other in a circle: $circle"
  fi
}

# read_symbols BUILD: "module symbol kind" lines in $work/symbols, for objects
# whose source is there; kind is "has" or "needs".
read_symbols() {
  # Those in .libs, for the shared library, are the same code once more.
  objects=$(find "$1/lib" -name '*.o' -path '*/.libs/*')
  [ -n "$objects" ] || objects=$(find "$1/lib" -name '*.o')
  : >"$work/symbols"
  [ -n "$objects" ] || return 0
  # NM may carry options.
  # shellcheck disable=SC2086
  $NM -A -P $objects | "$AWK" -v top="$1/lib/" '
    NR == FNR { is_module[$1] = 1; next }
    $2 ~ /^_?stls_/ {
      module = substr($1, length(top) + 1)
      sub(/:$/, "", module)
      sub(/\.o$/, "", module)
      sub(/\.libs\//, "", module)
      at = match(module, /[^\/]*$/)
      name = substr(module, at)
      sub(/^lib.*_la-/, "", name)
      module = substr(module, 1, at - 1) name
      sub(/^_/, "", $2)
      if (!(module in is_module)) next
      if ($3 == "U") print module, $2, "needs"
      else if ($3 ~ /^[A-Z]$/) print module, $2, "has"
    }' "$work/ranks" - >"$work/symbols"
}

# check_objects TREE BUILD: circles, upward calls, and declarations elsewhere.
check_objects() {
  read_symbols "$2"
  if ! grep -q ' has$' "$work/symbols" ||
    ! grep -q ' needs$' "$work/symbols"; then
    echo "$2/lib: $NM finds no symbols in its objects: run make first"
    return
  fi
  exported=/dev/null
  [ ! -f "$1/lib/sanstls.sym" ] || exported=$1/lib/sanstls.sym
  "$AWK" -v top="$1/lib/" '
    # What can be reached from `from`, in reached[].
    function walk(from,   num, at, i, node) {
      split("", reached)
      num = 1
      queue[1] = from
      for (at = 1; at <= num; at++) {
        node = queue[at]
        for (i = 1; i <= num_calls[node]; i++)
          if (!(calls[node, i] in reached)) {
            reached[calls[node, i]] = 1
            queue[++num] = calls[node, i]
          }
      }
    }
    FILENAME ~ /ranks$/ { rank[$1] = $2; module[++num_modules] = $1; next }
    FILENAME ~ /sym$/ { is_exported[$1] = 1; next }
    FILENAME ~ /code$/ {
      header = substr($0, length(top) + 1)
      sub(/:.*/, "", header)
      if (!sub(/\.h$/, "", header)) next
      while (match($0, /stls_[a-z0-9_]*/)) {
        says[header, substr($0, RSTART, RLENGTH)] = 1
        $0 = substr($0, RSTART + RLENGTH)
      }
      next
    }
    $3 == "has" {
      owner[$2] = $1
      if (!($2 in is_exported) && !(($1, $2) in says))
        print top $1 ".c: " $2 " is not declared in " $1 ".h"
      next
    }
    { need_of[++num_needs] = $1; need[num_needs] = $2 }
    END {
      for (i = 1; i <= num_needs; i++) {
        from = need_of[i]
        if (!(need[i] in owner) || owner[need[i]] == from) continue
        to = owner[need[i]]
        if (!((from, to) in symbols)) calls[from, ++num_calls[from]] = to
        symbols[from, to] = symbols[from, to] " " need[i]
      }
      for (i = 1; i <= num_modules; i++) {
        walk(module[i])
        for (node in reached) reaches[module[i], node] = 1
      }
      for (i = 1; i <= num_modules; i++) {
        from = module[i]
        for (j = 1; j <= num_calls[from]; j++) {
          to = calls[from, j]
          if (rank[to] > rank[from])
            print top from ".c: calls" symbols[from, to] " of " to \
              ": calls point down"
          if ((to, from) in reaches)
            print top from ".c: in a circle, by" symbols[from, to] " of " to
        }
      }
    }' "$work/ranks" "$exported" "$work/code" "$work/symbols"
}

# --- who may call what ---

# check_calls PATTERN OWNERS WHY: code that matches is in lib's OWNERS.c only.
check_calls() {
  grep -E "[^A-Za-z0-9_]($1)" "$work/code" |
    grep -vE "^[^:]*/($2)\.c:" |
    sed "s|^\([^:]*:[0-9]*\): *|\1: $3: |" || true
}

queue='ERR_(clear_error|get_error|peek_|set_mark|pop_to_mark|clear_last_mark|'
queue=$queue'count_to_mark|raise|new|set_debug|set_error|vset_error|put_error|'
queue=$queue'add_error|print_errors)'
own_bios='BIO_s_mem|BIO_new(_ex)? *\('
no_bios='BIO_s_(file|fd|socket|connect|accept|bio|null|log|secmem|datagram|'
no_bios=$no_bios'dgram_)|BIO_f_|BIO_meth_|BIO_new_(file|fp|fd|socket|connect|'
no_bios=$no_bios'accept|bio_pair|dgram|ssl|buffer_ssl)'

check_owners() {
  check_calls "$queue" 'error|error_queue' 'only error.c touches the error queue'
  check_calls SSL_get_error 'cause|ssl_error' 'only cause.c maps SSL_get_error'
  check_calls "$own_bios" 'membio|mem_bio|mem_bio_probe' \
    'only membio.c makes memory BIOs'
  check_calls "$no_bios" ' ' 'no BIO but BIO_s_mem'
}

# --- sizes ---

check_sizes() {
  # shellcheck disable=SC2046
  "$AWK" '
    function end_file() { if (lines > 400) printf "%s: %d lines\n", file, lines }
    FNR == 1 { end_file(); start = 0 }
    { file = FILENAME; lines = FNR }
    # A function is what ends in a bare "}" and began at the left margin.
    /^[^ \t#}\/*].*\{$/ || /^\{$/ { start = FNR }
    /^ .*\) \{$/ && !start { start = FNR }
    /^\};|^\} / { start = 0 }
    /^\}$/ {
      if (start && FNR - start + 1 > 100)
        printf "%s:%d: a function of %d lines\n", file, start, FNR - start + 1
      start = 0
    }
    END { end_file() }' $(grep '\.c$' "$work/files")
}

# check_tests TREE: Makefile.am, or a list that it includes, names every
# test_*.c.
check_tests() {
  cat "$1"/Makefile.am "$1"/test/*.am 2>/dev/null | sed 's/#.*//' |
    tr -s ' \t' '\n\n' | sort -u >"$work/named"
  find "$1/test" -name 'test_*.c' | sed "s|^$1/||; s|\.c\$||" | sort |
    comm -23 - "$work/named" |
    sed "s|.*|$1/&.c: not in Makefile.am: it is never run|"
}

# check_tree TREE BUILD
check_tree() {
  read_code "$1"
  check_tests "$1"
  check_names "$1"
  check_includes "$1"
  check_objects "$1" "$2"
  check_owners
  check_sizes
}

# --- the check of the check ---

# Here an object is a text of what nm would say.
cat >"$work/nm" <<'NM'
for object; do
  case $object in
    -*) ;;
    *) sed "s|^|$object: |" "$object" ;;
  esac
done
NM

# put FILE LINE...: adds the lines to the tree's file.
put() {
  to=$work/tree/$1
  shift
  printf '%s\n' "$@" >>"$to"
}

# good_tree: a tree without a fault, new in $work/tree.
good_tree() {
  rm -rf "$work/tree"
  mkdir -p "$work/tree/lib/.libs" "$work/tree/test"
  : >"$work/tree/test/test_mem.c"
  put Makefile.am 'UNIT_TESTS = test/test_mem'
  for module in mem:0 error:0 buffer:1 membio:2 cause:5 drive:5; do
    name=${module%:*}
    for ext in c h; do
      put "lib/$name.$ext" '/* SPDX-License-Identifier: MIT */' \
        "/* $name (L${module#*:}): x. */"
    done
    put "lib/$name.c" "#include \"$name.h\""
    put "lib/$name.h" "int stls_$name(void);"
    put "lib/.libs/libx_la-$name.o" "stls_$name T 0 0"
  done
  put lib/cause.c 'int result = SSL_get_error(ssl, 0);'
  put lib/drive.c '#include "membio.h"' \
    '/* A comment may say ERR_clear_error() and' ' * BIO_new_file("x"). */' \
    'static const char text[] = "ERR_get_error( \" BIO_s_socket";' \
    'BIO *pem = BIO_new_mem_buf(text, -1);'
  put lib/error.c 'void f(void) { ERR_clear_error(); }'
  put lib/membio.c 'BIO *b = BIO_new(BIO_s_mem());'
  put lib/.libs/libx_la-drive.o 'stls_membio U' 'stls_mem U' 'stls_drive U'
}

# tree_with_folders: the same in folders, without layers.
tree_with_folders() {
  good_tree
  for move in mem:base error:base buffer:bio membio:bio cause:endpoint \
    drive:endpoint; do
    name=${move%:*}
    folder=$work/tree/lib/${move#*:}
    mkdir -p "$folder/.libs"
    for ext in c h; do
      sed "2s/ (L[0-6])//; s|#include \"$name|#include \"${move#*:}/$name|
        s|#include \"membio|#include \"bio/membio|" \
        "$work/tree/lib/$name.$ext" >"$folder/$name.$ext"
      rm "$work/tree/lib/$name.$ext"
    done
    mv "$work/tree/lib/.libs/libx_la-$name.o" "$folder/.libs"
  done
}

self_failed=0

# expect WANT...: a check of $work/tree says one line for each WANT, which is in
# it, and no more.
expect() {
  NM="sh $work/nm"
  check_tree "$work/tree" "$work/tree" >"$work/said" 2>&1
  NM=$real_nm
  is_right=1
  [ "$(grep -c . "$work/said")" -eq $# ] || is_right=
  for want; do
    grep -qF -- "$want" "$work/said" || is_right=
  done
  [ -z "$is_right" ] || return 0
  echo "check_layers does not work: wanted '$*', it said:"
  cat "$work/said"
  self_failed=1
}

# fault FILE LINE WANT: with LINE added to FILE, the check says WANT.
fault() {
  good_tree
  put "lib/$1" "$2"
  expect "$3"
}

folder_fault() {
  tree_with_folders
  put "lib/$1" "$2"
  expect "$3"
}

check_itself() {
  real_nm=$NM
  good_tree
  expect
  fault mem.c '#include "buffer.h"' 'L0 includes buffer.h of L1'
  fault buffer.h '  #  include "drive.h"' 'L1 includes drive.h of L5'
  fault mem.h '#include "absent.h"' 'which is not in lib/'
  fault buffer.c 'int e = ERR_peek_error();' 'only error.c touches'
  fault buffer.c 'x(); ERR_raise(1, 2);' 'only error.c touches'
  fault buffer.c '/* a */ ERR_pop_to_mark(); /* b */' 'only error.c touches'
  fault membio.c 'int e = SSL_get_error(s, 0);' 'only cause.c maps'
  fault drive.c 'BIO *b = BIO_new(BIO_s_mem());' 'only membio.c makes'
  fault membio.c 'BIO *b = BIO_new_file("x", "r");' 'no BIO but'
  fault drive.c 'x = BIO_s_socket();' 'no BIO but'

  good_tree
  put lib/error.h '#include "mem.h"'
  put lib/mem.h '#include "error.h"'
  expect 'in a circle'
  check_objects_itself
  check_folders_itself

  good_tree
  sed '2s/(L1)/(L2)/' "$work/tree/lib/buffer.c" >"$work/x"
  mv "$work/x" "$work/tree/lib/buffer.c"
  expect 'different layers'

  good_tree
  put lib/stray.h '/* SPDX-License-Identifier: MIT */' '/* stray: no layer. */'
  expect 'its second line does not say "/* stray'

  good_tree
  : >"$work/tree/test/test_me.c"
  expect 'test_me.c: not in Makefile.am'

  # 101 lines, and beside it a table that may be longer.
  good_tree
  {
    echo 'int long_one(void) {'
    yes '  x();' | head -n 99
    printf '}\n\nstatic int table[] = {\n'
    yes '  1,' | head -n 120
    echo '};'
  } >>"$work/tree/lib/mem.c"
  expect 'a function of 101 lines'

  good_tree
  yes '/* x */' | head -n 401 >>"$work/tree/lib/mem.c"
  expect ' lines'
}

# Headers and layers say nothing of the first two: each of the objects has a
# function that the other calls.
check_objects_itself() {
  good_tree
  put lib/.libs/libx_la-cause.o 'stls_drive U'
  put lib/.libs/libx_la-drive.o 'stls_cause U'
  expect 'cause.c: in a circle, by stls_drive of drive' \
    'drive.c: in a circle, by stls_cause of cause'
  good_tree
  put lib/.libs/libx_la-mem.o '_stls_error U'
  put lib/.libs/libx_la-error.o 'stls_buffer U'
  put lib/.libs/libx_la-buffer.o 'stls_mem U'
  expect 'mem.c: in a circle' 'error.c: in a circle' 'buffer.c: in a circle' \
    'error.c: calls stls_buffer of buffer: calls point down'
  good_tree
  put lib/.libs/libx_la-mem.o 'stls_mem_odd T 0 0'
  put lib/error.h 'int stls_mem_odd(void);'
  expect 'stls_mem_odd is not declared in mem.h'
  put lib/sanstls.sym stls_mem_odd
  expect
  # What is left of a module that is no more.
  put lib/.libs/libx_la-gone.o 'stls_gone T 0 0' 'stls_drive U'
  put lib/.libs/libx_la-drive.o 'stls_gone U'
  expect
  rm -r "$work/tree/lib/.libs"
  expect 'finds no symbols'
}

check_folders_itself() {
  tree_with_folders
  expect
  folder_fault bio/buffer.h '#include "endpoint/drive.h"' \
    'includes "endpoint/drive.h": includes point down'
  folder_fault endpoint/drive.c '#include "cause.h"' 'which is not in lib/'
  folder_fault bio/.libs/libx_la-buffer.o 'stls_cause U' \
    'calls stls_cause of endpoint/cause: calls point down'
  tree_with_folders
  put lib/base/.libs/libx_la-mem.o 'stls_error U'
  put lib/base/.libs/libx_la-error.o 'stls_mem U'
  expect 'mem.c: in a circle, by stls_error of base/error' \
    'error.c: in a circle, by stls_mem of base/mem'
  tree_with_folders
  put lib/stray.h '/* SPDX-License-Identifier: MIT */' '/* stray: x. */'
  expect 'not in one of the folders'
  tree_with_folders
  put lib/base/stray.h '/* SPDX-License-Identifier: MIT */' '/* mem: x. */'
  expect 'its second line does not say "/* stray: '
}

check_itself
check_tree "$srcdir" . | tee "$work/complaints"
[ "$self_failed" -eq 0 ] && ! [ -s "$work/complaints" ]
