/* SPDX-License-Identifier: MIT */
/* extensions: decodes the extensions of a certificate at their first use. */
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

/* Extensions that are decoded at their first use. Initialize with zero. */
struct stls_extensions_cache {
  _Atomic(struct stls_extensions_decoded *) decoded;
};

/*
 * Returns the extensions of `x509`, decoded by this call if they were not
 * before; borrowed from the cache. When memory is short, this call returns
 * extensions that are all STLS_EXTENSION_MALFORMED, and a later call tries
 * again. The error queue is not changed. Any thread.
 */
const struct stls_extensions *stls_extensions_get(
    struct stls_extensions_cache *cache, const X509 *x509);

/* Decodes the extensions if they were not before. false when memory is short.
 * Any thread. */
bool stls_extensions_are_decoded(struct stls_extensions_cache *cache,
                                 const X509 *x509);

void stls_extensions_free(struct stls_extensions_cache *cache);

#endif
