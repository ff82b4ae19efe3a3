/* SPDX-License-Identifier: MIT */
/* mem_bio: the two BIO_s_mem that face libssl. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "bio/mem_bio.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/mem.h"
#include "wire/record_header.h"

/* Below this, a record is copied behind others in one chunk, and the memory it
 * was written to is used again; above, its memory becomes a chunk. */
#define SMALL ((size_t)1024)

#ifdef STLS_NO_BIO_REPOINTING
#define MAY_REPOINT false
#else
#define MAY_REPOINT true
#endif

static CRYPTO_ONCE self_test_once = CRYPTO_ONCE_STATIC_INIT;
static bool can_repoint, can_prime;

static void run_self_tests(void);
static bool test_repointing(void);
static bool reads_through_mem(BIO *bio, BUF_MEM *mem);
static bool test_priming(void);
static bool writes_over_primed(BIO *bio, BUF_MEM *mem);
static void point_mem(BUF_MEM *mem, const void *data, size_t len);
static void announce(struct stls_mem_bio_out *out);
static bool give_memory(struct stls_mem_bio_out *out,
                        struct stls_chunk_queue *queue, size_t cap);
static size_t written(struct stls_mem_bio_out *out, size_t sealed);

bool stls_mem_bio_can_repoint(void)
{
  return MAY_REPOINT &&
         CRYPTO_THREAD_run_once(&self_test_once, run_self_tests) == 1 &&
         can_repoint;
}

bool stls_mem_bio_can_prime(void)
{
  return MAY_REPOINT &&
         CRYPTO_THREAD_run_once(&self_test_once, run_self_tests) == 1 &&
         can_prime;
}

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
  in->given = len;
  point_mem(in->mem, data, len);
  if (!in->repoints) BIO_set_mem_buf(in->bio, in->mem, BIO_NOCLOSE);
  if (ends) BIO_set_mem_eof_return(in->bio, 0);
}

size_t stls_mem_bio_in_unpoint(struct stls_mem_bio_in *in)
{
  size_t left = in->repoints ? in->mem->length : BIO_ctrl_pending(in->bio);
  size_t taken = in->given - left;

  in->given = 0;
  point_mem(in->mem, NULL, 0);
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
  stls_chunk_free(out->next);
  memset(out, 0, sizeof *out);
}

void stls_mem_bio_out_trim(struct stls_mem_bio_out *out)
{
  stls_mem_free(out->mem->data);
  point_mem(out->mem, NULL, 0);
  stls_chunk_free(out->next);
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
    /* Cannot fail: it fits where the tail already has memory. */
    stls_chunk_queue_append(queue, out->mem->data, len);
    out->mem->length = 0;
  } else {
    out->next->data = (uint8_t *)out->mem->data;
    out->next->end = len;
    out->next->cap = out->mem->max;
    stls_chunk_queue_push(queue, out->next);
    out->next = NULL;
    point_mem(out->mem, NULL, 0);
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

/* How much lies there, of which the BUF_MEM tells only after a write. */
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

/* Takes a chunk for its memory, and itself for the one to be pushed; nothing
 * waits in the old memory between operations. */
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
  stls_chunk_free(out->next);
  out->next = chunk;
  return true;
}

static void run_self_tests(void)
{
  can_repoint = test_repointing();
  can_prime = test_priming();
}

static bool test_repointing(void)
{
  BUF_MEM *mem = NULL;
  BIO *bio = BIO_new_mem_buf("", 0);
  bool is_passed;

  if (bio == NULL) return false;
  BIO_set_mem_eof_return(bio, -1);
  BIO_get_mem_ptr(bio, &mem);
  is_passed = mem != NULL && reads_through_mem(bio, mem);
  if (mem != NULL) point_mem(mem, NULL, 0);
  BIO_free(bio);
  return is_passed;
}

/* Twice, in unequal parts, and empty in between: what an object will do. */
static bool reads_through_mem(BIO *bio, BUF_MEM *mem)
{
  static const char bytes[] = "0123456789";
  char out[sizeof bytes];

  for (int round = 0; round < 2; round++) {
    if (BIO_read(bio, out, sizeof out) != -1 || !BIO_should_read(bio))
      return false;
    point_mem(mem, bytes, 10);
    if (BIO_ctrl_pending(bio) != 10 || BIO_read(bio, out, 3) != 3) return false;
    if (memcmp(out, bytes, 3) != 0 || mem->length != 7) return false;
    if (mem->data != bytes + 3 || BIO_read(bio, out, sizeof out) != 7)
      return false;
    if (memcmp(out, bytes + 3, 7) != 0 || mem->length != 0) return false;
    point_mem(mem, NULL, 0);
  }
  return true;
}

static bool test_priming(void)
{
  BIO *bio = BIO_new(BIO_s_mem());
  BUF_MEM *mem = BUF_MEM_new();
  bool is_passed = bio != NULL && mem != NULL && writes_over_primed(bio, mem);

  BIO_free(bio);
  BUF_MEM_free(mem);
  return is_passed;
}

/* A guess that is right, too short and too long, each before one write and
 * before two, and before none. */
static bool writes_over_primed(BIO *bio, BUF_MEM *mem)
{
  static const char bytes[] = "0123456789";
  static const size_t guesses[] = {5, 3, 9, 10, 20};

  if (BUF_MEM_grow(mem, 32) == 0) return false;
  for (size_t i = 0; i < 3 * sizeof guesses / sizeof guesses[0]; i++) {
    size_t len = i % 3 * 5;
    mem->length = 0;
    BIO_set_mem_buf(bio, mem, BIO_NOCLOSE);
    mem->length = guesses[i / 3];
    if (len > 0 && BIO_write(bio, bytes, 5) != 5) return false;
    if (len > 5 && BIO_write(bio, bytes + 5, 5) != 5) return false;
    if (BIO_ctrl_pending(bio) != len) return false;
    if (len > 0 && (mem->length != len || memcmp(mem->data, bytes, len) != 0))
      return false;
  }
  return true;
}

/* The BIO only ever reads through this pointer, so the const may be dropped. */
static void point_mem(BUF_MEM *mem, const void *data, size_t len)
{
  mem->data = (char *)(uintptr_t)data;
  mem->length = len;
  mem->max = len;
}
