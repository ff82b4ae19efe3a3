/* SPDX-License-Identifier: MIT */
/* tickets: configures a server's session tickets, and encrypts them. */
#include "context/tickets.h"

#include <openssl/rand.h>
#include <string.h>

#include <sanstls/session.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/sized_struct.h"
#include "context/resumption.h"
#include "context/setter.h"
#include "context/ticket_lifetime.h"
#include "context/ticket_size.h"
#include "session/session.h"

#define DEFAULT_TICKETS 2
#define MAX_TICKETS 255

/* The length of AES-256-CBC's IV. */
#define IV_LEN 16

STLS_SIZED_STRUCT(stats_layout, stls_session_stats,
                  STLS_SIZED_END(stls_session_stats, number),
                  STLS_SIZED_END(stls_session_stats, connect),
                  STLS_SIZED_END(stls_session_stats, connect_good),
                  STLS_SIZED_END(stls_session_stats, connect_renegotiate),
                  STLS_SIZED_END(stls_session_stats, accept),
                  STLS_SIZED_END(stls_session_stats, accept_good),
                  STLS_SIZED_END(stls_session_stats, accept_renegotiate),
                  STLS_SIZED_END(stls_session_stats, hits),
                  STLS_SIZED_END(stls_session_stats, misses),
                  STLS_SIZED_END(stls_session_stats, timeouts),
                  STLS_SIZED_END(stls_session_stats, cache_full));

static void add_stored(stls_session_store *store, stls_session_stats *stats);
static stls_result check_time_setter(stls_context *context, int64_t seconds,
                                     stls_error *err);
static stls_result make_ticket_keys(stls_context *context, stls_error *err);
static int on_ticket_key(SSL *ssl, unsigned char *name, unsigned char *iv,
                         EVP_CIPHER_CTX *cipher_ctx, EVP_MAC_CTX *mac_ctx,
                         int encrypt);
static bool sends_no_empty_ticket(void);

/* resumption.c sets libssl's number of tickets when it knows the client. */
stls_result stls_tickets_init(stls_context *context, stls_error *err)
{
  stls_result result;

  context->session_max_age = STLS_SESSION_LIFETIME_MAX_AGE;
  if (context->role != STLS_SERVER) return STLS_OK;
  stls_ticket_lifetime_install(context->ssl_ctx);
  context->num_tickets = DEFAULT_TICKETS;
  SSL_CTX_set_num_tickets(context->ssl_ctx, 0);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context->ssl_ctx, on_ticket_key);
  result = make_ticket_keys(context, err);
  if (result != STLS_ERROR_UNSUPPORTED) return result;
  /* Without tickets the server caches its sessions. */
  SSL_CTX_set_options(context->ssl_ctx, SSL_OP_NO_TICKET);
  return STLS_OK;
}

stls_result stls_context_set_num_tickets(stls_context *context,
                                         size_t num_tickets, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_SERVER, err);

  if (result != STLS_OK) return result;
  if (num_tickets > MAX_TICKETS)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "num_tickets is above 255");
  context->num_tickets = num_tickets;
  return STLS_OK;
}

size_t stls_context_num_tickets(const stls_context *context)
{
  return context == NULL ? 0 : context->num_tickets;
}

stls_result stls_context_set_ticket_timing(stls_context *context,
                                           stls_ticket_timing timing,
                                           stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_SERVER, err);

  if (result != STLS_OK) return result;
  if (timing != STLS_TICKETS_WITH_HANDSHAKE &&
      timing != STLS_TICKETS_WITH_DATA && timing != STLS_TICKETS_NEVER)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "timing %d is not a stls_ticket_timing",
                           (int)timing);
  context->ticket_timing = timing;
  return STLS_OK;
}

stls_ticket_timing stls_context_ticket_timing(const stls_context *context)
{
  return context == NULL || context->role != STLS_SERVER
             ? STLS_TICKETS_NEVER
             : context->ticket_timing;
}

stls_result stls_context_set_session_timeout(stls_context *context,
                                             int64_t seconds, stls_error *err)
{
  stls_result result = check_time_setter(context, seconds, err);

  if (result != STLS_OK) return result;
  SSL_CTX_set_timeout(context->ssl_ctx, (long)seconds);
  return STLS_OK;
}

stls_result stls_context_set_session_max_age(stls_context *context,
                                             int64_t seconds, stls_error *err)
{
  stls_result result = check_time_setter(context, seconds, err);

  if (result != STLS_OK) return result;
  context->session_max_age = seconds;
  return STLS_OK;
}

int64_t stls_context_session_max_age(const stls_context *context)
{
  return context == NULL ? 0 : context->session_max_age;
}

int64_t stls_context_session_timeout(const stls_context *context)
{
  return context == NULL ? 0 : SSL_CTX_get_timeout(context->ssl_ctx);
}

stls_result stls_context_set_ticket_keys(stls_context *context,
                                         const void *keys, size_t len,
                                         stls_error *err)
{
  const bool is_reset = keys == NULL && len == 0;
  stls_result result = STLS_OK;

  if (context == NULL || !context->rotates_ticket_keys)
    result = stls_setter_begin(context, STLS_SERVER, err);
  if (result == STLS_OK && !is_reset)
    result = stls_ticket_keys_check(keys, len, err);
  if (result == STLS_OK && !is_reset && context->ticket_keys == NULL)
    result = make_ticket_keys(context, err);
  if (result != STLS_OK || context->ticket_keys == NULL) return result;
  if (is_reset)
    stls_ticket_keys_reset(context->ticket_keys);
  else
    stls_ticket_keys_set(context->ticket_keys, keys, len);
  return STLS_OK;
}

bool stls_context_has_ticket_keys(const stls_context *context)
{
  return context != NULL && context->ticket_keys != NULL &&
         stls_ticket_keys_is_set(context->ticket_keys);
}

stls_result stls_context_session_stats(const stls_context *context,
                                       stls_session_stats *out_stats,
                                       stls_error *err)
{
  stls_session_stats stats = STLS_SESSION_STATS_INIT;
  stls_result result;
  SSL_CTX *ctx;

  if (context == NULL) return stls_error_null(err, "context");
  result = stls_sized_struct_check(&stats_layout, out_stats, "out_stats", err);
  if (result != STLS_OK) return result;
  ctx = context->ssl_ctx;
  stats.number = (size_t)SSL_CTX_sess_number(ctx);
  stats.connect = (size_t)SSL_CTX_sess_connect(ctx);
  stats.connect_good = (size_t)SSL_CTX_sess_connect_good(ctx);
  stats.connect_renegotiate = (size_t)SSL_CTX_sess_connect_renegotiate(ctx);
  stats.accept = (size_t)SSL_CTX_sess_accept(ctx);
  stats.accept_good = (size_t)SSL_CTX_sess_accept_good(ctx);
  stats.accept_renegotiate = (size_t)SSL_CTX_sess_accept_renegotiate(ctx);
  stats.hits = (size_t)SSL_CTX_sess_hits(ctx);
  stats.misses = (size_t)SSL_CTX_sess_misses(ctx);
  stats.timeouts = (size_t)SSL_CTX_sess_timeouts(ctx);
  stats.cache_full = (size_t)SSL_CTX_sess_cache_full(ctx);
  if (context->session_store != NULL)
    add_stored(context->session_store, &stats);
  stls_sized_struct_write(&stats_layout, out_stats, &stats);
  return STLS_OK;
}

static void add_stored(stls_session_store *store, stls_session_stats *stats)
{
  const struct stls_session_store_counts counts =
      stls_session_store_count(store);

  stats->number += counts.number;
  stats->misses += counts.misses;
  stats->timeouts += counts.timeouts;
  stats->cache_full += counts.cache_full;
}

static stls_result check_time_setter(stls_context *context, int64_t seconds,
                                     stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);

  if (result != STLS_OK) return result;
  if (seconds >= 1 && seconds <= STLS_SESSION_LIFETIME_MAX_AGE) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                         "seconds is not from 1 to 604800");
}

static stls_result make_ticket_keys(stls_context *context, stls_error *err)
{
  stls_result result = STLS_OK;
  stls_error_queue_guard guard;

  stls_error_queue_enter(&guard);
  context->ticket_keys = stls_ticket_keys_new(context->libctx, context->propq);
  if (context->ticket_keys == NULL)
    result = stls_error_queue_is_empty()
                 ? stls_error_memory(err)
                 : stls_error_fail_openssl(
                       err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
                       "no AES-256-CBC in this library context");
  else
    stls_ticket_keys_set_clock(context->ticket_keys, &context->clock);
  stls_error_queue_leave(&guard);
  return result;
}

/* libssl's callback. Returns 1 to use the key; 2 to use it and send a new
 * ticket; 0 to ignore a ticket that is not ours, or to send none (RFC 5077,
 * 3.3: an empty one); -1 to fail the handshake. */
static int on_ticket_key(SSL *ssl, unsigned char *name, unsigned char *iv,
                         EVP_CIPHER_CTX *cipher_ctx, EVP_MAC_CTX *mac_ctx,
                         int encrypt)
{
  const bool is_1_3 = SSL_version(ssl) == TLS1_3_VERSION;
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  const stls_context *context = owner == NULL ? NULL : *owner->context;
  stls_ticket_keys *keys = context == NULL ? NULL : context->ticket_keys;
  struct stls_ticket_keys_key key;
  bool is_first = false, is_ready;
  stls_error_queue_guard guard;

  /* The application may have made this SSL from stls_context_ssl_ctx. */
  if (keys == NULL) return 0;
  if (encrypt && stls_ticket_lifetime_is_shared(ssl)) return 0;
  if (encrypt &&
      stls_ticket_size_is_certificate_hidden(&owner->resumption->size))
    return stls_ticket_size_restore_certificate(&owner->resumption->size, ssl)
               ? 0
               : -1;
  /* libssl would take an entry that is left for its own failure. */
  stls_error_queue_enter(&guard);
  is_ready =
      stls_ticket_keys_find(keys, encrypt ? NULL : name, &key, &is_first);
  if (is_ready && encrypt) {
    memcpy(name, key.name, sizeof key.name);
    is_ready = RAND_bytes_ex(context->libctx, iv, IV_LEN, 0) == 1;
  }
  is_ready = is_ready && stls_ticket_keys_init_cipher(
                             keys, &key, iv, encrypt != 0, cipher_ctx, mac_ctx);
  OPENSSL_cleanse(&key, sizeof key);
  stls_error_queue_leave(&guard);
  if (!is_ready) return encrypt && is_1_3 && !sends_no_empty_ticket() ? -1 : 0;
  /* As libssl does with its own keys: a TLS 1.3 client gets a new ticket each
   * time. */
  return encrypt || (is_first && !is_1_3) ? 1 : 2;
}

/* TLS 1.3 has no empty ticket (RFC 8446, 4.6.1). libssl sends none instead, but
 * before 3.0.6 it sent an empty one. */
static bool sends_no_empty_ticket(void)
{
  return OPENSSL_version_major() > 3 || OPENSSL_version_minor() > 0 ||
         OPENSSL_version_patch() >= 6;
}
