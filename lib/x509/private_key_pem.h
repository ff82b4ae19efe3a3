/* SPDX-License-Identifier: MIT */
/* private_key_pem: private keys out of PEM blocks, with their place. */
#ifndef STLS_LIB_PRIVATE_KEY_PEM_H
#define STLS_LIB_PRIVATE_KEY_PEM_H

#include <openssl/evp.h>

#include "x509/x509_pem.h"

struct stls_asking;

/* Whether a block is a private key: "PRIVATE KEY", "EC PRIVATE KEY" and so on. */
bool stls_private_key_pem_is_block(const struct stls_pem_reader_block *block);

/* The first private key in the text; an encrypted one asks. *out_key is the
 * caller's. The caller guards the error queue. */
stls_result stls_private_key_pem_read(const struct stls_named_input *text,
                                      const struct stls_x509_scope *scope,
                                      struct stls_asking *asking,
                                      EVP_PKEY **out_key, stls_error *err);

#endif
