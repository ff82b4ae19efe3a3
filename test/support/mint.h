/* SPDX-License-Identifier: MIT */
/* mint: certificates made at run time, with whatever names a test needs. */
#ifndef STLS_TEST_MINT_H
#define STLS_TEST_MINT_H

#include <openssl/x509.h>
#include <sanstls/sanstls.h>
#include <stddef.h>

/* One entry of subjectAltName: kind by its tag's number (GEN_DNS, GEN_IPADD and
 * so on), and the bytes that stand there, whatever they are. GEN_DIRNAME gives a
 * name with these bytes as its common name, GEN_OTHERNAME a UPN, GEN_RID an OID
 * in dotted form. */
typedef struct mint_name {
  int kind;
  const char *bytes;
  size_t len;
} mint_name;

/* One common name, as a string of this ASN.1 type (V_ASN1_UTF8STRING and so
 * on). */
typedef struct mint_cn {
  int type;
  const char *bytes;
  size_t len;
} mint_cn;

/* What a certificate says besides what all of them do. Lists end with NULL bytes;
 * NULL is an empty one. Zero is a certificate without any name. */
typedef struct mint_request {
  const mint_cn *common_names;
  const mint_name *alt_names;
  /* The content of a subjectAltName extension as it is, before the one of
   * alt_names; NULL for none. */
  const void *raw_alt_names;
  size_t raw_alt_names_len;
  /* Called before it is signed; NULL for none. */
  void (*tune)(X509 *x509);
} mint_request;

/*
 * A server's certificate as requested, valid from 2020 to the end of 2199, for
 * the key of server-ecdsa and signed by ca.pem: peers that trust it accept it.
 * The caller's, by X509_free; a request that OpenSSL refuses fails the test.
 */
X509 *mint_certificate(const mint_request *request);

/* It with its key; the caller's, by stls_credential_free. */
stls_credential *mint_credential(X509 *x509);

#endif
