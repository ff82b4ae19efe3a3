/* SPDX-License-Identifier: MIT */
/* record_sealer: seals the records of a peer that may write anything. */
#ifndef STLS_TEST_RECORD_SEALER_H
#define STLS_TEST_RECORD_SEALER_H

#include "wire_keys.h"

enum {
  RECORD_SEALER_CONTENT_MAX = 20000,
  RECORD_SEALER_RECORD_MAX = RECORD_SEALER_CONTENT_MAX + 100
};

/* Takes the place of a side after its handshake: the records that follow are its
 * own. */
struct record_sealer {
  struct wire_keys keys;
};

/* A record that is to be made. */
struct record_sealer_form {
  uint8_t type;
  /* Of the header: in TLS 1.3 usually 23, in TLS 1.2 the type. */
  uint8_t header_type;
  /* 0x0303, usually. */
  unsigned version;
  const void *content;
  size_t len;
  size_t padding_len;
  /* TLS 1.3: the type is left out. */
  bool has_no_type;
  bool has_wrong_tag;
};

/* Of what a peer usually writes. */
struct record_sealer_form record_sealer_form_of(bool is_tls_1_3, uint8_t type,
                                                const void *content,
                                                size_t len);

/* Opens a sealer in the place of `side`, whose next record has this number. */
void record_sealer_open(struct record_sealer *sealer, stls_object *side,
                        uint64_t seq);
void record_sealer_close(struct record_sealer *sealer);

/* Seals under the next number; returns the length. */
size_t record_sealer_seal(struct record_sealer *sealer,
                          const struct record_sealer_form *form, uint8_t *out);

/* Goes on to the key behind a KeyUpdate. */
void record_sealer_update(struct record_sealer *sealer);

#endif
