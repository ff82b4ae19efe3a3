/* SPDX-License-Identifier: MIT */
/* pkcs12_safe_bag: decodes one safe bag of a PKCS #12 (RFC 7292, 4.2). */
#ifndef STLS_LIB_PKCS12_SAFE_BAG_H
#define STLS_LIB_PKCS12_SAFE_BAG_H

#include <openssl/pkcs12.h>

#include "util/der_reader.h"
#include "x509/x509_pem.h"

/* Used instead of PKCS12_SAFEBAG, which cannot hold a private key of version 2
 * (RFC 5958). The value of a bag is decoded when it is needed. */
typedef struct stls_pkcs12_safe_bag stls_pkcs12_safe_bag;

DEFINE_STACK_OF(stls_pkcs12_safe_bag)

/* Return the bags in a content, in an encrypted content, and in a bag that
 * contains bags. NULL when they cannot be decoded. The caller frees them. The
 * caller guards the error queue, here and below. */
STACK_OF(stls_pkcs12_safe_bag) *
    stls_pkcs12_safe_bag_unpack(const ASN1_OCTET_STRING *content);
STACK_OF(stls_pkcs12_safe_bag) *
    stls_pkcs12_safe_bag_decrypt(const PKCS7_ENC_CONTENT *content,
                                 const char *text, int len,
                                 const struct stls_x509_scope *scope);
STACK_OF(stls_pkcs12_safe_bag) *
    stls_pkcs12_safe_bag_unpack_nested(const stls_pkcs12_safe_bag *bag);

/* Wipes the content of the bag and frees it. */
void stls_pkcs12_safe_bag_free(stls_pkcs12_safe_bag *bag);

/* The type of the bag: NID_keyBag and so on. */
int stls_pkcs12_safe_bag_kind(const stls_pkcs12_safe_bag *bag);

/* The encoded PrivateKeyInfo or OneAsymmetricKey of a key bag, borrowed from
 * the bag. */
bool stls_pkcs12_safe_bag_key(const stls_pkcs12_safe_bag *bag,
                              struct stls_der_reader_span *out);

/* The encrypted key of a shrouded key bag. The caller frees it. */
X509_SIG *stls_pkcs12_safe_bag_locked_key(const stls_pkcs12_safe_bag *bag);

/* Decodes a certificate bag; false when it cannot be decoded. The encoded
 * certificate lives as long as *out_owner. There is no data when the
 * certificate is not of type X.509. */
bool stls_pkcs12_safe_bag_cert(const stls_pkcs12_safe_bag *bag,
                               ASN1_TYPE **out_owner,
                               struct stls_der_reader_span *out);

/* Whether both bags have the same localKeyID (RFC 2985, 5.5.2). */
bool stls_pkcs12_safe_bag_same_id(const stls_pkcs12_safe_bag *a,
                                  const stls_pkcs12_safe_bag *b);

/* Whether the friendlyName of the bag (RFC 2985, 5.5.1), in UTF-8, is this one.
 * When memory is short, it returns false, and only OpenSSL's queue says so. */
bool stls_pkcs12_safe_bag_has_alias(const stls_pkcs12_safe_bag *bag,
                                    const char *alias);

#endif
