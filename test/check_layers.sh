#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the order that lib/README.md describes:
# - every file in lib/ names its module and layer in its second line, as in
#   "/* buffer (L1): ...", the same in x.c and x.h;
# - includes of private headers point to the same layer or downward, and never
#   in a circle;
# - one file touches OpenSSL's error queue, one calls SSL_get_error, one makes
#   memory BIOs, and nobody makes another kind of BIO;
# - files have at most 400 lines, functions at most 100;
# - no test program is forgotten in Makefile.am.
# Before that it checks itself on small trees with one fault each.
set -eu

: "${srcdir:=.}"
: "${AWK:=awk}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The code of a C file without comments and with empty string literals; line
# numbers stay.
code_of() {
  "$AWK" '
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
      print out
    }' "$1"
}

# --- layers ---

# check_names TREE: writes "module layer" lines to $work/layers.
check_names() {
  : >"$work/layers"
  for file in "$1"/lib/*.[ch]; do
    module=$(basename "$file")
    module=${module%.*}
    layer=$(sed -n "2s|^/\* $module (L\([0-6]\)): .*|\1|p" "$file")
    if [ -z "$layer" ]; then
      echo "$file: its second line does not say '/* $module (L0 to L6): ...'"
    else
      echo "$module $layer" >>"$work/layers"
    fi
  done
  sort -u "$work/layers" >"$work/sorted"
  mv "$work/sorted" "$work/layers"
  for module in $(cut -d' ' -f1 "$work/layers" | uniq -d); do
    echo "$1/lib/$module: .c and .h name different layers"
  done
}

# check_includes TREE: upward includes and circles.
check_includes() {
  : >"$work/edges"
  for file in "$1"/lib/*.[ch]; do
    module=$(basename "$file")
    module=${module%.*}
    code_of "$file" |
      sed -n 's|^ *# *include *"\(.*\)\.h".*|\1|p' |
      while read -r target; do
        case $target in config | "$module") continue ;; esac
        if ! [ -f "$1/lib/$target.h" ]; then
          echo "$file: includes \"$target.h\", which is not in lib/"
          continue
        fi
        echo "$module $target" >>"$work/edges"
        from=$(sed -n "s/^$module //p" "$work/layers" | head -n 1)
        to=$(sed -n "s/^$target //p" "$work/layers" | head -n 1)
        if [ "${to:-0}" -gt "${from:-9}" ]; then
          echo "$file: L$from includes $target.h of L$to: includes point down"
        fi
      done
  done
  # tsort names the members of a circle on stderr.
  tsort "$work/edges" >/dev/null 2>"$work/circle" || true
  if [ -s "$work/circle" ]; then
    circle=$(sed -n 's/^tsort: \([a-z0-9_]*\)$/\1/p' "$work/circle" |
      tr '\n' ' ')
    echo "$1/lib: modules include each other in a circle: $circle"
  fi
}

# --- who may call what ---

# check_calls TREE PATTERN OWNER WHY: code that matches is in lib/OWNER.c only.
check_calls() {
  for file in "$1"/lib/*.[ch]; do
    [ "$file" != "$1/lib/$3.c" ] || continue
    code_of "$file" | grep -nE "(^|[^A-Za-z0-9_])($2)" |
      sed "s|^\([0-9]*\): *|$file:\1: $4: |" || true
  done
}

queue='ERR_(clear_error|get_error|peek_|set_mark|pop_to_mark|clear_last_mark|'
queue=$queue'count_to_mark|raise|new|set_debug|set_error|vset_error|put_error|'
queue=$queue'add_error|print_errors)'
own_bios='BIO_s_mem|BIO_new(_ex)? *\('
no_bios='BIO_s_(file|fd|socket|connect|accept|bio|null|log|secmem|datagram|'
no_bios=$no_bios'dgram_)|BIO_f_|BIO_meth_|BIO_new_(file|fp|fd|socket|connect|'
no_bios=$no_bios'accept|bio_pair|dgram|ssl|buffer_ssl)'

check_owners() {
  check_calls "$1" "$queue" error 'only error.c touches the error queue'
  check_calls "$1" SSL_get_error cause 'only cause.c maps SSL_get_error'
  check_calls "$1" "$own_bios" membio 'only membio.c makes memory BIOs'
  check_calls "$1" "$no_bios" '' 'no BIO but BIO_s_mem'
}

# --- sizes ---

check_sizes() {
  for file in "$1"/lib/*.c; do
    "$AWK" -v file="$file" '
      # A function is what ends in a bare "}" and began at the left margin.
      /^[^ \t#}\/*].*\{$/ || /^\{$/ { start = NR }
      /^ .*\) \{$/ && !start { start = NR }
      /^\};|^\} / { start = 0 }
      /^\}$/ {
        if (start && NR - start + 1 > 100)
          printf "%s:%d: a function of %d lines\n", file, start, NR - start + 1
        start = 0
      }
      END { if (NR > 400) printf "%s: %d lines\n", file, NR }' "$file"
  done
}

# check_tests TREE: Makefile.am names every test/test_*.c.
check_tests() {
  for file in "$1"/test/test_*.c; do
    name=test/$(basename "$file" .c)
    grep -qE "^[^#]*$name( |\$)" "$1/Makefile.am" ||
      echo "$file: not in Makefile.am: it is never run"
  done
}

check_tree() {
  check_tests "$1"
  check_names "$1"
  check_includes "$1"
  check_owners "$1"
  check_sizes "$1"
}

# --- the check of the check ---

# good_tree: a tree without a fault, new in $work/tree.
good_tree() {
  rm -rf "$work/tree"
  mkdir -p "$work/tree/lib" "$work/tree/test"
  : >"$work/tree/test/test_mem.c"
  echo 'UNIT_TESTS = test/test_mem' >"$work/tree/Makefile.am"
  for module in mem:0 error:0 buffer:1 membio:2 cause:5 drive:5; do
    name=${module%:*}
    for ext in c h; do
      printf '/* SPDX-License-Identifier: MIT */\n/* %s (L%s): x. */\n' \
        "$name" "${module#*:}" >"$work/tree/lib/$name.$ext"
    done
    echo "#include \"$name.h\"" >>"$work/tree/lib/$name.c"
  done
  cat >>"$work/tree/lib/cause.c" <<'CODE'
int result = SSL_get_error(ssl, 0);
CODE
  cat >>"$work/tree/lib/drive.c" <<'CODE'
#include "membio.h"
/* A comment may say ERR_clear_error() and
 * BIO_new_file("x"). */
static const char text[] = "ERR_get_error( \" BIO_s_socket";
BIO *pem = BIO_new_mem_buf(text, -1);
CODE
  echo 'void f(void) { ERR_clear_error(); }' >>"$work/tree/lib/error.c"
  echo 'BIO *b = BIO_new(BIO_s_mem());' >>"$work/tree/lib/membio.c"
}

self_failed=0

# expect WANT: a check of $work/tree says WANT ("" for nothing) and no more.
expect() {
  check_tree "$work/tree" >"$work/said" 2>&1
  if [ -n "$1" ] && [ "$(wc -l <"$work/said")" -eq 1 ] &&
    grep -qF "$1" "$work/said"; then
    return
  fi
  if [ -z "$1" ] && ! [ -s "$work/said" ]; then
    return
  fi
  echo "check_layers does not work: wanted '${1:-nothing}', it said:"
  cat "$work/said"
  self_failed=1
}

# fault FILE LINE WANT: with LINE added to FILE, the check says WANT.
fault() {
  good_tree
  printf '%s\n' "$2" >>"$work/tree/lib/$1"
  expect "$3"
}

check_itself() {
  good_tree
  expect ''
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
  echo '#include "mem.h"' >>"$work/tree/lib/error.h"
  echo '#include "error.h"' >>"$work/tree/lib/mem.c"
  expect 'in a circle'

  good_tree
  sed -i.old '2s/(L1)/(L2)/' "$work/tree/lib/buffer.c"
  rm "$work/tree/lib/buffer.c.old"
  expect 'different layers'

  good_tree
  printf '/* SPDX-License-Identifier: MIT */\n/* stray: no layer. */\n' \
    >"$work/tree/lib/stray.h"
  expect "its second line does not say '/* stray"

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

check_itself
check_tree "$srcdir" | tee "$work/complaints"
[ "$self_failed" -eq 0 ] && ! [ -s "$work/complaints" ]
