#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles, links and runs a program against the installed library, the way
# its users do. make installcheck calls it.
set -eu

: "${libdir:?}" "${CC:=cc}" "${PKG_CONFIG:=pkg-config}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

cat >"$dir/user.c" <<'SOURCE'
#include <sanstls/sanstls.h>
#include <stdio.h>

int main(void) {
  puts(stls_version_text());
  return stls_version_check(STLS_VERSION_NUMBER, NULL) != STLS_OK;
}
SOURCE

# CC may carry options.
# shellcheck disable=SC2046,SC2086
$CC -o "$dir/user" "$dir/user.c" $($PKG_CONFIG --cflags --libs sanstls)
running=$(LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
  DYLD_LIBRARY_PATH=$libdir "$dir/user")
installed=$($PKG_CONFIG --modversion sanstls)
if [ "$running" != "$installed" ]; then
  echo "check_install: the library is $running, sanstls.pc says $installed" >&2
  exit 1
fi
