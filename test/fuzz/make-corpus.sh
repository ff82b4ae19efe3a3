#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the seeds that come from test/data: certificates as DER, PEM texts, and
# PKCS #7, #8 and #12 files; small PEM texts; and scripts for records.
# corpus/clienthello, corpus/hostname, corpus/transcript, and whatever a fuzzer found
# (found-*), are written by hand and stay. Needs the openssl command.
#
#   test/fuzz/make-corpus.sh
set -eu

cd "$(dirname "$0")"
data=../data

rm -f corpus/certificate/*.der corpus/pem/*.pem corpus/pemwalk/*.pem \
  corpus/pkcs12/*.p12 corpus/pkcs7/*.p7b corpus/pkcs8/*.der
rm -f corpus/directinput/*.script
mkdir -p corpus/directinput corpus/certificate corpus/pem corpus/pemwalk corpus/pkcs12 \
  corpus/pkcs7 corpus/pkcs8

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

bundle() {
  name=$1
  shift
  openssl crl2pkcs7 "$@" -out "corpus/pkcs7/$name.p7b"
}
bundle chain -nocrl -certfile "$data/server-chain.pem" -outform DER
bundle chain-pem -nocrl -certfile "$data/server-chain.pem"
bundle certificates-and-crl -in "$data/trust/root.crl" -outform DER \
  -certfile "$data/trust/root.pem" -certfile "$data/trust/other.pem"
bundle certificates-and-crl-pem -in "$data/trust/root.crl" \
  -certfile "$data/trust/root.pem"
bundle crl -in "$data/trust/root.crl" -outform DER
bundle empty -nocrl -outform DER
openssl smime -sign -signer "$data/server-ecdsa.pem" \
  -inkey "$data/server-ecdsa.key" -in "$data/server-ecdsa.pem" -binary \
  -outform DER -out corpus/pkcs7/message.p7b

# Of RFC 8410, 10.3, and what may be beside the private key in version 2 (RFC
# 5958, 2); lengths are those of Ed25519.
secret='\324\356\162\333\371\023\130\112\325\266\330\361\367\151\370\255'
secret=$secret'\072\376\174\050\313\361\324\373\340\227\250\217\104\165\130\102'
public='\031\277\104\011\151\204\315\376\205\101\272\301\147\334\073\226'
public=$public'\310\120\206\252\060\266\266\313\014\134\070\255\160\061\146\341'
other=$(printf '%s' "$public" | sed 's/^.031/\\032/')
key() {
  # shellcheck disable=SC2059 # formats, for their escapes
  printf "\060\\$2\002\001\\$3\060\005\006\003\053\145\160\004\042\004\040$secret$4" \
    >"corpus/pkcs8/$1.der"
}
key version-1 056 000 ''
key version-1-attributes 060 000 '\240\000'
key plain 121 001 "\201\041\000$public"
key attributes 123 001 "\240\000\201\041\000$public"
key explicit 123 001 "\241\043\003\041\000$public"
key no-public-key 056 001 ''
key other-public-key 121 001 "\201\041\000$other"
key version-3 121 002 "\201\041\000$public"

# PBES2 (RFC 8018, 6.2) over the plain one, with few iterations.
hex() {
  od -An -v -tx1 | tr -d ' \n'
}
derived=$(openssl kdf -keylen 16 -kdfopt digest:SHA256 -kdfopt pass:secret \
  -kdfopt hexsalt:0001020304050607 -kdfopt iter:2 -kdfopt pkcs5:1 -binary \
  PBKDF2 | hex)
sealed=$(openssl enc -aes-128-cbc -K "$derived" \
  -iv 000102030405060708090a0b0c0d0e0f -in corpus/pkcs8/plain.der | hex)
config=$(mktemp)
trap 'rm -f "$config"' EXIT
cat >"$config" <<EOF
asn1 = SEQUENCE:locked
[locked]
algorithm = SEQUENCE:algorithm
content = FORMAT:HEX,OCTETSTRING:$sealed
[algorithm]
type = OID:PBES2
parameters = SEQUENCE:parameters
[parameters]
derivation = SEQUENCE:derivation
cipher = SEQUENCE:cipher
[derivation]
type = OID:PBKDF2
parameters = SEQUENCE:pbkdf2
[pbkdf2]
salt = FORMAT:HEX,OCTETSTRING:0001020304050607
iterations = INTEGER:2
prf = SEQUENCE:prf
[prf]
type = OID:hmacWithSHA256
parameters = NULL
[cipher]
type = OID:aes-128-cbc
iv = FORMAT:HEX,OCTETSTRING:000102030405060708090a0b0c0d0e0f
EOF
openssl asn1parse -genconf "$config" -noout -out corpus/pkcs8/locked.der
for file in "$data"/credential/key-*.der; do
  cp "$file" corpus/pkcs8/
done

# records NAME SETTING STEPS: a script of record_script.c for both versions and sides,
# in hexadecimal; the lowest bits of the first byte of SETTING are those.
records() {
  name=$1 setting=$2
  shift 2
  for side in 0 1 2 3; do
    for byte in $(printf '%04x%s' $((0x$setting + 256 * side)) "$(echo "$*" | tr -d ' ')" |
      sed 's/../& /g'); do
      # shellcheck disable=SC2059 # its escape
      printf "\\$(printf %03o "0x$byte")"
    done >"corpus/directinput/$name-$side.script"
  done
}
# All that is on its way arrives; is read into a buffer that is large, or small; what
# self has to send is taken.
all=0a0000000000 read=0b00ffff7fff part=0b0100000007 take=110000000000
# A KeyUpdate of the peer, and one of self, that ask for another.
update=030100010000 own=120100000000
small=000009000020 large=000008004e20
records traffic 0000 $small $all $read $large $all $part $read $read 0f0000003000 $take
records suites 2800 $small $large $all $read $read 100140600400 $take
records third 1400 $large $small $all 0e0000000010 $part 0c0080003000 0f0100000010 $take
records corners 0000 000000000000 000001000000 000002000000 000003000000 $all $read $part \
  $read $read
records padded 2000 000009010020 0064098f0020 00ff08ff0001 $all $read $part $read
records pieces 0000 $large 0d0001000400 0d0005004000 0d0020004000 0d00ff004000 $read
records updates 0000 $small $update $small $all $read $read 0f0100000010 $take $update $all \
  $read $own $take $small $all $read
records cut-updates 0000 030001010000 $all $read 030002010000 $small $all $read
records data-in-update 0000 030003000000 $all $read
records alert-behind-update 0000 $update 040001000000 $all $read $small $all $read
records alerts 0000 040001000000 $all $read 040000000000 $all $read 0f0100000010 $take
records fatal-alert 0000 $small 040102000000 $all $read $read
records alert-lengths 2000 040001000005 $all $read
records long 0000 020301000030 $all $read
records long-message 0000 020200000030 $all $read
records long-padding 4000 020303050030 $all $read
records message 8000 0704000c0008 $all $read $small $all $read
records renegotiation 2000 070001000004 $all $read $part
records many-empty 0000 080000000008 $all $read 080000000009 $all $read
records many-updates 0000 080100000027 $all $read $take $all $read
records forged 0000 $small 090300000020 $all $read $read
records version 0000 090000000020 $all $read
records header 0000 090114000020 $all $read
records type 0000 090205000020 $all $read
records raw 0000 0500070000001503030002012a $all $read
records text 0000 05000c0000000047455420 2f20485454502f31 $all $read
records changed 0000 $small $small 0600010000 18 $all $read $read
records repeated 0000 $small 060100000000 $all $read $read
records dropped 0000 $small $small 060300000000 06030000 0036 $all $read
records truncated 0000 $small $small 0602000000 40 0afa00000000 $read $read
records corked 0000 120200000000 0f0100000020 0f0100000020 120300000000 $take $small $all $read
records trimmed 4000 $small $all $part 120400000000 $read $large 0a0100000400 120400000000 \
  $all $read $take
records closed 2000 $small 130000000000 $all $read $take 0f0100000010
records unwrapped 2000 130100000000 $take 040000000000 $all 130100000000 $take
records ended 0000 130200000000 0f0100000010 $small $all $read
records limits 0300 $large $all $read $all $read 0f0000002000 $take 0f0000002000 $take
records peeked 0000 $small $all 0e00ffff7fff 0e0100000003 $read $large $all 0e0100000007 $part \
  0e00ffff7fff $read 0e0000000010
records padded-alert 2000 011502050010 015a $all $read $small $all $read
records alert-between-updates 2000 $update 040001000000 $update $small $all $read $read
# With room for one byte, the first four of a record are taken by themselves.
records split-version 0003 090000000020 0d0002004000 0d0000004000 $read
records split-header 0003 090114000020 0d0002004000 0d0000004000 $read
records split-raw 0003 05000c000000474554202f20485454502f31 0d0002004000 0d0000004000 $read
records split-data 0003 $small $small 0d0002004000 0d0003004000 0d0000004000 $read
# With room for 30 bytes, or for one, records arrive in parts; kept buffers.
for limit in 04 03 14; do
  kept=$((limit == 14 ? 10 : 0)) room=$limit
  [ "$limit" != 14 ] || room=04
  set=$(printf '%02d%s' "$kept" "$room")
  parts=
  for _ in 1 2 3 4 5 6; do parts="$parts $all $read"; done
  records "parts-$limit" "$set" 000009000008 "$parts" $small 0d0009004000 0d0009004000 "$parts" \
    $read
  records "parts-raw-$limit" "$set" 0500070000001503030002012a "$parts"
  records "parts-long-raw-$limit" "$set" 050005000000170303ffff "$parts"
  records "parts-text-$limit" "$set" 05000c000000474554202f20485454502f31 "$parts"
  records "parts-version-$limit" "$set" 000009000008 090000000020 "$parts"
  records "parts-header-$limit" "$set" 000009000008 090114000020 "$parts"
  records "parts-type-$limit" "$set" 090205000020 "$parts"
  records "parts-forged-$limit" "$set" 090300000008 "$parts"
  records "parts-short-$limit" "$set" 05000900000017030300040102 0304 "$parts"
  records "parts-update-$limit" "$set" 030001000000 000009000008 "$parts" "$parts"
  records "parts-ended-$limit" "$set" $small $all $read $all $read 060200000005 $all $read \
    0afa00000000 $read $read
done
