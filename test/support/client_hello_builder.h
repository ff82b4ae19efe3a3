/* SPDX-License-Identifier: MIT */
/* client_hello_builder: a ClientHello written by hand, as right or wrong as asked for. */
#ifndef STLS_TEST_CLIENT_HELLO_BUILDER_H
#define STLS_TEST_CLIENT_HELLO_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include <sanstls/sanstls.h>

/* A handshake message; room for the longest that libssl takes, and more. */
typedef struct test_hello {
  uint8_t *data;
  size_t len;
  size_t cap;
  /* Where the length of the extensions stands; 0 for none. */
  size_t extensions_at;
} test_hello;

/* Version, a random value of 32 times 'r', no session id, these cipher suites,
 * and the null compression method. */
void hello_begin(test_hello *hello, int version, const uint16_t *suites,
                 size_t num_suites);
void hello_extension(test_hello *hello, int type, const void *data, size_t len);

/* An extension that is a list of numbers behind its length of `prefix` bytes. */
void hello_numbers(test_hello *hello, int type, size_t prefix,
                   const uint16_t *numbers, size_t num);

/* server_name, and the application protocols, each behind its length. */
void hello_server_name(test_hello *hello, const char *name, size_t len);
void hello_alpn(test_hello *hello, const void *names, size_t len);

/* Bytes at the end; sets the message's length and that of the extensions. */
void hello_put(test_hello *hello, const void *data, size_t len);
void hello_end(test_hello *hello);
void hello_free(test_hello *hello);

/* Decodes it, which has to work. */
const stls_client_hello *hello_decode(const test_hello *hello);

/* The records of one ClientHello, with at most `max` bytes in each; the caller's,
 * from malloc. */
uint8_t *hello_records(const uint8_t *message, size_t len, size_t max,
                       size_t *out_len);

/* What a client of the pair sends first: its one record, or the message in it.
 * The caller's, from malloc. */
uint8_t *hello_of(stls_object *client, size_t *out_len);
uint8_t *hello_message_of(stls_object *client, size_t *out_len);

#endif
