/* SPDX-License-Identifier: MIT */
/* psk_pair: pairs whose two sides look up pre-shared keys. */
#ifndef STLS_TEST_PSK_PAIR_H
#define STLS_TEST_PSK_PAIR_H

#include <sanstls/sanstls.h>
#include <stdbool.h>

#include "pair.h"

/* What one side answers, and what it noted. */
typedef struct psk_pair_keys {
  /* Lengths are of patterned bytes; an identity of length 0 is not set, nor is
   * such a key. A length above the maximum is handed over all the same. */
  bool has_key;
  size_t identity_len;
  size_t key_len;
  /* Tells keys, or identities, of one length apart. */
  unsigned char key_salt;
  unsigned char identity_salt;
  stls_psk_digest digest;
  /* Called first, if there is one. */
  void (*before_answer)(stls_object *object);
  /* How often it was asked, what it heard last, and what setters returned. */
  int asked;
  bool had_hint;
  char hint[STLS_PSK_IDENTITY_MAX + 1];
  unsigned char identity[STLS_PSK_IDENTITY_MAX];
  size_t heard_len;
  stls_result set;
} psk_pair_keys;

extern psk_pair_keys psk_pair_client;
extern psk_pair_keys psk_pair_server;

/* Both sides have the same key of 32 bytes, under the same identity. */
void psk_pair_reset(void);

/* For pair_options.tune_client and .tune_server: the look-up, and a suite of TLS
 * 1.2 that needs it. The server's hint is "hint". */
void psk_pair_tune_client(stls_context *context);
void psk_pair_tune_server(stls_context *context);

/* The same without a hint, and without touching the suites. */
void psk_pair_set_client(stls_context *context);
void psk_pair_set_server(stls_context *context);

/* Look-ups that have no key. */
bool psk_pair_deny_client(stls_object *object, const char *hint, stls_psk *psk,
                          void *user_data);
bool psk_pair_deny_server(stls_object *object, const uint8_t *identity,
                          size_t identity_len, stls_psk *psk, void *user_data);

/* Whether a snapshot tells of the client's identity. */
bool psk_pair_is_reported(const stls_object *object);

#define PSK_PAIR_SUITE "ECDHE-PSK-CHACHA20-POLY1305"

#endif
