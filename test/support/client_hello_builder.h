/* SPDX-License-Identifier: MIT */
/* client_hello_builder: a ClientHello built by hand, valid or invalid. */
#ifndef STLS_TEST_CLIENT_HELLO_BUILDER_H
#define STLS_TEST_CLIENT_HELLO_BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include <sanstls/sanstls.h>

/* A handshake message; room for the longest that libssl takes, and more. */
typedef struct client_hello_builder {
  uint8_t *data;
  size_t len;
  size_t cap;
  /* Where the length of the extensions stands; 0 for none. */
  size_t extensions_at;
} client_hello_builder;

/* Version, a random value of 32 times 'r', no session id, these cipher suites,
 * and the null compression method. */
void client_hello_builder_begin(client_hello_builder *hello, int version,
                                const uint16_t *suites, size_t num_suites);
void client_hello_builder_extension(client_hello_builder *hello, int type,
                                    const void *data, size_t len);

/* An extension that is a list of numbers behind its length of `prefix` bytes. */
void client_hello_builder_numbers(client_hello_builder *hello, int type,
                                  size_t prefix, const uint16_t *numbers,
                                  size_t num);

/* server_name, and the application protocols, each behind its length. */
void client_hello_builder_server_name(client_hello_builder *hello,
                                      const char *name, size_t len);
void client_hello_builder_alpn(client_hello_builder *hello, const void *names,
                               size_t len);

/* Bytes at the end; sets the message's length and that of the extensions. */
void client_hello_builder_put(client_hello_builder *hello, const void *data,
                              size_t len);
void client_hello_builder_end(client_hello_builder *hello);
void client_hello_builder_free(client_hello_builder *hello);

/* Decodes it, which has to work. */
const stls_client_hello *client_hello_builder_decode(
    const client_hello_builder *hello);

/* The records of one ClientHello, with at most `max` bytes in each; the caller's,
 * from malloc. */
uint8_t *client_hello_builder_records(const uint8_t *message, size_t len,
                                      size_t max, size_t *out_len);

/* What a client of the pair sends first: its one record, or the message in it.
 * The caller's, from malloc. */
uint8_t *client_hello_builder_take_records(stls_object *client,
                                           size_t *out_len);
uint8_t *client_hello_builder_take_message(stls_object *client,
                                           size_t *out_len);

#endif
