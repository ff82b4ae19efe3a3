/* SPDX-License-Identifier: MIT */
/* drive (L5): one libssl operation at a time, and what came of it. */
#include "drive.h"

#include <openssl/sslerr.h>
#include <sanstls/context.h>
#include <string.h>

#include "error.h"

enum operation {
  HANDSHAKE,
  READ,
  PEEK,
  WRITE,
  CLOSE_NOTIFY
};

/* What one operation works on. */
struct job {
  enum operation operation;
  stls_span records;
  bool ends;
  void *out;
  const void *data;
  size_t len;
  size_t done;
};

static stls_result run_until_data(struct stls_drive *drive, struct job *job);
static stls_result finish_message(struct stls_drive *drive);
static stls_result feed(struct stls_drive *drive, struct job *job);
static stls_result run(struct stls_drive *drive, struct job *job);
static int call_libssl(SSL *ssl, struct job *job);
static stls_result classify(struct stls_drive *drive, int ret);
static stls_result diagnose(struct stls_drive *drive);
static stls_result class_of(unsigned long code);
static stls_result fail(struct stls_drive *drive, stls_result result,
                        unsigned long code, const char *text);
static void collect(struct stls_drive *drive, enum operation during);
static bool replies_are_drained(const struct stls_drive *drive, size_t queued);
static bool replies_are_full(const struct stls_drive *drive);

void stls_drive_init(struct stls_drive *drive, stls_bio *incoming,
                     stls_bio *outgoing)
{
  memset(drive, 0, sizeof *drive);
  drive->intake.incoming = incoming;
  drive->outgoing = outgoing;
  stls_watch_init(&drive->watch);
}

stls_result stls_drive_open(struct stls_drive *drive, SSL *ssl,
                            const size_t *limits)
{
  drive->ssl = ssl;
  drive->limits = limits;
  drive->is_primed = true;
  if (!stls_membio_in_open(&drive->in, stls_membio_can_repoint()) ||
      !stls_membio_out_open(&drive->out)) {
    stls_membio_in_close(&drive->in);
    SSL_free(ssl);
    drive->ssl = NULL;
    return STLS_ERROR_MEMORY;
  }
  SSL_set_bio(ssl, drive->in.bio, drive->out.bio);
  return STLS_OK;
}

void stls_drive_close(struct stls_drive *drive)
{
  if (drive->ssl == NULL) return;
  /* SSL_free drops a session that was not closed from the cache, though the
   * application may have ended the connection in its own way. */
  if (drive->cause.result == STLS_OK)
    SSL_set_shutdown(drive->ssl,
                     SSL_SENT_SHUTDOWN | SSL_get_shutdown(drive->ssl));
  SSL_free(drive->ssl);
  drive->in.bio = NULL;
  drive->out.bio = NULL;
  stls_membio_in_close(&drive->in);
  stls_membio_out_close(&drive->out);
  drive->ssl = NULL;
}

stls_result stls_drive_handshake(struct stls_drive *drive)
{
  struct job job = {.operation = HANDSHAKE};
  stls_result result;

  do {
    if (stls_bio_room(drive->outgoing) == 0) return STLS_WANT_WRITE;
    result = drive->is_primed ? STLS_OK : feed(drive, &job);
    if (result != STLS_OK) return result;
    result = run(drive, &job);
  } while (result == STLS_WANT_READ);
  if (result == STLS_OK) drive->watch.established = true;
  return result;
}

stls_result stls_drive_read(struct stls_drive *drive, void *out, size_t out_len,
                            size_t *out_read)
{
  struct job job = {.operation = READ, .out = out, .len = out_len};
  stls_result result = run_until_data(drive, &job);

  *out_read = job.done;
  drive->plaintext_out += job.done;
  return result;
}

stls_result stls_drive_await_data(struct stls_drive *drive)
{
  unsigned char byte;
  struct job job = {.operation = PEEK, .out = &byte, .len = 1};

  return run_until_data(drive, &job);
}

stls_result stls_drive_write(struct stls_drive *drive, const void *data,
                             size_t len, size_t *out_written)
{
  struct job job = {.operation = WRITE, .data = data, .len = len};
  stls_result result = finish_message(drive);

  if (result == STLS_OK) result = run(drive, &job);
  *out_written = job.done;
  drive->plaintext_in += job.done;
  return result;
}

stls_result stls_drive_close_notify(struct stls_drive *drive)
{
  struct job job = {.operation = CLOSE_NOTIFY};
  stls_result result = finish_message(drive);

  return result == STLS_OK ? run(drive, &job) : result;
}

stls_result stls_drive_send(struct stls_drive *drive, stls_drive_begin begin,
                            int how, int *out_reason)
{
  struct job job = {.operation = HANDSHAKE};
  stls_result result = finish_message(drive);

  *out_reason = 0;
  if (result != STLS_OK) return result;
  /* The same is done once more below, where it cannot fail then. */
  if (!stls_membio_out_prepare(&drive->out, 0)) return STLS_ERROR_MEMORY;
  stls_error_queue_clear();
  if (begin(drive->ssl, how) == 1) return run(drive, &job);
  *out_reason = stls_error_code_reason(stls_error_queue_take());
  return STLS_ERROR_MISUSE;
}

stls_result stls_drive_fail(struct stls_drive *drive, stls_result result,
                            const char *text)
{
  return fail(drive, result, 0, text);
}

bool stls_drive_can_read(const struct stls_drive *drive)
{
  if (SSL_pending(drive->ssl) > 0) return true;
  return !replies_are_full(drive) && stls_intake_is_ready(&drive->intake);
}

bool stls_drive_can_write(const struct stls_drive *drive)
{
  return !drive->is_mid_message || stls_intake_is_ready(&drive->intake);
}

bool stls_drive_can_handshake(const struct stls_drive *drive)
{
  return drive->is_primed || stls_intake_is_ready(&drive->intake);
}

static stls_result run_until_data(struct stls_drive *drive, struct job *job)
{
  const char *excess;
  stls_result result;

  do {
    if (SSL_pending(drive->ssl) == 0) {
      if (replies_are_full(drive)) return STLS_WANT_WRITE;
      result = feed(drive, job);
      if (result != STLS_OK) return result;
    }
    result = run(drive, job);
    if (stls_intake_is_between_records(&drive->intake))
      stls_watch_end_record(&drive->watch, result == STLS_OK);
    excess = stls_watch_excess(&drive->watch, drive->limits);
    if (result == STLS_WANT_READ && excess != NULL)
      return fail(drive, STLS_ERROR_TLS, 0, excess);
    if (drive->stops_at_answer && drive->watch.has_answered) break;
  } while (result == STLS_WANT_READ);
  return result;
}

/* libssl writes nothing while a message is under way: one of its own, which it
 * sends now, or one of the peer's, of which it has to be shown the rest. */
static stls_result finish_message(struct stls_drive *drive)
{
  struct job job = {.operation = HANDSHAKE};
  stls_result result = STLS_OK;

  while (result == STLS_OK && SSL_in_init(drive->ssl)) {
    result = run(drive, &job);
    if (result == STLS_WANT_READ) result = feed(drive, &job);
  }
  return result;
}

/* STLS_OK: there is something to show to libssl, be it the end. */
static stls_result feed(struct stls_drive *drive, struct job *job)
{
  switch (stls_intake_next(&drive->intake, &job->records)) {
    case STLS_INTAKE_BYTES:
      return STLS_OK;
    case STLS_INTAKE_ENDED:
      job->ends = true;
      return STLS_OK;
    case STLS_INTAKE_NO_MEMORY:
      return STLS_ERROR_MEMORY;
    default:
      return STLS_WANT_READ;
  }
}

static stls_result run(struct stls_drive *drive, struct job *job)
{
  size_t shown = job->records.len;
  stls_result result;
  size_t taken;
  int ret;

  if (!stls_membio_out_prepare(
          &drive->out,
          job->operation == WRITE ? job->len + STLS_RECORD_OVERHEAD_MAX : 0))
    return STLS_ERROR_MEMORY;
  stls_membio_in_point(&drive->in, job->records.data, shown, job->ends);
  /* What libssl leaves is chosen, and may lie elsewhere, the next time. */
  job->records.len = 0;
  drive->intake.incoming->busy = true;
  stls_error_queue_clear();
  ret = call_libssl(drive->ssl, job);
  result = ret > 0 ? STLS_OK : classify(drive, ret);
  drive->intake.incoming->busy = false;
  drive->is_primed = false;
  drive->is_mid_message =
      result == STLS_WANT_READ && SSL_in_init(drive->ssl) == 1;
  taken = stls_membio_in_unpoint(&drive->in);
  stls_intake_take(&drive->intake, taken);
  drive->bytes_in += taken;
  collect(drive, job->operation);
  /* SSL_OP_IGNORE_UNEXPECTED_EOF takes every end of the transport for a
   * close_notify. */
  if (result == STLS_CLOSED && !stls_intake_is_between_records(&drive->intake))
    return fail(drive, STLS_ERROR_TRUNCATED, 0,
                "the transport ended in the middle of a record");
  /* Before the handshake is done, anybody on the path can say close_notify. */
  if (result == STLS_CLOSED && SSL_in_init(drive->ssl))
    return fail(drive, STLS_ERROR_TLS, 0,
                drive->watch.established
                    ? "the peer closed in the middle of a message"
                    : "the peer closed before the handshake was done");
  /* Whoever is shown bytes, or the end, and neither takes them nor says why
   * would be shown them for ever. */
  if (result == STLS_WANT_READ && taken == 0 && (job->ends || shown > 0))
    return fail(drive, job->ends ? STLS_ERROR_TRUNCATED : STLS_ERROR_TLS, 0,
                NULL);
  return result;
}

static int call_libssl(SSL *ssl, struct job *job)
{
  switch (job->operation) {
    case HANDSHAKE:
      return SSL_do_handshake(ssl);
    case READ:
      return SSL_read_ex(ssl, job->out, job->len, &job->done);
    case PEEK:
      return SSL_peek_ex(ssl, job->out, job->len, &job->done);
    case WRITE:
      return SSL_write_ex(ssl, job->data, job->len, &job->done);
    default:
      /* 0 says that the peer's close_notify has not come: not asked for. */
      return SSL_shutdown(ssl) >= 0 ? 1 : -1;
  }
}

static stls_result classify(struct stls_drive *drive, int ret)
{
  switch (SSL_get_error(drive->ssl, ret)) {
    case SSL_ERROR_WANT_READ:
      return STLS_WANT_READ;
    case SSL_ERROR_ZERO_RETURN:
      return STLS_CLOSED;
    default:
      return diagnose(drive);
  }
}

/* The newest entry is the most general; one that has a class of its own says
 * more, wherever it stands. */
static stls_result diagnose(struct stls_drive *drive)
{
  unsigned long code, newest = 0, telling = 0;

  while ((code = stls_error_queue_take()) != 0) {
    newest = code;
    if (telling == 0 && class_of(code) != STLS_ERROR_TLS) telling = code;
  }
  if (telling != 0) newest = telling;
  return fail(drive, class_of(newest), newest, NULL);
}

static stls_result class_of(unsigned long code)
{
  int reason = stls_error_code_reason(code);

  if (stls_error_code_is_memory(code)) return STLS_ERROR_MEMORY;
  if (!stls_error_code_is_ssl(code)) return STLS_ERROR_TLS;
  switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return STLS_ERROR_CERTIFICATE;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return STLS_ERROR_TRUNCATED;
    default:
      /* Reasons that all OpenSSL libraries share are numbered above. */
      return reason > SSL_AD_REASON_OFFSET &&
                     reason <= SSL_AD_REASON_OFFSET + UINT8_MAX
                 ? STLS_ERROR_ALERT
                 : STLS_ERROR_TLS;
  }
}

static stls_result fail(struct stls_drive *drive, stls_result result,
                        unsigned long code, const char *text)
{
  if (drive->cause.result == STLS_OK) {
    drive->cause.result = result;
    drive->cause.code = code;
    drive->cause.text = text;
  }
  return drive->cause.result;
}

static void collect(struct stls_drive *drive, enum operation during)
{
  size_t queued = drive->outgoing->buffer.len;
  size_t len = stls_membio_out_collect(&drive->out, &drive->outgoing->buffer);

  if (len > 0 && (during == READ || during == PEEK)) {
    if (replies_are_drained(drive, queued)) drive->reply_bytes = 0;
    drive->reply_bytes += len;
    drive->replies_end = drive->bytes_out + len;
  }
  drive->bytes_out += len;
}

static bool replies_are_drained(const struct stls_drive *drive, size_t queued)
{
  return drive->replies_end + queued <= drive->bytes_out;
}

/* Only answers count: a backlog of the application's own data must not stop
 * reads, or two peers that both write much would wait for each other. */
static bool replies_are_full(const struct stls_drive *drive)
{
  return drive->reply_bytes >= drive->limits[STLS_LIMIT_REPLY_BYTES] &&
         !replies_are_drained(drive, drive->outgoing->buffer.len);
}
