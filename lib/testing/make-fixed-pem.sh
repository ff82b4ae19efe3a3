#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes fixed_pem.c, the certificates and keys that stls_testing_credential knows.
# It is committed, and this runs only when one is to be added or changed: every run
# makes new keys for all of them, and then no recorded connection replays any more.
# Needs the openssl command, 3.0 or newer, and clang-format.
#
#   lib/testing/make-fixed-pem.sh
set -eu

cd "$(dirname "$0")"
out=$PWD/fixed_pem.c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

from=20000101000000Z
until=21991231235959Z

ca_extensions='basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid'
# leaf PURPOSE NAMES
leaf() {
  echo "basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = $1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $2"
}
localhost='DNS:localhost, IP:127.0.0.1, IP:::1'
server=$(leaf serverAuth "$localhost")

# make_key NAME ARGUMENT...
make_key() {
  name=$1
  shift
  openssl genpkey -quiet -out "$name.key" "$@"
}
ec_key() {
  make_key "$1" -algorithm EC -pkeyopt ec_paramgen_curve:P-256
}

# sign NAME ISSUER COMMON-NAME EXTENSIONS [FROM UNTIL]: NAME.pem for NAME.key. An
# issuer of the same name makes it self-signed. "openssl ca", because
# "openssl x509" cannot set the first day before 3.4.
sign() {
  cat >ca.conf <<CONF
[ca]
default_ca = default
[default]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = policy
unique_subject = no
x509_extensions = extensions
[policy]
commonName = supplied
[extensions]
$4
CONF
  : >index
  openssl req -new -key "$1.key" -subj "/CN=$3" -out request
  issuer="-cert $2.pem"
  [ "$1" != "$2" ] || issuer=-selfsign
  # shellcheck disable=SC2086 # two words
  openssl ca -batch -notext -config ca.conf -keyfile "$2.key" $issuer \
    -startdate "${5:-$from}" -enddate "${6:-$until}" \
    -in request -out "$1.pem" 2>log || {
    cat log >&2
    exit 1
  }
}

for name in ca intermediate ecdsa chain expired not-yet-valid wrong-name \
  other-ca unknown-ca self-signed client; do
  ec_key "$name"
done
make_key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
make_key ed25519 -algorithm ED25519

sign ca ca 'sanstls testing CA' "$ca_extensions"
sign intermediate ca 'sanstls testing intermediate CA' "$ca_extensions"
sign other-ca other-ca 'another CA' "$ca_extensions"
for name in ecdsa rsa ed25519; do
  sign "$name" ca localhost "$server"
done
sign chain intermediate localhost "$server"
cat intermediate.pem >>chain.pem
sign expired ca localhost "$server" "$from" 20010101000000Z
sign not-yet-valid ca localhost "$server" 21980101000000Z "$until"
sign wrong-name ca wrong.example "$(leaf serverAuth DNS:wrong.example)"
sign unknown-ca other-ca localhost "$server"
sign self-signed self-signed localhost "$server"
sign client ca client "$(leaf clientAuth DNS:client)"

# quote FILE: as a string of C.
quote() {
  sed 's/.*/     "&\\n"/' "$1" | sed '$s/$/,/'
}

{
  cat <<'C'
/* SPDX-License-Identifier: MIT */
/* fixed_pem: certificates and keys for tests, made by make-fixed-pem.sh. */
#include "testing/fixed_pem.h"

#include <stddef.h>

const struct stls_fixed_pem stls_fixed_pem_ca = {
    "ca",
C
  quote ca.pem
  echo '     NULL};'
  echo
  echo 'const struct stls_fixed_pem stls_fixed_pem_credentials[] = {'
  for name in ecdsa rsa ed25519 chain expired not-yet-valid wrong-name \
    unknown-ca self-signed client; do
    echo "    {\"$name\","
    quote "$name.pem"
    quote "$name.key" | sed '$s/,$/},/'
  done
  echo '    {NULL, NULL, NULL}};'
} >"$out"
clang-format -i "$out"
