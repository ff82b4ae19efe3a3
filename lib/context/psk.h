/* SPDX-License-Identifier: MIT */
/* psk: sets the look-ups for external pre-shared keys, and stores their answer. */
#ifndef STLS_LIB_PSK_H
#define STLS_LIB_PSK_H

#include <sanstls/psk.h>
#include <stdbool.h>

/* What a look-up answers. Zeroes are an empty answer. It has a secret: its
 * owner wipes it. */
struct stls_psk {
  uint8_t identity[STLS_PSK_IDENTITY_MAX];
  size_t identity_len;
  bool has_identity;
  uint8_t key[STLS_PSK_KEY_MAX];
  size_t key_len;
  stls_psk_digest digest;
  /* The first fault that a setter found; static text. */
  const char *problem;
};

#endif
