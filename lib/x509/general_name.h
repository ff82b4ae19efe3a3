/* SPDX-License-Identifier: MIT */
/* general_name: decodes general names (RFC 5280, 4.2.1.6). */
#ifndef STLS_LIB_GENERAL_NAME_H
#define STLS_LIB_GENERAL_NAME_H

#include <openssl/x509v3.h>
#include <sanstls/name.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct stls_general_names {
  size_t count;
  stls_general_name *const *at;
};

/* Decode a general name, or a list of them, into the arena. NULL or false when
 * memory is short, or when OpenSSL cannot print a part. The caller guards the
 * error queue, which is cleared. */
stls_general_name *stls_general_name_decode(struct stls_arena *arena,
                                            const GENERAL_NAME *name);
bool stls_general_name_decode_all(struct stls_arena *arena,
                                  const GENERAL_NAMES *names,
                                  struct stls_general_names *out);

/* Decodes the base of a subtree in a name constraint (RFC 5280, 4.2.1.10),
 * where an IP address is followed by a mask. */
stls_general_name *stls_general_name_decode_base(struct stls_arena *arena,
                                                 const GENERAL_NAME *base);

#endif
