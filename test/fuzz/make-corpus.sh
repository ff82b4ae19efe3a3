#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the seeds that come from test/data: certificates as DER, PEM texts, and
# PKCS #12 files; and small PEM texts. corpus/clienthello, corpus/hostname, and whatever a fuzzer found
# (found-*), are written by hand and stay. Needs the openssl command.
#
#   test/fuzz/make-corpus.sh
set -eu

cd "$(dirname "$0")"
data=../data

rm -f corpus/certificate/*.der corpus/pem/*.pem corpus/pemwalk/*.pem \
  corpus/pkcs12/*.p12
mkdir -p corpus/certificate corpus/pem corpus/pemwalk corpus/pkcs12

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

# Small texts that walks go through, or stop in.
walk() {
  name=$1
  shift
  # shellcheck disable=SC2059 # formats, for their escapes
  printf -- "$@" >"corpus/pemwalk/$name.pem"
}
a='-----BEGIN A-----\nMIIB\n-----END A-----\n'
b='-----BEGIN B C-----\r\nMIIB\r\n-----END B C-----\r\n'
walk blocks "text\n$a\n$b"
walk bom "\357\273\277$a\357\273\277$b"
walk comment "# $a$b"
walk control "-----BEGIN A-----\001\nMIIB\n-----END A-----\000\n$b"
walk headers '-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nMIIB
-----END A-----\n'
walk indented "$a $b"
walk label '-----BEGIN A -----\nMIIB\n-----END A -----\n'
walk long "%0254d$a" 0
walk long-base64 '-----BEGIN A-----\n%0600d\n-----END A-----\n' 0
walk nested "-----BEGIN A-----\nMIIB\n${a}"
walk one-line '-----BEGIN A-----MIIB-----END A-----\n'
walk stray-end "-----END A-----\n$b"
walk unterminated '-----BEGIN A-----\nMIIB\n'
walk utf16 '-\000-\000-\000-\000-\000B\000E\000G\000I\000N\000 \000'

cp "$data"/credential/*.p12 corpus/pkcs12/
