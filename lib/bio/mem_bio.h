/* SPDX-License-Identifier: MIT */
/* mem_bio: makes the two BIO_s_mem that libssl reads from and writes to. */
#ifndef STLS_LIB_MEM_BIO_H
#define STLS_LIB_MEM_BIO_H

#include <openssl/bio.h>
#include <openssl/buffer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/chunk_queue.h"

/*
 * Input: one BIO that is pointed at bytes which lie elsewhere, so that libssl
 * reads them without a copy.
 *
 * Repointing writes the fields of the BUF_MEM that BIO_get_mem_ptr returns for
 * a read-only BIO. That the BIO reads through them is not documented, so
 * mem_bio_probe tests it once per process. The documented way passes an own
 * BUF_MEM to BIO_set_mem_buf instead.
 */
struct stls_mem_bio_in {
  BIO *bio;
  BUF_MEM *mem;
  bool repoints;
  size_t given;
};

/* false when memory is short. Freed by stls_mem_bio_in_close. */
bool stls_mem_bio_in_open(struct stls_mem_bio_in *in, bool repoint);

/* Frees the parts of the struct. A BIO whose reference was given to an SSL is
 * freed by that SSL: set `bio` to NULL then, and call this after SSL_free. */
void stls_mem_bio_in_close(struct stls_mem_bio_in *in);

/* Makes `mem` describe bytes that it does not own. A BIO only reads through this
 * pointer, so dropping the const is safe. */
static inline void stls_mem_bio_point_mem(BUF_MEM *mem, const void *data,
                                          size_t len)
{
  mem->data = (char *)(uintptr_t)data;
  mem->length = len;
  mem->max = len;
}

/* Lets libssl read these bytes, which are not copied. `ends`: no bytes will
 * ever follow them. */
void stls_mem_bio_in_point(struct stls_mem_bio_in *in, const void *data,
                           size_t len, bool ends);

/* The same, where libssl has read all bytes of before and some may follow. */
static inline void stls_mem_bio_in_repoint(struct stls_mem_bio_in *in,
                                           const void *data, size_t len)
{
  in->given = len;
  stls_mem_bio_point_mem(in->mem, data, len);
  if (!in->repoints) BIO_set_mem_buf(in->bio, in->mem, BIO_NOCLOSE);
}

/* Whether libssl has read all bytes. */
static inline bool stls_mem_bio_in_is_drained(const struct stls_mem_bio_in *in)
{
  return (in->repoints ? in->mem->length : BIO_ctrl_pending(in->bio)) == 0;
}

/* Takes the bytes away again and returns how many libssl read. */
size_t stls_mem_bio_in_unpoint(struct stls_mem_bio_in *in);

/*
 * Output: one BIO that writes into memory which then becomes a chunk of the
 * queue, without a copy. libssl never has to wait, and queued bytes never
 * move.
 *
 * Priming sets the length of the BUF_MEM to that of the expected record, so
 * that the BIO does not zero the memory before it writes. That the BIO keeps
 * its own offset is not documented, so mem_bio_probe tests it; a wrong length
 * only costs the zeroing.
 */
struct stls_mem_bio_out {
  BIO *bio;
  BUF_MEM *mem;
  /* Allocated in advance, so that collecting cannot fail. */
  struct stls_chunk *next;
  /* How much longer the last record was than its plaintext; 0: unknown. */
  size_t overhead;
  bool primes;
  bool is_primed;
  /* BIO_set_mem_buf must be called again. */
  bool is_stale;
};

/* false when memory is short. */
bool stls_mem_bio_out_open(struct stls_mem_bio_out *out, bool prime);

/* As stls_mem_bio_in_close. */
void stls_mem_bio_out_close(struct stls_mem_bio_out *out);

/* Frees memory that the next operation can allocate again. */
void stls_mem_bio_out_trim(struct stls_mem_bio_out *out);

/* Prepares for one operation that encrypts `len` bytes of plaintext, or writes
 * an unknown amount: 0. Uses the spare chunk of `queue` first. false when
 * memory is short. */
bool stls_mem_bio_out_prepare(struct stls_mem_bio_out *out,
                              struct stls_chunk_queue *queue, size_t len);

/* Whether it is prepared for an operation that writes nothing, or little. */
static inline bool stls_mem_bio_out_is_prepared(
    const struct stls_mem_bio_out *out)
{
  return out->next != NULL && !out->is_stale && !out->is_primed;
}

/* Whether libssl wrote nothing since then. */
static inline bool stls_mem_bio_out_is_empty(const struct stls_mem_bio_out *out)
{
  return out->mem->length == 0;
}

/* Moves what libssl wrote to the end of the queue and returns its length.
 * `sealed`: how many bytes of plaintext the operation encrypted; 0 if none. */
size_t stls_mem_bio_out_collect(struct stls_mem_bio_out *out,
                                struct stls_chunk_queue *queue, size_t sealed);

/* Discards what libssl wrote and returns its length. */
size_t stls_mem_bio_out_drop(struct stls_mem_bio_out *out);

#endif
