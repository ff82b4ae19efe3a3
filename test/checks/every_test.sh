#!/bin/sh
# SPDX-License-Identifier: MIT
# every_test.sh SHARE: runs a share of the unit tests that are in one program, e.g.
# 1/4, with one fork each. test/share_1.tap and others call it.
STLS_TEST_FORK=1
# Two of these may share a processor.
: "${STLS_TEST_PATIENCE:=4}"
export STLS_TEST_FORK STLS_TEST_PATIENCE
exec test/every_test --share "$1"
