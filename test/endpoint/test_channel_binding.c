/* SPDX-License-Identifier: MIT */
/* test_channel_binding: channel bindings of both ends of a connection. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/object_states.h"
#include "support/pair.h"
#include "support/resumption.h"

SUITE(channel_binding);

#define EXPORTER STLS_CHANNEL_BINDING_TLS_EXPORTER
#define END_POINT STLS_CHANNEL_BINDING_TLS_SERVER_END_POINT
#define UNIQUE STLS_CHANNEL_BINDING_TLS_UNIQUE

struct data {
  stls_result result;
  unsigned char bytes[STLS_CHANNEL_BINDING_MAX];
  size_t len;
  stls_error err;
};

static struct data get(stls_object *object, stls_channel_binding type)
{
  struct data data = {.len = 99, .err = STLS_ERROR_INIT};

  data.result = stls_object_channel_binding(
      object, type, data.bytes, sizeof data.bytes, &data.len, &data.err);
  if (data.result != STLS_OK) cr_expect_eq(data.len, (size_t)0);
  return data;
}

static void expect_data(struct data data, const void *bytes, size_t len,
                        const char *label)
{
  ASSERT_RESULT(data.result, STLS_OK, data.err.message);
  cr_assert_eq(data.len, len, "%s: %zu", label, data.len);
  cr_expect_arr_eq(data.bytes, bytes, len, "%s", label);
}

static void without_master_secret(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context),
                      SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

Test(channel_binding, has_the_names_of_the_registry)
{
  static const char *const names[] = {"tls-exporter", "tls-server-end-point",
                                      "tls-unique"};
  static const char *const strange[] = {
      "", "tls-uniqu", "TLS-UNIQUE", "tls-unique-for-telnet", "tls-unique\n"};
  stls_channel_binding type = EXPORTER;
  stls_error err = STLS_ERROR_INIT;

  for (unsigned i = 0; i < 3; i++) {
    ASSERT_RESULT(stls_channel_binding_from_name(names[i], &type, &err),
                  STLS_OK, names[i]);
    cr_expect_eq(type, i);
    cr_expect_str_eq(stls_channel_binding_name(type), names[i]);
  }
  for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
    EXPECT_RESULT(stls_channel_binding_from_name(strange[i], &type, &err),
                  STLS_ERROR_INPUT, strange[i]);
    cr_expect(strstr(err.message, expect_quoted(strange[i])), "%s",
              err.message);
  }
  cr_expect_eq(type, UNIQUE);
  cr_expect_str_eq(stls_channel_binding_name((stls_channel_binding)3),
                   "unknown");
  cr_expect_str_eq(stls_channel_binding_name((stls_channel_binding)-1),
                   "unknown");
  expect_misuse(stls_channel_binding_from_name(NULL, &type, &err), &err,
                "name");
  expect_misuse(stls_channel_binding_from_name("x", NULL, &err), &err,
                "out_type");
}

/* RFC 9266, 2. */
Test(channel_binding, tls_exporter_is_exported_keying_material)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options), other = pair_open(&options);
    struct data data = get(pair.client, EXPORTER);
    unsigned char by_hand[32];

    cr_assert_eq(
        SSL_export_keying_material(stls_object_ssl(pair.server), by_hand, 32,
                                   "EXPORTER-Channel-Binding", 24,
                                   (const unsigned char *)"", 0, 1),
        1);
    expect_data(data, by_hand, 32, label);
    expect_data(get(pair.server, EXPORTER), by_hand, 32, label);
    cr_expect_neq(memcmp(get(other.client, EXPORTER).bytes, by_hand, 32), 0);
    pair_free(&pair);
    pair_free(&other);
  }
}

/* RFC 9266, 4.2: nothing without extended master secret. */
Test(channel_binding, tls_exporter_needs_extended_master_secret)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .tune_client = without_master_secret};
  test_pair pair = pair_open(&options);
  struct data data = get(pair.server, EXPORTER);

  expect_misuse(data.result, &data.err, "extended master secret");
  pair_free(&pair);
}

/* The last Finished message of one direction as it passed. */
static unsigned char finished[2][64];
static size_t finished_len[2];
static int num_finished;

static void see_finished(stls_object *object, const stls_trace_event *event,
                         void *user_data)
{
  (void)object;
  (void)user_data;
  if (event->content_type != 22 || event->message_type != 20) return;
  num_finished++;
  finished_len[event->flow] = event->data_len - 4;
  memcpy(finished[event->flow], event->data + 4, event->data_len - 4);
}

static void traced(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_trace(context, see_finished, NULL, NULL),
                STLS_OK, "trace");
}

/* RFC 5929, 3.1: the first Finished on the wire, taken from the wire. */
Test(channel_binding, tls_unique_is_the_first)
{
  pair_options options = {.tune_client = traced};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label) && row < 3; row++)
    for (int resumes = 0; resumes < 2; resumes++) {
      /* The client sends it, unless a session is resumed. */
      stls_flow first = resumes ? STLS_RECORDS_IN : STLS_RECORDS_OUT;
      test_pair pair;
      num_finished = 0;
      pair = resumes ? resumption_open_resumed(&options) : pair_open(&options);
      cr_assert_eq(num_finished, resumes ? 4 : 2);
      cr_assert_eq(finished_len[first], (size_t)12);
      expect_data(get(pair.client, UNIQUE), finished[first], 12, label);
      expect_data(get(pair.server, UNIQUE), finished[first], 12, label);
      pair_free(&pair);
    }
}

/* CPython hands out 48 bytes there (cpython#95341); RFC 8446, C.5. */
Test(channel_binding, tls_unique_does_not_exist_on_tls_1_3)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);
  struct data data = get(pair.client, UNIQUE);

  expect_misuse(data.result, &data.err, "TLS 1.3");
  data = get(pair.server, UNIQUE);
  expect_misuse(data.result, &data.err, "tls-exporter");
  pair_free(&pair);
}

/* RFC 7627, 5.4: the full handshake may have it, the abbreviated one not, which
 * is why there is none: the second handshake is a full one. */
Test(channel_binding, tls_unique_is_not_of_old_sessions)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .tune_client = without_master_secret};
  stls_context *client = pair_context(&options, STLS_CLIENT);
  stls_context *server = pair_context(&options, STLS_SERVER);
  test_pair first = resumption_join(client, server, NULL), second;
  stls_session *session;
  struct data data, before;

  ASSERT_RESULT(pair_handshake(&first), STLS_OK, "first");
  before = get(first.client, UNIQUE);
  ASSERT_RESULT(before.result, STLS_OK, "first");
  session = resumption_fetch_session(&first);
  second = resumption_join(client, server, session);
  ASSERT_RESULT(pair_handshake(&second), STLS_OK, "second");
  cr_expect_not(stls_conninfo_resumed(stls_object_conninfo(second.client)));
  data = get(second.server, UNIQUE);
  ASSERT_RESULT(data.result, STLS_OK, "second");
  cr_expect_neq(memcmp(data.bytes, before.bytes, data.len), 0);
  stls_session_free(session);
  pair_free(&first);
  pair_free(&second);
  stls_context_free(client);
  stls_context_free(server);
}

Test(channel_binding, says_how_much_room_it_needs)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  unsigned char out[STLS_CHANNEL_BINDING_MAX];
  static const struct {
    stls_channel_binding type;
    size_t len;
  } rows[] = {{EXPORTER, 32}, {END_POINT, 32}, {UNIQUE, 12}};

  for (size_t i = 0; i < 3; i++)
    for (size_t cap = 0; cap < sizeof out; cap += check_quick() ? 9 : 1) {
      stls_error err = STLS_ERROR_INIT;
      bool fits = cap == 0 || cap >= rows[i].len;
      size_t len = 0;
      memset(out, 0xee, sizeof out);
      EXPECT_RESULT(
          stls_object_channel_binding(pair.client, rows[i].type,
                                      cap == 0 ? NULL : out, cap, &len, &err),
          fits ? STLS_OK : STLS_ERROR_MISUSE, "room");
      cr_expect_eq(len, rows[i].len);
      cr_expect_eq(out[fits ? len : 0], 0xee);
    }
  pair_free(&pair);
}

Test(channel_binding, is_for_established_connections)
{
  object_states_contexts setup;

  object_states_open(&setup);
  for (int kind = 0; kind < NUM_OBJECT_STATES; kind++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      object_states_pair ends =
          object_states_begin(&setup, (object_state)kind, role);
      bool is_new =
          kind <= OBJECT_STATE_SHAKING_CUT || kind == OBJECT_STATE_ABANDONED;
      stls_result want = is_new                        ? STLS_ERROR_MISUSE
                         : kind == OBJECT_STATE_FAILED ? STLS_ERROR_CERTIFICATE
                                                       : STLS_OK;
      EXPECT_RESULT(get(ends.self, EXPORTER).result, want,
                    object_state_name((object_state)kind));
      EXPECT_RESULT(get(ends.self, END_POINT).result, want,
                    object_state_name((object_state)kind));
      object_states_end(&ends);
    }
  object_states_close(&setup);
}

Test(channel_binding, names_what_is_wrong_with_its_arguments)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_error err = STLS_ERROR_INIT;
  char out[64];
  size_t len = 9;

  expect_misuse(
      stls_object_channel_binding(pair.client, EXPORTER, out, 64, NULL, &err),
      &err, "out_len");
  expect_misuse(
      stls_object_channel_binding(NULL, EXPORTER, out, 64, &len, &err), &err,
      "object");
  expect_misuse(stls_object_channel_binding(
                    pair.client, (stls_channel_binding)3, out, 64, &len, &err),
                &err, "type 3");
  cr_expect_eq(len, (size_t)0);
  pair_free(&pair);
}
