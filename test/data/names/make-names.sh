#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the certificates in this folder, and what each says as JSON. They are
# committed; a run makes the same files again, byte for byte. Needs the openssl
# command, 3.0 or newer, and for the JSON python3 with ssl on OpenSSL 3.
#
#   test/data/names/make-names.sh
#
# x.pem is a certificate that can be read, and no more: nobody signed it, and its
# public key is the base point of P-256. x.json is CPython's dictionary for it;
# where there is none, the dictionary cannot be made.
set -eu

cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- tools: what they write is a configuration for "openssl asn1parse" ---

# name SECTION [RDN]...: a distinguished name. An RDN is TYPE=VALUE, several of
# them joined by "+"; a value is a type and string, such as UTF8:text.
name() {
  section=$1
  shift
  num_rdns=0
  rdns=
  for rdn; do
    num_rdns=$((num_rdns + 1))
    rdns="$rdns$num_rdns = SET:${section}_$num_rdns
"
    attributes "${section}_$num_rdns" "$rdn"
  done
  printf '[%s]\n%s' "$section" "$rdns"
}

attributes() {
  old_ifs=$IFS
  IFS=+
  # shellcheck disable=SC2086 # split at "+"
  list "$1" $2
  IFS=$old_ifs
}

list() {
  set_section=$1
  shift
  num=0
  members=
  for attribute; do
    num=$((num + 1))
    members="$members$num = SEQUENCE:${set_section}_$num
"
    printf '[%s]\ntype = OID:%s\nvalue = %s\n' "${set_section}_$num" \
      "${attribute%%=*}" "${attribute#*=}"
  done
  printf '[%s]\n%s' "$set_section" "$members"
}

# sequence SECTION [VALUE]...: a list of values.
sequence() {
  printf '[%s]\n' "$1"
  shift
  num=0
  for value; do
    num=$((num + 1))
    echo "$num = $value"
  done
}

# extension OID VALUE [critical]: one extension; its value as one of OpenSSL's.
extension() {
  num_extensions=$((num_extensions + 1))
  echo "$num_extensions = SEQUENCE:extension_$num_extensions" \
    >>"$work/extensions"
  echo "[extension_$num_extensions]"
  echo "oid = OID:$1"
  [ $# -lt 3 ] || echo 'critical = BOOLEAN:true'
  echo "value = OCTWRAP,$2"
}

# bytes HEX TAG: what has this tag, of the universal class with a U behind it.
bytes() {
  echo "IMPLICIT:$2,${1:+FORMAT:HEX,}OCT:$1"
}

# begin: a certificate with a common name and no extensions. What comes next
# changes that; the functions above write to "sections".
begin() {
  version='version = EXPLICIT:0,INTEGER:2'
  serial=INTEGER:0x4711
  from=UTCTIME:200101000000Z
  until=GENTIME:21991231235959Z
  num_extensions=0
  : >"$work/extensions"
  {
    name issuer 'CN=UTF8:libsanstls test names'
    name subject 'CN=UTF8:leaf.example'
  } >"$work/names"
  : >"$work/sections"
}

# subject [RDN]...
subject() {
  {
    name issuer 'CN=UTF8:libsanstls test names'
    name subject "$@"
  } >"$work/names"
}

base_point=046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
base_point=${base_point}4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5

# end FILE [TAG]: writes FILE.pem; for "Broke" as UTF8String there is TAG.
end() {
  extensions='extensions = EXPLICIT:3,SEQUENCE:extensions'
  [ -s "$work/extensions" ] || extensions=
  cat - "$work/names" "$work/sections" >"$work/config" <<CONFIG
asn1 = SEQUENCE:certificate
[certificate]
tbs = SEQUENCE:tbs
algorithm = SEQUENCE:algorithm
signature = FORMAT:HEX,BITSTRING:3006020101020101
[algorithm]
oid = OID:ecdsa-with-SHA256
[tbs]
$version
serial = $serial
algorithm = SEQUENCE:algorithm
issuer = SEQUENCE:issuer
validity = SEQUENCE:validity
subject = SEQUENCE:subject
key = SEQUENCE:key
$extensions
[validity]
from = $from
until = $until
[key]
algorithm = SEQUENCE:key_algorithm
point = FORMAT:HEX,BITSTRING:$base_point
[key_algorithm]
oid = OID:id-ecPublicKey
curve = OID:prime256v1
[extensions]
$(cat "$work/extensions")
CONFIG
  openssl asn1parse -genconf "$work/config" -noout -out "$work/der"
  LC_ALL=C sed "s/\\x0c\\x05Broke/${2:-\\x0c\\x05}Broke/" "$work/der" >"$work/cert"
  {
    echo '-----BEGIN CERTIFICATE-----'
    openssl base64 -in "$work/cert"
    echo '-----END CERTIFICATE-----'
  } >"$1.pem"
}

# alt FILE VALUE...: a certificate with these alternative names.
alt() {
  begin
  alt_file=$1
  shift
  {
    cat "$work/more"
    extension subjectAltName SEQUENCE:alt
    sequence alt "$@"
  } >"$work/sections"
  : >"$work/more"
  end "$alt_file"
}
: >"$work/more"

# --- alternative names ---

name directory 'C=PRINTABLE:DE' 'O=UTF8:Example+OU=UTF8:Tests' 'CN=FORMAT:UTF8,UTF8:Müller' \
  >"$work/more"
{
  sequence upn OID:msUPN EXPLICIT:0,UTF8:user@example.org
  sequence x400 "$(bytes 4445 1)"
  sequence edi EXPLICIT:1,UTF8:party
} >>"$work/more"
alt alt-kinds IMPLICIT:2,IA5:www.example.org IMPLICIT:1,IA5:user@example.org \
  IMPLICIT:6,IA5:https://example.org/path?q=1 EXPLICIT:4,SEQUENCE:directory \
  "$(bytes C0000201 7)" "$(bytes 20010DB8000000000000000000000001 7)" \
  IMPLICIT:8,OID:1.2.3.4.5 IMPLICIT:0,SEQUENCE:upn \
  IMPLICIT:3,SEQUENCE:x400 IMPLICIT:5,SEQUENCE:edi

# CVE-2013-4238: "altnull.example" NUL "com", and the same in the other kinds.
alt alt-nul "$(bytes 616C746E756C6C2E6578616D706C6500636F6D 2)" \
  "$(bytes 6E756C6C40707974686F6E2E6F726700757365724065 1)" \
  "$(bytes 687474703A2F2F6E756C6C2E6578616D706C652F002F6F7267 6)" \
  "$(bytes 00 2)" "$(bytes '' 2)"

# UTF-8 where only ASCII should be (CPython decodes it), and what is none.
alt alt-utf8 "$(bytes 68747470733A2F2F6578C3A46D706C652E6F72672FF09F94912F 6)" \
  "$(bytes 6DC3BC6C6C6572406578616D706C652E6F7267 1)"
alt alt-dns-latin1 "$(bytes 6162632E6578616D706C65 2)" \
  "$(bytes 6D6C6C6572E42E6578616D706C65 2)"
alt alt-uri-latin1 "$(bytes 687474703A2F2FE42F 6)"
alt alt-email-surrogate "$(bytes EDA080 1)"
alt alt-email-overlong "$(bytes C080 1)"
alt alt-uri-beyond "$(bytes F4908080 6)"
alt alt-uri-five "$(bytes F9888080 6)"
alt alt-uri-lead "$(bytes C3C3 6)"
alt alt-uri-tail "$(bytes 80 6)"
alt alt-uri-cut "$(bytes 61C3 6)"

# Control characters and what JSON must escape.
alt alt-control "$(bytes 0001070809 2)" "$(bytes 0A0B0C0D1B1F207F 2)" \
  "$(bytes 225C2F 6)"

# RFC 5280, 4.2.1.6: four or sixteen octets.
alt alt-ip "$(bytes 00000000 7)" "$(bytes FFFFFFFF 7)" "$(bytes 7F000001 7)" \
  "$(bytes 00000000000000000000000000000001 7)" \
  "$(bytes FE80000000000000020C29FFFE9ABCDE 7)" \
  "$(bytes 00000000000000000000FFFFC0000201 7)"
alt alt-ip-odd "$(bytes '' 7)" "$(bytes 7F 7)" "$(bytes 7F0001 7)" \
  "$(bytes 7F00000100 7)" "$(bytes C0A80000FFFF0000 7)" \
  "$(bytes 20010DB80000000000000000000000FFFF 7)" \
  "$(bytes 20010DB8000000000000000000000000FFFFFFFF000000000000000000000000 7)"

arc=$(printf '4294967295.%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)
alt alt-rid IMPLICIT:8,OID:commonName IMPLICIT:8,OID:serverAuth \
  IMPLICIT:8,OID:1.3.6.1.4.1.99999.1 IMPLICIT:8,OID:2.999.1 \
  IMPLICIT:8,OID:2.25.340282366920938463463374607431768211455 \
  "IMPLICIT:8,OID:1.3.$arc${arc}7"

{
  sequence smtp OID:1.3.6.1.5.5.7.8.9 EXPLICIT:0,UTF8:mail@example.org
  sequence xmpp OID:1.3.6.1.5.5.7.8.5 EXPLICIT:0,UTF8:jid@example.org
  sequence srv OID:1.3.6.1.5.5.7.8.7 EXPLICIT:0,IA5:_imap.example.org
  sequence upn OID:msUPN 'EXPLICIT:0,UTF8:user@example.org: a:b'
  sequence nai OID:1.3.6.1.5.5.7.8.8 EXPLICIT:0,UTF8:realm.example.org
  sequence unknown OID:1.3.6.1.4.1.99999.2 EXPLICIT:0,UTF8:text
  sequence srv_utf8 OID:1.3.6.1.5.5.7.8.7 EXPLICIT:0,UTF8:_imap.example.org
  sequence upn_ia5 OID:msUPN EXPLICIT:0,IA5:user@example.org
  sequence null OID:1.3.6.1.4.1.99999.3 EXPLICIT:0,NULL
  sequence upn_empty OID:msUPN EXPLICIT:0,UTF8:
} >"$work/more"
alt alt-other IMPLICIT:0,SEQUENCE:smtp IMPLICIT:0,SEQUENCE:xmpp \
  IMPLICIT:0,SEQUENCE:srv IMPLICIT:0,SEQUENCE:upn IMPLICIT:0,SEQUENCE:nai \
  IMPLICIT:0,SEQUENCE:unknown IMPLICIT:0,SEQUENCE:srv_utf8 \
  IMPLICIT:0,SEQUENCE:upn_ia5 IMPLICIT:0,SEQUENCE:null \
  IMPLICIT:0,SEQUENCE:upn_empty

# OpenSSL prints "UPN:good@example.org", and CPython with it.
sequence upn OID:msUPN \
  "EXPLICIT:0,$(bytes 676F6F64406578616D706C652E6F7267002E6576696C 12U)" \
  >"$work/more"
alt alt-other-nul IMPLICIT:0,SEQUENCE:upn

# CPython reads the first line of what OpenSSL prints, up to 2046 characters.
sequence upn OID:msUPN \
  "EXPLICIT:0,$(bytes 676F6F64406578616D706C652E6F72670A6576696C 12U)" \
  >"$work/more"
alt alt-other-line IMPLICIT:0,SEQUENCE:upn
long_upn=$(printf 'x%.0s' $(seq 2100))
sequence upn OID:msUPN "EXPLICIT:0,UTF8:$long_upn" >"$work/more"
alt alt-other-long IMPLICIT:0,SEQUENCE:upn

# RFC 5890: A-labels, which nothing converts.
alt alt-idn IMPLICIT:2,IA5:xn--bcher-kva.example IMPLICIT:2,IA5:*.xn--wgv71a \
  'IMPLICIT:2,IA5:*.xn--bcher-kva.example'

name empty >"$work/more"
alt alt-directory-empty EXPLICIT:4,SEQUENCE:empty
alt alt-none
begin
{
  extension subjectAltName FORMAT:HEX,OCT:3003820561
} >"$work/sections"
end alt-malformed

# Broken twice.
begin
{
  extension subjectAltName SEQUENCE:alt
  sequence alt "$(bytes E4 2)" "$(bytes E4 6)"
  extension authorityInfoAccess FORMAT:HEX,OCT:3003820561
} >"$work/sections"
end alt-and-access

# --- distinguished names ---

begin
subject
{
  extension subjectAltName SEQUENCE:alt critical
  sequence alt IMPLICIT:2,IA5:www.example.org
} >"$work/sections"
end subject-empty

begin
subject 'DC=IA5:org+DC=IA5:example' 'O=UTF8:First' \
  'CN=UTF8:name+serialNumber=PRINTABLE:4711+OU=UTF8:Unit' 'O=UTF8:First' \
  'emailAddress=IA5:user@example.org'
end subject-multi

# BMPString, T61String, UniversalString and UTF8String of RFC 5280, 4.1.2.4, with
# "Zoë"; NumericString and IA5String; and an emoji where it fits.
begin
subject "CN=$(bytes 005A006F00EB 30U)" "CN=$(bytes 5A6FEB 20U)" \
  "CN=$(bytes 0000005A0000006F000000EB0001F511 28U)" \
  "CN=$(bytes 5A6FC3ABF09F9491 12U)" "CN=$(bytes 31203233 18U)" \
  "CN=$(bytes 5A6FEB 22U)" "CN=$(bytes '' 12U)"
end subject-strings

# CVE-2009-2408: "www.bank.example" NUL ".evil.example".
begin
subject \
  "CN=$(bytes 7777772E62616E6B2E6578616D706C65002E6576696C2E6578616D706C65 12U)" \
  "O=$(bytes 004100000042 30U)"
end subject-nul

# RFC 2253, 2.4: everything that ASCII has, and where a place matters.
ascii=
code=1
while [ "$code" -lt 128 ]; do
  ascii=$ascii$(printf '%02X' "$code")
  code=$((code + 1))
done
begin
subject "CN=$(bytes "$ascii" 12U)" "O=$(bytes 2023612320 12U)" \
  "O=$(bytes 236123 12U)" "O=$(bytes 20 12U)" "O=$(bytes 2020 12U)" \
  "O=$(bytes 0A 12U)"
end subject-special

begin
subject 1.3.6.1.4.1.99999.1=UTF8:unknown \
  2.25.340282366920938463463374607431768211455=UTF8:uuid \
  "1.3.6.1.4.1.$arc${arc}7=UTF8:long"
end subject-oids

# 587 bytes: one more than OBJ_obj2txt takes.
begin
subject CN=UTF8:text
mv "$work/names" "$work/known"
long=2A$(printf '03%.0s' $(seq 586))
sed "/^\[subject_1_1\]/,/^value/s|^type = .*|type = $(bytes "$long" 6U)|" \
  "$work/known" >"$work/names"
end subject-oid-too-long

begin
subject CN=UTF8:bits x500UniqueIdentifier=FORMAT:HEX,BITSTRING:00FF41E9 \
  x500UniqueIdentifier=FORMAT:BITLIST,BITSTRING:1,5
end subject-bits
# CPython has None for it.
begin
subject x500UniqueIdentifier=BITSTRING:
end subject-bits-empty

# What X509_NAME takes and ASN1_STRING_to_UTF8 does not.
begin
subject CN=SEQUENCE:inner O=UTF8:behind
sequence inner UTF8:text INTEGER:1 >"$work/sections"
end subject-sequence
# What OpenSSL refuses with the whole certificate.
begin
subject CN=UTF8:Broke
end broken-bmp-odd '\x1e\x05'
begin
subject CN=UTF8:Broke
end broken-universal '\x1c\x05'
begin
subject "CN=$(bytes 5AFF 12U)"
end broken-utf8
begin
subject "CN=$(bytes EDA080 12U)"
end broken-surrogate
begin
subject "CN=$(bytes D800 30U)"
end broken-bmp-surrogate
begin
subject "CN=$(bytes 5A 26U)"
end broken-visible

# --- serial numbers, versions and times ---

begin
serial=INTEGER:0x$(printf '7F%s' "$(printf 'AB%.0s' $(seq 39))")
end serial-40
begin
serial=INTEGER:0
end serial-zero
begin
serial=INTEGER:-5
end serial-negative
begin
serial=INTEGER:-0x8000
end serial-negative-wide
begin
serial=INTEGER:0x80
end serial-high

begin
version=
end version-1

# RFC 5280, 4.1.2.5: UTCTime is 1950 to 2049.
begin
from=UTCTIME:500101000000Z
until=UTCTIME:491231235959Z
end dates-utc
begin
from=GENTIME:19010203040506Z
until=GENTIME:99991231235959Z
end dates-generalized
begin
from=$(bytes 3138313330353039333434335A 23U)
end dates-malformed

# --- where to ask ---

begin
{
  extension authorityInfoAccess SEQUENCE:access
  sequence access SEQUENCE:a1 SEQUENCE:a2 SEQUENCE:a3 SEQUENCE:a4 SEQUENCE:a5 \
    SEQUENCE:a6
  sequence a1 OID:OCSP IMPLICIT:6,IA5:http://ocsp.example/
  sequence a2 OID:caIssuers IMPLICIT:6,IA5:http://example/ca.cer
  sequence a3 OID:OCSP IMPLICIT:2,IA5:dns.example
  sequence a4 OID:OCSP IMPLICIT:6,IA5:http://ocsp2.example/
  sequence a5 OID:caIssuers IMPLICIT:6,IA5:ldap://example/cn=CA
  sequence a6 OID:1.3.6.1.5.5.7.48.5 IMPLICIT:6,IA5:http://example/repository
} >"$work/sections"
end access
begin
{
  extension authorityInfoAccess SEQUENCE:access
  sequence access SEQUENCE:a1 SEQUENCE:a2
  sequence a1 OID:OCSP IMPLICIT:2,IA5:dns.example
  sequence a2 OID:caIssuers EXPLICIT:4,SEQUENCE:directory
  name directory CN=UTF8:CA
} >"$work/sections"
end access-no-uri
begin
{
  extension authorityInfoAccess SEQUENCE:access
  sequence access SEQUENCE:a1
  sequence a1 OID:OCSP "$(bytes 687474703A2F2F00E4 6)"
} >"$work/sections"
end access-latin1

# crl FILE POINT...
crl() {
  begin
  crl_file=$1
  shift
  {
    extension crlDistributionPoints SEQUENCE:points
    sequence points "$@"
    sequence uri EXPLICIT:0,IMPLICIT:0,SEQUENCE:uri_names
    sequence uri_names IMPLICIT:6,IA5:http://crl.example/1.crl
    sequence mixed EXPLICIT:0,IMPLICIT:0,SEQUENCE:mixed_names
    sequence mixed_names EXPLICIT:4,SEQUENCE:directory \
      IMPLICIT:6,IA5:http://crl.example/2.crl IMPLICIT:2,IA5:crl.example \
      IMPLICIT:6,IA5:ldap://crl.example/3
    name directory CN=UTF8:CRL
    sequence nothing
    sequence reasons "$(bytes 0640 1)"
    sequence issuer_only IMPLICIT:2,SEQUENCE:issuer_names
    sequence issuer_names EXPLICIT:4,SEQUENCE:directory
    sequence no_names EXPLICIT:0,IMPLICIT:0,SEQUENCE:nothing
    sequence relative EXPLICIT:0,IMPLICIT:1,SET:relative_rdn
    sequence relative_rdn SEQUENCE:relative_cn
    sequence relative_cn OID:CN UTF8:http://crl.example/relative
  } >"$work/sections"
  end "$crl_file"
}
crl crl-one SEQUENCE:uri
crl crl-several SEQUENCE:uri SEQUENCE:mixed
# CVE-2019-5010: a point without distributionPoint.
crl crl-empty SEQUENCE:uri SEQUENCE:nothing SEQUENCE:reasons \
  SEQUENCE:issuer_only SEQUENCE:no_names
crl crl-empty-only SEQUENCE:nothing
crl crl-issuer-only SEQUENCE:issuer_only
# CPython reads the name as if it were a fullName.
crl crl-relative SEQUENCE:relative SEQUENCE:uri

# --- what they say ---

rm -f ./*.json
for file in *.pem; do
  python3 ../../json_oracle.py "$file" | cut -f 2- >"$work/json"
  grep -q . "$work/json" || continue
  cat "$work/json" >"${file%.pem}.json"
done

# What CPython cuts, says as None, refuses, and does not notice.
differ() {
  sed "$2" "$1.json" >"$work/json"
  cat "$work/json" >"$1.json"
}
differ alt-other-nul 's/UPN:good@example.org/&\\u0000.evil/'
differ alt-other-line 's/UPN:good@example.org.n/&evil/'
differ alt-other-long "s/UPN:x*/UPN:$long_upn/"
differ serial-40 "s/\"7F[^\"]*\"/\"7F$(printf 'AB%.0s' $(seq 39))\"/"
differ subject-bits-empty 's/null/""/'
sed 's/"commonName", "leaf.example"/"<invalid>", "text"/' crl-empty-only.json \
  >subject-oid-too-long.json
rm alt-malformed.json dates-malformed.json
