/* SPDX-License-Identifier: MIT */
/* psk_session: makes the TLS 1.3 session that carries an external pre-shared key. */
#include "context/psk_session.h"

#include <stdatomic.h>
#include <stdint.h>

static atomic_int mark_index = -1;
static atomic_size_t last_mark;

static bool prepare_client(SSL *ssl, SSL_SESSION *session, size_t *out_mark);
static size_t set_mark(SSL_SESSION *session);
static bool has_index(void);

SSL_SESSION *stls_psk_session_new(SSL *ssl, const stls_psk *psk,
                                  size_t *out_mark)
{
  /* The suite only tells libssl which digest the key belongs to. */
  const unsigned char suite[2] = {0x13, psk->digest == STLS_PSK_SHA384 ? 2 : 1};
  const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, suite);
  SSL_SESSION *session = SSL_SESSION_new();

  if (session != NULL && cipher != NULL &&
      SSL_SESSION_set1_master_key(session, psk->key, psk->key_len) == 1 &&
      SSL_SESSION_set_cipher(session, cipher) == 1 &&
      SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1 &&
      (SSL_is_server(ssl) || prepare_client(ssl, session, out_mark)))
    return session;
  SSL_SESSION_free(session);
  return NULL;
}

bool stls_psk_session_has_mark(const SSL_SESSION *session, size_t mark)
{
  int index = atomic_load(&mark_index);

  return session != NULL && index >= 0 && mark != 0 &&
         (uintptr_t)SSL_SESSION_get_ex_data(session, index) == mark;
}

/* A client refuses a session whose session-id context is not the connection's.
 * The connection's current session has that context. A server sets it itself. */
static bool prepare_client(SSL *ssl, SSL_SESSION *session, size_t *out_mark)
{
  const SSL_SESSION *current = SSL_get_session(ssl);
  const unsigned char *context;
  unsigned len = 0;

  *out_mark = set_mark(session);
  if (current == NULL) return *out_mark != 0;
  context = SSL_SESSION_get0_id_context(current, &len);
  return *out_mark != 0 &&
         SSL_SESSION_set1_id_context(session, context, len) == 1;
}

/* Returns 0 when memory is short. libssl copies ex_data with the session. */
static size_t set_mark(SSL_SESSION *session)
{
  size_t mark = atomic_fetch_add(&last_mark, 1) + 1;

  /* The pointer is a number: there is nothing behind it. */
  return has_index() &&
                 SSL_SESSION_set_ex_data(session, atomic_load(&mark_index),
                                         (void *)(uintptr_t)mark) == 1
             ? mark
             : 0;
}

/* Unlike a once-function, this can be repeated after memory was short. If two
 * threads run it at the same time, one index stays unused. */
static bool has_index(void)
{
  int index = atomic_load(&mark_index);
  int fresh;

  if (index >= 0) return true;
  fresh = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
  if (fresh >= 0) atomic_compare_exchange_strong(&mark_index, &index, fresh);
  return fresh >= 0;
}
