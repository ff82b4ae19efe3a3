# SPDX-License-Identifier: MIT
# What checks share that check themselves on planted faults. They source it, and
# have a folder of theirs in $work.

# 1 once a check does not work.
self_failed=0

# expect_said CHECK WANT...: $work/said has one line for each WANT, which is in
# it, and no more.
expect_said() {
  check=$1
  shift
  is_right=1
  [ "$(grep -c . "$work/said")" -eq $# ] || is_right=
  for want; do
    grep -qF -- "$want" "$work/said" || is_right=
  done
  [ -z "$is_right" ] || return 0
  echo "$check does not work: wanted '$*', it said:"
  cat "$work/said"
  self_failed=1
}
