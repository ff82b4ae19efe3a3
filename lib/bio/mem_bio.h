/* SPDX-License-Identifier: MIT */
/* mem_bio: the two BIO_s_mem that face libssl. */
#ifndef STLS_LIB_MEM_BIO_H
#define STLS_LIB_MEM_BIO_H

#include <openssl/bio.h>
#include <openssl/buffer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/chunk_queue.h"

/*
 * Records in: one BIO for life, pointed at bytes that lie elsewhere, which
 * libssl then reads without a copy of ours between.
 *
 * Repointing writes the fields of the BUF_MEM that BIO_get_mem_ptr returns for a
 * read-only BIO; that the BIO reads through them is not documented, so a
 * self-test decides once per process. The documented way hands an own BUF_MEM
 * to BIO_set_mem_buf instead.
 */
struct stls_mem_bio_in {
  BIO *bio;
  BUF_MEM *mem;
  bool repoints;
  size_t given;
};

/* false when memory is short. Releases with stls_mem_bio_in_close. */
bool stls_mem_bio_in_open(struct stls_mem_bio_in *in, bool repoint);

/* Frees the struct's parts. A BIO whose reference was handed to an SSL is
 * freed by that SSL: set `bio` to NULL then, and call this after SSL_free. */
void stls_mem_bio_in_close(struct stls_mem_bio_in *in);

/* Lets libssl read these bytes; they are not written. `ends` says that nothing
 * will ever follow them. */
void stls_mem_bio_in_point(struct stls_mem_bio_in *in, const void *data,
                           size_t len, bool ends);

/* Takes the bytes away again and returns how many libssl took. */
size_t stls_mem_bio_in_unpoint(struct stls_mem_bio_in *in);

/*
 * Records out: one BIO for life that writes into memory which becomes a chunk of
 * the queue as it is. libssl never sees a backlog, and no byte that the queue
 * holds ever moves.
 *
 * Priming sets the length of the BUF_MEM beforehand to that of the record to
 * come, so that the BIO does not zero what it then writes to. That it takes its
 * own offset from elsewhere is not documented, hence the same self-test; a wrong
 * guess costs the zeroing.
 */
struct stls_mem_bio_out {
  BIO *bio;
  BUF_MEM *mem;
  /* Made beforehand, so that taking what libssl wrote cannot fail. */
  struct stls_chunk *next;
  /* By how much the last record was longer than its plaintext; 0: unknown. */
  size_t overhead;
  bool primes;
  bool is_primed;
  /* The BIO has to be told of the BUF_MEM anew. */
  bool is_stale;
};

/* false when memory is short. */
bool stls_mem_bio_out_open(struct stls_mem_bio_out *out, bool prime);

/* As stls_mem_bio_in_close. */
void stls_mem_bio_out_close(struct stls_mem_bio_out *out);

/* Frees what no operation has to find. */
void stls_mem_bio_out_trim(struct stls_mem_bio_out *out);

/* Makes ready for one operation that seals `len` bytes of plaintext, or that
 * writes nobody knows what: 0. Memory comes from what `queue` has to spare.
 * false when memory is short. */
bool stls_mem_bio_out_prepare(struct stls_mem_bio_out *out,
                              struct stls_chunk_queue *queue, size_t len);

/* Moves what libssl wrote to the end of the queue; returns how much. `sealed`:
 * the operation was to seal as many bytes, and did; 0: it was not, or did
 * not. */
size_t stls_mem_bio_out_collect(struct stls_mem_bio_out *out,
                                struct stls_chunk_queue *queue, size_t sealed);

/* Forgets what libssl wrote instead; returns how much. */
size_t stls_mem_bio_out_drop(struct stls_mem_bio_out *out);

/* Makes `mem` describe bytes that it does not own. A BIO only reads through this
 * pointer, so dropping the const is safe. */
static inline void stls_mem_bio_point_mem(BUF_MEM *mem, const void *data,
                                          size_t len)
{
  mem->data = (char *)(uintptr_t)data;
  mem->length = len;
  mem->max = len;
}

#endif
