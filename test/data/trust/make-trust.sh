#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the certificates, keys and revocation lists in this folder. They are
# committed, so this runs only when one is to be added or changed: every run
# makes new keys for all of them. Needs the openssl command, 3.0 or newer.
#
#   test/data/trust/make-trust.sh
#
# x.pem is a chain, leaf first, and x.key its key; x.crl is a revocation list.
# Everything is valid from 2020 to the end of 2199 except what "expired" or
# "notyet" is in the name of. None of these keys protects anything.
#
#   root              signs intermediate, server-good, server-revoked and the
#                     same of clients; root.crl revokes the revoked ones
#   intermediate      signs server-chain; revoked by root-intermediate.crl
#   root-empty        a list of root that revokes nobody, older than root
#   root-expired      the same, expired; root-notyet: not valid yet
#   root-cas          a list of root that is about CAs only, and empty
#   other             another CA, and its list, which revokes nobody
#   encrypted         root's list, with the headers of an encrypted block
#   forged            a list in root's name that other signed
#   mixed.pem         both kinds, and what is passed over
#   *.der             the same in DER form, one item behind the other
#   hashed-*/         directories as openssl rehash makes them
set -eu

cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

from=20200101000000Z
until=21991231235959Z
# One more line of a list's extensions.
scope=

# --- tools ---

ec_key() {
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
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

server_extensions="$leaf_extensions
extendedKeyUsage = serverAuth
subjectAltName = DNS:server.example"

client_extensions="$leaf_extensions
extendedKeyUsage = clientAuth
subjectAltName = DNS:client.example"

# config NAME EXTENSIONS: a CA of that name with an index of its own.
config() {
  cat >"$work/ca.conf" <<CONF
[ca]
default_ca = default
[default]
database = $work/index-$1
new_certs_dir = $work
rand_serial = yes
crlnumber = $work/number-$1
default_md = sha256
policy = policy
unique_subject = no
x509_extensions = extensions
crl_extensions = list
[policy]
commonName = supplied
[extensions]
$2
[list]
authorityKeyIdentifier = keyid:always
$scope
[only]
onlyCA = TRUE
CONF
  [ -e "$work/index-$1" ] || : >"$work/index-$1"
  [ -e "$work/number-$1" ] || echo 01 >"$work/number-$1"
}

ca() {
  openssl ca -batch -notext -config "$work/ca.conf" "$@" 2>"$work/log" || {
    cat "$work/log" >&2
    exit 1
  }
}

# sign NAME ISSUER COMMON-NAME EXTENSIONS: NAME.pem for NAME.key.
sign() {
  config "$2" "$4"
  openssl req -new -key "$1.key" -subj "/CN=$3" -out "$work/request"
  issuer="-cert $2.pem"
  [ "$1" != "$2" ] || issuer=-selfsign
  # shellcheck disable=SC2086 # two words
  ca -keyfile "$2.key" $issuer -startdate "$from" -enddate "$until" \
    -in "$work/request" -out "$1.pem"
}

# list NAME ISSUER FROM UNTIL [CERTIFICATE...]: NAME.crl, which revokes them.
list() {
  name=$1 issuer=$2 first=$3 last=$4
  shift 4
  rm -f "$work/index-$issuer"
  config "$issuer" "$leaf_extensions"
  for cert; do
    ca -keyfile "$issuer.key" -cert "$issuer.pem" -revoke "$cert.pem"
  done
  ca -keyfile "$issuer.key" -cert "$issuer.pem" -gencrl \
    -crl_lastupdate "$first" -crl_nextupdate "$last" -out "$name.crl"
}

# --- authorities ---

ec_key root
sign root root 'libsanstls revoking test CA' "$ca_extensions"

ec_key other
sign other other 'libsanstls other test CA' "$ca_extensions"

ec_key intermediate
sign intermediate root 'libsanstls revoked test CA' "$ca_extensions"

# --- who is revoked, and who is not ---

for name in good revoked; do
  ec_key "server-$name"
  sign "server-$name" root server.example "$server_extensions"
  ec_key "client-$name"
  sign "client-$name" root client.example "$client_extensions"
done

ec_key server-chain
sign server-chain intermediate server.example "$server_extensions"
cat intermediate.pem >>server-chain.pem

# --- lists ---

list root root 20210101000000Z "$until" server-revoked client-revoked
list root-intermediate root 20210101000000Z "$until" intermediate
list root-empty root "$from" "$until"
list root-expired root "$from" 20200201000000Z
list root-notyet root 21990101000000Z "$until"
list intermediate intermediate "$from" "$until"
list other other "$from" "$until"

# It says that it is about CAs only.
scope='issuingDistributionPoint = critical, @only'
list root-cas root "$from" "$until"
scope=

# In the name of root, but by another key, and without saying whose.
ec_key "$work/forger"
openssl req -x509 -new -key "$work/forger.key" \
  -subj '/CN=libsanstls revoking test CA' -out "$work/forger.pem"
config forger "$leaf_extensions"
sed -i.old '/^crl_extensions/d' "$work/ca.conf"
ca -keyfile "$work/forger.key" -cert "$work/forger.pem" -gencrl \
  -crl_lastupdate "$from" -crl_nextupdate "$until" -out forged.crl

# --- other shapes of the same ---

cat root.pem root.crl >root-both.pem
{
  echo 'A certificate:'
  cat root.pem
  echo 'A key, which is nobody'"'"'s business here:'
  cat server-good.key
  echo 'Two lists, and a certificate:'
  cat root.crl other.crl other.pem
} >mixed.pem
{
  cat root.pem root.crl
  sed '3s/^..../!!!!/' other.crl
} >broken-second.pem
sed '3s/^..../!!!!/' root.crl >broken.crl

for name in root other intermediate; do
  openssl x509 -in "$name.pem" -outform DER -out "$work/$name.der"
  openssl crl -in "$name.crl" -outform DER -out "$work/$name.crl"
done
openssl crl -in root-cas.crl -outform DER -out root-cas.der
cat "$work/root.der" >root.der
cat "$work/root.der" "$work/other.der" "$work/intermediate.der" >three.der
cat "$work/root.crl" >root-crl.der
cat "$work/root.crl" "$work/other.crl" >two-crls.der

# A list that says that it is encrypted.
{
  echo '-----BEGIN X509 CRL-----'
  echo 'Proc-Type: 4,ENCRYPTED'
  echo 'DEK-Info: AES-256-CBC,000102030405060708090A0B0C0D0E0F'
  echo
  openssl base64 -in root-crl.der
  echo '-----END X509 CRL-----'
} >encrypted.crl

# --- directories ---

# Files, not links, so that they survive every archive.
hash_of() {
  openssl x509 -in "$1.pem" -noout -hash
}

rm -rf hashed-*
mkdir hashed-good hashed-broken hashed-none hashed-swapped
cp root.pem "hashed-good/$(hash_of root).0"
cp other.pem "hashed-good/$(hash_of other).0"
cp root.crl "hashed-good/$(hash_of root).r0"
cp root-intermediate.crl "hashed-good/$(hash_of root).r1"
cp intermediate.pem hashed-good/intermediate.pem
echo 'No certificate: only hashed names are opened.' >hashed-good/README

cp hashed-good/*.0 hashed-broken/
sed '3s/^..../!!!!/' intermediate.pem \
  >"hashed-broken/$(hash_of intermediate).0"

cp root.pem hashed-none/root.pem

# A list by the name of a certificate.
cp root.crl "hashed-swapped/$(hash_of root).0"
