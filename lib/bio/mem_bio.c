/* SPDX-License-Identifier: MIT */
/* mem_bio: makes the two BIO_s_mem that libssl reads from and writes to. */
#include "bio/mem_bio.h"

#include <string.h>

#include "base/mem.h"
#include "wire/record_header.h"

/* A shorter record is copied behind others in one chunk, and its memory is
 * reused; the memory of a longer one becomes a chunk. */
#define SMALL ((size_t)1024)

static void announce(struct stls_mem_bio_out *out);
static bool give_memory(struct stls_mem_bio_out *out,
                        struct stls_chunk_queue *queue, size_t cap);
static size_t written(struct stls_mem_bio_out *out, size_t sealed);

bool stls_mem_bio_in_open(struct stls_mem_bio_in *in, bool repoint)
{
  memset(in, 0, sizeof *in);
  in->repoints = repoint;
  if (repoint) {
    in->bio = BIO_new_mem_buf("", 0);
    if (in->bio != NULL) BIO_get_mem_ptr(in->bio, &in->mem);
  } else {
    in->bio = BIO_new(BIO_s_mem());
    in->mem = BUF_MEM_new();
    if (in->bio != NULL && in->mem != NULL)
      BIO_set_mem_buf(in->bio, in->mem, BIO_NOCLOSE);
  }
  if (in->bio != NULL && in->mem != NULL) {
    BIO_set_mem_eof_return(in->bio, -1);
    return true;
  }
  stls_mem_bio_in_close(in);
  return false;
}

void stls_mem_bio_in_close(struct stls_mem_bio_in *in)
{
  BIO_free(in->bio);
  if (!in->repoints && in->mem != NULL) {
    in->mem->data = NULL;
    BUF_MEM_free(in->mem);
  }
  memset(in, 0, sizeof *in);
}

void stls_mem_bio_in_point(struct stls_mem_bio_in *in, const void *data,
                           size_t len, bool ends)
{
  stls_mem_bio_in_repoint(in, data, len);
  if (ends) BIO_set_mem_eof_return(in->bio, 0);
}

size_t stls_mem_bio_in_unpoint(struct stls_mem_bio_in *in)
{
  size_t left = in->repoints ? in->mem->length : BIO_ctrl_pending(in->bio);
  size_t taken = in->given - left;

  in->given = 0;
  stls_mem_bio_point_mem(in->mem, NULL, 0);
  if (!in->repoints) BIO_set_mem_buf(in->bio, in->mem, BIO_NOCLOSE);
  return taken;
}

bool stls_mem_bio_out_open(struct stls_mem_bio_out *out, bool prime)
{
  memset(out, 0, sizeof *out);
  out->primes = prime;
  out->bio = BIO_new(BIO_s_mem());
  out->mem = BUF_MEM_new();
  if (out->bio != NULL && out->mem != NULL) {
    announce(out);
    return true;
  }
  stls_mem_bio_out_close(out);
  return false;
}

void stls_mem_bio_out_close(struct stls_mem_bio_out *out)
{
  BIO_free(out->bio);
  BUF_MEM_free(out->mem);
  stls_chunk_queue_free_chunk(out->next);
  memset(out, 0, sizeof *out);
}

void stls_mem_bio_out_trim(struct stls_mem_bio_out *out)
{
  stls_mem_free(out->mem->data);
  stls_mem_bio_point_mem(out->mem, NULL, 0);
  stls_chunk_queue_free_chunk(out->next);
  out->next = NULL;
  announce(out);
}

bool stls_mem_bio_out_prepare(struct stls_mem_bio_out *out,
                              struct stls_chunk_queue *queue, size_t len)
{
  size_t need = len == 0 ? 0 : len + STLS_RECORD_HEADER_OVERHEAD_MAX;

  if (need > 0 && need < SMALL) need = SMALL;
  if ((out->next == NULL || need > out->mem->max) &&
      !give_memory(out, queue, need))
    return false;
  if (out->is_stale) announce(out);
  out->is_primed = out->primes && len > 0 && out->overhead > 0;
  if (out->is_primed) out->mem->length = len + out->overhead;
  return true;
}

size_t stls_mem_bio_out_collect(struct stls_mem_bio_out *out,
                                struct stls_chunk_queue *queue, size_t sealed)
{
  size_t len = written(out, sealed);
  const struct stls_chunk *tail = queue->tail;

  if (len == 0) return 0;
  if (len < SMALL && tail != NULL && tail->cap - tail->end >= len) {
    /* Cannot fail: the tail has room for it. */
    stls_chunk_queue_append(queue, out->mem->data, len);
    out->mem->length = 0;
  } else {
    out->next->data = (uint8_t *)out->mem->data;
    out->next->end = len;
    out->next->cap = out->mem->max;
    stls_chunk_queue_push(queue, out->next);
    out->next = NULL;
    stls_mem_bio_point_mem(out->mem, NULL, 0);
  }
  out->is_stale = true;
  return len;
}

size_t stls_mem_bio_out_drop(struct stls_mem_bio_out *out)
{
  size_t len = written(out, 0);

  out->mem->length = 0;
  out->is_stale = true;
  return len;
}

/* The length of what libssl wrote. A primed BUF_MEM has it only after a
 * write. */
static size_t written(struct stls_mem_bio_out *out, size_t sealed)
{
  size_t len = out->mem->length;

  if (out->is_primed && sealed == 0) {
    len = BIO_ctrl_pending(out->bio);
    if (len == 0) out->mem->length = 0;
  }
  out->is_primed = false;
  if (sealed > 0) {
    bool is_one_record =
        len > sealed && len - sealed <= STLS_RECORD_HEADER_OVERHEAD_MAX;
    out->overhead = is_one_record ? len - sealed : 0;
  }
  return len;
}

static void announce(struct stls_mem_bio_out *out)
{
  BIO_set_mem_buf(out->bio, out->mem, BIO_NOCLOSE);
  out->is_stale = false;
}

/* Gives the memory of a new chunk to the BUF_MEM and keeps the chunk to push
 * it later. The old memory holds nothing between operations. */
static bool give_memory(struct stls_mem_bio_out *out,
                        struct stls_chunk_queue *queue, size_t cap)
{
  struct stls_chunk *chunk = stls_chunk_queue_take_chunk(queue, cap);

  if (chunk == NULL) return false;
  stls_mem_free(out->mem->data);
  out->mem->data = (char *)chunk->data;
  out->mem->length = 0;
  out->mem->max = chunk->cap;
  out->is_stale = true;
  chunk->data = NULL;
  chunk->cap = 0;
  stls_chunk_queue_free_chunk(out->next);
  out->next = chunk;
  return true;
}
