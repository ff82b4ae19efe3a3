/* SPDX-License-Identifier: MIT */
/* named_cert: certificates made at run time with any names or of any size. */
#ifndef STLS_TEST_NAMED_CERT_H
#define STLS_TEST_NAMED_CERT_H

#include <openssl/x509.h>
#include <sanstls/sanstls.h>
#include <stddef.h>

/* One entry of subjectAltName: kind by its tag's number (GEN_DNS, GEN_IPADD and
 * so on), and the bytes that stand there, whatever they are. GEN_DIRNAME gives a
 * name with these bytes as its common name, GEN_OTHERNAME a UPN, GEN_RID an OID
 * in dotted form. */
typedef struct named_cert_alt_name {
  int kind;
  const char *bytes;
  size_t len;
} named_cert_alt_name;

/* One common name, as a string of this ASN.1 type (V_ASN1_UTF8STRING and so
 * on). */
typedef struct named_cert_common_name {
  int type;
  const char *bytes;
  size_t len;
} named_cert_common_name;

/* The names of a certificate. Lists end with NULL bytes; NULL is an empty list. All
 * zero is a certificate without any name. */
typedef struct named_cert_request {
  const named_cert_common_name *common_names;
  const named_cert_alt_name *alt_names;
  /* The content of a subjectAltName extension as it is, before the one of
   * alt_names; NULL for none. */
  const void *raw_alt_names;
  size_t raw_alt_names_len;
  /* Called before it is signed; NULL for none. */
  void (*tune)(X509 *x509);
} named_cert_request;

/*
 * A server's certificate as requested, valid from 2020 to the end of 2199, for
 * the key of server-ecdsa and signed by ca.pem: peers that trust it accept it.
 * The caller's, by X509_free; a request that OpenSSL refuses fails the test.
 */
X509 *named_cert_new(const named_cert_request *request);

/* It with its key; the caller's, by stls_credential_free. */
stls_credential *named_cert_credential(X509 *x509);

/* Bytes of an unknown extension of the certificate that is set next. */
extern size_t named_cert_padding;

/* Sets a client's certificate with such an extension; a server that trusts ca.pem
 * accepts it. */
void named_cert_set_large(stls_context *context);

#endif
