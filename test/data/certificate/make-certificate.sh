#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the certificates in this folder: each shows what one kind of certificate
# says, and none is ever used to connect, so that no key is kept. They are
# committed, and every run makes new keys, whose bytes no test names. Needs the
# openssl command, 3.0 or newer. ML-DSA, which needs 3.5, has no file: a test
# makes its key, where it can.
#
#   test/data/certificate/make-certificate.sh
#
# ca.pem          name constraints, a path length, no keyUsage
# full.pem        every extension that is decoded; issued by ca.pem
# trusted.pem     ca.pem as TRUSTED CERTIFICATE, with what it is trusted for
# v1.pem          version 1: no extensions
# <type>.pem      one for each type of key, signed by itself
set -eu

cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

from=20200101000000Z
until=21991231235959Z

# --- tools ---

# key NAME ALGORITHM [OPTION...]
key() {
  name=$1
  algorithm=$2
  shift 2
  for option in "$@"; do
    set -- "$@" -pkeyopt "$option"
    shift
  done
  openssl genpkey -quiet -algorithm "$algorithm" "$@" -out "$work/$name.key"
}

# sign NAME ISSUER SUBJECT SERIAL EXTENSIONS: NAME.pem, signed by ISSUER. An
# issuer of the same name makes it self-signed.
sign() {
  cat >"$work/ca.conf" <<CONF
[ca]
default_ca = default
[default]
database = $work/index
new_certs_dir = $work
serial = $work/serial
default_md = default
policy = policy
unique_subject = no
${5:+x509_extensions = extensions}
[policy]
commonName = supplied
organizationName = optional
[extensions]
$5
CONF
  : >"$work/index"
  echo "$4" >"$work/serial"
  openssl req -new -key "$work/$1.key" -subj "$3" -out "$work/request"
  issuer="-cert $2.pem"
  [ "$1" != "$2" ] || issuer=-selfsign
  # shellcheck disable=SC2086 # two words
  openssl ca -batch -notext -config "$work/ca.conf" -keyfile "$work/$2.key" \
    $issuer -startdate "$from" -enddate "$until" \
    -in "$work/request" -out "$1.pem" 2>"$work/log" || {
    cat "$work/log" >&2
    exit 1
  }
}

# --- extensions ---

key ca EC ec_paramgen_curve:P-256
sign ca ca '/O=Test/CN=Fields CA' 01 'basicConstraints = critical, CA:TRUE, pathlen:3
subjectKeyIdentifier = hash
nameConstraints = critical, @names
[names]
permitted;DNS.1 = example
permitted;IP.1 = 192.0.2.0/255.255.255.0
permitted;dirName.1 = base
excluded;DNS.1 = bad.example
excluded;email.1 = .bad.example
[base]
O = Test'

openssl x509 -in ca.pem -trustout -addtrust serverAuth -setalias 'An alias' \
  -out trusted.pem

# Two timestamps of v1 (RFC 6962, 3.2 and 3.3): length; version, log, time,
# extensions, hash, signature algorithm, signature.
log1=A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1
log2=B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2
sct1="0033 00 $log1 0000016F5E66E800 0000 04 03 0004 DEADBEEF"
sct2="0034 00 $log2 FFFFFFFFFFFFFFFF 0002 BEEF 08 07 0003 C0FFEE"
scts=$(echo "046D 006B $sct1 $sct2" | tr -d ' ' | sed 's/../:&/g; s/^://')

key full EC ec_paramgen_curve:P-256
sign full ca '/CN=full.example' 0A1B2C3D4E5F60718293A4 "basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyAgreement, decipherOnly
extendedKeyUsage = serverAuth, clientAuth, 1.3.6.1.4.1.99999.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer:always
authorityInfoAccess = @access
crlDistributionPoints = first, relative, empty, last
certificatePolicies = 2.23.140.1.2.1, @statement
tlsfeature = status_request, status_request_v2
subjectAltName = DNS:full.example, IP:192.0.2.1, IP:2001:db8::1, URI:https://full.example/, email:me@full.example, RID:1.2.3.4
1.3.6.1.4.1.11129.2.4.2 = DER:$scts
1.3.6.1.4.1.99999.2 = DER:0500
[access]
OCSP;URI.1 = http://ocsp.example/1
caIssuers;URI.1 = http://ca.example/ca.cer
OCSP;DNS.1 = no-uri.example
OCSP;URI.2 = http://ocsp.example/2
1.3.6.1.5.5.7.48.3;URI.1 = http://time.example/
[first]
fullname = URI:http://crl.example/1, DNS:no-uri.example, URI:http://crl.example/2
[relative]
relativename = relative_name
[relative_name]
CN = http://no-uri.example/
[empty]
CRLissuer = dirName:crl_issuer
[crl_issuer]
CN = CRL issuer
[last]
fullname = URI:http://crl.example/3
reasons = keyCompromise
[statement]
policyIdentifier = 1.3.6.1.4.1.99999.3
CPS.1 = http://cps.example/"

key v1 EC ec_paramgen_curve:P-256
sign v1 v1 /CN=v1.example 0102 ''

# --- keys ---

leaf='subjectKeyIdentifier = hash'

# own NAME: signed by itself.
own() {
  sign "$1" "$1" "/CN=$1" 01 "$leaf"
}

key rsa-2048 RSA rsa_keygen_bits:2048
own rsa-2048
key rsa-pss RSA-PSS rsa_keygen_bits:2048
own rsa-pss
key ec-p256 EC ec_paramgen_curve:P-256
own ec-p256
key ec-p384 EC ec_paramgen_curve:P-384
own ec-p384
key ec-secp256k1 EC ec_paramgen_curve:secp256k1
own ec-secp256k1
# The curve is not named, but written out.
key ec-explicit EC ec_paramgen_curve:P-256 ec_param_enc:explicit
own ec-explicit
key ed25519 ED25519
own ed25519
key ed448 ED448
own ed448

openssl genpkey -quiet -genparam -algorithm DSA \
  -pkeyopt dsa_paramgen_bits:2048 -pkeyopt dsa_paramgen_q_bits:256 \
  -out "$work/dsa.params"
openssl genpkey -quiet -paramfile "$work/dsa.params" -out "$work/dsa.key"
own dsa
