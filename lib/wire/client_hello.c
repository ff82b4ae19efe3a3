/* SPDX-License-Identifier: MIT */
/* client_hello: parses a ClientHello (RFC 8446, 4.1.2). */
#include "wire/client_hello.h"

#include <openssl/ssl3.h>
#include <openssl/tls1.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "base/byte_reader.h"
#include "base/error.h"
#include "base/refs.h"
#include "wire/server_name.h"

#define RANDOM_LEN 32
#define SESSION_ID_MAX 32

/* The encoding of list items: the lengths of the key in front, if any, and of the
 * length field. */
struct shape {
  size_t key_len;
  size_t width;
};
static const struct shape keyed = {2, 2};
static const struct shape named = {0, 1};

static stls_result decode(stls_client_hello *hello,
                          struct stls_byte_reader message, stls_error *err);
static const char *read_body(stls_client_hello *hello,
                             struct stls_byte_reader body,
                             struct stls_byte_reader *out_extensions);
static const char *find_items(struct stls_byte_reader list, struct shape shape,
                              struct stls_arena *arena,
                              struct stls_client_hello_items *out);
static bool decode_known(stls_client_hello *hello);
static bool find(const stls_client_hello *hello, int type,
                 struct stls_byte_reader *out);
static void decode_numbers(const stls_client_hello *hello, int type,
                           size_t prefix, size_t width,
                           struct stls_client_hello_numbers *out);
static bool decode_key_shares(stls_client_hello *hello);
static bool decode_alpn(stls_client_hello *hello);
static bool decode_server_name(stls_client_hello *hello);
static stls_span as_span(struct stls_byte_reader reader);

/* Compared by address. */
static const char no_memory[] = "";

stls_result stls_client_hello_new(const void *message, size_t len,
                                  OSSL_LIB_CTX *libctx,
                                  stls_client_hello **out_hello,
                                  stls_error *err)
{
  struct stls_byte_reader copy = {NULL, len};
  stls_client_hello *hello;
  stls_result result;

  if (out_hello == NULL) return stls_error_null(err, "out_hello");
  if (message == NULL) return stls_error_null(err, "message");
  hello = stls_mem_zalloc(sizeof *hello);
  if (hello == NULL) return stls_error_memory(err);
  stls_refs_init(&hello->refs);
  hello->libctx = libctx;
  copy.at = (const uint8_t *)stls_arena_dup(&hello->arena, message, len);
  result = copy.at == NULL ? stls_error_memory(err) : decode(hello, copy, err);
  if (result == STLS_OK)
    *out_hello = hello;
  else
    stls_client_hello_free(hello);
  return result;
}

void stls_client_hello_free(const stls_client_hello *hello)
{
  /* A ClientHello is shared and read-only; only its last owner frees it. */
  stls_client_hello *own = (stls_client_hello *)hello;

  if (own == NULL || !stls_refs_release(&own->refs)) return;
  stls_arena_free(&own->arena);
  stls_mem_free(own);
}

const stls_client_hello *stls_client_hello_up_ref(
    const stls_client_hello *hello)
{
  if (hello != NULL) stls_refs_take(&((stls_client_hello *)hello)->refs);
  return hello;
}

bool stls_client_hello_is_grease(int number)
{
  return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

static stls_result decode(stls_client_hello *hello,
                          struct stls_byte_reader message, stls_error *err)
{
  struct stls_byte_reader body = {NULL, 0}, extensions = {NULL, 0};
  const char *mistake = NULL;
  size_t type = 0;

  if (!stls_byte_reader_number(&message, 1, &type) ||
      type != SSL3_MT_CLIENT_HELLO)
    mistake = "its type";
  else if (!stls_byte_reader_all_prefixed(message, 3, &body))
    mistake = "its length";
  else
    mistake = read_body(hello, body, &extensions);
  if (mistake == NULL)
    mistake = find_items(extensions, keyed, &hello->arena, &hello->extensions);
  hello->extensions_len = extensions.len;
  if (mistake == NULL && !decode_known(hello)) mistake = no_memory;
  if (mistake == no_memory) return stls_error_memory(err);
  if (mistake != NULL)
    return stls_error_fail(err, STLS_ERROR_INPUT,
                           STLS_REASON_CLIENT_HELLO_BROKEN,
                           "this is no ClientHello: %s is wrong", mistake);
  return STLS_OK;
}

/* Returns NULL, or what is wrong. */
static const char *read_body(stls_client_hello *hello,
                             struct stls_byte_reader body,
                             struct stls_byte_reader *out_extensions)
{
  struct stls_byte_reader random, session_id, suites, methods;
  size_t version;

  if (!stls_byte_reader_number(&body, 2, &version)) return "the version";
  if (!stls_byte_reader_take(&body, RANDOM_LEN, &random))
    return "the random value";
  if (!stls_byte_reader_prefixed(&body, 1, &session_id) ||
      session_id.len > SESSION_ID_MAX)
    return "the session id";
  if (!stls_byte_reader_prefixed(&body, 2, &suites) || suites.len == 0 ||
      suites.len % 2 != 0)
    return "the list of cipher suites";
  if (!stls_byte_reader_prefixed(&body, 1, &methods) || methods.len == 0)
    return "the list of compression methods";
  /* Extensions may be absent (RFC 5246, 7.4.1.2). */
  if (body.len > 0 && !stls_byte_reader_all_prefixed(body, 2, out_extensions))
    return "the length of the extensions";
  hello->legacy_version = (int)version;
  hello->random = as_span(random);
  hello->session_id = as_span(session_id);
  hello->compression_methods = as_span(methods);
  hello->cipher_suites.at = suites.at;
  hello->cipher_suites.num = suites.len / 2;
  return NULL;
}

/* Returns NULL, or what is wrong. Counts the items before it allocates. */
static const char *find_items(struct stls_byte_reader list, struct shape shape,
                              struct stls_arena *arena,
                              struct stls_client_hello_items *out)
{
  struct stls_byte_reader rest = list, item;
  size_t num = 0;

  for (; rest.len > 0; num++)
    if (!stls_byte_reader_take(&rest, shape.key_len, &item) ||
        !stls_byte_reader_prefixed(&rest, shape.width, &item))
      return "an extension";
  if (num == 0) return NULL;
  out->at = stls_arena_alloc(arena, num * sizeof *out->at);
  if (out->at == NULL) return no_memory;
  for (rest = list; rest.len > 0;) {
    out->at[out->num++] = rest.at;
    (void)!stls_byte_reader_take(&rest, shape.key_len, &item);
    (void)!stls_byte_reader_prefixed(&rest, shape.width, &item);
  }
  return NULL;
}

/* Returns false when memory runs out. */
static bool decode_known(stls_client_hello *hello)
{
  decode_numbers(hello, TLSEXT_TYPE_supported_versions, 1, 2, &hello->versions);
  decode_numbers(hello, TLSEXT_TYPE_supported_groups, 2, 2, &hello->groups);
  decode_numbers(hello, TLSEXT_TYPE_signature_algorithms, 2, 2,
                 &hello->signature_algorithms);
  decode_numbers(hello, TLSEXT_TYPE_ec_point_formats, 1, 1,
                 &hello->point_formats);
  return decode_key_shares(hello) && decode_alpn(hello) &&
         decode_server_name(hello);
}

static bool find(const stls_client_hello *hello, int type,
                 struct stls_byte_reader *out)
{
  stls_span data;

  if (!stls_client_hello_has_extension(hello, type, &data)) return false;
  out->at = data.data;
  out->len = data.len;
  return true;
}

static void decode_numbers(const stls_client_hello *hello, int type,
                           size_t prefix, size_t width,
                           struct stls_client_hello_numbers *out)
{
  struct stls_byte_reader data, list;

  if (!find(hello, type, &data) ||
      !stls_byte_reader_all_prefixed(data, prefix, &list) ||
      list.len % width != 0)
    return;
  out->at = list.at;
  out->num = list.len / width;
}

static bool decode_key_shares(stls_client_hello *hello)
{
  struct stls_byte_reader data, list;

  if (!find(hello, TLSEXT_TYPE_key_share, &data) ||
      !stls_byte_reader_all_prefixed(data, 2, &list))
    return true;
  return find_items(list, keyed, &hello->arena, &hello->key_shares) !=
         no_memory;
}

/* RFC 7301, 3.1: no name is empty. */
static bool decode_alpn(stls_client_hello *hello)
{
  struct stls_client_hello_items *alpn = &hello->alpn;
  struct stls_byte_reader data, list;

  if (!find(hello, TLSEXT_TYPE_application_layer_protocol_negotiation, &data) ||
      !stls_byte_reader_all_prefixed(data, 2, &list))
    return true;
  if (find_items(list, named, &hello->arena, alpn) == no_memory) return false;
  for (size_t i = 0; i < alpn->num; i++)
    if (alpn->at[i][0] == 0) alpn->num = 0;
  return true;
}

/* Returns false when memory runs out. */
static bool decode_server_name(stls_client_hello *hello)
{
  char name[STLS_HOSTNAME_MAX + 1];
  struct stls_byte_reader data;

  if (!find(hello, TLSEXT_TYPE_server_name, &data) ||
      !stls_server_name_read(data, name))
    return true;
  hello->server_name = stls_arena_strdup(&hello->arena, name);
  return hello->server_name != NULL;
}

static stls_span as_span(struct stls_byte_reader reader)
{
  stls_span span = {reader.at, reader.len};

  return span;
}
