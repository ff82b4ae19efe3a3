/* SPDX-License-Identifier: MIT */
/* ticket_keys: keys for tickets, which change while they are in use. */
#ifndef STLS_LIB_TICKET_KEYS_H
#define STLS_LIB_TICKET_KEYS_H

#include <openssl/evp.h>
#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* For how many seconds a key that the ticket_keys made by itself seals, and for how many
 * more it opens: RFC 5077, 5.5, and RFC 9325, 3.4. */
#define STLS_TICKET_KEYS_PERIOD INT64_C(43200)

/* Makes keys by itself when they are asked for, and changes them, until some are
 * set. The library context is borrowed. NULL when memory is short, or there is no
 * AES-256-CBC, which OpenSSL's queue tells. The caller guards it. */
stls_ticket_keys *stls_ticket_keys_new(OSSL_LIB_CTX *libctx, const char *propq);

/* Wipes the keys. NULL is fine. */
void stls_ticket_keys_free(stls_ticket_keys *ticket_keys);

/* STLS_ERROR_MISUSE where the bytes are no keys. */
stls_result stls_ticket_keys_check(const void *keys, size_t len,
                                   stls_error *err);

/* Replaces all keys by those, without fault. Any thread. */
void stls_ticket_keys_set(stls_ticket_keys *ticket_keys, const void *keys,
                          size_t len);

/* Whether they were. Any thread. */
bool stls_ticket_keys_is_set(stls_ticket_keys *ticket_keys);

/* For tests: seconds, from anywhere. No other thread uses the ticket_keys. */
void stls_ticket_keys_set_clock(stls_ticket_keys *ticket_keys,
                                int64_t (*clock)(void));

/* Copies the key of that name, or the first one for NULL, and says whether it is
 * the first; false for none. The copy is to be wiped. Any thread; the caller guards
 * the error queue. */
bool stls_ticket_keys_find(stls_ticket_keys *ticket_keys,
                           const unsigned char *name,
                           struct stls_ticket_keys_key *out_key,
                           bool *out_is_first);

/* Starts to encrypt, or to open, with the key: AES-256-CBC and HMAC-SHA-256. */
bool stls_ticket_keys_init_cipher(const stls_ticket_keys *ticket_keys,
                                  struct stls_ticket_keys_key *key,
                                  const unsigned char *iv, bool encrypt,
                                  EVP_CIPHER_CTX *cipher_ctx,
                                  EVP_MAC_CTX *mac_ctx);

#endif
