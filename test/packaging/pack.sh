#!/bin/sh
# SPDX-License-Identifier: MIT
# pack.sh DIR: DIR as a tar archive on standard output, the same bytes each time
# and for everyone: sorted, without owners, and with one time. That is
# SOURCE_DATE_EPOCH, the time of the last commit, or that of DIR/configure.ac,
# which a tarball keeps. make dist calls it. A tar that is not GNU's cannot do all
# of that, and packs as it can.
set -eu

: "${srcdir:=.}" "${TAR:=tar}"
dir=$1

source_time() {
  if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
    echo "$SOURCE_DATE_EPOCH"
  elif [ ! -e "$srcdir/.git" ] ||
    ! git -C "$srcdir" log -1 --format=%ct 2>/dev/null; then
    stat -c %Y "$dir/configure.ac"
  fi
}

if $TAR --version 2>/dev/null | grep -q GNU; then
  $TAR --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
    --mode=u+rwX,go+rX,go-w --mtime="@$(source_time)" -cf - "$dir"
else
  $TAR chof - "$dir"
fi
