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

struct stls_extensions_decoded;

/* Zero is nothing decoded yet. */
struct stls_extensions_cache {
  _Atomic(struct stls_extensions_decoded *) decoded;
};

/*
 * The extensions, which are there for good once they are. When memory is short,
 * all of them are STLS_EXTENSION_MALFORMED for this call. The error queue stays
 * as it is. Any thread.
 */
const struct stls_extensions *stls_extensions_get(
    struct stls_extensions_cache *cache, const X509 *x509);

/* Whether they are there now. */
bool stls_extensions_are_decoded(struct stls_extensions_cache *cache,
                                 const X509 *x509);

void stls_extensions_free(struct stls_extensions_cache *cache);

#endif
