/* SPDX-License-Identifier: MIT */
/* test_client_hello_check: edits of the second ClientHello that a server refuses. */
#include <stdlib.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>

#include "support/client_hello_builder.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(client_hello_check, .timeout = 120);

#define MAX_EXTENSIONS 32

/* A ClientHello in pieces, which an edit may move. */
struct draft {
  uint8_t version[2], random[32], session_id[33], suites[512], methods[8];
  size_t suites_len, methods_len;
  struct piece {
    int type;
    uint8_t data[2048];
    size_t len;
  } extensions[MAX_EXTENSIONS];
  size_t num;
};

static struct draft draft;

static void copy(uint8_t *out, size_t cap, stls_span span, size_t *out_len)
{
  cr_assert_leq(span.len, cap);
  if (span.len > 0) memcpy(out, span.data, span.len);
  *out_len = span.len;
}

static void take_apart(const uint8_t *message, size_t len)
{
  const client_hello_builder made = {(uint8_t *)message, len, len, 0};
  const stls_client_hello *hello = client_hello_builder_decode(&made);
  size_t id_len, ignored;
  stls_span data;
  int number;

  memset(&draft, 0, sizeof draft);
  memcpy(draft.version, message + 4, 2);
  copy(draft.random, 32, stls_client_hello_random(hello), &ignored);
  copy(draft.session_id + 1, 32, stls_client_hello_session_id(hello), &id_len);
  draft.session_id[0] = (uint8_t)id_len;
  copy(draft.methods, 8, stls_client_hello_compression_methods(hello),
       &draft.methods_len);
  for (size_t i = 0; (number = stls_client_hello_cipher_suite(hello, i)) >= 0;
       i++) {
    draft.suites[draft.suites_len++] = (uint8_t)(number >> 8);
    draft.suites[draft.suites_len++] = (uint8_t)number;
  }
  while ((number = stls_client_hello_extension(hello, draft.num, &data)) >= 0) {
    struct piece *piece = &draft.extensions[draft.num++];
    cr_assert_lt(draft.num, (size_t)MAX_EXTENSIONS);
    piece->type = number;
    copy(piece->data, sizeof piece->data, data, &piece->len);
  }
  stls_client_hello_free(hello);
}

static void put_together(client_hello_builder *out)
{
  const uint8_t num_suites[] = {(uint8_t)(draft.suites_len >> 8),
                                (uint8_t)draft.suites_len};
  const uint8_t num_methods = (uint8_t)draft.methods_len;

  memset(out, 0, sizeof *out);
  client_hello_builder_put(out, "\x01\0\0\0", 4);
  client_hello_builder_put(out, draft.version, 2);
  client_hello_builder_put(out, draft.random, 32);
  client_hello_builder_put(out, draft.session_id, 1U + draft.session_id[0]);
  client_hello_builder_put(out, num_suites, 2);
  client_hello_builder_put(out, draft.suites, draft.suites_len);
  client_hello_builder_put(out, &num_methods, 1);
  client_hello_builder_put(out, draft.methods, draft.methods_len);
  for (size_t i = 0; i < draft.num; i++)
    client_hello_builder_extension(out, draft.extensions[i].type,
                                   draft.extensions[i].data,
                                   draft.extensions[i].len);
  client_hello_builder_end(out);
}

static struct piece *find(int type)
{
  for (size_t i = 0; i < draft.num; i++)
    if (draft.extensions[i].type == type) return &draft.extensions[i];
  cr_assert(false, "no extension %d", type);
  return NULL;
}

static bool has(int type)
{
  for (size_t i = 0; i < draft.num; i++)
    if (draft.extensions[i].type == type) return true;
  return false;
}

/* In front of the others: pre_shared_key has to be the last. */
static void add(int type, const char *data, size_t len)
{
  memmove(draft.extensions + 1, draft.extensions,
          draft.num++ * sizeof draft.extensions[0]);
  draft.extensions[0].type = type;
  draft.extensions[0].len = len;
  memcpy(draft.extensions[0].data, data, len);
}

static void drop(int type)
{
  struct piece *piece = find(type), *end = draft.extensions + --draft.num;

  memmove(piece, piece + 1, (size_t)(end - piece) * sizeof *piece);
}

static void nothing(void)
{
}

static void other_version(void)
{
  draft.version[1] = 2;
}

static void other_random(void)
{
  draft.random[31] ^= 1;
}

static void other_session_id(void)
{
  draft.session_id[1] ^= 1;
}

static void no_session_id(void)
{
  draft.session_id[0] = 0;
}

static void fewer_suites(void)
{
  draft.suites_len -= 2;
}

static void other_suites(void)
{
  uint8_t last = draft.suites[draft.suites_len - 1];

  draft.suites[draft.suites_len - 1] = draft.suites[draft.suites_len - 3];
  draft.suites[draft.suites_len - 3] = last;
}

static void more_methods(void)
{
  draft.methods[draft.methods_len++] = 1;
}

static void other_name(void)
{
  find(0)->data[5] ^= 1;
}

/* The same host, and yet another ClientHello. */
static void same_name_in_capitals(void)
{
  find(0)->data[5] ^= 0x20;
}

static void no_name(void)
{
  drop(0);
}

static void other_groups(void)
{
  find(10)->len -= 2;
  find(10)->data[1] = (uint8_t)(find(10)->data[1] - 2);
}

static void other_algorithms(void)
{
  find(13)->data[3] ^= 1;
}

static void no_master_secret(void)
{
  drop(23);
}

static void add_alpn(void)
{
  add(16, "\0\3\2h2", 5);
}

static void add_unknown(void)
{
  add(0x1234, "x", 1);
}

static void add_grease(void)
{
  add(0x0a0a, "", 0);
}

static void other_padding(void)
{
  if (has(21))
    drop(21);
  else
    add(21, "\0\0\0\0", 4);
}

static void add_cookie(void)
{
  add(44, "\0\2co", 4);
}

static void add_encrypted_hello(void)
{
  add(0xfe0d, "whatever", 8);
}

static void other_order(void)
{
  struct piece first = draft.extensions[0];

  draft.extensions[0] = draft.extensions[1];
  draft.extensions[1] = first;
}

static const struct {
  const char *name;
  void (*edit)(void);
  bool is_refused;
  const char *want;
} edits[] = {
    {"nothing", nothing, false, NULL},
    {"the version", other_version, true, "another version"},
    {"the random value", other_random, true, "random value"},
    {"the session id", other_session_id, true, "session id"},
    {"no session id", no_session_id, true, "session id"},
    {"fewer cipher suites", fewer_suites, true, "cipher suites"},
    {"the order of cipher suites", other_suites, true, "cipher suites"},
    {"the compression methods", more_methods, true, NULL},
    {"server_name", other_name, true, "server_name"},
    {"server_name in capitals", same_name_in_capitals, true, "server_name"},
    {"no server_name", no_name, true, "server_name"},
    {"supported_groups", other_groups, true, "extensions"},
    {"signature_algorithms", other_algorithms, true, "extensions"},
    {"no extended_master_secret", no_master_secret, true, "extensions"},
    {"more ALPN", add_alpn, true, "extensions"},
    {"an unknown extension", add_unknown, true, "extensions"},
    {"a GREASE extension", add_grease, true, "extensions"},
    {"padding", other_padding, false, NULL},
    {"cookie", add_cookie, false, NULL},
    {"encrypted_client_hello", add_encrypted_hello, false, NULL},
    {"the order of extensions", other_order, false, NULL},
};

static void only_p384(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "P-384", NULL), STLS_OK,
                "groups");
}

/* What a server says to the ClientHello of a client that has a key share of
 * another group. */
static stls_result shake(test_pair *pair)
{
  stls_result result = stls_object_handshake(pair->server);

  if (result != STLS_WANT_CONTEXT) return result;
  EXPECT_RESULT(stls_object_set_context(pair->server, NULL), STLS_OK, "choose");
  return stls_object_handshake(pair->server);
}

static stls_result feed(test_pair *pair, const uint8_t *bytes, size_t len)
{
  stls_result result = STLS_WANT_READ;
  size_t at = 0, written;

  while (at < len && result == STLS_WANT_READ) {
    size_t part = pair_cut(pair, len - at);
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair->server), bytes + at,
                                 part, &written, NULL),
                  STLS_OK, "feed");
    at += written;
    result = shake(pair);
  }
  return result;
}

/* The server has its second ClientHello, edited. */
static stls_result retry(test_pair *pair, void (*edit)(void))
{
  size_t len, at = 0;
  uint8_t *records = client_hello_builder_take_records(pair->client, &len);
  stls_result result;
  client_hello_builder made;

  EXPECT_RESULT(feed(pair, records, len), STLS_WANT_READ, "the first");
  free(records);
  pair_move_all(pair, pair->server, pair->client);
  records = client_hello_builder_take_records(pair->client, &len);
  /* change_cipher_spec, so that it looks like TLS 1.2. */
  while (records[at] != 22)
    at += 5 + ((size_t)records[at + 3] << 8 | records[at + 4]);
  take_apart(records + at + 5, len - at - 5);
  free(records);
  edit();
  put_together(&made);
  records = client_hello_builder_records(made.data, made.len, 16384, &len);
  result = feed(pair, records, len);
  free(records);
  client_hello_builder_free(&made);
  return result;
}

static void expect_refusal(const test_pair *pair, size_t i, const char *label)
{
  const stls_conninfo *info = stls_object_conninfo(pair->server);
  stls_span sent = stls_bio_peek(stls_object_outgoing(pair->server));
  stls_error err = STLS_ERROR_INIT;

  stls_object_error(pair->server, &err);
  cr_expect_eq(err.alert_sent, 47, "%s, %s: %s", edits[i].name, label,
               err.message);
  cr_expect_eq(sent.len, (size_t)7, "%s, %s: an alert only", edits[i].name,
               label);
  if (edits[i].want != NULL)
    cr_expect(strstr(err.message, edits[i].want), "%s: %s", edits[i].name,
              err.message);
  cr_expect_eq(err.own_reason, STLS_REASON_HELLO_CHANGED, "%s", edits[i].name);
  cr_expect_str_eq(stls_conninfo_server_name(info), "server.example", "%s",
                   edits[i].name);
}

/* RFC 8446, 4.1.2. Go's illegalClientHelloChange looks at the same. */
Test(client_hello_check, second_hello_is_the_first)
{
  pair_options options = {.tune_server = only_p384};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    if (options.version != STLS_TLS_1_3) continue;
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++)
      for (int choosing = 0; choosing < 2; choosing++) {
        test_pair pair;
        stls_result result;
        options.version = 0;
        options.choose_context = choosing;
        pair = pair_new(&options);
        options.version = STLS_TLS_1_3;
        result = retry(&pair, edits[i].edit);
        EXPECT_RESULT(result,
                      edits[i].is_refused ? STLS_ERROR_TLS : STLS_WANT_READ,
                      edits[i].name);
        if (edits[i].is_refused)
          expect_refusal(&pair, i, label);
        else
          cr_expect_gt(stls_bio_pending(stls_object_outgoing(pair.server)),
                       (size_t)100, "%s, %s", edits[i].name, label);
        pair_free(&pair);
      }
  }
}
