/* SPDX-License-Identifier: MIT */
/* client_hello_builder: a ClientHello built by hand, valid or invalid. */
#include "client_hello_builder.h"

#include <stdlib.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "expect.h"

#define HEADER_LEN 4

static void put_number(client_hello_builder *hello, size_t width,
                       size_t number);
static void set_number(uint8_t *at, size_t width, size_t number);

void client_hello_builder_begin(client_hello_builder *hello, int version,
                                const uint16_t *suites, size_t num_suites)
{
  uint8_t random[32];

  memset(hello, 0, sizeof *hello);
  memset(random, 'r', sizeof random);
  client_hello_builder_put(hello, "\x01\x00\x00\x00", HEADER_LEN);
  put_number(hello, 2, (size_t)version);
  client_hello_builder_put(hello, random, sizeof random);
  put_number(hello, 1, 0);
  put_number(hello, 2, 2 * num_suites);
  for (size_t i = 0; i < num_suites; i++) put_number(hello, 2, suites[i]);
  client_hello_builder_put(hello, "\x01\x00", 2);
}

void client_hello_builder_extension(client_hello_builder *hello, int type,
                                    const void *data, size_t len)
{
  if (hello->extensions_at == 0) {
    hello->extensions_at = hello->len;
    put_number(hello, 2, 0);
  }
  put_number(hello, 2, (size_t)type);
  put_number(hello, 2, len);
  client_hello_builder_put(hello, data, len);
}

void client_hello_builder_numbers(client_hello_builder *hello, int type,
                                  size_t prefix, const uint16_t *numbers,
                                  size_t num)
{
  uint8_t data[1000];

  cr_assert_leq(prefix + 2 * num, sizeof data);
  set_number(data, prefix, 2 * num);
  for (size_t i = 0; i < num; i++)
    set_number(data + prefix + 2 * i, 2, numbers[i]);
  client_hello_builder_extension(hello, type, data, prefix + 2 * num);
}

void client_hello_builder_server_name(client_hello_builder *hello,
                                      const char *name, size_t len)
{
  uint8_t data[1000];

  cr_assert_leq(len + 5, sizeof data);
  set_number(data, 2, len + 3);
  data[2] = 0;
  set_number(data + 3, 2, len);
  memcpy(data + 5, name, len);
  client_hello_builder_extension(hello, 0, data, len + 5);
}

void client_hello_builder_alpn(client_hello_builder *hello, const void *names,
                               size_t len)
{
  uint8_t data[1000];

  cr_assert_leq(len + 2, sizeof data);
  set_number(data, 2, len);
  memcpy(data + 2, names, len);
  client_hello_builder_extension(hello, 16, data, len + 2);
}

void client_hello_builder_put(client_hello_builder *hello, const void *data,
                              size_t len)
{
  if (len > hello->cap - hello->len) {
    hello->cap = 2 * (hello->cap + len);
    hello->data = realloc(hello->data, hello->cap);
    cr_assert_not_null(hello->data);
  }
  if (len > 0) memcpy(hello->data + hello->len, data, len);
  hello->len += len;
}

void client_hello_builder_end(client_hello_builder *hello)
{
  size_t at = hello->extensions_at;

  if (at > 0) set_number(hello->data + at, 2, hello->len - at - 2);
  set_number(hello->data + 1, 3, hello->len - HEADER_LEN);
}

void client_hello_builder_free(client_hello_builder *hello)
{
  free(hello->data);
  memset(hello, 0, sizeof *hello);
}

const stls_client_hello *client_hello_builder_decode(
    const client_hello_builder *hello)
{
  stls_client_hello *decoded = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_client_hello_new(hello->data, hello->len, NULL, &decoded, &err),
      STLS_OK, err.message);
  return decoded;
}

uint8_t *client_hello_builder_records(const uint8_t *message, size_t len,
                                      size_t max, size_t *out_len)
{
  uint8_t *records = malloc(len + 5 * (len / max + 1));
  size_t to = 0;

  cr_assert_not_null(records);
  for (size_t from = 0; from < len;) {
    size_t part = len - from < max ? len - from : max;
    memcpy(records + to, "\x16\x03\x01", 3);
    set_number(records + to + 3, 2, part);
    memcpy(records + to + 5, message + from, part);
    from += part;
    to += 5 + part;
  }
  *out_len = to;
  return records;
}

uint8_t *client_hello_builder_take_records(stls_object *client, size_t *out_len)
{
  stls_bio *wire = stls_object_outgoing(client);
  uint8_t *record;

  ASSERT_RESULT(stls_object_handshake(client), STLS_WANT_READ, "client");
  record = malloc(stls_bio_pending(wire));
  cr_assert_not_null(record);
  ASSERT_RESULT(
      stls_bio_read(wire, record, stls_bio_pending(wire), out_len, NULL),
      STLS_OK, "ClientHello");
  cr_assert_eq(stls_bio_pending(wire), (size_t)0);
  return record;
}

uint8_t *client_hello_builder_take_message(stls_object *client, size_t *out_len)
{
  uint8_t *record = client_hello_builder_take_records(client, out_len);

  cr_assert_eq(*out_len, 5 + ((size_t)record[3] << 8 | record[4]));
  *out_len -= 5;
  memmove(record, record + 5, *out_len);
  return record;
}

static void put_number(client_hello_builder *hello, size_t width, size_t number)
{
  uint8_t bytes[3];

  set_number(bytes, width, number);
  client_hello_builder_put(hello, bytes, width);
}

static void set_number(uint8_t *at, size_t width, size_t number)
{
  for (size_t i = 0; i < width; i++)
    at[i] = (uint8_t)(number >> (8 * (width - 1 - i)));
}
