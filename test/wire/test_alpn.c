/* SPDX-License-Identifier: MIT */
/* test_alpn: ALPN names on the wire, and selection without a common name. */
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(alpn, .timeout = 60);

#define WIRE(text) (text), sizeof(text) - 1

/* 255 and 256 bytes. */
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define LONG FIFTY FIFTY FIFTY FIFTY FIFTY "01234"

static const struct {
  const char *names[4];
  const char *wire;
  size_t len;
  const char *source;
} rows[] = {
    {{"h2"}, WIRE("\2h2"), "RFC 7301, 3.1"},
    {{"h2", "http/1.1"}, WIRE("\2h2\10http/1.1"), "RFC 7301, 3.1"},
    {{"a", "a"}, WIRE("\1a\1a"), "RFC 7301 does not forbid it"},
    {{LONG}, WIRE("\377" LONG), "RFC 7301, 3.1: up to 2^8-1"},
    {{"\303\251"}, WIRE("\2\303\251"), "RFC 7301, 3.1: opaque bytes"},
};

Test(alpn, has_getters)
{
  static const char *const names[] = {"h2", "http/1.1"};
  static const char *const broken[] = {"h3", ""};
  stls_context *context = NULL;

  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK);
  cr_expect_eq(stls_context_alpn_count(context), 0);
  cr_expect_null(stls_context_alpn_at(context, 0));
  ASSERT_RETURNS(stls_context_set_alpn(context, names, 2, NULL), STLS_OK);
  cr_expect_lt(stls_context_set_alpn(context, broken, 2, NULL), 0);
  cr_assert_eq(stls_context_alpn_count(context), 2);
  cr_expect_str_eq(stls_context_alpn_at(context, 0), "h2");
  cr_expect_str_eq(stls_context_alpn_at(context, 1), "http/1.1");
  cr_expect_null(stls_context_alpn_at(context, 2));
  ASSERT_RETURNS(stls_context_set_alpn(context, NULL, 0, NULL), STLS_OK);
  cr_expect_eq(stls_context_alpn_count(context), 0);
  cr_expect_null(stls_context_alpn_at(context, 0));
  stls_context_free(context);
  cr_expect_eq(stls_context_alpn_count(NULL), 0);
  cr_expect_null(stls_context_alpn_at(NULL, 0));
}

Test(alpn, goes_to_the_wire_and_back)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    unsigned char wire[300];
    size_t num = 0, len = 0, name_len = 0;
    stls_string_list *names = NULL;
    while (num < 4 && rows[i].names[num] != NULL) num++;
    EXPECT_RESULT(stls_alpn_to_wire(rows[i].names, num, NULL, 0, &len, NULL),
                  STLS_OK, rows[i].source);
    cr_expect_eq(len, rows[i].len, "%s", rows[i].source);
    len = 0;
    EXPECT_RESULT(
        stls_alpn_to_wire(rows[i].names, num, wire, rows[i].len, &len, NULL),
        STLS_OK, rows[i].source);
    cr_assert_eq(len, rows[i].len, "%s", rows[i].source);
    cr_expect_arr_eq(wire, rows[i].wire, len, "%s", rows[i].source);
    ASSERT_RESULT(stls_alpn_from_wire(wire, len, &names, NULL), STLS_OK,
                  rows[i].source);
    cr_assert_eq(stls_string_list_count(names), num, "%s", rows[i].source);
    for (size_t k = 0; k < num; k++) {
      cr_expect_str_eq(stls_string_list_at(names, k, &name_len),
                       rows[i].names[k]);
      cr_expect_eq(name_len, strlen(rows[i].names[k]));
    }
    stls_string_list_free(names);
  }
}

Test(alpn, may_have_any_bytes_in_a_name)
{
  stls_string_list *names = NULL;
  size_t len = 0;
  const char *name;

  ASSERT_RESULT(stls_alpn_from_wire("\3a\0b\1\0", 6, &names, NULL), STLS_OK,
                "NUL");
  name = stls_string_list_at(names, 0, &len);
  cr_expect_eq(len, 3U);
  cr_expect_arr_eq(name, "a\0b", 4);
  name = stls_string_list_at(names, 1, &len);
  cr_expect_eq(len, 1U);
  cr_expect_arr_eq(name, "\0", 2);
  stls_string_list_free(names);
}

static const struct {
  const char *wire;
  size_t len;
  const char *want_text;
  const char *source;
} bad_wires[] = {
    {WIRE(""), "0 bytes", "RFC 7301, 3.1: <2..2^16-1>"},
    {WIRE("\0"), "byte 0: it is empty", "RFC 7301, 3.1: <1..2^8-1>"},
    {WIRE("\2h2\0"), "byte 3: it is empty", "CVE-2024-5535"},
    {WIRE("\2h2\0\2h3"), "byte 3: it is empty", "CVE-2024-5535"},
    {WIRE("\2h"), "byte 0: it is cut off", "RFC 7301, 3.1"},
    {WIRE("\1"), "byte 0: it is cut off", "RFC 7301, 3.1"},
    {WIRE("\2h2\11http/1.1"), "byte 3: it is cut off", "RFC 7301, 3.1"},
    {WIRE("\2h2\377"), "byte 3: it is cut off", "RFC 7301, 3.1"},
};

Test(alpn, is_refused_where_it_is_no_list)
{
  static unsigned char many[65536];
  stls_string_list *names = NULL;
  stls_error err = STLS_ERROR_INIT;

  for (size_t i = 0; i < sizeof bad_wires / sizeof bad_wires[0]; i++) {
    EXPECT_RESULT(
        stls_alpn_from_wire(bad_wires[i].wire, bad_wires[i].len, &names, &err),
        STLS_ERROR_INPUT, bad_wires[i].source);
    cr_expect(strstr(err.message, bad_wires[i].want_text), "%s: \"%s\"",
              bad_wires[i].source, err.message);
  }
  for (size_t i = 0; i < sizeof many; i++) many[i] = i % 2 == 0 ? 1 : 'a';
  EXPECT_RESULT(stls_alpn_from_wire(many, 65536, &names, &err),
                STLS_ERROR_INPUT, "RFC 7301, 3.1: below 2^16");
  cr_expect_null(names);
  EXPECT_RESULT(stls_alpn_from_wire(many, 65534, &names, &err), STLS_OK,
                "just below");
  cr_expect_eq(stls_string_list_count(names), 32767U);
  stls_string_list_free(names);
}

Test(alpn, is_refused_where_names_make_no_list)
{
  static const char *many[300];
  static const char *const empty[] = {"h2", ""};
  static const char *const too_long[] = {LONG "x"};
  stls_error err = STLS_ERROR_INIT;
  size_t len = 7;

  EXPECT_RESULT(stls_alpn_to_wire(NULL, 0, NULL, 0, &len, &err),
                STLS_ERROR_INPUT, "nothing");
  EXPECT_RESULT(stls_alpn_to_wire(empty, 2, NULL, 0, &len, &err),
                STLS_ERROR_INPUT, "empty");
  cr_expect(strstr(err.message, "ALPN name 2"), "%s", err.message);
  EXPECT_RESULT(stls_alpn_to_wire(too_long, 1, NULL, 0, &len, &err),
                STLS_ERROR_INPUT, "256 bytes");
  for (size_t i = 0; i < 300; i++) many[i] = LONG;
  EXPECT_RESULT(stls_alpn_to_wire(many, 300, NULL, 0, &len, &err),
                STLS_ERROR_INPUT, "more than 65535 in all");
  cr_expect_eq(len, 0U);
}

Test(alpn, names_wrong_arguments)
{
  static const char *const names[] = {"h2"};
  stls_error err = STLS_ERROR_INIT;
  stls_string_list *list = NULL;
  unsigned char wire[3] = {'?', '?', '?'};
  size_t len = 0;

  expect_misuse(stls_alpn_to_wire(names, 1, wire, 3, NULL, &err), &err,
                "out_len");
  expect_misuse(stls_alpn_to_wire(NULL, 1, wire, 3, &len, &err), &err, "names");
  expect_misuse(stls_alpn_to_wire(names, 1, NULL, 3, &len, &err), &err, "out");
  expect_misuse(stls_alpn_to_wire(names, 1, wire, 2, &len, &err), &err,
                "out_cap");
  cr_expect_eq(len, 3U, "how much is needed");
  cr_expect_eq(wire[0], '?');
  expect_misuse(stls_alpn_from_wire(NULL, 1, &list, &err), &err, "wire");
  expect_misuse(stls_alpn_from_wire("\2h2", 3, NULL, &err), &err, "out_names");
}

/* Who offers what, and what comes of it. */
struct side {
  const char *names[3];
};

static const struct policy_row {
  struct side client, server;
  stls_alpn_policy policy;
  bool policy_comes_last;
  const char *want;
  stls_result want_server, want_client;
  const char *source;
} policy_rows[] = {
    {{{"h2", "x"}},
     {{"x", "y"}},
     STLS_ALPN_CONTINUE,
     false,
     "x",
     0,
     0,
     "RFC 7301, 3.2"},
    {{{"h2"}},
     {{"x"}},
     STLS_ALPN_CONTINUE,
     false,
     NULL,
     0,
     0,
     "CPython: the extension is ignored"},
    {{{"h2"}},
     {{"x"}},
     STLS_ALPN_REFUSE,
     false,
     NULL,
     STLS_ERROR_TLS,
     STLS_ERROR_ALERT,
     "RFC 7301, 3.2"},
    {{{"h2"}},
     {{"x"}},
     STLS_ALPN_REFUSE,
     true,
     NULL,
     STLS_ERROR_TLS,
     STLS_ERROR_ALERT,
     "RFC 7301, 3.2"},
    {{{"h2", "x"}},
     {{"x", "y"}},
     STLS_ALPN_REFUSE,
     false,
     "x",
     0,
     0,
     "RFC 7301, 3.2"},
    {{{NULL}},
     {{"x"}},
     STLS_ALPN_REFUSE,
     false,
     NULL,
     0,
     0,
     "RFC 7301, 3.1: nothing was offered"},
    {{{"h2"}},
     {{NULL}},
     STLS_ALPN_REFUSE,
     false,
     NULL,
     0,
     0,
     "the server has no ALPN"},
};

static const struct policy_row *policy_row;

static void set_names(stls_context *context, const struct side *side)
{
  size_t num = 0;

  while (side->names[num] != NULL) num++;
  ASSERT_RESULT(stls_context_set_alpn(context, side->names, num, NULL), STLS_OK,
                "names");
}

static void tune_client(stls_context *context)
{
  set_names(context, &policy_row->client);
}

static void tune_server(stls_context *context)
{
  if (policy_row->policy_comes_last) set_names(context, &policy_row->server);
  ASSERT_RESULT(stls_context_set_alpn_policy(context, policy_row->policy, NULL),
                STLS_OK, "policy");
  cr_expect_eq(stls_context_alpn_policy(context), policy_row->policy);
  if (!policy_row->policy_comes_last) set_names(context, &policy_row->server);
}

static void expect_name(const stls_object *object, const char *label)
{
  const char *got = stls_conninfo_alpn(stls_object_conninfo(object), NULL);

  if (policy_row->want == NULL)
    cr_expect_null(got, "%s", label);
  else
    cr_expect_str_eq(got, policy_row->want, "%s", label);
}

static void try_policy_row(const char *source)
{
  pair_options options = {.tune_client = tune_client,
                          .tune_server = tune_server};
  char label[64], text[160];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    stls_error err = STLS_ERROR_INIT, server_err = STLS_ERROR_INIT;
    bool fails = policy_row->want_server != STLS_OK;
    snprintf(text, sizeof text, "%s: %s", source, label);
    EXPECT_RESULT(pair_handshake(&pair), policy_row->want_client, text);
    EXPECT_RESULT(stls_object_error(pair.client, &err), policy_row->want_client,
                  text);
    EXPECT_RESULT(stls_object_error(pair.server, &server_err),
                  policy_row->want_server, text);
    cr_expect_eq(err.alert_received, fails ? 120 : -1, "%s", text);
    cr_expect_eq(server_err.alert_sent, fails ? 120 : -1, "%s", text);
    if (!fails) expect_name(pair.client, text);
    if (!fails) expect_name(pair.server, text);
    pair_free(&pair);
  }
}

Test(alpn, without_overlap_is_what_the_policy_says)
{
  for (size_t i = 0; i < sizeof policy_rows / sizeof policy_rows[0]; i++) {
    policy_row = &policy_rows[i];
    try_policy_row(policy_row->source);
  }
}

Test(alpn, has_a_policy_on_servers_only)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_context_set_alpn_policy(NULL, STLS_ALPN_REFUSE, &err),
                &err, "context is NULL");
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  expect_misuse(stls_context_set_alpn_policy(context, STLS_ALPN_REFUSE, &err),
                &err, "not a server's");
  cr_expect_eq(stls_context_alpn_policy(context), STLS_ALPN_CONTINUE);
  cr_expect_eq(stls_context_alpn_policy(NULL), STLS_ALPN_CONTINUE);
  stls_context_free(context);
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  expect_misuse(
      stls_context_set_alpn_policy(context, (stls_alpn_policy)2, &err), &err,
      "policy 2");
  ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
  expect_misuse(stls_context_set_alpn_policy(context, STLS_ALPN_REFUSE, &err),
                &err, "context is sealed");
  stls_context_free(context);
}
