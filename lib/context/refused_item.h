/* SPDX-License-Identifier: MIT */
/* refused_item: says which item of a list of algorithms OpenSSL refuses. */
#ifndef STLS_LIB_REFUSED_ITEM_H
#define STLS_LIB_REFUSED_ITEM_H

#include <openssl/ssl.h>

#include "context/context.h"

#define STLS_REFUSED_ITEM_SIZE 100

/*
 * Writes the end of a message about `list`, which `set` has refused: ": " and the
 * first item that `set` refuses by itself, or that there is none. "" when memory is
 * short. OpenSSL's error queue is as before.
 */
void stls_refused_item_describe(const stls_context *context, const char *list,
                                int (*set)(SSL_CTX *ssl_ctx, const char *list),
                                char out[STLS_REFUSED_ITEM_SIZE]);

#endif
