#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles, links and runs a program against the installed library, the way
# its users do: the shared one, and the static one where it was built; and one
# that loads the shared one and unloads it. make installcheck calls it.
set -eu

: "${libdir:?}" "${CC:=cc}" "${PKG_CONFIG:=pkg-config}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

cat >"$dir/user.c" <<'SOURCE'
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  char name[32] = "";
  size_t len;

  /* What it is linked to besides OpenSSL is behind this. */
  if (stls_hostname_to_ascii("b\303\274cher.example", name, sizeof name, &len,
                             NULL) == STLS_OK &&
      strcmp(name, "xn--bcher-kva.example") != 0)
    return 1;
  puts(stls_version_text());
  return stls_version_check(STLS_VERSION_NUMBER, NULL) != STLS_OK;
}
SOURCE

installed=$($PKG_CONFIG --modversion sanstls)

# check WHICH LIBRARY...: builds and runs the program with it.
check() {
  which=$1
  shift
  # CC may carry options.
  # shellcheck disable=SC2046,SC2086
  $CC -o "$dir/user" "$dir/user.c" $($PKG_CONFIG --cflags sanstls) "$@"
  running=$(LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
    DYLD_LIBRARY_PATH=$libdir "$dir/user")
  if [ "$running" != "$installed" ]; then
    echo "check_install: the $which library is $running, sanstls.pc says" \
      "$installed" >&2
    exit 1
  fi
}

which=
if [ -f "$libdir/libsanstls.so" ] || [ -f "$libdir/libsanstls.dylib" ]; then
  # shellcheck disable=SC2046
  check shared $($PKG_CONFIG --libs sanstls)
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
    echo "check_install: OpenSSL cannot go on when the library is unloaded" >&2
    exit 1
  fi
fi
if [ -f "$libdir/libsanstls.a" ]; then
  # The linker would take the shared one for -lsanstls. Only this library is
  # linked statically: what others need for that need not be installed.
  private=$($PKG_CONFIG --print-requires-private sanstls | sed 's/ .*//')
  # shellcheck disable=SC2046,SC2086
  check static "$libdir/libsanstls.a" \
    $($PKG_CONFIG --libs sanstls $private | sed 's/-lsanstls//')
  # In a plug-in, too, if its code may lie anywhere, with what sanstls.pc says.
  # shellcheck disable=SC2046,SC2086
  if [ -f "$dir/plugin" ] && $CC -shared -o "$dir/plugin.so" \
    $(sed -n 's/^Libs\.private: *//p' "$libdir/pkgconfig/sanstls.pc") \
    -Wl,--whole-archive "$libdir/libsanstls.a" -Wl,--no-whole-archive \
    $($PKG_CONFIG --libs openssl $private) 2>"$dir/plugin.err" &&
    ! "$dir/plugin" "$dir/plugin.so"; then
    echo "check_install: OpenSSL cannot go on when a plug-in is unloaded" >&2
    exit 1
  fi
fi
if [ -z "$which" ]; then
  echo "check_install: there is no library in $libdir" >&2
  exit 1
fi
