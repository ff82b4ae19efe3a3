/* SPDX-License-Identifier: MIT */
/* rfc2253: a distinguished name on one line, as RFC 2253 has it. */
#ifndef STLS_LIB_RFC2253_H
#define STLS_LIB_RFC2253_H

#include <openssl/x509.h>
#include <sanstls/name.h>
#include <stdbool.h>
#include <stddef.h>

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

/* In the arena. `decoded` is what `name` was decoded to, its text aside. NULL
 * when memory is short. */
const char *stls_rfc2253_print(struct stls_arena *arena, const X509_NAME *name,
                               const stls_name *decoded);

#endif
