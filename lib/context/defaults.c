/* SPDX-License-Identifier: MIT */
/* defaults: how a new context is set. */
#include "context/defaults.h"

#include <sanstls/verify.h>
#include <string.h>

#include "base/error.h"
#include "context/ciphers.h"
#include "context/verify_policy.h"

/* The one of TLS 1.3 that costs least, hashes of the handshake included, first;
 * all three are beyond reach. */
#define DEFAULT_CIPHERSUITES \
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

/* Older ones than OpenSSL 3.2 give these no meaning. */
#define NO_CERTIFICATE_COMPRESSION \
  (STLS_OP_NO_TX_CERTIFICATE_COMPRESSION | \
   STLS_OP_NO_RX_CERTIFICATE_COMPRESSION)

static const size_t default_limits[STLS_NUM_LIMITS] = {
    [STLS_LIMIT_KEY_UPDATES] = 32,    [STLS_LIMIT_EMPTY_RECORDS] = 32,
    [STLS_LIMIT_REPLY_BYTES] = 16384, [STLS_LIMIT_CERTIFICATE_BYTES] = 102400,
    [STLS_LIMIT_RENEGOTIATIONS] = 4,  [STLS_LIMIT_TICKETS] = 256,
};

stls_result stls_defaults_set(stls_context *context, stls_error *err)
{
  SSL_CTX *ssl_ctx = context->ssl_ctx;

  memcpy(context->limits, default_limits, sizeof default_limits);
  SSL_CTX_set_options(
      ssl_ctx, (SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS) |
                   SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION |
                   SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                   NO_CERTIFICATE_COMPRESSION);
  SSL_CTX_set_mode(ssl_ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS |
                                SSL_MODE_NO_AUTO_CHAIN);
  context->min_version = STLS_TLS_1_2;
  context->max_version = STLS_TLS_1_3;
  if (SSL_CTX_set_min_proto_version(ssl_ctx, STLS_TLS_1_2) != 1 ||
      SSL_CTX_set_max_proto_version(ssl_ctx, STLS_TLS_1_3) != 1 ||
      SSL_CTX_set_cipher_list(ssl_ctx, STLS_DEFAULT_CIPHERS) != 1 ||
      SSL_CTX_set_ciphersuites(ssl_ctx, DEFAULT_CIPHERSUITES) != 1 ||
      stls_ciphers_set_groups(ssl_ctx, "DEFAULT") != 1)
    return stls_error_fail_openssl(err, STLS_ERROR_UNSUPPORTED,
                                   STLS_REASON_NOT_SUPPORTED,
                                   "defaults in this library context");
  context->proper_level = -1;
  stls_verify_policy_init(context);
  return STLS_OK;
}
