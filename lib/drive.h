/* SPDX-License-Identifier: MIT */
/* drive (L5): one libssl operation at a time, and what came of it. */
#ifndef STLS_DRIVE_H
#define STLS_DRIVE_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <sanstls/result.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cause.h"
#include "error.h"
#include "intake.h"
#include "io_budget.h"
#include "membio.h"
#include "output.h"
#include "watch.h"

/* A read that has data handles no more messages than so many before it
 * returns. */
#define STLS_DRIVE_MESSAGES_MAX 32

/* An SSL between its queues. */
struct stls_drive {
  /* NULL until it was opened. */
  SSL *ssl;
  struct stls_membio_in in;
  struct stls_output output;
  struct stls_intake intake;
  /* Of the context, in the order of stls_limit. */
  const size_t *limits;
  struct stls_io_budget budget;
  struct stls_watch watch;
  /* After how many records a key has to be changed: see keylimit.h. */
  uint64_t key_records;
  /* result is STLS_OK until the connection has failed for good. */
  struct stls_cause cause;
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
  bool stops_at_answer;
};

/*
 * Results of the operations: STLS_OK, STLS_WANT_READ, STLS_WANT_WRITE,
 * STLS_CLOSED, STLS_ERROR_MEMORY with nothing changed, or a final failure, of
 * which `cause` tells. What libssl wrote went to `output` whatever the result.
 * They guard the error queue; stls_drive_unguard ends that.
 */

/* The bios are borrowed. There is no SSL yet: until stls_drive_open nothing but
 * stls_drive_fail and stls_drive_close may be called. */
void stls_drive_init(struct stls_drive *drive, stls_bio *incoming,
                     stls_bio *outgoing);

/* Takes over `ssl`, whatever the result: STLS_OK or STLS_ERROR_MEMORY. Its
 * SSL_MODE_RELEASE_BUFFERS is heeded throughout. */
stls_result stls_drive_open(struct stls_drive *drive, SSL *ssl,
                            const size_t *limits);
void stls_drive_close(struct stls_drive *drive);

/* Puts the caller's error queue aside, or empties the queue where that was done
 * before: what OpenSSL does from here on is not the caller's. */
void stls_drive_guard(struct stls_drive *drive);

/* The queue is the caller's again, as it was. */
void stls_drive_unguard(struct stls_drive *drive);

/* Gives back what holds nothing, the BIOs too; it comes back when it is
 * needed. */
void stls_drive_trim(struct stls_drive *drive);

/* Before libssl is called: makes its BIOs where they were given back. false when
 * memory is short. */
bool stls_drive_attach(struct stls_drive *drive);

/* Gives libssl's buffers back unless something is in them, or it cannot. */
void stls_drive_release(struct stls_drive *drive);

/* Until it is done or starved. */
stls_result stls_drive_handshake(struct stls_drive *drive);

/* Until one record gave application data: *out_read bytes of it. */
stls_result stls_drive_read(struct stls_drive *drive, void *out, size_t out_len,
                            size_t *out_read);

/* The same, leaving the data where it is. */
stls_result stls_drive_peek(struct stls_drive *drive, void *out, size_t out_len,
                            size_t *out_read);

/* One record of up to STLS_RECORD_PLAINTEXT_MAX bytes. */
stls_result stls_drive_write(struct stls_drive *drive, const void *data,
                             size_t len, size_t *out_written);

/* Sends close_notify. */
stls_result stls_drive_close_notify(struct stls_drive *drive);

/* What libssl may be asked to send: 1, or its refusal is in the error queue. */
typedef int (*stls_drive_begin)(SSL *ssl, int how);

/* Sends a message of TLS itself. Where `begin` refuses, nothing has changed:
 * STLS_ERROR_MISUSE, and libssl's reason in *out_reason. */
stls_result stls_drive_send(struct stls_drive *drive, stls_drive_begin begin,
                            int how, int *out_reason);

/* Sends a fatal alert where the handshake is done, the peer's last record was
 * taken whole, and memory is not short. libssl is of no use afterwards. */
void stls_drive_alert(struct stls_drive *drive);

/* Ends the connection for a reason that libssl does not know; `text` is static.
 * Passes the first failure through. */
static inline stls_result stls_drive_fail(struct stls_drive *drive,
                                          stls_result result,
                                          stls_reason reason, const char *text)
{
  return stls_cause_keep(&drive->cause, result, reason, 0, text);
}

/* Whether a message that libssl tells of crosses no wire. */
static inline bool stls_drive_hides(const struct stls_drive *drive, bool is_out)
{
  return is_out ? !stls_output_takes(&drive->output) : drive->is_alerting;
}

/* Whether libssl has data for a read. One that had room left has taken all of its
 * record. */
static inline bool stls_drive_has_pending(const struct stls_drive *drive)
{
  return drive->may_have_pending && SSL_pending(drive->ssl) > 0;
}

/* Whether so many answers wait in `outgoing` that nothing is to be read that may
 * need another. */
static inline bool stls_drive_must_drain(const struct stls_drive *drive)
{
  return stls_output_takes(&drive->output) &&
         stls_io_budget_is_spent(&drive->budget,
                                 drive->output.outgoing->buffer.len,
                                 drive->limits[STLS_LIMIT_REPLY_BYTES]);
}

/* Whether the operation has something to work on. */
static inline bool stls_drive_can_read(const struct stls_drive *drive)
{
  if (stls_drive_has_pending(drive)) return true;
  return !stls_drive_must_drain(drive) && stls_intake_is_ready(&drive->intake);
}

static inline bool stls_drive_can_handshake(const struct stls_drive *drive)
{
  return drive->is_primed || stls_intake_is_ready(&drive->intake);
}

#endif
