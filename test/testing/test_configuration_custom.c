/* SPDX-License-Identifier: MIT */
/* test_configuration_custom: what no text can say is refused by its name. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "context/staple_pair.h"
#include "description.h"
#include "support/expect.h"
#include "support/pki.h"

SUITE(configuration_custom);

/* --- behind the library --- */

static void see_state(const SSL *ssl, int where, int ret)
{
  (void)ssl;
  (void)where;
  (void)ret;
}

static int accept_any(int is_ok, X509_STORE_CTX *store)
{
  (void)is_ok;
  (void)store;
  return 1;
}

static int find_certificate(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
  (void)ssl;
  (void)certificate;
  (void)key;
  return 0;
}

static void set_info(SSL_CTX *ctx)
{
  SSL_CTX_set_info_callback(ctx, see_state);
}

static void set_verify(SSL_CTX *ctx)
{
  SSL_CTX_set_verify(ctx, SSL_CTX_get_verify_mode(ctx), accept_any);
}

static void set_client_cert(SSL_CTX *ctx)
{
  SSL_CTX_set_client_cert_cb(ctx, find_certificate);
}

static void set_mode(SSL_CTX *ctx)
{
  SSL_CTX_set_mode(ctx, SSL_MODE_SEND_FALLBACK_SCSV);
}

static void set_read_ahead(SSL_CTX *ctx)
{
  SSL_CTX_set_read_ahead(ctx, 1);
}

static void set_quiet(SSL_CTX *ctx)
{
  SSL_CTX_set_quiet_shutdown(ctx, 1);
}

static void set_early_data(SSL_CTX *ctx)
{
  SSL_CTX_set_max_early_data(ctx, 100);
}

static void set_received(SSL_CTX *ctx)
{
  SSL_CTX_set_recv_max_early_data(ctx, 100);
}

static void set_status(SSL_CTX *ctx)
{
  SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
}

static void set_extension(SSL_CTX *ctx)
{
  SSL_CTX_add_custom_ext(ctx, 1000, SSL_EXT_CLIENT_HELLO, NULL, NULL, NULL,
                         NULL, NULL);
}

static void set_suite_b(SSL_CTX *ctx)
{
  cr_assert_eq(SSL_CTX_set_cipher_list(ctx, "SUITEB128"), 1);
}

Test(configuration_custom, what_openssl_tells_of)
{
  static const struct {
    void (*set)(SSL_CTX *ctx);
    const char *line;
  } hatches[] = {
      {set_info, "openssl: custom info-callback\n"},
      {set_verify, "openssl: custom verify-callback\n"},
      {set_client_cert, "openssl: custom client-cert-callback\n"},
      {set_mode, "openssl: custom mode\n"},
      {set_read_ahead, "openssl: custom read-ahead\n"},
      {set_quiet, "openssl: custom quiet-shutdown\n"},
      {set_early_data, "openssl: custom early-data\n"},
      {set_received, "openssl: custom early-data-received\n"},
      {set_status, "openssl: custom status-type\n"},
      {set_extension, "openssl: custom extensions\n"},
      {set_suite_b, "openssl: custom certificate-flags\n"},
  };

  for (size_t i = 0; i < sizeof hatches / sizeof hatches[0]; i++) {
    stls_testing *testing = description_world();
    stls_context *context = description_context(testing, STLS_CLIENT);
    const char *line;
    stls_object *object;

    hatches[i].set(stls_context_ssl_ctx(context));
    object = description_object(context);
    line = description_find(description_of(object), hatches[i].line);
    cr_expect_not_null(line, "%s: %s", hatches[i].line, description_of(object));
    if (line != NULL) description_expect_refused(testing, STLS_CLIENT, line);
    stls_object_free(object);
    stls_context_free(context);
    stls_testing_free(testing);
  }
}

/* What was set on the SSL alone. */
Test(configuration_custom, what_an_ssl_tells_of)
{
  stls_testing *testing = description_world();
  stls_context *context = description_context(testing, STLS_SERVER);
  stls_object *object = description_object(context);
  SSL *ssl = stls_object_ssl(object);

  cr_expect_str_eq(description_of(object), "");
  SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU);
  SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, SSL_get_verify_callback(ssl));
  cr_expect_str_eq(description_of(object),
                   "openssl: custom options max-version verify-mode\n");
  stls_object_free(object);
  stls_context_free(context);
  stls_testing_free(testing);
}

/* A server's response, which may change at any time. */
Test(configuration_custom, what_a_server_staples)
{
  static const ocsp_builder_order good;
  stls_testing *testing = description_world();
  stls_context *context = description_context(testing, STLS_SERVER);
  stls_credential *credential = staple_pair_credential("leaf", &good);
  const char *line;
  stls_object *object;

  ASSERT_RETURNS(stls_context_set_credential(context, credential, NULL),
                 STLS_OK);
  object = description_object(context);
  line = description_find(description_of(object), "ocsp-response: custom\n");
  cr_expect_not_null(line, "%s", description_of(object));
  if (line != NULL) description_expect_refused(testing, STLS_SERVER, line);
  staple_pair_set(credential, NULL);
  cr_expect_null(description_find(description_of(object), "ocsp-response: "));
  stls_object_free(object);
  stls_context_free(context);
  stls_credential_free(credential);
  stls_testing_free(testing);
  pki_free();
}

/* --- in a transcript --- */

/* It is recorded and shown, and no endpoint is made of it. */
Test(configuration_custom, a_transcript_names_what_is_refused)
{
  static const char ticket_keys[STLS_TICKET_KEY_LEN] = "key";
  stls_testing *testing = description_world();
  stls_context *context = description_context(testing, STLS_SERVER);
  stls_transcript_options transcript_options = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *transcript = NULL;
  stls_testing *other_testing = NULL;
  stls_object *object, *other = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_context_set_ticket_keys(context, ticket_keys,
                                              sizeof ticket_keys, NULL),
                 STLS_OK);
  object = description_object(context);
  transcript_options.testing = testing;
  ASSERT_RETURNS(
      stls_transcript_record(object, &transcript_options, &transcript, NULL),
      STLS_OK);
  cr_expect_str_eq(stls_transcript_header(transcript, "config.ticket-keys"),
                   "custom");
  EXPECT_RESULT(stls_transcript_endpoint(transcript, STLS_SERVER,
                                         &other_testing, &other, &err),
                STLS_ERROR_UNSUPPORTED, err.message);
  cr_expect_str_eq(err.message, "ticket-keys: a replay cannot make \"custom\"");
  stls_object_free(object);
  stls_transcript_free(transcript);
  stls_context_free(context);
  stls_testing_free(testing);
}

/* Which of the library's certificates is first does not say what is behind it. */
Test(configuration_custom, a_chain_of_its_own)
{
  stls_testing *testing = description_world();
  stls_context *context = description_context(testing, STLS_SERVER);
  stls_credential *credential = NULL;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  const char *key = stls_testing_key_pem("rsa");
  stls_object *object;
  char chain[8192];

  snprintf(chain, sizeof chain, "%s%s", stls_testing_chain_pem("rsa"),
           stls_testing_chain_pem("ca"));
  source.chain = chain;
  source.chain_len = strlen(chain);
  source.key = key;
  source.key_len = strlen(key);
  ASSERT_RETURNS(stls_credential_new_pem(&source, stls_testing_libctx(testing),
                                         NULL, &credential, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_credential(context, credential, NULL),
                 STLS_OK);
  object = description_object(context);
  cr_expect_not_null(strstr(description_of(object), "credential: "));
  cr_expect_not_null(strstr(description_of(object), "custom "));
  stls_object_free(object);
  stls_credential_free(credential);
  stls_context_free(context);
  stls_testing_free(testing);
}
