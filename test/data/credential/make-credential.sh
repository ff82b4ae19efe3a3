#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the files in this folder out of the chains and keys one folder up, which
# make-certs.sh has made and this leaves alone. They are committed, so this runs
# only when one is to be added or changed, or after make-certs.sh. Needs the
# openssl command, 3.0 or newer, with its legacy provider.
#
#   test/data/credential/make-credential.sh
#
# The passphrase of all that is encrypted is "secret", unless its name says
# another. None of these keys protects anything.
set -eu

cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- DER ---

# Leaf, then the intermediate that issued it, one behind the other.
openssl x509 -in ../server-chain.pem -outform DER -out leaf.der
openssl x509 -in ../intermediate.pem -outform DER -out issuer.der
cat leaf.der issuer.der >chain.der
cat issuer.der leaf.der >chain-reversed.der
openssl x509 -in ../server-rsa.pem -outform DER -out rsa.der

openssl pkcs8 -topk8 -in ../server-chain.key -outform DER -nocrypt \
  -out key-pkcs8.der
openssl pkcs8 -topk8 -in ../server-chain.key -outform DER \
  -v2 aes-256-cbc -passout pass:secret -out key-encrypted.der
openssl pkcs8 -topk8 -in ../server-chain.key -outform DER \
  -v2 aes-256-cbc -passout pass: -out key-empty.der
openssl pkcs8 -topk8 -in ../server-chain.key -outform DER \
  -provider legacy -provider default \
  -v1 PBE-SHA1-RC2-40 -passout pass:secret -out key-legacy.der
openssl pkey -in ../server-chain.key -traditional -outform DER \
  -out key-ec.der
openssl pkey -in ../server-rsa.key -traditional -outform DER \
  -out key-rsa.der
openssl pkey -in ../server-chain.key -pubout -outform DER -out key-public.der

# --- PEM ---

{
  openssl x509 -in ../intermediate.pem
  openssl x509 -in ../server-chain.pem
} >chain-reversed.pem

# A certificate that says that it is encrypted.
{
  echo '-----BEGIN CERTIFICATE-----'
  echo 'Proc-Type: 4,ENCRYPTED'
  echo 'DEK-Info: AES-256-CBC,000102030405060708090A0B0C0D0E0F'
  echo
  openssl base64 -in leaf.der
  echo '-----END CERTIFICATE-----'
} >certificate-encrypted.pem

# All that a server needs, in one file, with text between.
{
  echo 'Text before.'
  openssl x509 -in ../server-chain.pem
  printf '\nText between.\n\n'
  cat ../intermediate.pem
  openssl pkey -in ../server-chain.key -aes256 -passout pass:secret
} >all-encrypted.pem

# --- PKCS #7 and PKCS #8 of version 2 ---

openssl crl2pkcs7 -nocrl -certfile ../server-chain.pem -out chain.p7b
openssl pkcs7 -in chain.p7b -outform DER -out chain-p7b.der

# RFC 5958, 2: 32 bytes of private key, and behind them 32 of public key.
openssl genpkey -algorithm ed25519 -out "$work/ed25519.key"
openssl req -new -key "$work/ed25519.key" -subj /CN=localhost \
  -out "$work/ed25519.csr"
printf '%s\n' subjectAltName=DNS:localhost,DNS:server.example \
  subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >"$work/ed25519.ext"
openssl x509 -req -in "$work/ed25519.csr" -CA ../ca.pem -CAkey ../ca.key \
  -set_serial 0x5958 -days 60000 -extfile "$work/ed25519.ext" -out ed25519.pem
{
  echo '-----BEGIN PRIVATE KEY-----'
  {
    printf '\060\121\002\001\001\060\005\006\003\053\145\160\004\042\004\040'
    openssl pkey -in "$work/ed25519.key" -outform DER | tail -c 32
    printf '\201\041\000'
    openssl pkey -in "$work/ed25519.key" -pubout -outform DER | tail -c 32
  } | openssl base64
  echo '-----END PRIVATE KEY-----'
} >key-v2.pem

# --- PKCS #12 ---

p12() {
  out=$1
  shift
  openssl pkcs12 -export -name server -out "$out" "$@"
}

chain='-inkey ../server-chain.key -in ../server-chain.pem'
# shellcheck disable=SC2086 # words
{
  p12 chain.p12 $chain -passout pass:secret
  p12 chain-empty.p12 $chain -passout pass:
  p12 chain-nomac.p12 $chain -passout pass:secret -nomac
  p12 chain-open.p12 $chain -passout pass: -nomac -keypbe NONE -certpbe NONE
  p12 chain-open-mac.p12 $chain -passout pass:secret -keypbe NONE -certpbe NONE
  p12 chain-3des.p12 $chain -passout pass:secret -certpbe PBE-SHA1-3DES \
    -keypbe PBE-SHA1-3DES -macalg sha1
  p12 chain-legacy.p12 $chain -passout pass:secret -legacy
}
p12 rsa.p12 -inkey ../server-rsa.key -in ../server-rsa.pem -passout pass:secret

# Root and a stranger come before the leaf's issuer, which is there twice.
cat ../ca.pem ../untrusted-ca.pem ../intermediate.pem ../intermediate.pem \
  >"$work/more.pem"
openssl x509 -in ../server-chain.pem -out "$work/leaf.pem"
p12 chain-mixed.p12 -inkey ../server-chain.key -in "$work/leaf.pem" \
  -certfile "$work/more.pem" -passout pass:secret

p12 nokey.p12 -nokeys -in ../server-chain.pem -passout pass:secret
p12 nocert.p12 -nocerts -inkey ../server-chain.key -in ../server-chain.pem \
  -passout pass:secret
# Certificates that are all somebody else's: openssl refuses to make the usual
# kind, so they come as further ones.
p12 mismatched.p12 -nocerts -inkey ../server-chain.key \
  -in ../server-chain.pem -passout pass:secret -certfile ../ca.pem

# A key of version 2 in a bag, which openssl does not write. The values are DER
# of other files, as hexadecimal digits.
hex() {
  od -An -v -tx1 | tr -d ' \n'
}
openssl base64 -d <<EOF >"$work/v2.der"
$(sed '/^-/d' key-v2.pem)
EOF
cat >"$work/v2.cnf" <<EOF
asn1 = SEQUENCE:pfx
[pfx]
version = INTEGER:3
safe = SEQUENCE:safes
[safes]
type = OID:1.2.840.113549.1.7.1
content = EXPLICIT:0,OCTWRAP,SEQUENCE:list
[list]
one = SEQUENCE:content
[content]
type = OID:1.2.840.113549.1.7.1
content = EXPLICIT:0,OCTWRAP,SEQUENCE:bags
[bags]
key = SEQUENCE:keybag
cert = SEQUENCE:certbag
[keybag]
type = OID:1.2.840.113549.1.12.10.1.1
value = EXPLICIT:0,SEQUENCE:key
attributes = SET:attributes
[key]
version = INTEGER:1
algorithm = SEQUENCE:algorithm
private = FORMAT:HEX,OCTETSTRING:$(dd if="$work/v2.der" bs=1 skip=14 count=34 \
  2>/dev/null | hex)
public = IMPLICIT:1,FORMAT:HEX,BITSTRING:$(tail -c 32 "$work/v2.der" | hex)
[algorithm]
type = OID:1.3.101.112
[attributes]
name = SEQUENCE:name
[name]
type = OID:1.2.840.113549.1.9.20
values = SET:names
[names]
name = BMPSTRING:two
[certbag]
type = OID:1.2.840.113549.1.12.10.1.3
value = EXPLICIT:0,SEQUENCE:cert
[cert]
type = OID:1.2.840.113549.1.9.22.1
value = EXPLICIT:0,FORMAT:HEX,OCTETSTRING:$(openssl x509 -in ed25519.pem \
  -outform DER | hex)
EOF
openssl asn1parse -genconf "$work/v2.cnf" -noout -out v2.p12

# --- DH parameters ---

# RFC 7919, A.1, and what OpenSSL generates in other forms; 1024 bits are too
# weak.
openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 \
  -out "$work/ffdhe2048.pem"
openssl dhparam -in "$work/ffdhe2048.pem" -check -noout 2>/dev/null
{
  echo 'Text before.'
  openssl pkeyparam -in "$work/ffdhe2048.pem"
} >dh-2048.pem
openssl dhparam -in "$work/ffdhe2048.pem" -outform DER -out dh-2048.der
openssl genpkey -genparam -algorithm DHX -pkeyopt dh_rfc5114:3 \
  -out dhx-2048.pem 2>/dev/null ||
  openssl genpkey -genparam -algorithm DHX -pkeyopt group:dh_2048_256 \
    -out dhx-2048.pem
openssl dhparam -out dh-1024.pem 1024 2>/dev/null
head -n 4 dh-2048.pem >dh-cut.pem
sed '4s/^..../!!!!/' dh-2048.pem >dh-broken.pem
{
  echo '-----BEGIN DH PARAMETERS-----'
  echo 'Proc-Type: 4,ENCRYPTED'
  echo 'DEK-Info: AES-256-CBC,000102030405060708090A0B0C0D0E0F'
  echo
  openssl base64 -in dh-2048.der
  echo '-----END DH PARAMETERS-----'
} >dh-encrypted.pem
