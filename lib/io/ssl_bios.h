/* SPDX-License-Identifier: MIT */
/* ssl_bios: joins an SSL to its memory BIOs and their queues. */
#ifndef STLS_LIB_SSL_BIOS_H
#define STLS_LIB_SSL_BIOS_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cold.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "bio/mem_bio.h"
#include "io/direct_records.h"
#include "io/io_budget.h"
#include "io/message_monitor.h"
#include "io/record_input.h"
#include "io/record_output.h"
#include "io/ssl_error.h"

/* An SSL, its BIOs, and what is known about its connection. */
struct stls_ssl_bios {
  /* NULL until stls_ssl_bios_open. */
  SSL *ssl;
  struct stls_mem_bio_in in;
  struct stls_record_output output;
  struct stls_record_input input;
  /* The context's limits, in the order of stls_limit. */
  const size_t *limits;
  struct stls_io_budget budget;
  struct stls_message_monitor monitor;
  /* Not NULL: application data bypasses libssl. */
  struct stls_direct_records *direct;
  /* The context wanted that when the SSL was made: Finished is looked at. */
  bool may_bypass;
  /* For that: the secrets that the key log told, NULL for none, and our
   * Finished. */
  struct stls_record_secrets *secrets;
  struct stls_direct_finished finished;
  /* The callback of SSL_set_msg_callback, and the context's trace callback, which
   * it calls. */
  void (*on_message)(int write_p, int version, int content_type,
                     const void *data, size_t len, SSL *ssl, void *arg);
  void *on_message_arg;
  const stls_trace_fn *trace;
  /* After how many records a key must be changed: see key_update.h. */
  uint64_t key_records;
  /* The first failure; its result is STLS_OK until the connection has
   * failed. */
  struct stls_ssl_error error;
  /* The caller's error queue, set aside since this call first used OpenSSL. */
  stls_error_queue_guard guard;
  bool is_guarding;
  /* The last operation left no entry in the error queue. */
  bool queue_is_clean;
  /* libssl's buffers are released here when they are empty, not by libssl. */
  bool releases;
  /* STLS_BUFFERS_KEEP. */
  bool keeps_buffers;
  /* libssl has BIOs only while a call runs it. */
  bool gives_back_bios;
  /* libssl frees its buffers after each record, but can be told to wait with that;
   * and it was told so. */
  bool can_hold;
  bool holds;
  /* The last read may have left data of its record in libssl. */
  bool may_have_pending;
  /* libssl can go on without new records: it has a flight to write. */
  bool is_primed;
  /* fatal_alert makes libssl send an alert, by a record that is not the
   * peer's. */
  bool is_alerting;
  /* libssl has read part of a handshake message and needs the rest. */
  bool is_mid_message;
  /* What the peer sent first is a ClientHello. */
  bool peer_is_client;
  /* The running call already has data to return. */
  bool has_data;
  /* A read must stop after the Finished of a post-handshake authentication, so
   * that data before and after it are not mixed. */
  bool stops_at_auth_finished;
};

/* The bios are borrowed. There is no SSL yet: until stls_ssl_bios_open only
 * stls_ssl_bios_fail, _guard, _unguard, _trim and _close may be called. */
void stls_ssl_bios_init(struct stls_ssl_bios *io, stls_bio *incoming,
                        stls_bio *outgoing);

/* Takes ownership of `ssl` whatever the result: STLS_OK or STLS_ERROR_MEMORY.
 * An SSL_MODE_RELEASE_BUFFERS that is set is honoured from here on. */
stls_result stls_ssl_bios_open(struct stls_ssl_bios *io, SSL *ssl,
                               const size_t *limits);
void stls_ssl_bios_close(struct stls_ssl_bios *io);

/* Sets the caller's error queue aside; if that was done before, empties the
 * queue, unless the operation before moved only data, after which it is empty.
 * Entries made after this are OpenSSL's. */
static inline void stls_ssl_bios_guard(struct stls_ssl_bios *io)
{
  if (!io->is_guarding)
    stls_error_queue_enter(&io->guard);
  else if (!io->queue_is_clean)
    stls_error_queue_clear();
  io->is_guarding = true;
  io->queue_is_clean = false;
}

/* Frees the BIOs if there are any, unless libssl is in the middle of a message or has
 * failed; they are made again when needed. */
STLS_COLD void stls_ssl_bios_detach(struct stls_ssl_bios *io);

/* Restores the caller's error queue. */
static inline void stls_ssl_bios_unguard(struct stls_ssl_bios *io)
{
  if (!io->is_guarding) return;
  if (!io->queue_is_clean || io->guard.saved != NULL)
    stls_error_queue_leave(&io->guard);
  io->is_guarding = false;
}

/* Must be called at the end of each call: restores the caller's error queue, and
 * gives back what libssl does not need until it is called again. */
static inline void stls_ssl_bios_leave(struct stls_ssl_bios *io)
{
  if (!io->is_guarding) return;
  if (io->gives_back_bios) stls_ssl_bios_detach(io);
  stls_ssl_bios_unguard(io);
}

/* Has application data bypass libssl from here on, where the cipher suite allows
 * it. Called once, at the end of the handshake. The caller guards the error
 * queue. */
void stls_ssl_bios_bypass(struct stls_ssl_bios *io,
                          const struct stls_record_algorithms *algorithms);

/* Called once the handshake is done: empties the keys of the key exchange. libssl
 * keeps them until it frees the SSL, but never uses them again in TLS 1.3 (RFC 8446,
 * 4.6): 14 KB at both ends for ML-KEM-768. The caller guards the error queue. */
void stls_ssl_bios_forget_key_exchange(SSL *ssl);

/* Frees the buffers that are empty, the BIOs, and the keys of the key exchange; all
 * but these are made again when needed. */
void stls_ssl_bios_trim(struct stls_ssl_bios *io);

STLS_COLD bool stls_ssl_bios_make_bios(struct stls_ssl_bios *io);

/* Must be called before libssl is. Creates the BIOs if they were freed. false
 * when memory is short. */
static inline bool stls_ssl_bios_attach(struct stls_ssl_bios *io)
{
  return io->in.bio != NULL || stls_ssl_bios_make_bios(io);
}

/* Frees libssl's buffers, unless they hold something or libssl cannot free
 * them. */
void stls_ssl_bios_release(struct stls_ssl_bios *io);

/* Has libssl keep its buffers from one record to the next, until _unhold. Only
 * where `can_hold` is true. */
void stls_ssl_bios_hold(struct stls_ssl_bios *io);
void stls_ssl_bios_unhold(struct stls_ssl_bios *io);

/* Fails the connection for a reason that libssl does not know; `text` is
 * static. Returns the result of the first failure. */
static inline stls_result stls_ssl_bios_fail(struct stls_ssl_bios *io,
                                             stls_result result,
                                             stls_reason reason,
                                             const char *text)
{
  return stls_ssl_error_keep(&io->error, result, reason, 0, text);
}

#endif
