#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that the names of OpenSSL's constants for its errors, which the library
# derives from OpenSSL's words, are those in OpenSSL's headers. It is skipped
# where the headers are not those of the OpenSSL that runs.
set -eu

: "${CC:=cc}"

# The preprocessor finds the headers wherever they are.
{
  echo '#if __has_include(<openssl/proverr.h>)'
  echo '#include <openssl/proverr.h>'
  echo '#endif'
  for name in asn1 async bio bn buffer cms cmp comp conf crypto ct decoder dh \
    dsa ec encoder engine evp http objects ocsp pem pkcs12 pkcs7 rand rsa ssl \
    store ts ui x509 x509v3; do
    echo "#if __has_include(<openssl/${name}err.h>)"
    echo "#include <openssl/${name}err.h>"
    echo '#endif'
  done
} | $CC ${OPENSSL_CFLAGS-} -E -dM -x c - | ./test/oracle/match_mnemonics
