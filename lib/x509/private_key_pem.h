/* SPDX-License-Identifier: MIT */
/* private_key_pem: reads a private key from PEM. */
#ifndef STLS_LIB_PRIVATE_KEY_PEM_H
#define STLS_LIB_PRIVATE_KEY_PEM_H

#include <openssl/evp.h>

#include "x509/x509_pem.h"

struct stls_passphrase_prompt;

/* Whether a block has the label of a private key: "PRIVATE KEY", "EC PRIVATE
 * KEY" and so on. */
bool stls_private_key_pem_is_block(const struct stls_pem_reader_block *block);

/* Reads the first private key in the text; asks for the passphrase when it is
 * encrypted. The caller owns *out_key. STLS_ERROR_INPUT names text and line.
 * STLS_ERROR_MEMORY. The caller guards the error queue. */
stls_result stls_private_key_pem_read(const struct stls_named_input *text,
                                      const struct stls_x509_scope *scope,
                                      struct stls_passphrase_prompt *prompt,
                                      EVP_PKEY **out_key, stls_error *err);

#endif
