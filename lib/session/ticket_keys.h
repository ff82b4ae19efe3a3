/* SPDX-License-Identifier: MIT */
/* ticket_keys: holds and rotates the keys that encrypt session tickets. */
#ifndef STLS_LIB_TICKET_KEYS_H
#define STLS_LIB_TICKET_KEYS_H

#include <openssl/evp.h>
#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/clock.h"

#define STLS_TICKET_KEYS_NAME_LEN 16
#define STLS_TICKET_KEYS_MAC_LEN 32
#define STLS_TICKET_KEYS_CIPHER_LEN 32

/* The layout of SSL_CTX_set_tlsext_ticket_keys. */
struct stls_ticket_keys_key {
  unsigned char name[STLS_TICKET_KEYS_NAME_LEN];
  unsigned char mac[STLS_TICKET_KEYS_MAC_LEN];
  unsigned char cipher[STLS_TICKET_KEYS_CIPHER_LEN];
};

typedef struct stls_ticket_keys stls_ticket_keys;

/* The seconds for which a key that was made here encrypts tickets. It decrypts for
 * as many more (RFC 5077, 5.5; RFC 9325, 3.4). */
#define STLS_TICKET_KEYS_PERIOD INT64_C(43200)

/* Returns an object that makes keys on demand, and rotates them, until some are
 * set. Borrows the library context. NULL when memory is short, or when there is no
 * AES-256-CBC; only then OpenSSL's queue has an entry. The caller guards it. */
stls_ticket_keys *stls_ticket_keys_new(OSSL_LIB_CTX *libctx, const char *propq);

/* Wipes the keys. Accepts NULL. */
void stls_ticket_keys_free(stls_ticket_keys *ticket_keys);

/* Returns STLS_ERROR_MISUSE unless the bytes are 1 to 16 keys with different
 * names. */
stls_result stls_ticket_keys_check(const void *keys, size_t len,
                                   stls_error *err);

/* Replaces all keys by these, which stls_ticket_keys_check has accepted. Any
 * thread. */
void stls_ticket_keys_set(stls_ticket_keys *ticket_keys, const void *keys,
                          size_t len);

/* Wipes all keys. From now on keys are made on demand again. Any thread. */
void stls_ticket_keys_reset(stls_ticket_keys *ticket_keys);

/* Whether keys are set. Any thread. */
bool stls_ticket_keys_is_set(stls_ticket_keys *ticket_keys);

/* Sets the clock; one without a function is that of the system which counts up
 * whatever the time is set to. No other thread may use the object. */
void stls_ticket_keys_set_clock(stls_ticket_keys *ticket_keys,
                                const struct stls_clock *clock);

/* Copies the key with this name, or the first one for NULL, and stores whether it
 * is the first. Returns false for none. The caller wipes the copy. Any thread; the
 * caller guards the error queue. */
bool stls_ticket_keys_find(stls_ticket_keys *ticket_keys,
                           const unsigned char *name,
                           struct stls_ticket_keys_key *out_key,
                           bool *out_is_first);

/* Initialises the contexts for encryption or decryption with the key: AES-256-CBC
 * and HMAC-SHA-256. Returns false on failure. */
bool stls_ticket_keys_init_cipher(const stls_ticket_keys *ticket_keys,
                                  struct stls_ticket_keys_key *key,
                                  const unsigned char *iv, bool encrypt,
                                  EVP_CIPHER_CTX *cipher_ctx,
                                  EVP_MAC_CTX *mac_ctx);

#endif
