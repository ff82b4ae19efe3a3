#!/bin/sh
# SPDX-License-Identifier: MIT
# every_test.sh SHARE: runs a share of the unit tests that are in one program, e.g.
# 1/4, with one fork each; of every second test alone with STLS_TEST_PART=1/2.
# test/share_1.tap and others call it.
STLS_TEST_FORK=1
# Two of these may share a processor.
: "${STLS_TEST_PATIENCE:=4}" "${STLS_TEST_PART:=1/1}"
export STLS_TEST_FORK STLS_TEST_PATIENCE
parts=${STLS_TEST_PART#*/}
share=$(((${1%/*} - 1) * parts + ${STLS_TEST_PART%/*}))
exec test/every_test --share "$share/$((${1#*/} * parts))"
