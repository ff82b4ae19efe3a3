/* SPDX-License-Identifier: MIT */
/* record_protect: seals and opens one record. */
#ifndef STLS_LIB_RECORD_PROTECT_H
#define STLS_LIB_RECORD_PROTECT_H

#include <sanstls/bio.h>

#include "records/record_keys.h"

/*
 * An AEAD with a key, for one of sealing and opening. The sequence number comes
 * from the caller, who never seals two records with the same one under a key.
 * The EVP context is made by the first use, and can be given back between two.
 */
struct stls_record_protect {
  EVP_CIPHER_CTX *evp;
  bool seals;
};

/* Frees the EVP context, which wipes its key. */
void stls_record_protect_clear(struct stls_record_protect *protect);

/* The content of a record: `len` bytes from `offset` on of the spans, which are
 * joined, and behind them `padding_len` zeroes (TLS 1.3 only). */
struct stls_record_content {
  uint8_t type;
  const stls_span *spans;
  size_t offset;
  size_t len;
  size_t padding_len;
};

/*
 * Seals a record into `out`, which has room for the content, its padding and
 * stls_record_suite_overhead. `nonce` is the explicit nonce of a suite that has
 * one, and ignored otherwise. Content that lies inside `out` is not supported.
 * Returns false when memory is short; `out` is undefined then.
 */
bool stls_record_protect_seal(struct stls_record_protect *protect,
                              const struct stls_record_suite *suite,
                              const struct stls_record_key *key, uint64_t seq,
                              uint64_t nonce,
                              const struct stls_record_content *content,
                              uint8_t *out);

typedef enum stls_record_opened {
  STLS_RECORD_OPENED,
  /* It is shorter than the suite's overhead, or was not sealed with this key
   * and sequence number. */
  STLS_RECORD_FORGED,
  STLS_RECORD_NO_MEMORY
} stls_record_opened;

/* How many bytes stls_record_protect_open needs at least in `out`: those of the
 * content and its padding. 0 if the record is too short. */
size_t stls_record_protect_room(const struct stls_record_suite *suite,
                                size_t record_len);

/*
 * Opens a whole record, which is the first record_len bytes of the pieces, joined.
 * `out` has `out_cap` bytes, at least stls_record_protect_room, and does not overlap
 * them. Stores the content's length and type; a TLS 1.3 record that is nothing but
 * padding has type 0. Bytes of `out` behind the content are zero, or as they were.
 * On any other result than STLS_RECORD_OPENED nothing that was decrypted is left in
 * `out`.
 */
stls_record_opened stls_record_protect_open(
    struct stls_record_protect *protect, const struct stls_record_suite *suite,
    const struct stls_record_key *key, uint64_t seq, const stls_span *pieces,
    size_t record_len, uint8_t *out, size_t out_cap, size_t *out_len,
    uint8_t *out_type);

#endif
