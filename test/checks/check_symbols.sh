#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks what the library shows to the world, in the build folder:
# - lib/sanstls.sym, and lib/testing/testing.sym of libsanstls-testing, are sorted
#   and list the functions that the library's public headers mark with
#   STLS_EXPORT, no more and no less;
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

# The public headers of libsanstls-testing; the others are those of libsanstls.
testing_headers='player|testing|transcript'

# list_headers LIBRARY
list_headers() {
  case $1 in
    *-testing) ls "$srcdir"/include/sanstls/*.h | grep -E "/($testing_headers)\.h\$" ;;
    *) ls "$srcdir"/include/sanstls/*.h | grep -vE "/($testing_headers)\.h\$" ;;
  esac
}

# declared_in LIBRARY: in a declaration, the name stands before the first
# parenthesis.
declared_in() {
  # No path here has a space in it.
  # shellcheck disable=SC2046
  cat $(list_headers "$1") |
    "$AWK" '
      /^STLS_EXPORT/ { text = "" ; inside = 1 }
      inside { text = text " " $0 }
      inside && /;/ {
        sub(/ *\(.*/, "", text)
        sub(/.*[ *]/, "", text)
        print text
        inside = 0
      }' | sort
}

# Function and data symbols only: the loader's own are of other types.
names() {
  "$AWK" '$2 ~ /^[BCDGRSTVWiu]$/ { sub(/@.*/, "", $3); print $3 }' | sort
}

# check_shared LIBRARY SYMBOLS FILE
check_shared() {
  # NM, like CC, may carry options.
  # shellcheck disable=SC2086
  case $3 in
    *.so) $NM -D --defined-only "$3" >"$work/nm" ;;
    *) $NM -gU "$3" | sed 's/ _/ /' >"$work/nm" ;;
  esac
  names <"$work/nm" >"$work/exported"
  same "$2 and the shared $1 differ" "$srcdir/$2" "$work/exported"
}

# check_versions LIBRARY SYMBOLS FILE PREFIX: libsanstls.so.0 has
# stls_x@@SANSTLS_0.
check_versions() {
  soname=$(${OBJDUMP:-objdump} -p "$3" | sed -n 's/^ *SONAME *//p')
  ${OBJDUMP:-objdump} -T "$3" |
    sed -n "s/.* $4_${soname##*.} *\(stls_[a-z0-9_]*\)\$/\1/p" |
    sort >"$work/versioned"
  same "$2 and the names of version $4_${soname##*.} differ" \
    "$srcdir/$2" "$work/versioned"
}

# check_static LIBRARY FILE: a program that links the archive shares its name
# space with it.
check_static() {
  # shellcheck disable=SC2086
  $NM -g "$2" | sed 's/ _stls/ stls/' | names >"$work/static"
  grep -q '^stls_' "$work/static" || fail "$NM finds no names in $2"
  # The sanitizers' own, and what gcc calls for position-independent code on
  # 32-bit x86.
  grep -vE '^(stls_|__(asan|odr_asan|ubsan)|__x86\.get_pc_thunk)' \
    "$work/static" \
    >"$work/foreign" || true
  if [ -s "$work/foreign" ]; then
    fail "the static $1 has global names without stls_"
    sed 's/^/  /' "$work/foreign"
  fi
}

# check_library LIBRARY SYMBOLS MAP PREFIX
check_library() {
  declared_in "$1" >"$work/declared"
  [ -s "$work/declared" ] || fail "no STLS_EXPORT found in the headers of $1"
  sort -u -c "$srcdir/$2" || fail "$2 is not sorted, or lists a name twice"
  same "the headers and $2 differ" "$work/declared" "$srcdir/$2"
  library=
  for candidate in ".libs/$1.so" ".libs/$1.dylib"; do
    [ ! -f "$candidate" ] || library=$candidate
  done
  if [ -n "$library" ]; then
    check_shared "$1" "$2" "$library"
    [ ! -f "$3" ] || check_versions "$1" "$2" "$library" "$4"
  fi
  [ ! -f ".libs/$1.a" ] || check_static "$1" ".libs/$1.a"
  [ -n "$library" ] || [ -f ".libs/$1.a" ] ||
    fail "no built $1 in .libs: run make first"
}

check_library libsanstls lib/sanstls.sym lib/sanstls.map SANSTLS
check_library libsanstls-testing lib/testing/testing.sym \
  lib/testing/testing.map SANSTLS_TESTING

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
  printf '#include <sanstls/%s.h>\n' sanstls testing
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
