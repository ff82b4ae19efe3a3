#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the order that lib/README.md describes, in the sources and in the
# objects that were made of them:
# - every file of lib/ is in one of $folders and names itself in its second line,
#   as in "/* bio: ...";
# - an include of a private header says its folder and points to the same folder
#   or to an earlier one; headers do not include each other in a circle;
# - calls from one object to another, as nm sees them, point to the same folder or
#   to an earlier one, and never in a circle;
# - what is global and not exported is declared in its own file's header, and its
#   name begins with that of its file: stls_file or stls_file_...;
# - one file calls the functions of OpenSSL's error queue, one SSL_get_error, one
#   makes the BIOs, and nobody makes another kind than BIO_s_mem;
# - no test program is forgotten in Makefile.am.
# check_sizes.sh has the limits on lengths. Before all that it checks itself on
# small trees with one fault each.
set -eu

: "${srcdir:=.}" "${AWK:=awk}" "${NM:=nm}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=test/checks/self_check.sh
. "$srcdir/test/checks/self_check.sh"
LC_ALL=C
export LC_ALL

# From the lowest on; a folder that is not there yet is no fault.
folders='base util wire bio records x509 verify session context settings io endpoint testing replay command'

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
  # shellcheck disable=SC2046
  "$AWK" -v top="$1/lib/" -v folders="$folders" -v ranks="$work/ranks" '
    BEGIN {
      num_folders = split(folders, folder_at, " ")
      for (i = 1; i <= num_folders; i++) rank_of[folder_at[i]] = i
      printf "" >ranks
    }
    FNR == 2 {
      module = substr(FILENAME, length(top) + 1)
      sub(/\.[ch]$/, "", module)
      folder = name = module
      sub(/\/.*/, "", folder)
      sub(/.*\//, "", name)
      if (module != folder "/" name || !(folder in rank_of)) {
        print FILENAME ": not in one of the folders " folders
        next
      }
      if (index($0, "/* " name ": ") != 1)
        print FILENAME ": its second line does not say \"/* " name ": ...\""
      if (!(module in known)) print module, rank_of[folder] >ranks
      known[module]
    }' $(cat "$work/files")
}

# check_includes TREE: upward includes, and headers in a circle.
check_includes() {
  "$AWK" -v top="$1/lib/" -v edges="$work/edges" '
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

# check_objects TREE BUILD: circles, upward calls, declarations elsewhere, and
# names that are not the file's.
check_objects() {
  read_symbols "$2"
  if ! grep -q ' has$' "$work/symbols" ||
    ! grep -q ' needs$' "$work/symbols"; then
    echo "$2/lib: $NM finds no symbols in its objects: run make first"
    return
  fi
  # Of both libraries.
  cat /dev/null $(find "$1/lib" -name '*.sym') >"$work/exported.sym"
  "$AWK" -v top="$1/lib/" '
    function is_named_for(symbol, file,   name) {
      name = file
      sub(/.*\//, "", name)
      return symbol == "stls_" name || index(symbol, "stls_" name "_") == 1
    }
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
      if ($2 in is_exported) next
      if (!(($1, $2) in says))
        print top $1 ".c: " $2 " is not declared in " $1 ".h"
      if (!is_named_for($2, $1))
        print top $1 ".c: " $2 " does not begin with the name of its file"
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
    }' "$work/ranks" "$work/exported.sym" "$work/code" "$work/symbols"
}

# --- who may call what ---

# check_calls PATTERN OWNERS WHY: code that matches is in lib's OWNERS.c only.
check_calls() {
  grep -E "[^A-Za-z0-9_]($1)" "$work/code" |
    grep -vE "^[^:]*/($2)\.c:" |
    sed "s|^\([^:]*:[0-9]*\): *|\1: $3: |" || true
}

# ERR_GET_LIB and the like only take a number apart.
queue='ERR_[a-z]'
own_bios='BIO_s_mem|BIO_new'
no_bios='BIO_s_(file|fd|socket|connect|accept|bio|null|log|secmem|datagram|'
no_bios=$no_bios'dgram_)|BIO_f_|BIO_meth_|BIO_new_(file|fp|fd|socket|connect|'
no_bios=$no_bios'accept|bio_pair|dgram|ssl|buffer_ssl)'

# openssl_code asks for the text of a code, x509_pem reads PEM through
# a BIO_new_mem_buf that never faces libssl.
check_owners() {
  check_calls "$queue" 'base/error_queue|base/openssl_code' \
    'only base/error_queue.c touches the error queue'
  check_calls SSL_get_error 'io/ssl_error' \
    'only io/ssl_error.c calls SSL_get_error'
  check_calls "$own_bios" 'bio/mem_bio|bio/mem_bio_probe|x509/x509_pem' \
    'only bio/mem_bio.c makes BIOs'
  check_calls "$no_bios" ' ' 'no BIO but BIO_s_mem'
}

# --- tests ---

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
  mkdir -p "$work/tree/test"
  : >"$work/tree/test/test_mem.c"
  put Makefile.am 'UNIT_TESTS = test/test_mem'
  for module in base/mem base/error base/error_queue bio/chunk_queue \
    bio/mem_bio io/ssl_error io/ssl_io; do
    name=${module#*/}
    mkdir -p "$work/tree/lib/${module%/*}/.libs"
    for ext in c h; do
      put "lib/$module.$ext" '/* SPDX-License-Identifier: MIT */' \
        "/* $name: x. */"
    done
    put "lib/$module.c" "#include \"$module.h\""
    put "lib/$module.h" "int stls_$name(void);"
    put "lib/${module%/*}/.libs/libx_la-$name.o" "stls_$name T 0 0"
  done
  put lib/io/ssl_error.c 'int result = SSL_get_error(ssl, 0);'
  put lib/io/ssl_io.c '#include "bio/mem_bio.h"' \
    '/* A comment may say ERR_clear_error() and' ' * BIO_new_file("x"). */' \
    'static const char text[] = "ERR_get_error( \" BIO_s_socket";' \
    'int lib = ERR_GET_LIB(code);'
  put lib/base/error_queue.c 'void f(void) { ERR_clear_error(); }'
  put lib/bio/mem_bio.c 'BIO *b = BIO_new(BIO_s_mem());'
  put lib/io/.libs/libx_la-ssl_io.o 'stls_mem_bio U' 'stls_mem U' \
    'stls_ssl_io U'
}

# expect WANT...: a check of $work/tree says one line for each WANT, which is in
# it, and no more.
expect() {
  NM="sh $work/nm"
  check_tree "$work/tree" "$work/tree" >"$work/said" 2>&1
  NM=$real_nm
  expect_said check_architecture "$@"
}

# fault FILE LINE WANT: with LINE added to FILE, the check says WANT.
fault() {
  good_tree
  put "lib/$1" "$2"
  expect "$3"
}

check_itself() {
  real_nm=$NM
  good_tree
  expect
  check_names_itself
  check_owners_itself
  check_objects_itself
  good_tree
  : >"$work/tree/test/test_me.c"
  expect 'test_me.c: not in Makefile.am'
}

check_names_itself() {
  fault base/mem.c '#include "bio/chunk_queue.h"' \
    'includes "bio/chunk_queue.h": includes point down'
  fault bio/chunk_queue.h '  #  include "io/ssl_io.h"' \
    'includes "io/ssl_io.h": includes point down'
  fault base/mem.h '#include "base/absent.h"' 'which is not in lib/'
  fault io/ssl_io.c '#include "ssl_error.h"' 'which is not in lib/'
  good_tree
  put lib/base/error.h '#include "base/mem.h"'
  put lib/base/mem.h '#include "base/error.h"'
  expect 'in a circle'
  good_tree
  put lib/stray.h '/* SPDX-License-Identifier: MIT */' '/* stray: x. */'
  expect 'not in one of the folders'
  good_tree
  put lib/base/stray.h '/* SPDX-License-Identifier: MIT */' '/* mem: x. */'
  expect 'its second line does not say "/* stray: '
}

check_owners_itself() {
  fault bio/chunk_queue.c 'int e = ERR_peek_error();' \
    'only base/error_queue.c touches'
  fault bio/chunk_queue.c 'x(); ERR_raise(1, 2);' \
    'only base/error_queue.c touches'
  fault bio/chunk_queue.c '/* a */ ERR_pop_to_mark(); /* b */' \
    'only base/error_queue.c touches'
  fault io/ssl_io.c 'int e = SSL_get_error(s, 0);' \
    'only io/ssl_error.c calls'
  fault io/ssl_io.c 'BIO *b = BIO_new(BIO_s_mem());' \
    'only bio/mem_bio.c makes'
  fault io/ssl_io.c 'BIO *b = BIO_new_mem_buf(text, -1);' \
    'only bio/mem_bio.c makes'
  fault bio/mem_bio.c 'BIO *b = BIO_new_file("x", "r");' 'no BIO but'
  fault io/ssl_io.c 'x = BIO_s_socket();' 'no BIO but'
}

# Headers and folders say nothing of the first two: each of the objects has a
# function that the other calls.
check_objects_itself() {
  good_tree
  put lib/io/.libs/libx_la-ssl_error.o 'stls_ssl_io U'
  put lib/io/.libs/libx_la-ssl_io.o 'stls_ssl_error U'
  expect 'ssl_error.c: in a circle, by stls_ssl_io of io/ssl_io' \
    'ssl_io.c: in a circle, by stls_ssl_error of io/ssl_error'
  good_tree
  put lib/base/.libs/libx_la-mem.o '_stls_error U'
  put lib/base/.libs/libx_la-error.o 'stls_chunk_queue U'
  put lib/bio/.libs/libx_la-chunk_queue.o 'stls_mem U'
  expect 'mem.c: in a circle' 'error.c: in a circle' \
    'chunk_queue.c: in a circle' \
    'error.c: calls stls_chunk_queue of bio/chunk_queue: calls point down'
  good_tree
  put lib/base/.libs/libx_la-mem.o 'stls_mem_odd T 0 0'
  put lib/base/error.h 'int stls_mem_odd(void);'
  expect 'stls_mem_odd is not declared in base/mem.h'
  put lib/sanstls.sym stls_mem_odd
  expect
  good_tree
  put lib/bio/.libs/libx_la-chunk_queue.o 'stls_memory T 0 0' \
    'stls_chunk_queue_x T 0 0'
  put lib/bio/chunk_queue.h 'int stls_memory, stls_chunk_queue_x;'
  expect 'chunk_queue.c: stls_memory does not begin with the name of its file'
  put lib/sanstls.sym stls_memory
  expect
  good_tree
  put lib/base/.libs/libx_la-error.o 'stls_errors D 0 0'
  put lib/base/error.h 'int stls_errors;'
  expect 'error.c: stls_errors does not begin with the name of its file'
  # What is left of a module that is no more.
  good_tree
  put lib/base/.libs/libx_la-gone.o 'stls_gone T 0 0' 'stls_ssl_io U'
  put lib/io/.libs/libx_la-ssl_io.o 'stls_gone U'
  expect
  rm -r "$work/tree/lib/"*/.libs
  expect 'finds no symbols'
}

check_itself
check_tree "$srcdir" . | tee "$work/complaints"
[ "$self_failed" -eq 0 ] && ! [ -s "$work/complaints" ]
