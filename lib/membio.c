/* SPDX-License-Identifier: MIT */
/* membio (L2): the two BIO_s_mem that face libssl. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "membio.h"

#include <openssl/crypto.h>
#include <string.h>

#include "mem.h"

/* Below this, a record is copied behind others in one chunk, and the memory it
 * was written to is used again; above, its memory becomes a chunk. */
#define SMALL ((size_t)1024)

#ifdef STLS_NO_BIO_REPOINTING
#define MAY_REPOINT false
#else
#define MAY_REPOINT true
#endif

static CRYPTO_ONCE self_test_once = CRYPTO_ONCE_STATIC_INIT;
static bool self_test_passed;

static void run_self_test(void);
static bool reads_through_mem(BIO *bio, BUF_MEM *mem);
static void point_mem(BUF_MEM *mem, const void *data, size_t len);
static bool give_memory(struct stls_membio_out *out, size_t cap);

bool stls_membio_can_repoint(void)
{
  return MAY_REPOINT &&
         CRYPTO_THREAD_run_once(&self_test_once, run_self_test) == 1 &&
         self_test_passed;
}

bool stls_membio_in_open(struct stls_membio_in *in, bool repoint)
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
  stls_membio_in_close(in);
  return false;
}

void stls_membio_in_close(struct stls_membio_in *in)
{
  BIO_free(in->bio);
  if (!in->repoints && in->mem != NULL) {
    in->mem->data = NULL;
    BUF_MEM_free(in->mem);
  }
  memset(in, 0, sizeof *in);
}

void stls_membio_in_point(struct stls_membio_in *in, const void *data,
                          size_t len, bool ends)
{
  in->given = len;
  point_mem(in->mem, data, len);
  if (!in->repoints) BIO_set_mem_buf(in->bio, in->mem, BIO_NOCLOSE);
  if (ends) BIO_set_mem_eof_return(in->bio, 0);
}

size_t stls_membio_in_unpoint(struct stls_membio_in *in)
{
  size_t left = in->repoints ? in->mem->length : BIO_ctrl_pending(in->bio);
  size_t taken = in->given - left;

  in->given = 0;
  point_mem(in->mem, NULL, 0);
  if (!in->repoints) BIO_set_mem_buf(in->bio, in->mem, BIO_NOCLOSE);
  return taken;
}

bool stls_membio_out_open(struct stls_membio_out *out)
{
  memset(out, 0, sizeof *out);
  out->bio = BIO_new(BIO_s_mem());
  out->mem = BUF_MEM_new();
  if (out->bio != NULL && out->mem != NULL) {
    BIO_set_mem_buf(out->bio, out->mem, BIO_NOCLOSE);
    return true;
  }
  stls_membio_out_close(out);
  return false;
}

void stls_membio_out_close(struct stls_membio_out *out)
{
  BIO_free(out->bio);
  BUF_MEM_free(out->mem);
  stls_chunk_free(out->next);
  memset(out, 0, sizeof *out);
}

bool stls_membio_out_prepare(struct stls_membio_out *out, size_t expected)
{
  if (out->next == NULL) out->next = stls_chunk_new();
  if (out->next == NULL) return false;
  if (expected == 0 || expected <= out->mem->max) return true;
  return give_memory(out, expected < SMALL ? SMALL : expected);
}

size_t stls_membio_out_collect(struct stls_membio_out *out,
                               struct stls_buffer *buffer)
{
  size_t len = out->mem->length;
  const struct stls_chunk *tail = buffer->tail;

  if (len == 0) return 0;
  if (len < SMALL && tail != NULL && tail->cap - tail->end >= len) {
    /* Cannot fail: it fits where the tail already has memory. */
    stls_buffer_append(buffer, out->mem->data, len);
    out->mem->length = 0;
  } else {
    out->next->data = (uint8_t *)out->mem->data;
    out->next->end = len;
    out->next->cap = out->mem->max;
    stls_buffer_push(buffer, out->next);
    out->next = NULL;
    point_mem(out->mem, NULL, 0);
  }
  BIO_set_mem_buf(out->bio, out->mem, BIO_NOCLOSE);
  return len;
}

/* Replaces memory that is too small; nothing waits in it between operations. */
static bool give_memory(struct stls_membio_out *out, size_t cap)
{
  char *data = stls_mem_alloc(cap);

  if (data == NULL) return false;
  stls_mem_free(out->mem->data);
  out->mem->data = data;
  out->mem->length = 0;
  out->mem->max = cap;
  BIO_set_mem_buf(out->bio, out->mem, BIO_NOCLOSE);
  return true;
}

static void run_self_test(void)
{
  BUF_MEM *mem = NULL;
  BIO *bio = BIO_new_mem_buf("", 0);

  if (bio == NULL) return;
  BIO_set_mem_eof_return(bio, -1);
  BIO_get_mem_ptr(bio, &mem);
  self_test_passed = mem != NULL && reads_through_mem(bio, mem);
  if (mem != NULL) point_mem(mem, NULL, 0);
  BIO_free(bio);
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

/* The BIO only ever reads through this pointer, so the const may be dropped. */
static void point_mem(BUF_MEM *mem, const void *data, size_t len)
{
  mem->data = (char *)(uintptr_t)data;
  mem->length = len;
  mem->max = len;
}
