/* SPDX-License-Identifier: MIT */
/* test_keylog: secrets of connections, as the key log callback gets them. */
#include <ctype.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/planted_errors.h"
#include "support/psk_pair.h"

SUITE(keylog);

enum {
  MAX_LINES = 16
};

/* What one side's observer heard. */
struct notes {
  int num;
  char lines[MAX_LINES][256];
  void (*before_answer)(stls_object *object);
  bool was_terminated;
};

static struct notes client_notes, server_notes;

static void note(stls_object *object, const char *line, size_t line_len,
                 void *user_data)
{
  struct notes *notes = user_data;

  cr_assert_lt(notes->num, MAX_LINES);
  cr_assert_lt(line_len, sizeof notes->lines[0]);
  notes->was_terminated = line[line_len] == '\0';
  memcpy(notes->lines[notes->num], line, line_len);
  notes->lines[notes->num++][line_len] = '\0';
  if (notes->before_answer != NULL) notes->before_answer(object);
}

static void tune_client(stls_context *context)
{
  memset(&client_notes, 0, sizeof client_notes);
  ASSERT_RESULT(
      stls_context_set_insecure_keylog(context, note, &client_notes, NULL),
      STLS_OK, "client");
}

static void tune_server(stls_context *context)
{
  memset(&server_notes, 0, sizeof server_notes);
  ASSERT_RESULT(
      stls_context_set_insecure_keylog(context, note, &server_notes, NULL),
      STLS_OK, "server");
}

static bool heard(const struct notes *notes, const char *line)
{
  for (int i = 0; i < notes->num; i++)
    if (strcmp(notes->lines[i], line) == 0) return true;
  return false;
}

/* Whether it is LABEL, 32 bytes of client random, and a secret of `len` bytes. */
static bool has_format(const char *line, const char *label,
                       const unsigned char *random, size_t len)
{
  char prefix[128];
  size_t at = (size_t)snprintf(prefix, sizeof prefix, "%s ", label);

  for (size_t i = 0; i < 32; i++, at += 2)
    snprintf(prefix + at, 3, "%02x", random[i]);
  if (strncmp(line, prefix, at) != 0 || line[at] != ' ') return false;
  line += at + 1;
  for (size_t i = 0; i < 2 * len; i++)
    if (!isxdigit((unsigned char)line[i]) || isupper((unsigned char)line[i]))
      return false;
  return line[2 * len] == '\0';
}

/* The NSS key log format, and RFC 9850, 2. */
static const char *const labels_1_2[] = {"CLIENT_RANDOM"};
static const char *const labels_1_3[] = {
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET"};

static void expect_lines(const test_pair *pair, stls_protocol version,
                         const char *label)
{
  bool is_1_3 = version == STLS_TLS_1_3;
  const char *const *labels = is_1_3 ? labels_1_3 : labels_1_2;
  int num = is_1_3 ? 5 : 1;
  /* A master secret, or secrets as long as SHA-256. */
  size_t secret_len = is_1_3 ? 32 : 48;
  unsigned char random[32];

  SSL_get_client_random(stls_object_ssl(pair->client), random, 32);
  cr_expect_eq(client_notes.num, num, "%s: %d", label, client_notes.num);
  cr_expect_eq(server_notes.num, num, "%s: %d", label, server_notes.num);
  for (int i = 0; i < client_notes.num; i++) {
    cr_expect(heard(&server_notes, client_notes.lines[i]), "%s: %s", label,
              client_notes.lines[i]);
    for (int k = 0; k < i; k++)
      cr_expect_str_neq(client_notes.lines[i], client_notes.lines[k]);
  }
  for (int i = 0; i < num; i++) {
    bool found = false;
    for (int k = 0; k < client_notes.num; k++)
      found = found ||
              has_format(client_notes.lines[k], labels[i], random, secret_len);
    cr_expect(found, "%s: %s", label, labels[i]);
  }
  cr_expect(client_notes.was_terminated && server_notes.was_terminated);
}

Test(keylog, is_the_same_on_both_sides)
{
  pair_options options = {.tune_client = tune_client,
                          .tune_server = tune_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    test_pair pair = pair_open(&options);
    pair_transfer(&pair, pair.client, pair.server, 1000);
    expect_lines(&pair, options.version, label);
    pair_free(&pair);
  }
}

/* What libssl knows, the observer is told, and nobody else. */
Test(keylog, has_the_secret_of_the_session)
{
  pair_options options = {.tune_client = tune_client, .version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  unsigned char master[48];
  char want[97];

  SSL_SESSION_get_master_key(SSL_get_session(stls_object_ssl(pair.server)),
                             master, sizeof master);
  for (size_t i = 0; i < 48; i++) snprintf(want + 2 * i, 3, "%02x", master[i]);
  cr_expect_eq(client_notes.num, 1);
  cr_expect_str_eq(strrchr(client_notes.lines[0], ' ') + 1, want);
  cr_expect_eq(server_notes.num, 0);
  pair_free(&pair);
}

static void drive(stls_object *object)
{
  char byte = 0;
  size_t n;

  EXPECT_RESULT(stls_object_handshake(object), STLS_ERROR_MISUSE, "handshake");
  EXPECT_RESULT(stls_object_read(object, &byte, 1, &n), STLS_ERROR_MISUSE,
                "read");
  EXPECT_RESULT(stls_object_write(object, &byte, 1, &n), STLS_ERROR_MISUSE,
                "write");
  EXPECT_RESULT(stls_object_close_write(object), STLS_ERROR_MISUSE, "close");
  ERR_raise(ERR_LIB_USER, 1);
}

Test(keylog, observer_cannot_drive_its_object)
{
  pair_options options = {.tune_client = tune_client,
                          .tune_server = tune_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    test_pair pair = pair_new(&options);
    client_notes.before_answer = server_notes.before_answer = drive;
    planted_errors_put(4);
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK, label);
    planted_errors_expect(4, label);
    expect_lines(&pair, options.version, label);
    pair_free(&pair);
  }
}

Test(keylog, observer_may_free_its_object)
{
  pair_options options = {.tune_server = tune_server, .version = STLS_TLS_1_3};
  test_pair pair = pair_new(&options);

  server_notes.before_answer = stls_object_free;
  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "client");
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "server");
  pair.server = NULL;
  pair_free(&pair);
}

static void set_and_remove(stls_context *context)
{
  tune_client(context);
  ASSERT_RESULT(stls_context_set_insecure_keylog(context, NULL, NULL, NULL),
                STLS_OK, "remove");
}

Test(keylog, observer_is_told_nothing_once_removed)
{
  pair_options options = {.tune_client = set_and_remove};
  test_pair pair = pair_open(&options);

  cr_expect_eq(client_notes.num, 0);
  if (!pair_is_direct(pair.client))
    cr_expect_null(SSL_CTX_get_keylog_callback(
        stls_context_ssl_ctx(stls_object_context(pair.client))));
  pair_free(&pair);
}

/* An SSL that somebody made through the escape hatch has no object. */
Test(keylog, leaves_an_ssl_of_somebody_else_alone)
{
  pair_options options = {.tune_client = tune_client, .version = STLS_TLS_1_2};
  stls_context *context = pair_context(&options, STLS_CLIENT);
  SSL_CTX *ssl_ctx = stls_context_ssl_ctx(context);
  SSL *ssl = SSL_new(ssl_ctx);

  SSL_CTX_get_keylog_callback(ssl_ctx)(ssl, "CLIENT_RANDOM 00 00");
  cr_expect_eq(client_notes.num, 0);
  SSL_free(ssl);
  stls_context_free(context);
}

static int num_foreign;

static void count_foreign(const SSL *ssl, const char *line)
{
  (void)ssl, (void)line;
  num_foreign++;
}

static void set_foreign(stls_context *context)
{
  SSL_CTX_set_keylog_callback(stls_context_ssl_ctx(context), count_foreign);
}

static void set_foreign_and_none(stls_context *context)
{
  set_foreign(context);
  ASSERT_RESULT(stls_context_set_insecure_keylog(context, NULL, NULL, NULL),
                STLS_OK, "none");
}

static void set_foreign_and_ours(stls_context *context)
{
  set_foreign(context);
  tune_client(context);
}

/* A callback that was set through the escape hatch stays, until an observer is asked
 * for, which takes its place. */
Test(keylog, gives_way_to_a_callback_of_the_application)
{
  void (*const tunes[])(stls_context *) = {set_foreign, set_foreign_and_none,
                                           set_foreign_and_ours};

  for (int i = 0; i < 3; i++) {
    pair_options options = {.tune_client = tunes[i], .version = STLS_TLS_1_3};
    test_pair pair;
    client_notes.num = num_foreign = 0;
    pair = pair_open(&options);
    cr_expect_eq(num_foreign, i < 2 ? 5 : 0, "row %d: %d", i, num_foreign);
    cr_expect_eq(client_notes.num, i < 2 ? 0 : 5, "row %d: %d", i,
                 client_notes.num);
    pair_free(&pair);
  }
}

Test(keylog, setters_refuse_what_makes_no_sense)
{
  pair_options options = {.version = STLS_TLS_1_3};
  stls_context *sealed = pair_context(&options, STLS_CLIENT);
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_context_set_insecure_keylog(NULL, note, NULL, &err), &err,
                "context is NULL");
  expect_misuse(stls_context_set_insecure_keylog(sealed, note, NULL, &err),
                &err, "sealed");
  expect_misuse(stls_context_set_insecure_keylog_file(NULL, NULL, &err), &err,
                "context is NULL");
  expect_misuse(stls_context_set_insecure_keylog_file(sealed, NULL, &err), &err,
                "sealed");
  stls_context_free(sealed);
}
