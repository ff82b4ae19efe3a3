/* SPDX-License-Identifier: MIT */
/* ticket_size: replaces a ticket that exceeds one record by an empty one. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "context/ticket_size.h"

#include <openssl/crypto.h>
#include <stdint.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"

/* The plaintext of one record. */
#define MAX_LEN ((size_t)16384)

static unsigned char *encode(const SSL_SESSION *session, size_t *out_len);
static bool replace_contents(const struct stls_ticket_size *size,
                             const SSL *ssl, const unsigned char *der,
                             size_t len);

/* The rest of a session has a bounded size. */
size_t stls_ticket_size_max(const SSL *ssl)
{
  const size_t rest = 1024;
  const X509 *peer = SSL_get0_peer_certificate(ssl);
  int len = peer == NULL ? 0 : i2d_X509(peer, NULL);

  return len < 0 ? SIZE_MAX : (size_t)len + rest;
}

/* With SSL_OP_NO_TICKET the server caches the session, and the ticket is its
 * session id. */
bool stls_ticket_size_is_too_long(const SSL *ssl)
{
  return (SSL_get_options(ssl) & SSL_OP_NO_TICKET) == 0 &&
         stls_ticket_size_max(ssl) > MAX_LEN;
}

bool stls_ticket_size_hide_certificate(struct stls_ticket_size *size,
                                       const SSL *ssl, OSSL_LIB_CTX *libctx,
                                       const char *propq)
{
  const SSL_SESSION *session = SSL_get_session(ssl);
  SSL_SESSION *empty = SSL_SESSION_new();
  unsigned char *der = NULL;
  size_t len = 0;
  bool done;

  stls_ticket_size_clear(size);
  size->libctx = libctx;
  size->propq = propq;
  done = empty != NULL &&
         SSL_SESSION_set_protocol_version(
             empty, SSL_SESSION_get_protocol_version(session)) == 1 &&
         SSL_SESSION_set_cipher(empty, SSL_SESSION_get0_cipher(session)) == 1 &&
         (der = encode(empty, &len)) != NULL &&
         (size->saved_der = encode(session, &size->saved_len)) != NULL &&
         replace_contents(size, ssl, der, len);
  if (!done) stls_ticket_size_clear(size);
  stls_mem_free(der);
  SSL_SESSION_free(empty);
  return done;
}

bool stls_ticket_size_is_certificate_hidden(const struct stls_ticket_size *size)
{
  return size->saved_der != NULL;
}

bool stls_ticket_size_restore_certificate(struct stls_ticket_size *size,
                                          const SSL *ssl)
{
  stls_error_queue_guard guard;
  bool done;

  stls_error_queue_enter(&guard);
  done = replace_contents(size, ssl, size->saved_der, size->saved_len);
  stls_error_queue_leave(&guard);
  stls_ticket_size_clear(size);
  return done;
}

void stls_ticket_size_clear(struct stls_ticket_size *size)
{
  if (size->saved_der != NULL)
    stls_mem_free_clear(size->saved_der, size->saved_len);
  size->saved_der = NULL;
  size->saved_len = 0;
}

static unsigned char *encode(const SSL_SESSION *session, size_t *out_len)
{
  int len = i2d_SSL_SESSION((SSL_SESSION *)session, NULL);
  unsigned char *der = len <= 0 ? NULL : stls_mem_zalloc((size_t)len);
  unsigned char *at = der;

  *out_len = len <= 0 ? 0 : (size_t)len;
  if (der == NULL || i2d_SSL_SESSION((SSL_SESSION *)session, &at) == len)
    return der;
  stls_mem_free_clear(der, *out_len);
  return NULL;
}

/* d2i_SSL_SESSION replaces the contents of the session that it is given, or
 * leaves them when memory is short. No other connection has this session
 * yet. */
static bool replace_contents(const struct stls_ticket_size *size,
                             const SSL *ssl, const unsigned char *der,
                             size_t len)
{
  SSL_SESSION *session = SSL_get_session(ssl);

  if (session == NULL) return false;
#ifdef HAVE_D2I_SSL_SESSION_EX
  return d2i_SSL_SESSION_ex(&session, &der, (long)len, size->libctx,
                            size->propq) != NULL;
#else
  (void)size;
  return d2i_SSL_SESSION(&session, &der, (long)len) != NULL;
#endif
}
