/* SPDX-License-Identifier: MIT */
/* extensions: the extensions of a certificate, decoded. */
#ifndef STLS_LIB_EXTENSIONS_H
#define STLS_LIB_EXTENSIONS_H

#include <openssl/x509.h>

#include "x509/extension_values.h"

enum {
  STLS_EXTENSIONS_NUM = STLS_EXTENSION_TLS_FEATURE + 1
};

struct stls_extensions {
  stls_extension_state states[STLS_EXTENSIONS_NUM];
  struct stls_extension_values values;
};

/*
 * What it makes lives in the arena; `out` is zeroed before. The caller guards
 * the error queue. STLS_OK, also with malformed ones; STLS_ERROR_MEMORY.
 */
stls_result stls_extensions_decode(struct stls_arena *arena, const X509 *x509,
                                   struct stls_extensions *out);

#endif
