/* SPDX-License-Identifier: MIT */
/* distinguished_name: decodes distinguished names and prints them as RFC 2253
 * text. */
#ifndef STLS_LIB_DISTINGUISHED_NAME_H
#define STLS_LIB_DISTINGUISHED_NAME_H

#include <openssl/x509v3.h>
#include <sanstls/name.h>
#include <stdbool.h>

#include "base/arena.h"

struct stls_attribute {
  const char *type;
  const char *oid;
  /* NULL when the value is not a text. */
  const char *value;
  size_t value_len;
  bool is_bits;
};

/* The attributes in encoded order. RDN n has those from starts[n] up to
 * starts[n + 1]. */
struct stls_name {
  size_t num_rdns;
  const size_t *starts;
  const struct stls_attribute *attributes;
  const char *text;
};

/* Decodes a name into the arena. NULL when memory is short, or when OpenSSL
 * cannot print a part. The caller guards the error queue, which is cleared. */
stls_name *stls_distinguished_name_decode(struct stls_arena *arena,
                                          const X509_NAME *name);

/* The long name of an object, or its dotted form if it has none; and always the
 * dotted form. NULL when memory is short. An OID of more than 586 bytes is
 * returned as "<invalid>", because the time for its digits grows with the
 * square of its length; no valid OID is that long (RFC 2578, 3.5). */
const char *stls_distinguished_name_object(struct stls_arena *arena,
                                           const ASN1_OBJECT *object);
const char *stls_distinguished_name_oid(struct stls_arena *arena,
                                        const ASN1_OBJECT *object);

#endif
