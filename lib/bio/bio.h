/* SPDX-License-Identifier: MIT */
/* bio: queues ciphertext up to a limit. */
#ifndef STLS_LIB_BIO_H
#define STLS_LIB_BIO_H

#include <sanstls/bio.h>

#include "base/mem.h"
#include "base/refs.h"
#include "bio/chunk_queue.h"

/* How much memory an empty queue keeps for its next use: enough for small
 * records, or the default limit of a queue. */
#define STLS_BIO_SPARE_SMALL ((size_t)1024)
#define STLS_BIO_SPARE_LARGE STLS_BIO_DEFAULT_LIMIT

struct stls_bio {
  stls_refs refs;
  struct stls_chunk_queue queue;
  size_t limit;
  bool eof_written;
  /* libssl is reading from here: nothing may be removed. */
  bool busy;
};

/* How many more bytes fit under the limit. */
static inline size_t stls_bio_room(const stls_bio *bio)
{
  return bio->queue.len < bio->limit ? bio->limit - bio->queue.len : 0;
}

#endif
