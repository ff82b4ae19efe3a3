#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks what the library shows to the world, in the build folder:
# - lib/sanstls.sym is sorted and lists the functions that the public headers
#   mark with STLS_EXPORT, no more and no less;
# - the shared library exports exactly these, each with the version of the file's
#   name where the linker knows versions;
# - the static library's other symbols begin with stls_ too;
# - every public header compiles by itself, as C11 and as C++17;
# - the _INIT macros and the constants give no warnings in C and C++.
set -eu

: "${srcdir:=.}" "${AWK:=awk}" "${CC:=cc}" "${CXX:=}" "${NM:=nm}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

failures=0
fail() {
  echo "check_symbols: $1"
  failures=1
}

# same WHAT FILE FILE: two sorted lists agree.
same() {
  if ! diff "$2" "$3" >"$work/diff"; then
    fail "$1"
    sed -n 's/^</  only in the first: /p; s/^>/  only in the second:/p' \
      "$work/diff"
  fi
}

# --- names ---

# In a declaration, the name stands before the first parenthesis.
cat "$srcdir"/include/sanstls/*.h |
  "$AWK" '
    /^STLS_EXPORT/ { text = "" ; inside = 1 }
    inside { text = text " " $0 }
    inside && /;/ {
      sub(/ *\(.*/, "", text)
      sub(/.*[ *]/, "", text)
      print text
      inside = 0
    }' | sort >"$work/declared"
if ! [ -s "$work/declared" ]; then
  fail 'no STLS_EXPORT found in the headers'
fi
symbols=$srcdir/lib/sanstls.sym
if ! sort -u -c "$symbols"; then
  fail 'lib/sanstls.sym is not sorted, or lists a name twice'
fi
same 'the headers and lib/sanstls.sym differ' "$work/declared" "$symbols"

# Function and data symbols only: the loader's own are of other types.
names() {
  "$AWK" '$2 ~ /^[BCDGRSTVWiu]$/ { sub(/@.*/, "", $3); print $3 }' | sort
}

library=
for candidate in .libs/libsanstls.so .libs/libsanstls.dylib; do
  [ ! -f "$candidate" ] || library=$candidate
done
if [ -n "$library" ]; then
  # NM, like CC, may carry options.
  # shellcheck disable=SC2086
  case $library in
    *.so) $NM -D --defined-only "$library" >"$work/nm" ;;
    *) $NM -gU "$library" | sed 's/ _/ /' >"$work/nm" ;;
  esac
  names <"$work/nm" >"$work/exported"
  same 'lib/sanstls.sym and the shared library differ' "$symbols" \
    "$work/exported"
fi
if [ -f lib/sanstls.map ] && [ -n "$library" ]; then
  # libsanstls.so.0 has stls_x@@SANSTLS_0.
  soname=$(${OBJDUMP:-objdump} -p "$library" | sed -n 's/^ *SONAME *//p')
  ${OBJDUMP:-objdump} -T "$library" |
    sed -n "s/.* SANSTLS_${soname##*.} *\(stls_[a-z0-9_]*\)\$/\1/p" |
    sort >"$work/versioned"
  same "lib/sanstls.sym and the names of version SANSTLS_${soname##*.} differ" \
    "$symbols" "$work/versioned"
fi
if [ -f .libs/libsanstls.a ]; then
  # A program that links the archive shares its name space with it.
  # shellcheck disable=SC2086
  $NM -g .libs/libsanstls.a | sed 's/ _stls/ stls/' | names >"$work/static"
  grep -q '^stls_' "$work/static" || fail "$NM finds no names in libsanstls.a"
  # The sanitizers' own, and what gcc calls for position-independent code on
  # 32-bit x86.
  grep -vE '^(stls_|__(asan|odr_asan|ubsan)|__x86\.get_pc_thunk)' \
    "$work/static" \
    >"$work/foreign" || true
  if [ -s "$work/foreign" ]; then
    fail 'the static library has global names without stls_'
    sed 's/^/  /' "$work/foreign"
  fi
fi
if [ -z "$library" ] && ! [ -f .libs/libsanstls.a ]; then
  fail 'no built library in .libs: run make first'
fi

# --- headers ---

warnings='-Wall -Wextra -Wpedantic -Werror'

# compile WHAT COMPILER OPTION...: reads the source from stdin.
compile() {
  what=$1
  shift
  "$@" -fsyntax-only -I"$srcdir/include" $warnings ${OPENSSL_CFLAGS:-} - ||
    fail "$what does not compile alone"
}

for header in "$srcdir"/include/sanstls/*.h; do
  include="#include <sanstls/${header##*/}>"
  # Twice, to see the include guard at work; CC and CXX may carry options.
  source=$(printf '%s\n%s\nextern int stls_nothing;\n' "$include" "$include")
  # shellcheck disable=SC2086
  echo "$source" | compile "${header##*/} (C11)" $CC -std=c11 -x c
  if [ -n "$CXX" ]; then
    # shellcheck disable=SC2086
    echo "$source" | compile "${header##*/} (C++17)" $CXX -std=c++17 -x c++
  fi
done
# --- macros ---

# Each STLS_X_INIT makes an stls_x; each length is fit for a size_t.
{
  echo '#include <sanstls/sanstls.h>'
  sed -n 's/^#define \(STLS_[A-Z0-9_]*\)_INIT .*/\1/p' \
    "$srcdir"/include/sanstls/*.h |
    "$AWK" '{
      type = tolower($0)
      printf "static %s made_%s = %s_INIT;\n", type, type, $0
      printf "const void *use_%s(void);\n", type
      printf "const void *use_%s(void) { return &made_%s; }\n", type, type
    }'
  sed -n 's/^#define \(STLS_[A-Z0-9_]*_\(MAX\|SIZE\|LEN\|LIMIT\|DEFAULT\)\) .*/\1/p' \
    "$srcdir"/include/sanstls/*.h |
    "$AWK" '{
      printf "bool below_%s(size_t len);\n", $0
      printf "bool below_%s(size_t len) { return len < %s; }\n", $0, $0
    }'
} >"$work/macros.c"
for kind in INIT MAX; do
  grep -q "STLS_[A-Z0-9_]*_$kind;" "$work/macros.c" ||
    fail "no macro STLS_..._$kind found in the headers"
done
warnings="$warnings -Wmissing-field-initializers -Wconversion"
# shellcheck disable=SC2086
compile 'a program with all macros (C11)' $CC -std=c11 -x c <"$work/macros.c"
warnings="$warnings -Wold-style-cast -Wzero-as-null-pointer-constant"
for compiler in "$CXX" g++ clang++; do
  # shellcheck disable=SC2086
  if [ -n "$compiler" ] && command -v ${compiler##* } >/dev/null 2>&1; then
    compile "a program with all macros (C++17, $compiler)" $compiler \
      -std=c++17 -x c++ <"$work/macros.c"
  fi
done

[ -n "$CXX" ] || echo 'check_symbols: no C++ compiler, C++17 is not checked'

exit "$failures"
