#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the reference (manual pages and HTML) with Doxygen's warnings as errors, and
# checks that each exported function has a page and a comment that says enough
# (reference_rules.py has the rules), that all links lead somewhere, that mandoc has
# nothing new to say about the pages, and that make install adds them and make
# uninstall removes them. Before that it checks itself on a small tree. It is
# skipped where doxygen or python3 are missing.
set -eu

: "${srcdir:=.}" "${AWK:=awk}" "${PYTHON:=python3}" "${MAKE:=make}"
LC_ALL=C
export LC_ALL

for tool in doxygen "$PYTHON"; do
  if ! command -v "$tool" >/dev/null; then
    echo "check_reference: skipped: no $tool"
    exit 77
  fi
done

srcdir=$(cd "$srcdir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=test/checks/self_check.sh
. "$srcdir/test/checks/self_check.sh"

# make_reference TREE: in $work/output; 1 after a warning.
make_reference() {
  rm -rf "$work/output"
  mkdir "$work/output"
  STLS_VERSION=0 STLS_SRCDIR=$1 STLS_OUTPUT=$work/output STLS_AWK=$AWK \
    STLS_WARNINGS_FAIL=FAIL_ON_WARNINGS doxygen \
    "$srcdir/include/doxygen/Doxyfile" >"$work/warnings" 2>&1 || {
    # A reference in a comment is read more than once.
    sort -u "$work/warnings"
    return 1
  }
  STLS_VERSION=0 STLS_SRCDIR=$1 "$PYTHON" -B "$srcdir/include/doxygen/man.py" \
    "$work/output/xml" "$work/output/man"
}

check_rules() {
  "$PYTHON" -B "$srcdir/test/checks/reference_rules.py" "$1" "$work/output"
}

# lint: what mandoc complains about, other than what include/doxygen/README.md tells.
lint() {
  command -v mandoc >/dev/null || return 0
  (cd "$work/output/man" && mandoc -T lint -W warning man3/*.3 man7/*.7) 2>&1 |
    grep -vE 'missing date, using ""|\.so is fragile' || true
}

# check_install TREE: where the folder is a build tree, its targets add the pages and
# remove them.
check_install() {
  [ -f Makefile ] || return 0
  "$MAKE" -s install-reference DESTDIR="$work/root" >"$work/log" 2>&1 || {
    echo 'make install-reference fails:'
    cat "$work/log"
    return
  }
  pages=$(find "$work/root" -name 'stls_*.3' | wc -l)
  [ "$pages" -ge "$(grep -c . "$1/lib/sanstls.sym")" ] ||
    echo "make install-reference installs $pages manual pages"
  ! find "$work/root" -name sanstls.7 -exec grep '{[a-z]*dir}' {} + ||
    echo 'make install-reference leaves a name of a folder open'
  find "$work/root" -name index.html | grep -q . ||
    echo 'make install-reference installs no HTML'
  "$MAKE" -s uninstall-reference DESTDIR="$work/root" >"$work/log" 2>&1
  find "$work/root" -type f | sed 's/^/make uninstall leaves /'
}

# --- the check of the check ---

put_tree() {
  mkdir -p "$work/tree/include/sanstls" "$work/tree/lib"
  cp -R "$srcdir/include/doxygen" "$work/tree/include/doxygen"
  # The sources of make distcheck cannot be written.
  chmod -R u+w "$work/tree"
  printf '%s\n' stls_x_count stls_x_name stls_x_new stls_x_reset \
    >"$work/tree/lib/sanstls.sym"
  echo '# It' >"$work/tree/include/ERRORS.md"
  printf '%s\n' '# Guide' '' '## The loop' '' '`stls_x_new` and `stls_x_name()`.' \
    '[All](../README.md), [lib](../lib/README.md), [it](ERRORS.md).' \
    >"$work/tree/include/README.md"
  printf '%s\n' '# It' '' '1. See [the loop](include/README.md#the-loop).' '' \
    '```' '# [no link](x#y)' '```' >"$work/tree/README.md"
  cat >"$work/tree/include/sanstls/sanstls.h" <<'HEADER'
/* SPDX-License-Identifier: MIT */
/* sanstls: a small header. */

/* Results. */
typedef enum stls_result {
  STLS_OK = 0,
  /* Broken. */
  STLS_ERROR_INPUT = -5
} stls_result;

/* A thing. */
typedef struct stls_x stls_x;

/*
 * Makes a thing. See stls_x_name.
 *
 * STLS_OK: *out_x is the caller's.
 * STLS_ERROR_INPUT: `name` is empty.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_x_new(const char *name, stls_x **out_x);

/* Empties a thing. Results as stls_x_new. */
STLS_EXPORT STLS_CHECKED stls_result stls_x_reset(stls_x *x, stls_x **out_x);

/* Returns the name, borrowed from the thing. */
STLS_EXPORT const char *stls_x_name(const stls_x *x);

/* Returns a number; 0 for NULL. */
STLS_EXPORT int stls_x_count(const stls_x *x);
HEADER
}

# expect EDIT WANT...: with EDIT in the header, the check says each WANT, and no more.
expect() {
  edit=$1
  shift
  sed "$edit" "$work/header" >"$work/tree/include/sanstls/sanstls.h"
  { make_reference "$work/tree" && check_rules "$work/tree"; } \
    >"$work/said" 2>&1 || true
  expect_said "check_reference, for '$edit'," "$@"
}

# expect_output COMMAND WANT...: after COMMAND in the output it says each WANT.
expect_output() {
  command=$1
  shift
  cp -R "$work/output" "$work/kept"
  (cd "$work/output" && eval "$command")
  check_rules "$work/tree" >"$work/said" 2>&1 || true
  expect_said "check_reference, after '$command'," "$@"
  rm -rf "$work/output"
  mv "$work/kept" "$work/output"
}

edit() { sed "$2" "$1" >"$1-t" && mv "$1-t" "$1"; }

check_itself() {
  put_tree
  cp "$work/tree/include/sanstls/sanstls.h" "$work/header"
  expect '/Returns a number/d' 'stls_x_count: no comment'
  expect 's/a number; 0/0/; s/Returns 0 /0 /' 'does not say what it returns'
  expect 's/, borrowed from the thing//' \
    'stls_x_name: does not say how long the pointer that it returns lives'
  expect "s/is the caller's/is made/" \
    'stls_x_new: does not say how long *out_x lives' \
    'stls_x_reset: does not say how long *out_x lives'
  expect '/Returns the name/d; /stls_x_reset/{
    n
    d
  }' 'stls_x_reset: its comment is also that of stls_x_name'
  expect 's/ Results as stls_x_new\.//' 'stls_x_reset: does not name its results' \
    'stls_x_reset: does not say how long *out_x lives'
  expect 's/ Results as stls_x_new\./ Results as stls_x_name./' \
    'stls_x_reset: does not name its results' \
    'stls_x_reset: does not say how long *out_x lives'
  expect '/ STLS_ERROR_INPUT: `name/s/:.*/./' \
    'stls_x_new: does not say what STLS_ERROR_INPUT means' \
    'stls_x_reset: does not say what STLS_ERROR_INPUT means'
  expect 's/`name` is empty/out_list is NULL/' \
    'stls_x_new: its results name out_list' 'stls_x_reset: its results name out_list'
  expect 's/a number; 0/a number of the; 0/' 'stls_x_count: its NAME is cut'
  expect 's/for NULL\./for NULL. Output buffer./' 'stls_x_count: "Output buffer" is no'
  expect 's/count(const stls_x \*x/count(char *out, size_t out_cap/' \
    'stls_x_count: does not say that NULL asks for the length'
  expect 's/for NULL\./for NULL. See lib\/x.md./' \
    'stls_x_count.3: names lib/x.md, which is not installed'
  expect 's/STLS_CHECKED stls_result stls_x_new/stls_result stls_x_new/' \
    'stls_x_new: neither STLS_CHECKED nor named in export.h'
  expect 's/See stls_x_name/See stls_x_nom/' "reference to 'stls_x_nom'"
  edit "$work/tree/README.md" s/#the-loop/#a-loop/
  expect 's/^$//' "reference to 'guide_a-loop'"
  edit "$work/tree/README.md" s/#a-loop/#the-loop/
  edit "$work/tree/include/README.md" s/x_name/x_nom/
  expect 's/^$//' "reference to 'stls_x_nom'"
  edit "$work/tree/include/README.md" s/x_nom/x_name/
  echo stls_x_gone >>"$work/tree/lib/sanstls.sym"
  expect 's/^$//' 'stls_x_gone: in no header'
  edit "$work/tree/lib/sanstls.sym" /gone/d
  expect 's/^$//'
  expect_output 'rm man/man3/stls_x_count.3' 'stls_x_count: no manual page' \
    'sanstls_sanstls.3: names stls_x_count(3), which has no page'
  expect_output 'edit man/man3/stls_x_count.3 "s/stls_x_count(/count(/"' \
    'stls_x_count: no prototype'
  expect_output 'edit man/man3/stls_x_count.3 "s/BR sanstls_sanstls/BR stls_x_nom/"' \
    'names stls_x_nom(3), which has no page'
  expect_output 'edit man/man3/stls_x_count.3 "s/a number/a \\&lt;number/"' \
    "stls_x_count.3: has Doxygen's &lt;"
  expect_output 'edit man/man3/stls_x.3 s/sanstls_/x_/' 'stls_x.3: leads nowhere'
  expect_output 'edit html/index.html s/tabs.css/files.htm/' 'a link to files.htm'
  expect_output 'edit html/index.html "s/tabs.css/files.html#x/"' \
    'which has no such place'
}

check_itself
{
  make_reference "$srcdir" && check_rules "$srcdir"
  lint
  check_install "$srcdir"
} >"$work/complaints" 2>&1 || true
cat "$work/complaints"
[ "$self_failed" -eq 0 ] && ! [ -s "$work/complaints" ]
