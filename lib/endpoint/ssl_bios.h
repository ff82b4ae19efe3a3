/* SPDX-License-Identifier: MIT */
/* ssl_bios: an SSL and its two BIOs, joined and parted. */
#ifndef STLS_LIB_SSL_BIOS_H
#define STLS_LIB_SSL_BIOS_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "bio/mem_bio.h"
#include "endpoint/io_budget.h"
#include "endpoint/message_monitor.h"
#include "endpoint/record_input.h"
#include "endpoint/record_output.h"
#include "endpoint/ssl_error.h"

/* An SSL between its queues. */
struct stls_ssl_bios {
  /* NULL until it was opened. */
  SSL *ssl;
  struct stls_mem_bio_in in;
  struct stls_record_output output;
  struct stls_record_input input;
  /* Of the context, in the order of stls_limit. */
  const size_t *limits;
  struct stls_io_budget budget;
  struct stls_message_monitor monitor;
  /* After how many records a key has to be changed: see key_update.h. */
  uint64_t key_records;
  /* result is STLS_OK until the connection has failed for good. */
  struct stls_ssl_error error;
  /* The caller's error queue, once this call has needed it. */
  stls_error_guard guard;
  bool is_guarding;
  /* The last operation left nothing of its own there. */
  bool queue_is_clean;
  /* It is for us to have buffers go back to the allocator when they are empty. */
  bool releases;
  /* The last read may have left data of its record in libssl. */
  bool may_have_pending;
  /* libssl has something to do without new records: the first flight. */
  bool is_primed;
  /* libssl is being brought to send an alert, by a record that is not the
   * peer's. */
  bool is_alerting;
  /* libssl has a part of a handshake message, and waits for the rest. */
  bool is_mid_message;
  /* The call at work has data to return. */
  bool has_data;
  /* A read ends where the peer has answered, between data before and after. */
  bool stops_at_auth_finished;
};

/* The bios are borrowed. There is no SSL yet: until stls_ssl_bios_open nothing but
 * stls_ssl_bios_fail and stls_ssl_bios_close may be called. */
void stls_ssl_bios_init(struct stls_ssl_bios *io, stls_bio *incoming,
                        stls_bio *outgoing);

/* Takes over `ssl`, whatever the result: STLS_OK or STLS_ERROR_MEMORY. Its
 * SSL_MODE_RELEASE_BUFFERS is heeded throughout. */
stls_result stls_ssl_bios_open(struct stls_ssl_bios *io, SSL *ssl,
                               const size_t *limits);
void stls_ssl_bios_close(struct stls_ssl_bios *io);

/* Puts the caller's error queue aside, or empties the queue where that was done
 * before: what OpenSSL does from here on is not the caller's. */
static inline void stls_ssl_bios_guard(struct stls_ssl_bios *io)
{
  if (io->is_guarding)
    stls_error_queue_clear();
  else
    stls_error_enter(&io->guard);
  io->is_guarding = true;
  io->queue_is_clean = false;
}

/* The queue is the caller's again, as it was. */
static inline void stls_ssl_bios_unguard(struct stls_ssl_bios *io)
{
  if (!io->is_guarding) return;
  if (!io->queue_is_clean || io->guard.saved != NULL)
    stls_error_leave(&io->guard);
  io->is_guarding = false;
}

/* Gives back what holds nothing, the BIOs too; it comes back when it is
 * needed. */
void stls_ssl_bios_trim(struct stls_ssl_bios *io);

/* Before libssl is called: makes its BIOs where they were given back. false when
 * memory is short. */
bool stls_ssl_bios_attach(struct stls_ssl_bios *io);

/* Gives libssl's buffers back unless something is in them, or it cannot. */
void stls_ssl_bios_release(struct stls_ssl_bios *io);

/* Ends the connection for a reason that libssl does not know; `text` is static.
 * Passes the first failure through. */
static inline stls_result stls_ssl_bios_fail(struct stls_ssl_bios *io,
                                             stls_result result,
                                             stls_reason reason,
                                             const char *text)
{
  return stls_ssl_error_keep(&io->error, result, reason, 0, text);
}

#endif
