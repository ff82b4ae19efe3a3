/* SPDX-License-Identifier: MIT */
/* test_trace: names of all handshake messages. */
#include <string.h>

#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(trace);

static unsigned seen[256];
static unsigned num_events;
static unsigned num_ccs;

static void look(stls_object *object, const stls_trace_event *event,
                 void *user_data)
{
  const char *texts[] = {stls_content_type_name(event->content_type),
                         stls_trace_message_name(event)};

  (void)object;
  (void)user_data;
  num_events++;
  for (size_t i = 0; i < 2; i++)
    cr_expect_str_neq(texts[i], "unknown", "content %x, message %x",
                      (unsigned)event->content_type,
                      (unsigned)event->message_type);
  if (event->version != 0)
    cr_expect_str_neq(stls_protocol_name(event->version), "unknown", "%x",
                      (unsigned)event->version);
  if (event->content_type == STLS_CONTENT_HANDSHAKE)
    seen[event->message_type & 255]++;
  /* Modules/_ssl/debughelpers.c of CPython: SSL3_MT_CHANGE_CIPHER_SPEC. */
  if (event->content_type != STLS_CONTENT_CHANGE_CIPHER_SPEC) return;
  num_ccs++;
  cr_expect_eq(event->message_type, STLS_MESSAGE_CHANGE_CIPHER_SPEC);
  cr_expect_str_eq(stls_message_type_name(event->message_type),
                   "change_cipher_spec");
}

static void observe(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_trace(context, look, NULL, NULL), STLS_OK,
                "trace");
}

static const int of_1_2[] = {
    STLS_MESSAGE_CLIENT_HELLO,        STLS_MESSAGE_SERVER_HELLO,
    STLS_MESSAGE_CERTIFICATE,         STLS_MESSAGE_SERVER_KEY_EXCHANGE,
    STLS_MESSAGE_CERTIFICATE_REQUEST, STLS_MESSAGE_SERVER_HELLO_DONE,
    STLS_MESSAGE_CERTIFICATE_VERIFY,  STLS_MESSAGE_CLIENT_KEY_EXCHANGE,
    STLS_MESSAGE_NEW_SESSION_TICKET,  STLS_MESSAGE_FINISHED,
};

static const int of_1_3[] = {
    STLS_MESSAGE_CLIENT_HELLO,
    STLS_MESSAGE_SERVER_HELLO,
    STLS_MESSAGE_ENCRYPTED_EXTENSIONS,
    STLS_MESSAGE_CERTIFICATE_REQUEST,
    STLS_MESSAGE_CERTIFICATE,
    STLS_MESSAGE_CERTIFICATE_VERIFY,
    STLS_MESSAGE_FINISHED,
};

Test(trace, names_every_message_of_a_handshake)
{
  pair_options options = {.tune_client = observe,
                          .tune_server = observe,
                          .client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    bool is_old = options.version == STLS_TLS_1_2;
    const int *want = is_old ? of_1_2 : of_1_3;
    size_t num = is_old ? sizeof of_1_2 / sizeof of_1_2[0]
                        : sizeof of_1_3 / sizeof of_1_3[0];
    test_pair pair;
    memset(seen, 0, sizeof seen);
    num_events = 0;
    num_ccs = 0;
    pair = pair_open(&options);
    pair_settle(&pair);
    cr_expect_gt(num_events, 20U, "%s", label);
    /* libssl says nothing of those that come. */
    cr_expect_gt(num_ccs, 0U, "%s", label);
    for (size_t i = 0; i < num; i++)
      cr_expect_gt(seen[want[i]], 0U, "%s: %s", label,
                   stls_message_type_name(want[i]));
    pair_free(&pair);
  }
}

Test(trace, names_what_is_strange)
{
  static const struct {
    int content_type, message_type;
    const char *want;
  } rows[] = {
      {STLS_CONTENT_ALERT, 120, "no_application_protocol"},
      {STLS_CONTENT_ALERT, -1, "unknown"},
      {STLS_CONTENT_HANDSHAKE, 1, "client_hello"},
      {STLS_CONTENT_HANDSHAKE, 99, "unknown"},
      {STLS_CONTENT_CHANGE_CIPHER_SPEC, 1, "change_cipher_spec"},
      {STLS_CONTENT_HEADER, 22, "handshake"},
      {STLS_CONTENT_INNER_TYPE, 23, "application_data"},
      {STLS_CONTENT_HEADER, 99, "unknown"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_trace_event event = {.size = sizeof event,
                              .content_type = rows[i].content_type,
                              .message_type = rows[i].message_type};
    cr_expect_str_eq(stls_trace_message_name(&event), rows[i].want);
  }
  cr_expect_str_eq(stls_trace_message_name(NULL), "unknown");
  cr_expect_str_eq(stls_content_type_name(99), "unknown");
}
