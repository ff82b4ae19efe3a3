/* SPDX-License-Identifier: MIT */
/* bio: queues ciphertext up to a limit. */
#include "bio/bio.h"

#include "base/error.h"
#include "base/refs.h"

static stls_result check_writable(const stls_bio *bio, stls_error *err);
static stls_result check_idle(const stls_bio *bio, stls_error *err);

stls_result stls_bio_new(stls_bio **out_bio, stls_error *err)
{
  stls_bio *bio;

  if (out_bio == NULL) return stls_error_null(err, "out_bio");
  bio = stls_mem_zalloc(sizeof *bio);
  if (bio == NULL) return stls_error_memory(err);
  stls_refs_init(&bio->refs);
  bio->limit = STLS_BIO_DEFAULT_LIMIT;
  bio->queue.spare_max = STLS_BIO_SPARE_SMALL;
  *out_bio = bio;
  return STLS_OK;
}

void stls_bio_free(stls_bio *bio)
{
  if (bio == NULL || !stls_refs_release(&bio->refs)) return;
  stls_chunk_queue_clear(&bio->queue);
  stls_mem_free(bio);
}

stls_bio *stls_bio_up_ref(stls_bio *bio)
{
  if (bio != NULL) stls_refs_take(&bio->refs);
  return bio;
}

stls_result stls_bio_write(stls_bio *bio, const void *data, size_t len,
                           size_t *out_written, stls_error *err)
{
  stls_result result;
  size_t room;

  if (out_written == NULL) return stls_error_null(err, "out_written");
  *out_written = 0;
  result = check_writable(bio, err);
  if (result != STLS_OK) return result;
  if (len == 0) return STLS_OK;
  if (data == NULL) return stls_error_null(err, "data");
  room = stls_bio_room(bio);
  if (room == 0) return STLS_WANT_WRITE;
  if (len > room) len = room;
  if (!stls_chunk_queue_append(&bio->queue, data, len))
    return stls_error_memory(err);
  *out_written = len;
  return STLS_OK;
}

stls_result stls_bio_read(stls_bio *bio, void *out, size_t out_len,
                          size_t *out_read, stls_error *err)
{
  stls_result result;

  if (out_read == NULL) return stls_error_null(err, "out_read");
  *out_read = 0;
  result = check_idle(bio, err);
  if (result != STLS_OK) return result;
  if (out_len == 0) return STLS_OK;
  if (out == NULL) return stls_error_null(err, "out");
  if (bio->queue.len == 0)
    return bio->eof_written ? STLS_CLOSED : STLS_WANT_READ;
  *out_read = stls_chunk_queue_copy(&bio->queue, out, out_len);
  stls_chunk_queue_consume(&bio->queue, *out_read);
  return STLS_OK;
}

void stls_bio_write_eof(stls_bio *bio)
{
  if (bio != NULL) bio->eof_written = true;
}

size_t stls_bio_pending(const stls_bio *bio)
{
  return bio == NULL ? 0 : bio->queue.len;
}

bool stls_bio_eof(const stls_bio *bio)
{
  return bio != NULL && bio->eof_written && bio->queue.len == 0;
}

stls_span stls_bio_peek(const stls_bio *bio)
{
  stls_span none = {NULL, 0};

  return bio == NULL ? none : stls_chunk_queue_front(&bio->queue);
}

size_t stls_bio_peekv(const stls_bio *bio, stls_span *spans, size_t max)
{
  if (bio == NULL || (spans == NULL && max > 0)) return 0;
  return stls_chunk_queue_runs(&bio->queue, spans, max);
}

stls_result stls_bio_consume(stls_bio *bio, size_t len, stls_error *err)
{
  stls_result result = check_idle(bio, err);

  if (result != STLS_OK) return result;
  if (len > bio->queue.len)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "len is %zu, but only %zu bytes are pending", len,
                           bio->queue.len);
  stls_chunk_queue_consume(&bio->queue, len);
  return STLS_OK;
}

stls_result stls_bio_reserve(stls_bio *bio, size_t len, void **out_data,
                             size_t *out_len, stls_error *err)
{
  stls_result result;
  size_t room, reserved;
  uint8_t *data;

  if (out_data == NULL) return stls_error_null(err, "out_data");
  if (out_len == NULL) return stls_error_null(err, "out_len");
  *out_len = 0;
  result = check_writable(bio, err);
  if (result != STLS_OK) return result;
  if (len == 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "len is 0");
  result = check_idle(bio, err);
  if (result != STLS_OK) return result;
  room = stls_bio_room(bio);
  if (room == 0) return STLS_WANT_WRITE;
  data =
      stls_chunk_queue_reserve(&bio->queue, len < room ? len : room, &reserved);
  if (data == NULL) return stls_error_memory(err);
  if (reserved > room) bio->queue.reserved = reserved = room;
  *out_data = data;
  *out_len = reserved;
  return STLS_OK;
}

stls_result stls_bio_commit(stls_bio *bio, size_t len, stls_error *err)
{
  stls_result result = check_writable(bio, err);

  if (result != STLS_OK) return result;
  if (bio->queue.reserved == 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NOT_RESERVED,
                           "nothing is reserved");
  if (len > bio->queue.reserved)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NOT_RESERVED,
                           "len is %zu, but only %zu bytes are reserved", len,
                           bio->queue.reserved);
  stls_chunk_queue_commit(&bio->queue, len);
  return STLS_OK;
}

stls_result stls_bio_set_limit(stls_bio *bio, size_t limit, stls_error *err)
{
  if (bio == NULL) return stls_error_null(err, "bio");
  if (limit == 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "limit is 0");
  bio->limit = limit;
  return STLS_OK;
}

size_t stls_bio_limit(const stls_bio *bio)
{
  return bio == NULL ? 0 : bio->limit;
}

void stls_bio_trim(stls_bio *bio)
{
  if (bio != NULL && !bio->busy) stls_chunk_queue_trim(&bio->queue);
}

static stls_result check_writable(const stls_bio *bio, stls_error *err)
{
  if (bio == NULL) return stls_error_null(err, "bio");
  if (bio->eof_written)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_END_WRITTEN,
                           "the end of this bio was written");
  return STLS_OK;
}

static stls_result check_idle(const stls_bio *bio, stls_error *err)
{
  if (bio == NULL) return stls_error_null(err, "bio");
  if (bio->busy)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_IN_USE,
                           "an object is reading this bio");
  return STLS_OK;
}
