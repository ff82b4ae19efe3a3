#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the certificates and keys in this folder. They are committed, so this
# runs only when one is to be added or changed: every run makes new keys for
# all of them. Needs the openssl command, 3.0 or newer.
#
#   test/data/make-certs.sh
#
# x.pem is a chain, leaf first, and x.key its key. Everything except
# server-expired and server-notyet is valid from 2020 to the end of 2199, and
# fit for X509_V_FLAG_X509_STRICT. The passphrase of *-encrypted.key is
# "secret". None of these keys protects anything.
set -eu

cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

from=20200101000000Z
until=21991231235959Z

# --- tools ---

ec_key() {
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
    -out "$1.key"
}

rsa_key() {
  openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" \
    -out "$1.key"
}

ca_extensions='basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always'

leaf_extensions='basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always'

localhost='DNS:localhost, DNS:server.example, DNS:*.wild.example'
localhost="$localhost, IP:127.0.0.1, IP:::1"

server_extensions="$leaf_extensions
extendedKeyUsage = serverAuth
subjectAltName = $localhost"

# sign NAME ISSUER COMMON-NAME EXTENSIONS [FROM UNTIL]: NAME.pem for NAME.key,
# signed by ISSUER.key. An issuer of the same name makes it self-signed.
# "openssl ca", because "openssl x509" cannot set the first day before 3.4.
sign() {
  cat >"$work/ca.conf" <<CONF
[ca]
default_ca = default
[default]
database = $work/index
new_certs_dir = $work
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
  : >"$work/index"
  openssl req -new -key "$1.key" -subj "/CN=$3" -out "$work/request"
  issuer="-cert $2.pem"
  [ "$1" != "$2" ] || issuer=-selfsign
  # shellcheck disable=SC2086 # two words
  openssl ca -batch -notext -config "$work/ca.conf" -keyfile "$2.key" $issuer \
    -startdate "${5:-$from}" -enddate "${6:-$until}" \
    -in "$work/request" -out "$1.pem" 2>"$work/log" || {
    cat "$work/log" >&2
    exit 1
  }
}

# --- authorities ---

ec_key ca
sign ca ca 'libsanstls test CA' "$ca_extensions"

ec_key untrusted-ca
sign untrusted-ca untrusted-ca 'libsanstls untrusted test CA' "$ca_extensions"

ec_key intermediate
sign intermediate ca 'libsanstls test intermediate CA' "$ca_extensions"

# --- servers ---

ec_key server-ecdsa
sign server-ecdsa ca server.example "$server_extensions"

rsa_key server-rsa 2048
sign server-rsa ca server.example "$server_extensions"

ec_key server-chain
sign server-chain intermediate server.example "$server_extensions"
cat intermediate.pem >>server-chain.pem

ec_key server-expired
sign server-expired ca server.example "$server_extensions" \
  20200101000000Z 20200201000000Z

ec_key server-notyet
sign server-notyet ca server.example "$server_extensions" \
  21990101000000Z "$until"

ec_key server-wrongname
sign server-wrongname ca other.example "$leaf_extensions
extendedKeyUsage = serverAuth
subjectAltName = DNS:other.example"

ec_key server-untrusted
sign server-untrusted untrusted-ca server.example "$server_extensions"

ec_key server-selfsigned
sign server-selfsigned server-selfsigned server.example "$server_extensions"

# Too weak for OpenSSL's security level 2.
rsa_key server-rsa-1024 1024
sign server-rsa-1024 ca server.example "$server_extensions"

# --- clients ---

client_extensions="$leaf_extensions
extendedKeyUsage = clientAuth
subjectAltName = DNS:client.example"

ec_key client-ecdsa
sign client-ecdsa ca client.example "$client_extensions"

ec_key client-untrusted
sign client-untrusted untrusted-ca client.example "$client_extensions"

# --- other shapes of the same ---

# PKCS #8 and OpenSSL's traditional format say in different ways that a key is
# encrypted.
openssl pkey -in server-ecdsa.key -aes256 -passout pass:secret \
  -out server-ecdsa-encrypted.key
openssl pkey -in server-rsa.key -aes256 -passout pass:secret -traditional \
  -out server-rsa-encrypted.key

# Chain and key in one file.
cat server-ecdsa.key server-ecdsa.pem >server-ecdsa-combined.pem
cat server-ecdsa-encrypted.key server-ecdsa.pem \
  >server-ecdsa-encrypted-combined.pem

# A chain with the key of another certificate.
cp server-ecdsa.pem server-mismatched.pem
ec_key server-mismatched

# --- trust ---

cat ca.pem untrusted-ca.pem >both-cas.pem

{
  echo 'Text before the first block.'
  cat ca.pem
  printf '\nText between the blocks, with a dash - and a colon: here.\n\n'
  cat untrusted-ca.pem
  echo 'Text after the last block.'
} >text-between.pem

# --- broken ---

echo 'There is no certificate in this file.' >broken-empty.pem

# Ends in the middle of its only block.
head -n 5 ca.pem >broken-cut.pem

# Line 4, in the only block, holds a character that is not base64.
awk 'NR == 4 { sub(/^..../, "!!!!") } { print }' ca.pem >broken-base64.pem

# The first block is whole; the second has the fault, on line 4 of its own.
cat ca.pem broken-base64.pem >broken-second.pem

# Base64 as it should be, of bytes that are no certificate.
{
  echo '-----BEGIN CERTIFICATE-----'
  printf 'not a certificate, only text that looks like a block of one' |
    openssl base64
  echo '-----END CERTIFICATE-----'
} >broken-der.pem
