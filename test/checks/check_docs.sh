#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that what the documents (*.md) name is there:
# - the target of a relative link, and the heading of one with "#";
# - a path below include, lib, test or bench, be it a file, a folder or a program
#   that is built from x.c; and a file in back quotes, such as `x.h`;
# - a function or constant of the library (stls_x, STLS_X; "stls_x_…" for several),
#   and in back quotes any name_with_underscores or call();
# - a target of make;
# and that each document is distributed, that each program and helper of the tests
# is in its folder's README.md, and that a header is there which a comment in lib/ or
# include/ names. In lib/CHANGELOG.md the old names are left out. Before that it
# checks itself on a small tree.
set -eu

: "${srcdir:=.}" "${AWK:=awk}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=test/checks/self_check.sh
. "$srcdir/test/checks/self_check.sh"
LC_ALL=C
export LC_ALL

# Targets that automake makes.
make_targets='all html check install installcheck uninstall dist distdir distcheck clean'
# list_tree TREE: its files and folders, without what git and builds keep.
list_tree() {
  (
    cd "$1"
    find . -name '.build-*' -prune -o -name .git -prune -o -name .libs -prune \
      -o -name .deps -prune -o -name 'autom4te.cache' -prune -o -print
  ) | sed 's|^\./||' | sort
}

# list_words TREE: the names that its sources contain.
list_words() {
  (
    cd "$1"
    grep -E '\.([chy]|am|ac|sh|tap|awk|py|sym|cnf|go|js)$|^\.ci/run$' \
      "$work/paths" | while read -r path; do
      [ ! -f "$path" ] || cat "$path"
    done
  ) | tr -c 'A-Za-z0-9_' '\n' | sort -u
}

# list_targets TREE: of its makefiles.
list_targets() {
  echo "$make_targets" | tr ' ' '\n'
  cat "$1"/Makefile.am "$1"/*/*.am 2>/dev/null |
    sed -n 's/^\([a-z][a-z-]*\):.*/\1/p'
}

# list_anchors TREE: the headings of its documents, as path#anchor.
list_anchors() {
  grep '\.md$' "$work/paths" | while read -r document; do
    "$AWK" -v document="$document" '
      /^```/ { in_fence = !in_fence }
      in_fence || !/^#+ / { next }
      {
        sub(/^#+ /, "")
        anchor = tolower($0)
        gsub(/[^a-z0-9_ -]/, "", anchor)
        gsub(/ /, "-", anchor)
        print document "#" anchor
      }' "$1/$document"
  done
}

check_documents() {
  list_tree "$1" >"$work/paths"
  list_words "$1" >"$work/words"
  list_anchors "$1" >"$work/anchors"
  list_targets "$1" >"$work/targets"
  cat "$1"/Makefile.am "$1"/*/*.am >"$work/makefiles" 2>/dev/null || true
  grep '\.md$' "$work/paths" | while read -r document; do
    grep -qF "$document" "$work/makefiles" ||
      echo "$document: in no Makefile.am: it is not distributed"
    check_document "$1" "$document"
  done
  check_tests "$1"
  check_comments "$1"
}

# check_comments TREE: headers in comments; OpenSSL's are named in <>.
check_comments() {
  grep -E '^(include|lib)/.*\.[ch]$' "$work/paths" >"$work/sources" || return 0
  # No path here has a space in it.
  # shellcheck disable=SC2046
  (
    cd "$1"
    "$AWK" '
      FILENAME ~ /\/paths$/ { sub(/.*\//, ""); is_tail[$0]; next }
      /^ *#/ { next }
      {
        while (match($0, /(^|[ ("])[a-z_0-9\/]+\.h([^A-Za-z0-9_]|$)/)) {
          name = substr($0, RSTART, RLENGTH)
          $0 = substr($0, RSTART + RLENGTH)
          gsub(/^[^a-z_]|[^a-z]$/, "", name)
          sub(/.*\//, "", name)
          if (!(name in is_tail)) print FILENAME ":" FNR ": no header " name
        }
      }' "$work/paths" $(cat "$work/sources")
  )
}

# check_tests TREE
check_tests() {
  [ -f "$1/test/README.md" ] || return 0
  grep -E '^test/([a-z_0-9]*/test_[a-z_0-9]*\.c|support/[a-z_0-9]*\.h)$' \
    "$work/paths" | while read -r path; do
    name=${path##*/}
    readme=${path%/*}/README.md
    grep -qsF "\`${name%.[ch]}\`" "$1/$readme" ||
      echo "$readme: does not have $path"
  done
}

# check_document TREE DOCUMENT
check_document() {
  "$AWK" -v document="$2" '
    function complain(what) {
      print document ":" FNR ": " what
    }
    # `path`, below the tree, without what leads back up.
    function cleaned(path) {
      sub(/^\.\//, "", path)
      while (match(path, /[^\/]+\/\.\.\//))
        path = substr(path, 1, RSTART - 1) substr(path, RSTART + RLENGTH)
      sub(/\/$/, "", path)
      return path
    }
    function is_there(path) {
      path = cleaned(path)
      return path == "" || path == "." || (path in is_path) ||
        ((path ".c") in is_path) || ((path ".in") in is_path)
    }
    # `name`, beside the document, below the tree, or anywhere by its last part.
    function is_file(name) {
      return is_there(folder name) || is_there(name) || (name in is_tail)
    }
    function check_file(name,   stem) {
      # Its reader has the public headers alone.
      if (document == "README.md" && name ~ /^[a-z_]+\.h$/ &&
          !is_there("include/sanstls/" name)) {
        complain("no header " name)
        return
      }
      if (name ~ /\.\{[a-z,]+\}$/) {
        stem = name
        sub(/\.\{.*/, "", stem)
        if (!is_file(stem ".c") || !is_file(stem ".h"))
          complain("no file " name)
      } else if (!is_file(name)) complain("no file " name)
    }
    function check_name(name) {
      if (name in is_word) return
      if (name ~ /_$/ && (name in is_prefix)) return
      complain("no name " name)
    }
    function check_quoted(text) {
      if (text ~ /^[A-Za-z0-9_.\/-]+\.([chy]|sh|tap|awk|md|txt|sym|am|ac|gp|svg|py|\{c,h\})$/ &&
          text !~ /^\.[a-z]+$/)
        check_file(text)
      else if (text ~ /^[a-z][a-z0-9]*_[a-z0-9_]*[a-z0-9](\(\))?$/ ||
               text ~ /^[a-z][a-z0-9_]*\(\)$/) {
        sub(/\(\)$/, "", text)
        if (!(text in is_tail_stem)) check_name(text)
      }
    }
    function check_paths(line,   path) {
      while (match(line, /(^|[^A-Za-z0-9_.\/<-])(include\/sanstls|lib|test|bench)\/[A-Za-z0-9_.\/-]*[A-Za-z0-9_\/]/)) {
        path = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        sub(/^[^A-Za-z]/, "", path)
        # A pattern, such as lib/<folder> or test_*.c, is none.
        if (line ~ /^[<*{$…]/) continue
        if (!is_there(path) && !is_there(folder path)) complain("no " path)
      }
    }
    function check_names(line,   name) {
      # The version of exported names.
      gsub(/SANSTLS_[0-9]+/, "", line)
      while (match(line, /(stls|STLS)_[A-Za-z0-9_]*/)) {
        name = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        if (line ~ /^[<*]/ || index(line, "…") == 1) {
          if (!((name "") in is_prefix) && !(name in is_word))
            complain("no names " name "…")
        } else if (name != "stls_" && name != "STLS_") check_name(name)
      }
    }
    function check_make(text,   target) {
      target = text
      sub(/^make +/, "", target)
      sub(/[^a-z-].*/, "", target)
      if (target != "" && text !~ /^make +-/ && text !~ /^make +[a-z]+\// &&
          !(target in is_target))
        complain("no target " target " of make")
    }
    function check_links(line,   target, anchor) {
      while (match(line, /\]\([^)]+/)) {
        target = substr(line, RSTART + 2, RLENGTH - 2)
        line = substr(line, RSTART + RLENGTH)
        if (target ~ /^[a-z]+:/) continue
        anchor = target
        if (!sub(/^[^#]*#/, "", anchor)) anchor = ""
        sub(/#.*/, "", target)
        if (target != "" && !is_there(folder target))
          complain("a link to " target)
        target = target == "" ? document : cleaned(folder target)
        if (anchor != "" && target ~ /\.md$/ &&
            !((target "#" anchor) in is_anchor))
          complain("no heading " target "#" anchor)
      }
    }
    BEGIN {
      folder = document
      if (!sub(/\/[^\/]*$/, "/", folder)) folder = ""
    }
    FILENAME ~ /\/paths$/ {
      is_path[$0]
      tail = $0
      sub(/.*\//, "", tail)
      is_tail[tail]
      sub(/\..*/, "", tail)
      is_tail_stem[tail]
      next
    }
    FILENAME ~ /\/targets$/ { is_target[$0]; next }
    FILENAME ~ /\/anchors$/ { is_anchor[$0]; next }
    FILENAME ~ /\/words$/ {
      is_word[$0]
      if ($0 ~ /^(stls|STLS)_/)
        for (i = 5; i < length($0); i++)
          if (substr($0, i, 1) == "_") is_prefix[substr($0, 1, i)]
      next
    }
    {
      line = $0
      # What was, is no more.
      if (document == "lib/CHANGELOG.md") {
        sub(/^[^\t]*\t/, "", line)
        sub(/^\|[^|]*\|/, "", line)
      }
      check_links(line)
      check_paths(line)
      check_names(line)
      if (line ~ /^ +make [a-z]/) check_make(substr(line, index(line, "make")))
      while (match(line, /`[^`]+`/)) {
        text = substr(line, RSTART + 1, RLENGTH - 2)
        line = substr(line, RSTART + RLENGTH)
        if (text ~ /^make /) check_make(text)
        else if (text !~ /^(stls|STLS)_/) check_quoted(text)
      }
    }' "$work/paths" "$work/words" "$work/targets" "$work/anchors" "$1/$2"
}

# --- the check of the check ---

# expect LINE WANT: with LINE in a document, the check says WANT, or nothing where
# WANT is empty.
expect() {
  printf '%s\n' '# x' "$1" >"$work/tree/lib/README.md"
  check_documents "$work/tree" >"$work/said" 2>&1
  expect_said "check_docs, for '$1'," ${2:+"$2"}
}

check_itself() {
  mkdir -p "$work/tree/lib/base" "$work/tree/test/base" "$work/tree/include/sanstls"
  echo 'int stls_mem_get(void); int helper_of(void);' >"$work/tree/lib/base/mem.c"
  : >"$work/tree/test/base/test_mem.c"
  : >"$work/tree/include/sanstls/mem.h"
  printf '%s\n' 'EXTRA_DIST = lib/README.md' 'maps:' >"$work/tree/Makefile.am"
  expect 'See [mem](base/mem.c), [up](../Makefile.am), [out](https://x.y/z).' ''
  expect 'See [mem](base/men.c).' 'a link to base/men.c'
  expect 'lib/base/mem.c, `test/base/test_mem`, lib/base/, `lib/<folder>/x.c`.' ''
  expect 'In lib/base/men.c.' 'no lib/base/men.c'
  expect '## The "one" place, 2
See [it](#the-one-place-2) and [it](README.md#the-one-place-2).' ''
  expect 'See [it](#the-one-place).' 'no heading lib/README.md#the-one-place'
  expect '`mem.{c,h}`, `mem.c` and `mem.h`; `.c`' ''
  expect '`men.h`' 'no file men.h'
  expect '`stls_mem_get()` and `stls_mem_…` of stls_mem_get' ''
  expect 'stls_men_get' 'no name stls_men_get'
  expect 'SANSTLS_0' ''
  expect '`stls_men_…`' 'no names stls_men_'
  expect '`helper_of`, `helper_of()`' ''
  expect '`helper_off`' 'no name helper_off'
  expect '    make maps' ''
  expect '`make maps FILE=x` or `make install`' ''
  expect '`make map`' 'no target map of make'
  echo 'EXTRA_DIST =' >"$work/tree/Makefile.am"
  expect 'Nothing.' 'it is not distributed'
  echo 'EXTRA_DIST = lib/README.md lib/CHANGELOG.md' >"$work/tree/Makefile.am"
  printf 'stls_old\tstls_mem_get\n' >"$work/tree/lib/CHANGELOG.md"
  expect 'Nothing.' ''
  printf 'stls_old\tstls_new\n' >"$work/tree/lib/CHANGELOG.md"
  expect 'Nothing.' 'no name stls_new'
  printf 'stls_old\tstls_mem_get\n' >"$work/tree/lib/CHANGELOG.md"
  : >"$work/tree/lib/base/hidden.h"
  expect '`mem.h` and `hidden.h`' ''
  echo 'EXTRA_DIST = lib/README.md lib/CHANGELOG.md README.md' \
    >"$work/tree/Makefile.am"
  echo '`mem.h` and `hidden.h`' >"$work/tree/README.md"
  expect 'Nothing.' 'no header hidden.h'
  rm "$work/tree/README.md"
  echo 'EXTRA_DIST = lib/README.md lib/CHANGELOG.md test/README.md' \
    'test/base/README.md' >"$work/tree/Makefile.am"
  echo 'Tests.' >"$work/tree/test/README.md"
  echo '`test_men`' >"$work/tree/test/base/README.md"
  : >"$work/tree/test/base/test_men.c"
  expect 'Nothing.' 'does not have test/base/test_mem.c'
  rm "$work/tree/test/README.md" "$work/tree/test/base/README.md"
  echo 'EXTRA_DIST = lib/README.md lib/CHANGELOG.md' >"$work/tree/Makefile.am"
  echo '/* See mem.h, <openssl/ssl.h> (lib/base/hidden.h). */' \
    >"$work/tree/lib/base/x.c"
  expect 'Nothing.' ''
  echo '/* See men.h. */' >"$work/tree/lib/base/x.c"
  expect 'Nothing.' 'x.c:1: no header men.h'
}

check_itself
check_documents "$srcdir" | tee "$work/complaints"
[ "$self_failed" -eq 0 ] && ! [ -s "$work/complaints" ]
