/* SPDX-License-Identifier: MIT */
/* pkcs12_safe_bag: one bag of a PKCS #12 (RFC 7292, 4.2), decoded. */
#ifndef STLS_LIB_PKCS12_SAFE_BAG_H
#define STLS_LIB_PKCS12_SAFE_BAG_H

#include <openssl/pkcs12.h>

#include "util/der_reader.h"
#include "x509/x509_pem.h"

/* OpenSSL's own, PKCS12_SAFEBAG, has no room for a private key of version 2
 * (RFC 5958): here the value is any one, which is decoded when it is needed. */
typedef struct stls_pkcs12_safe_bag stls_pkcs12_safe_bag;

DEFINE_STACK_OF(stls_pkcs12_safe_bag)

/* The bags of a content, of one that is encrypted, or of a bag with bags; NULL
 * where they cannot be decoded. The caller guards the error queue, here and
 * below. */
STACK_OF(stls_pkcs12_safe_bag) *
    stls_pkcs12_safe_bag_unpack(const ASN1_OCTET_STRING *content);
STACK_OF(stls_pkcs12_safe_bag) *
    stls_pkcs12_safe_bag_decrypt(const PKCS7_ENC_CONTENT *content,
                                 const char *text, int len,
                                 const struct stls_x509_scope *scope);
STACK_OF(stls_pkcs12_safe_bag) *
    stls_pkcs12_safe_bag_unpack_nested(const stls_pkcs12_safe_bag *bag);

/* Wipes what was in it. */
void stls_pkcs12_safe_bag_free(stls_pkcs12_safe_bag *bag);

/* NID_keyBag and the like. */
int stls_pkcs12_safe_bag_kind(const stls_pkcs12_safe_bag *bag);

/* A key bag's PrivateKeyInfo or OneAsymmetricKey, as it is encoded; borrowed. */
bool stls_pkcs12_safe_bag_key(const stls_pkcs12_safe_bag *bag,
                              struct stls_der_reader_span *out);

/* What a shrouded key bag has; the caller's. */
X509_SIG *stls_pkcs12_safe_bag_locked_key(const stls_pkcs12_safe_bag *bag);

/* Whether a certificate bag could be decoded, and then its certificate as it is
 * encoded, which lives as long as *out_owner; no data where it is of another kind
 * than X.509. */
bool stls_pkcs12_safe_bag_cert(const stls_pkcs12_safe_bag *bag,
                               ASN1_TYPE **out_owner,
                               struct stls_der_reader_span *out);

/* Whether both have the same localKeyID (RFC 2985, 5.5.2). */
bool stls_pkcs12_safe_bag_same_id(const stls_pkcs12_safe_bag *a,
                                  const stls_pkcs12_safe_bag *b);

/* Whether its friendlyName (RFC 2985, 5.5.1), as UTF-8, is this one. Lack of memory
 * is in OpenSSL's queue only. */
bool stls_pkcs12_safe_bag_has_alias(const stls_pkcs12_safe_bag *bag,
                                    const char *alias);

#endif
