/* SPDX-License-Identifier: MIT */
/* psk_callbacks: connects libssl's PSK callbacks with the application's look-ups. */
#include "context/psk_callbacks.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/ssl_step.h"
#include "context/psk.h"
#include "context/psk_session.h"
#include "context/ssl_owner.h"
#include "context/ticket_age.h"

/* The server chooses a suite before it looks up a key, and most keys are for
 * SHA-256. */
#define SHA256_FIRST \
  "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"

static const char out_of_memory[] = "no memory for the pre-shared key";

/* The result of a look-up. */
enum answer {
  FAILED = -1,
  NONE = 0,
  FOUND = 1
};

static unsigned on_client_key(SSL *ssl, const char *hint, char *identity,
                              unsigned max_identity_len, unsigned char *key,
                              unsigned max_key_len);
static unsigned on_server_key(SSL *ssl, const char *identity,
                              unsigned char *key, unsigned max_key_len);
static int on_use_session(SSL *ssl, const EVP_MD *md,
                          const unsigned char **out_id, size_t *out_id_len,
                          SSL_SESSION **out_session);
static int on_find_session(SSL *ssl, const unsigned char *identity,
                           size_t identity_len, SSL_SESSION **out_session);
static enum answer ask_client(const struct stls_ssl_owner *owner,
                              const char *hint, stls_psk *psk);
static enum answer ask_server(const struct stls_ssl_owner *owner,
                              const uint8_t *identity, size_t len,
                              stls_psk *psk);
static enum answer check_answer(struct stls_psk_callbacks *callbacks,
                                const stls_psk *psk, bool found);
static enum answer fail(struct stls_psk_callbacks *callbacks,
                        stls_result result, const char *problem);
static enum answer make_session(SSL *ssl, struct stls_psk_callbacks *callbacks,
                                const stls_psk *psk, SSL_SESSION **out_session);
static unsigned copy_key(enum answer answer, const stls_psk *psk,
                         unsigned char *key, unsigned max_key_len);
static bool has_digest(const EVP_MD *md, const stls_psk *psk);
static bool has_psk_exchange(const SSL *ssl);

bool stls_psk_callbacks_install(SSL *ssl, const stls_context *context)
{
  /* Called for each ClientHello: the last moment before libssl writes the age of
   * a session. */
  if (context->role == STLS_CLIENT && context->clock.fn != NULL)
    SSL_set_psk_use_session_callback(ssl, on_use_session);
#ifdef OPENSSL_NO_PSK
  return true;
#else
  if (context->psk.client != NULL) {
    SSL_set_psk_use_session_callback(ssl, on_use_session);
    SSL_set_psk_client_callback(ssl, on_client_key);
  } else if (context->psk.server != NULL) {
    SSL_set_psk_find_session_callback(ssl, on_find_session);
    SSL_set_psk_server_callback(ssl, on_server_key);
    if (SSL_use_psk_identity_hint(ssl, context->psk.hint) != 1) return false;
  } else {
    return true;
  }
  return context->ciphersuites_were_set ||
         SSL_set_ciphersuites(ssl, SHA256_FIRST) == 1;
#endif
}

void stls_psk_callbacks_finish(struct stls_psk_callbacks *callbacks, SSL *ssl)
{
  if (callbacks->is_finished) return;
  callbacks->used = stls_psk_callbacks_is_used(callbacks, ssl);
  callbacks->is_finished = true;
}

bool stls_psk_callbacks_is_used(const struct stls_psk_callbacks *callbacks,
                                SSL *ssl)
{
  if (callbacks->is_finished) return callbacks->used;
  if (SSL_version(ssl) != TLS1_3_VERSION) return has_psk_exchange(ssl);
  if (!SSL_session_reused(ssl)) return false;
  return SSL_is_server(ssl)
             ? callbacks->found
             : stls_psk_session_has_mark(SSL_get_session(ssl),
                                         callbacks->offered_mark);
}

bool stls_psk_callbacks_authenticates(
    const struct stls_psk_callbacks *callbacks, const SSL *ssl)
{
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

  return callbacks->used && (SSL_version(ssl) == TLS1_3_VERSION ||
                             SSL_CIPHER_get_auth_nid(cipher) == NID_auth_psk);
}

void stls_psk_callbacks_clear(struct stls_psk_callbacks *callbacks)
{
  stls_mem_free(callbacks->identity);
  callbacks->identity = NULL;
  callbacks->identity_len = 0;
}

/* For TLS 1.2. libssl also calls it in TLS 1.3, where on_use_session has found
 * nothing. */
static unsigned on_client_key(SSL *ssl, const char *hint, char *identity,
                              unsigned max_identity_len, unsigned char *key,
                              unsigned max_key_len)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  enum answer answer;
  stls_psk psk;
  unsigned len;

  if (!stls_ssl_step_is(ssl, "TWCKE")) return 0;
  answer = ask_client(owner, hint, &psk);
  if (answer == FOUND && (psk.identity_len > max_identity_len ||
                          memchr(psk.identity, 0, psk.identity_len) != NULL))
    answer = fail(owner->psk_callbacks, STLS_ERROR_INPUT,
                  "the identity of the pre-shared key is none that TLS 1.2 can "
                  "send: it has a zero byte");
  /* The buffer is zeroed, and is one byte longer than max_identity_len. */
  if (answer == FOUND) memcpy(identity, psk.identity, psk.identity_len);
  len = copy_key(answer, &psk, key, max_key_len);
  OPENSSL_cleanse(&psk, sizeof psk);
  return len;
}

/* For TLS 1.2 only: TLS 1.3 has on_find_session. */
static unsigned on_server_key(SSL *ssl, const char *identity,
                              unsigned char *key, unsigned max_key_len)
{
  enum answer answer;
  stls_psk psk;
  unsigned len;

  if (!stls_ssl_step_is(ssl, "TRCKE")) return 0;
  answer = ask_server(stls_ssl_owner_of(ssl), (const uint8_t *)identity,
                      strlen(identity), &psk);
  len = copy_key(answer, &psk, key, max_key_len);
  OPENSSL_cleanse(&psk, sizeof psk);
  return len;
}

/* `md` is NULL until the server has chosen a suite, by a HelloRetryRequest. */
static int on_use_session(SSL *ssl, const EVP_MD *md,
                          const unsigned char **out_id, size_t *out_id_len,
                          SSL_SESSION **out_session)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  struct stls_psk_callbacks *callbacks = owner->psk_callbacks;
  stls_psk psk;
  enum answer answer = ask_client(owner, NULL, &psk);

  if ((*owner->context)->clock.fn != NULL && callbacks->session_time != 0)
    stls_ticket_age_set(ssl, &(*owner->context)->clock,
                        callbacks->session_time);
  *out_session = NULL;
  callbacks->offered_mark = 0;
  /* RFC 8446, 4.2.11: an identity has at least one byte. This is an error
   * because a client that verifies no certificates would go on without any
   * authentication. */
  if (answer == FOUND && psk.identity_len == 0)
    answer = fail(callbacks, STLS_ERROR_INPUT,
                  "the identity of the pre-shared key is none that TLS 1.3 can "
                  "send: it is empty");
  if (answer == FOUND && md != NULL && !has_digest(md, &psk)) answer = NONE;
  if (answer == FOUND) answer = make_session(ssl, callbacks, &psk, out_session);
  if (answer == FOUND) {
    *out_id = callbacks->identity;
    *out_id_len = callbacks->identity_len;
  }
  OPENSSL_cleanse(&psk, sizeof psk);
  return answer != FAILED;
}

static int on_find_session(SSL *ssl, const unsigned char *identity,
                           size_t identity_len, SSL_SESSION **out_session)
{
  const SSL_CIPHER *cipher = SSL_get_pending_cipher(ssl);
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  struct stls_psk_callbacks *callbacks = owner->psk_callbacks;
  stls_psk psk;
  enum answer answer = identity_len == 0
                           ? NONE
                           : ask_server(owner, identity, identity_len, &psk);

  *out_session = NULL;
  if (answer == FOUND && cipher != NULL &&
      !has_digest(SSL_CIPHER_get_handshake_digest(cipher), &psk))
    answer = NONE;
  if (answer == FOUND) answer = make_session(ssl, callbacks, &psk, out_session);
  callbacks->found = answer == FOUND;
  OPENSSL_cleanse(&psk, sizeof psk);
  return answer != FAILED;
}

static enum answer ask_client(const struct stls_ssl_owner *owner,
                              const char *hint, stls_psk *psk)
{
  const stls_context *context = *owner->context;
  stls_error_queue_guard guard;
  bool found;

  memset(psk, 0, sizeof *psk);
  if (context->psk.client == NULL) return NONE;
  stls_error_queue_enter(&guard);
  found = context->psk.client(owner->object, hint, psk, context->psk.user_data);
  stls_error_queue_leave(&guard);
  if (found && psk->problem == NULL && !psk->has_identity)
    psk->problem = "the look-up of the pre-shared key set no identity";
  return check_answer(owner->psk_callbacks, psk, found);
}

static enum answer ask_server(const struct stls_ssl_owner *owner,
                              const uint8_t *identity, size_t len,
                              stls_psk *psk)
{
  const stls_context *context = *owner->context;
  stls_error_queue_guard guard;
  bool found;

  memset(psk, 0, sizeof *psk);
  if (context->psk.server == NULL || len > STLS_PSK_IDENTITY_MAX) return NONE;
  stls_error_queue_enter(&guard);
  found = context->psk.server(owner->object, identity, len, psk,
                              context->psk.user_data);
  stls_error_queue_leave(&guard);
  memcpy(psk->identity, identity, len);
  psk->identity_len = len;
  return check_answer(owner->psk_callbacks, psk, found);
}

static enum answer check_answer(struct stls_psk_callbacks *callbacks,
                                const stls_psk *psk, bool found)
{
  if (psk->problem != NULL)
    return fail(callbacks, STLS_ERROR_INPUT, psk->problem);
  if (!found) return NONE;
  if (psk->key_len == 0)
    return fail(callbacks, STLS_ERROR_INPUT,
                "the look-up of the pre-shared key set no key");
  stls_mem_free(callbacks->identity);
  callbacks->identity_len = 0;
  callbacks->identity = stls_mem_dup(psk->identity, psk->identity_len);
  if (callbacks->identity == NULL)
    return fail(callbacks, STLS_ERROR_MEMORY, out_of_memory);
  callbacks->identity_len = psk->identity_len;
  return FOUND;
}

static enum answer fail(struct stls_psk_callbacks *callbacks,
                        stls_result result, const char *problem)
{
  if (callbacks->result == STLS_OK) {
    callbacks->result = result;
    callbacks->problem = problem;
  }
  return FAILED;
}

static enum answer make_session(SSL *ssl, struct stls_psk_callbacks *callbacks,
                                const stls_psk *psk, SSL_SESSION **out_session)
{
  *out_session = stls_psk_session_new(ssl, psk, &callbacks->offered_mark);
  return *out_session != NULL
             ? FOUND
             : fail(callbacks, STLS_ERROR_MEMORY, out_of_memory);
}

/* Returns 0 for no key. More than max_key_len makes libssl fail the handshake. */
static unsigned copy_key(enum answer answer, const stls_psk *psk,
                         unsigned char *key, unsigned max_key_len)
{
  if (answer == NONE) return 0;
  if (answer == FAILED || psk->key_len > max_key_len) return max_key_len + 1;
  memcpy(key, psk->key, psk->key_len);
  return (unsigned)psk->key_len;
}

static bool has_digest(const EVP_MD *md, const stls_psk *psk)
{
  return EVP_MD_get_size(md) == (psk->digest == STLS_PSK_SHA384 ? 48 : 32);
}

static bool has_psk_exchange(const SSL *ssl)
{
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

  switch (cipher == NULL ? NID_undef : SSL_CIPHER_get_kx_nid(cipher)) {
    case NID_kx_psk:
    case NID_kx_dhe_psk:
    case NID_kx_ecdhe_psk:
    case NID_kx_rsa_psk:
      return true;
    default:
      return false;
  }
}
