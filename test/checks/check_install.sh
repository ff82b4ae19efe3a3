#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles, links and runs programs against the installed library, the way its
# users do: with the shared library, with the static one, wholly static, with
# CMake and with Meson; one that loads the shared one and unloads it; and one with
# libsanstls-testing. Says what it leaves out. make installcheck calls it.
set -eu

: "${srcdir:=.}" "${libdir:?}" "${AWK:=awk}" "${CC:=cc}"
: "${PKG_CONFIG:=pkg-config}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

cat >"$dir/user.c" <<'SOURCE'
#include <openssl/crypto.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  stls_context *context = NULL;
  char name[32] = "";
  size_t len;

  /* OpenSSL's functions come with sanstls.pc, as its types with the headers. */
  if (OPENSSL_version_major() < 3) return 1;
  if (stls_context_new_client(NULL, NULL, &context, NULL) != STLS_OK) return 1;
  stls_context_free(context);
  /* What it is linked to besides OpenSSL is behind this. */
  if (stls_hostname_to_ascii("b\303\274cher.example", name, sizeof name, &len,
                             NULL) == STLS_OK &&
      strcmp(name, "xn--bcher-kva.example") != 0)
    return 1;
  puts(stls_version_text());
  return stls_version_check(STLS_VERSION_NUMBER, NULL) != STLS_OK;
}
SOURCE

# Both libraries, and what of the second one draws and allocates.
cat >"$dir/testing.c" <<'SOURCE'
#include <sanstls/testing.h>
#include <stdio.h>

int main(void) {
  stls_testing *testing = NULL;
  stls_context *context = NULL;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  if (stls_testing_new(1, 1900000000, &testing, &err) != STLS_OK ||
      stls_testing_context(testing, STLS_SERVER, &context, &err) != STLS_OK ||
      stls_object_new(context, NULL, NULL, NULL, &object, &err) != STLS_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  stls_object_free(object);
  stls_context_free(context);
  stls_testing_free(testing);
  puts(stls_version_text());
  return 0;
}
SOURCE

mkdir "$dir/bin" "$dir/project"
# Documents say cc and pkg-config.
for command in "cc $CC" "pkg-config $PKG_CONFIG"; do
  printf '#!/bin/sh\nPATH="%s"\nexec %s "$@"\n' "$PATH" "${command#* }" \
    >"$dir/bin/${command%% *}"
done
chmod +x "$dir/bin/cc" "$dir/bin/pkg-config"
cp "$srcdir/test/packaging/user/"* "$dir/project"
cp "$dir/user.c" "$dir/project/server.c"

installed=$($PKG_CONFIG --modversion sanstls)

fail() {
  echo "check_install: $1" >&2
  exit 1
}

# leave_out WHAT WHY
leave_out() {
  echo "check_install: $1 is left out: $2"
}

# run WHICH PROGRAM
run() {
  running=$(LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
    DYLD_LIBRARY_PATH=$libdir "$2") || fail "$1: the program fails"
  [ "$running" = "$installed" ] ||
    fail "$1: the library is $running, sanstls.pc says $installed"
}

# check WHICH LIBRARY...: builds and runs the program with it.
check() {
  which=$1
  shift
  # CC may carry options.
  # shellcheck disable=SC2046,SC2086
  $CC -o "$dir/user" "$dir/user.c" $($PKG_CONFIG --cflags sanstls) "$@" \
    2>"$dir/log" || {
    cat "$dir/log" >&2
    fail "$which: the program does not link"
  }
  run "$which" "$dir/user"
}

# check_testing WHICH LIBRARY...: the same with libsanstls-testing.
check_testing() {
  which=$1
  shift
  # shellcheck disable=SC2046,SC2086
  $CC -o "$dir/testing" "$dir/testing.c" \
    $($PKG_CONFIG --cflags sanstls-testing) "$@" 2>"$dir/log" || {
    cat "$dir/log" >&2
    fail "$which: the program with libsanstls-testing does not link"
  }
  run "$which" "$dir/testing"
}

# needs_library PROGRAM: it loads the shared library.
needs_library() {
  ${OBJDUMP:-objdump} -p "$1" | grep -q 'NEEDED.*libsanstls'
}

# has_archive NAME: the compiler finds libNAME.a.
has_archive() {
  # Without one, the name comes back as it is.
  case $($CC -print-file-name="lib$1.a") in */*) ;; *) return 1 ;; esac
}

# check_command WHICH TEXT: builds the program with the command of link.sh that
# has TEXT in it, which documents quote.
check_command() {
  "$AWK" -v RS= -v text="$2" 'index($0, text)' \
    "$srcdir/test/packaging/user/link.sh" >"$dir/command"
  [ -s "$dir/command" ] || fail "no command for $1"
  (cd "$dir/project" && PATH=$dir/bin:$PATH sh -e "$dir/command") \
    >"$dir/log" 2>&1 || {
    cat "$dir/log" >&2
    fail "$1: the program does not link"
  }
  run "$1" "$dir/project/server"
}

check_static_commands() {
  if $PKG_CONFIG --exists libidn2; then
    check_command 'static by name' -l:libsanstls.a
    ! needs_library "$dir/project/server" ||
      fail 'static by name: the program needs the shared library'
  else
    leave_out 'the static library by its name' 'there is no libidn2'
  fi
  # Whoever has these has what they need in turn.
  for name in c $($PKG_CONFIG --static --libs openssl | tr ' ' '\n' |
    sed -n 's/^-l//p') $(echo "$private" | sed 's|^lib||'); do
    if ! has_archive "$name"; then
      leave_out 'a wholly static program' "there is no lib$name.a"
      return
    fi
  done
  check_command 'wholly static' ' -static '
}

# cmake and meson on test/packaging/user, which has no source: any program will do.
check_cmake() {
  if ! command -v cmake >/dev/null 2>&1; then
    leave_out 'CMake' 'it is not installed'
    return
  fi
  { cmake -S "$dir/project" -B "$dir/cmake" &&
    cmake --build "$dir/cmake"; } >"$dir/log" 2>&1 || {
    cat "$dir/log" >&2
    fail 'CMake does not build the program'
  }
  run 'CMake' "$dir/cmake/server"
}

check_meson() {
  if ! command -v meson >/dev/null 2>&1; then
    leave_out 'Meson' 'it is not installed'
    return
  fi
  { meson setup "$dir/meson" "$dir/project" &&
    meson compile -C "$dir/meson"; } >"$dir/log" 2>&1 || {
    cat "$dir/log" >&2
    fail 'Meson does not build the program'
  }
  run 'Meson' "$dir/meson/server"
}

# The same, with the lines for libuv, on the server of README.
check_with_uv() {
  if ! $PKG_CONFIG --exists libuv; then
    leave_out 'projects with libuv' 'it is not installed'
    return
  fi
  for file in CMakeLists.txt meson.build; do
    sed 's/^# \([a-z_]*\((\| +=\)\)/\1/' "$srcdir/test/packaging/user/$file" \
      >"$dir/project/$file"
    ! grep '^# .*(' "$dir/project/$file" || fail "$file: no lines for libuv"
  done
  sed '1,/^<!-- file: server\.c -->/d' "$srcdir/README.md" |
    sed '1d; /^```$/,$d' >"$dir/project/server.c"
  rm -rf "$dir/cmake" "$dir/meson"
  run() { [ -x "$2" ] || fail "$1: no server with libuv"; }
  check_cmake
  check_meson
}

which=
if [ -f "$libdir/libsanstls.so" ] || [ -f "$libdir/libsanstls.dylib" ]; then
  # shellcheck disable=SC2046
  check shared $($PKG_CONFIG --libs sanstls)
  check_command 'shared, as documented' 'pkg-config --cflags'
  # shellcheck disable=SC2046
  check_testing 'shared, testing' $($PKG_CONFIG --libs sanstls-testing)
fi
if [ -f "$libdir/libsanstls.so" ]; then
  cat >"$dir/plugin.c" <<'SOURCE'
#include <dlfcn.h>
#include <openssl/x509.h>
#include <string.h>

/* Unloads the library, and then has OpenSSL free a store of its own. */
int main(int argc, char **argv) {
  int (*make)(void *, const char *, void **, void *) = NULL;
  void *trust = NULL, *symbol, *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;

  if (library == NULL) return 1;
  symbol = dlsym(library, "stls_trust_new");
  memcpy(&make, &symbol, sizeof make);
  if (make == NULL || make(NULL, NULL, &trust, NULL) != 0) return 1;
  dlclose(library);
  X509_STORE_free(X509_STORE_new());
  return 0;
}
SOURCE
  # shellcheck disable=SC2046,SC2086
  $CC -o "$dir/plugin" "$dir/plugin.c" \
    $($PKG_CONFIG --cflags --libs libcrypto) -ldl
  if ! "$dir/plugin" "$libdir/libsanstls.so"; then
    fail 'OpenSSL cannot go on when the library is unloaded'
  fi
fi
if [ -f "$libdir/libsanstls.a" ]; then
  # The linker would take the shared one for -lsanstls. Only this library is
  # linked statically: what others need for that need not be installed.
  private=$($PKG_CONFIG --print-requires-private sanstls | sed 's/ .*//')
  # shellcheck disable=SC2046,SC2086
  check static "$libdir/libsanstls.a" \
    $($PKG_CONFIG --libs sanstls $private | sed 's/-lsanstls//')
  # shellcheck disable=SC2046,SC2086
  check_testing 'static, testing' "$libdir/libsanstls-testing.a" \
    "$libdir/libsanstls.a" \
    $($PKG_CONFIG --libs sanstls $private | sed 's/-lsanstls//')
  if [ -f "$libdir/libsanstls.so" ]; then check_static_commands; fi
  # In a plug-in, too, if its code may lie anywhere, with what sanstls.pc says.
  # shellcheck disable=SC2046,SC2086
  if [ -f "$dir/plugin" ] && $CC -shared -o "$dir/plugin.so" \
    $(sed -n 's/^Libs\.private: *//p' "$libdir/pkgconfig/sanstls.pc") \
    -Wl,--whole-archive "$libdir/libsanstls.a" -Wl,--no-whole-archive \
    $($PKG_CONFIG --libs openssl $private) 2>"$dir/plugin.err" &&
    ! "$dir/plugin" "$dir/plugin.so"; then
    fail 'OpenSSL cannot go on when a plug-in is unloaded'
  fi
fi
[ -n "$which" ] || fail "there is no library in $libdir"

check_cmake
check_meson
check_with_uv
