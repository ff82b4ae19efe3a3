/* SPDX-License-Identifier: MIT */
/* test_trust: inputs of trust anchors, which are added whole or not at all. */
#include <stdlib.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(trust);

static int count(const stls_trust *trust)
{
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;

  ASSERT_RETURNS(stls_trust_count(trust, &counts, NULL), STLS_OK);
  return (int)(counts.x509 + counts.crl);
}

static stls_trust *new_trust(void)
{
  stls_trust *trust = NULL;

  ASSERT_RETURNS(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK);
  return trust;
}

struct anchors {
  const char *file;
  stls_result want;
  int want_count;
  const char *want_text;
};

static const struct anchors rows[] = {
    {"ca.pem", STLS_OK, 1, ""},
    {"both-cas.pem", STLS_OK, 2, ""},
    {"text-between.pem", STLS_OK, 2, ""},
    {"broken-cut.pem", STLS_ERROR_INPUT, 0, "no matching END"},
    {"broken-base64.pem", STLS_ERROR_INPUT, 0, "certificate 1"},
    {"broken-der.pem", STLS_ERROR_INPUT, 0, "certificate 1"},
    {"broken-second.pem", STLS_ERROR_INPUT, 0, "certificate 2"},
    {"broken-empty.pem", STLS_ERROR_INPUT, 0, "no start line"},
    {"server-rsa.key", STLS_ERROR_INPUT, 0, "no start line"},
};

Test(trust, is_read_from_files_all_or_nothing)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_trust *trust = new_trust();
    stls_error err = STLS_ERROR_INIT;
    cr_expect_eq(stls_trust_add_file(trust, data_file_path(rows[i].file), &err),
                 rows[i].want, "%s: %s", rows[i].file, err.message);
    cr_expect_eq(count(trust), rows[i].want_count, "%s: %d", rows[i].file,
                 count(trust));
    cr_expect(strstr(err.message, rows[i].want_text), "%s: \"%s\"",
              rows[i].file, err.message);
    if (rows[i].want != STLS_OK)
      cr_expect(strstr(err.message, rows[i].file), "\"%s\" names no file",
                err.message);
    stls_trust_free(trust);
  }
}

Test(trust, is_read_from_memory_all_or_nothing)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_trust *trust = new_trust();
    data_file file = data_file_load(rows[i].file);
    stls_error err = STLS_ERROR_INIT;
    cr_expect_eq(stls_trust_add_pem(trust, file.data, file.len, &err),
                 rows[i].want, "%s: %s", rows[i].file, err.message);
    cr_expect_eq(count(trust), rows[i].want_count, "%s", rows[i].file);
    cr_expect(strstr(err.message, rows[i].want_text), "%s: \"%s\"",
              rows[i].file, err.message);
    data_file_free(&file);
    stls_trust_free(trust);
  }
}

Test(trust, does_not_mind_what_it_has)
{
  stls_trust *trust = new_trust();

  EXPECT_RETURNS(stls_trust_add_file(trust, data_file_path("ca.pem"), NULL),
                 STLS_OK);
  EXPECT_RETURNS(stls_trust_add_file(trust, data_file_path("ca.pem"), NULL),
                 STLS_OK);
  cr_expect_eq(count(trust), 1);
  EXPECT_RETURNS(
      stls_trust_add_file(trust, data_file_path("broken-second.pem"), NULL),
      STLS_ERROR_INPUT);
  cr_expect_eq(count(trust), 1);
  stls_trust_free(trust);
}

Test(trust, needs_its_arguments)
{
  stls_trust *trust = new_trust();
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(stls_trust_new(NULL, NULL, NULL, &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_trust_add_pem(NULL, "x", 1, &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_trust_add_pem(trust, NULL, 1, &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_trust_add_pem(trust, NULL, 0, &err), STLS_ERROR_INPUT);
  EXPECT_RETURNS(stls_trust_add_file(NULL, "x", &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_trust_add_file(trust, NULL, &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(
      stls_trust_add_file(trust, data_file_path("missing.pem"), &err),
      STLS_ERROR_INPUT);
  cr_expect(strstr(err.message, "No such file"), "%s", err.message);
  EXPECT_RETURNS(stls_trust_add_system(NULL, &err), STLS_ERROR_MISUSE);
  cr_expect_eq(stls_trust_up_ref(trust), trust);
  stls_trust_free(trust);
  stls_trust_free(trust);
  stls_trust_free(NULL);
  cr_expect_null(stls_trust_up_ref(NULL));
}

/* The system's trust is where SSL_CERT_FILE says (SEMANTICS: set_default_
 * verify_paths). */
Test(trust, of_the_system_honours_the_environment)
{
  stls_trust *trust = new_trust();

  setenv("SSL_CERT_FILE", data_file_path("both-cas.pem"), 1);
  setenv("SSL_CERT_DIR", data_file_path(""), 1);
  EXPECT_RETURNS(stls_trust_add_system(trust, NULL), STLS_OK);
  cr_expect_eq(count(trust), 2);
  stls_trust_free(trust);
}

Test(trust, of_the_system_is_what_a_default_client_has)
{
  stls_context *context = NULL;
  stls_object *client = NULL;
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  pair_options server_side = {0};
  test_pair pair = pair_new(&server_side);
  char label[64];

  setenv("SSL_CERT_FILE", data_file_path("ca.pem"), 1);
  setenv("SSL_CERT_DIR", data_file_path(""), 1);
  ASSERT_RETURNS(stls_context_new_client(NULL, NULL, &context, NULL), STLS_OK);
  options.server_name = "server.example";
  for (size_t row = 0; pair_row(row, &server_side, label); row++) {
    stls_object_free(pair.client);
    stls_object_free(pair.server);
    pair = pair_new(&server_side);
    stls_object_free(pair.client);
    ASSERT_RETURNS(
        stls_object_new(context, NULL, NULL, &options, &client, NULL), STLS_OK);
    pair.client = client;
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK,
                  expect_label("%s: %s", label, pair_message(client)));
    cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(client)));
  }
  pair_free(&pair);
  stls_context_free(context);
}
