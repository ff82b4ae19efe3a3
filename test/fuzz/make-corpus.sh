#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the seeds that come from test/data: certificates as DER, PEM texts, and
# PKCS #12 files. corpus/clienthello, corpus/hostname, and whatever a fuzzer found
# (found-*), are written by hand and stay. Needs the openssl command.
#
#   test/fuzz/make-corpus.sh
set -eu

cd "$(dirname "$0")"
data=../data

rm -f corpus/certificate/*.der corpus/pem/*.pem corpus/pkcs12/*.p12
mkdir -p corpus/certificate corpus/pem corpus/pkcs12

# What openssl does not read stays a PEM seed only.
for file in "$data"/names/*.pem "$data"/certificate/*.pem; do
  name=$(basename "$file" .pem)
  openssl x509 -in "$file" -outform DER \
    -out "corpus/certificate/$name.der" 2>/dev/null ||
    rm -f "corpus/certificate/$name.der"
done

for file in "$data"/*.pem "$data"/names/broken-*.pem \
  "$data"/certificate/trusted.pem "$data"/trust/*.pem \
  "$data"/credential/*.pem; do
  [ ! -f "$file" ] || cp "$file" corpus/pem/
done
cp "$data"/server-ecdsa-encrypted.key corpus/pem/encrypted-key.pem
cp "$data"/server-rsa-encrypted.key corpus/pem/encrypted-traditional-key.pem

cp "$data"/credential/*.p12 corpus/pkcs12/
