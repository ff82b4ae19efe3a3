/* SPDX-License-Identifier: MIT */
/* bio: the bounded byte queue that ciphertext waits in. */
#ifndef STLS_LIB_BIO_H
#define STLS_LIB_BIO_H

#include <sanstls/bio.h>

#include "base/mem.h"
#include "bio/chunk_queue.h"

/* What a drained queue keeps for its next use: enough for small records; or as
 * much as a queue takes by default. */
#define STLS_BIO_SPARE_SMALL ((size_t)1024)
#define STLS_BIO_SPARE_LARGE STLS_BIO_DEFAULT_LIMIT

struct stls_bio {
  stls_refs refs;
  struct stls_chunk_queue queue;
  size_t limit;
  bool eof_written;
  /* An object's call has libssl read from here: nothing may be removed. */
  bool busy;
};

/* How many more bytes fit under the limit. */
size_t stls_bio_room(const stls_bio *bio);

#endif
