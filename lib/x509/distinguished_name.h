/* SPDX-License-Identifier: MIT */
/* distinguished_name: distinguished names, decoded. */
#ifndef STLS_LIB_DISTINGUISHED_NAME_H
#define STLS_LIB_DISTINGUISHED_NAME_H

#include <openssl/x509v3.h>
#include <sanstls/name.h>
#include <stdbool.h>

#include "base/arena.h"

struct stls_attribute {
  const char *type;
  const char *oid;
  /* NULL where it is no text. */
  const char *value;
  size_t value_len;
  bool is_bits;
};

/* All attributes in their order; RDN n has those from starts[n] up to
 * starts[n + 1]. */
struct stls_name {
  size_t num_rdns;
  const size_t *starts;
  const struct stls_attribute *attributes;
  const char *text;
};

/* Lives in the arena. The caller guards the error queue, which is emptied. NULL
 * when memory is short, or OpenSSL cannot print a part. */
stls_name *stls_distinguished_name_decode(struct stls_arena *arena,
                                          const X509_NAME *name);

/* An object's long name, or its dotted form; dotted only. An OID of more than
 * 586 bytes, which none has (RFC 2578, 3.5), is "<invalid>": the time for its
 * digits would grow with the square of its length. */
const char *stls_distinguished_name_object(struct stls_arena *arena,
                                           const ASN1_OBJECT *object);
const char *stls_distinguished_name_oid(struct stls_arena *arena,
                                        const ASN1_OBJECT *object);

#endif
