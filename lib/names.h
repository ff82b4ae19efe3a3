/* SPDX-License-Identifier: MIT */
/* names (L3): distinguished and general names, decoded. */
#ifndef STLS_NAMES_H
#define STLS_NAMES_H

#include <openssl/x509v3.h>
#include <sanstls/name.h>
#include <stdbool.h>

#include "arena.h"

struct stls_general_names {
  size_t count;
  stls_general_name *const *at;
};

/* What they make lives in the arena. The caller guards the error queue, which
 * they empty. NULL and false when memory is short, or OpenSSL cannot print a
 * part. */
stls_name *stls_name_decode(struct stls_arena *arena, const X509_NAME *name);
stls_general_name *stls_general_name_decode(struct stls_arena *arena,
                                            const GENERAL_NAME *name);
bool stls_general_names_decode(struct stls_arena *arena,
                               const GENERAL_NAMES *names,
                               struct stls_general_names *out);

/* The base of a subtree in a name constraint (RFC 5280, 4.2.1.10), where an IP
 * address has a mask behind it. */
stls_general_name *stls_general_name_decode_base(struct stls_arena *arena,
                                                 const GENERAL_NAME *base);

/* An object's long name, or its dotted form; dotted only. An OID of more than
 * 586 bytes, which none has (RFC 2578, 3.5), is "<invalid>": the time for its
 * digits would grow with the square of its length. */
const char *stls_names_object(struct stls_arena *arena,
                              const ASN1_OBJECT *object);
const char *stls_names_oid(struct stls_arena *arena, const ASN1_OBJECT *object);

#endif
