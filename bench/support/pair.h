/* SPDX-License-Identifier: MIT */
/* pair: is an established client and server, in several variants. */
#ifndef STLS_BENCH_PAIR_H
#define STLS_BENCH_PAIR_H

#include <openssl/ssl.h>
#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pair_cipher {
  PAIR_AES_128_GCM,
  PAIR_AES_256_GCM,
  PAIR_CHACHA20,
  /* What the contexts choose by themselves; `version` is then the newest that
   * they speak, and not the oldest. Not for aead. */
  PAIR_DEFAULTS
};

/* What each is called for TLS 1.3 and 1.2, but PAIR_DEFAULTS. */
extern const char *const pair_suites[];
extern const char *const pair_ciphers[];

enum pair_key {
  PAIR_ECDSA,
  PAIR_RSA
};

struct pair_config {
  /* TLS1_2_VERSION or TLS1_3_VERSION. */
  int version;
  enum pair_cipher cipher;
  enum pair_key key;
  /* STLS_BUFFERS_KEEP; nothing to the other kinds. */
  bool keeps_buffers;
  /* stls_context_set_records; nothing to the other kinds. */
  stls_records records;
};

/* The most plaintext of one write, and what its records may take. */
#define PAIR_MAX_WRITE ((size_t)1024 * 1024)
#define PAIR_WIRE_LEN(len) ((len) + ((len) / 16384 + 1) * 64)

/* How a program holds its connections. */
struct pair_kind {
  const char *name;
  /* Pairs of the same config that are opened one after another share their
   * contexts. */
  void *(*open)(const struct pair_config *config);
  void (*close)(void *pair);
  /* The client writes `len` bytes, and the transport takes what comes of it:
   * copied to `wire`, or where that is NULL as cheaply as this kind allows.
   * Returns the length of the records. */
  size_t (*write)(void *pair, const uint8_t *data, size_t len, uint8_t *wire);
  /* Bytes arrive at the server, which reads all the plaintext there is. Returns
   * its length. */
  size_t (*arrive)(void *pair, const uint8_t *records, size_t len);
  /* Both at once: the server reads the records from where this kind's transport
   * would take them. Returns the length of the plaintext. */
  size_t (*pass)(void *pair, const uint8_t *data, size_t len);
};

/* Where each read of `arrive` puts its plaintext, from the start: whoever wants
 * to know that it is right looks here. */
extern uint8_t pair_plaintext[65536];

/* This library; bytes arrive through stls_object_read_from. */
extern const struct pair_kind pair_library;
/* The same, with STLS_BUFFERS_KEEP: for few connections at work. */
extern const struct pair_kind pair_library_keep;
/* Both with STLS_RECORDS_DIRECT. */
extern const struct pair_kind pair_library_direct;
extern const struct pair_kind pair_library_direct_keep;
/* As pair_library; bytes arrive through stls_bio_write and stls_object_read. */
extern const struct pair_kind pair_library_bio;
extern const struct pair_kind pair_library_direct_bio;
/* The same; bytes arrive in room of stls_bio_reserve. They are copied there, as
 * recv would do, which is no extra work in a program. */
extern const struct pair_kind pair_library_room;
/* BIO_s_mem with BIO_read and BIO_write, as most programs hold it. */
extern const struct pair_kind pair_naive;
/* The same with ERR_clear_error before each call of libssl, without which
 * SSL_get_error(3) does not promise to be right. */
extern const struct pair_kind pair_naive_errclear;
/* A BIO_METHOD of one's own that copies once: the bound of what libssl allows. */
extern const struct pair_kind pair_custom;

/* "1.3_aes128gcm", for names of scenarios. */
const char *pair_config_name(const struct pair_config *config);

/* Contexts for a config: the server with its chain and key, the client trusting
 * and verifying; ends the program on failure. Nothing else differs from what
 * stls_context_new_without_trust and SSL_CTX_new give. */
stls_context *pair_library_context(stls_role role,
                                   const struct pair_config *config);
SSL_CTX *pair_openssl_context(stls_role role, const struct pair_config *config);

/* Of what stls_context_new_without_trust sets, all that costs or saves anything in a handshake,
 * but for the number of tickets. */
void pair_openssl_like_library(SSL_CTX *ctx);

/* What the contexts above are made with: DATA_DIR/NAME.pem and NAME.key, and
 * DATA_DIR/ca.pem. */
const char *pair_key_name(enum pair_key key);
stls_credential *pair_library_credential(enum pair_key key);
stls_trust *pair_library_trust(void);

/* The library's objects of a pair that pair_library opened. */
stls_object *pair_library_client(void *pair);
stls_object *pair_library_server(void *pair);

/* The SSLs of a pair that pair_naive or pair_custom opened. */
SSL *pair_openssl_client(void *pair);
SSL *pair_openssl_server(void *pair);

/* Moves all that waits in one's outgoing to the other's incoming. */
void pair_library_move(stls_object *from, stls_object *to);

#endif
