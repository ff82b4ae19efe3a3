/* SPDX-License-Identifier: MIT */
/* record_size: sets the maximal content of records, and their padding. */
#include <openssl/ssl.h>
#include <sanstls/record_size.h>

#include "base/error.h"
#include "context/context.h"
#include "context/setter.h"

/* The codes of RFC 6066, 4, from 1 on, are those of 2 to the power of 9 and more. */
#define LEAST_LENGTH 512
#define NUM_LENGTHS 4

static int code_of(size_t len);

stls_result stls_context_set_max_fragment_length(stls_context *context,
                                                 size_t len, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_CLIENT, err);
  const int code = code_of(len);

  if (result != STLS_OK) return result;
  if (code < 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "len %zu is not 0, 512, 1024, 2048 or 4096", len);
  /* Cannot fail with such a code. */
  SSL_CTX_set_tlsext_max_fragment_length(context->ssl_ctx, (uint8_t)code);
  context->max_fragment_length = len;
  return STLS_OK;
}

size_t stls_context_max_fragment_length(const stls_context *context)
{
  return context == NULL ? 0 : context->max_fragment_length;
}

stls_result stls_context_set_record_padding(stls_context *context,
                                            size_t block_size, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (block_size > SSL3_RT_MAX_PLAIN_LENGTH)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "block_size %zu is above %d", block_size,
                           SSL3_RT_MAX_PLAIN_LENGTH);
  /* Cannot fail with such a size; 1 means none. */
  SSL_CTX_set_block_padding(context->ssl_ctx, block_size == 0 ? 1 : block_size);
  context->record_padding = block_size < 2 ? 0 : block_size;
  return STLS_OK;
}

size_t stls_context_record_padding(const stls_context *context)
{
  return context == NULL ? 0 : context->record_padding;
}

static int code_of(size_t len)
{
  if (len == 0) return TLSEXT_max_fragment_length_DISABLED;
  for (int i = 0; i < NUM_LENGTHS; i++)
    if (len == (size_t)LEAST_LENGTH << i)
      return TLSEXT_max_fragment_length_512 + i;
  return -1;
}
