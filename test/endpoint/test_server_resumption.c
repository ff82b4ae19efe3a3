/* SPDX-License-Identifier: MIT */
/* test_server_resumption: a server resumes sessions of the same policy only. */
#include <openssl/ssl.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(server_resumption);

/* A client of OpenSSL's own: the library has no sessions to offer yet. */
struct client {
  SSL_CTX *ctx;
  SSL *ssl;
  SSL_SESSION *session;
};

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
  struct client *client = SSL_get_app_data(ssl);

  SSL_SESSION_free(client->session);
  client->session = session;
  return 1;
}

static void client_open(struct client *client, stls_protocol version)
{
  client->session = NULL;
  client->ctx = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(client->ctx, (int)version);
  SSL_CTX_set_max_proto_version(client->ctx, (int)version);
  SSL_CTX_use_certificate_chain_file(client->ctx,
                                     data_file_path("client-ecdsa.pem"));
  SSL_CTX_use_PrivateKey_file(client->ctx, data_file_path("client-ecdsa.key"),
                              SSL_FILETYPE_PEM);
  SSL_CTX_set_session_cache_mode(client->ctx, SSL_SESS_CACHE_CLIENT);
  SSL_CTX_sess_set_new_cb(client->ctx, keep_session);
}

static void client_close(struct client *client)
{
  SSL_SESSION_free(client->session);
  SSL_CTX_free(client->ctx);
}

static void move(SSL *client, stls_object *server)
{
  unsigned char bytes[20000];
  size_t len = 0, done;

  if (BIO_read_ex(SSL_get_wbio(client), bytes, sizeof bytes, &len) == 1)
    ASSERT_RETURNS(
        stls_bio_write(stls_object_incoming(server), bytes, len, &done, NULL),
        STLS_OK);
  while (stls_bio_read(stls_object_outgoing(server), bytes, sizeof bytes, &len,
                       NULL) == STLS_OK)
    cr_assert_eq(BIO_write(SSL_get_rbio(client), bytes, (int)len), (int)len);
}

/* Connects once, offering the session if there is one. */
static stls_result connect_once(struct client *client, stls_context *context,
                                bool *out_resumed)
{
  stls_object *server = NULL;
  stls_result result = STLS_WANT_READ;
  size_t done;
  char byte;

  ASSERT_RETURNS(stls_object_new(context, NULL, NULL, NULL, &server, NULL),
                 STLS_OK);
  client->ssl = SSL_new(client->ctx);
  SSL_set_app_data(client->ssl, client);
  SSL_set_bio(client->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(client->ssl);
  if (client->session != NULL) SSL_set_session(client->ssl, client->session);
  for (int turn = 0; turn < 10 && result == STLS_WANT_READ; turn++) {
    SSL_do_handshake(client->ssl);
    move(client->ssl, server);
    result = stls_object_handshake(server);
    move(client->ssl, server);
  }
  /* Tickets come with data. */
  if (result == STLS_OK)
    ASSERT_RETURNS(stls_object_write(server, "x", 1, &done), STLS_OK);
  move(client->ssl, server);
  SSL_read(client->ssl, &byte, 1);
  *out_resumed = stls_conninfo_resumed(stls_object_conninfo(server));
  SSL_set_shutdown(client->ssl, SSL_SENT_SHUTDOWN);
  SSL_free(client->ssl);
  stls_object_free(server);
  return result;
}

static stls_context *server_context(void)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_context *context = NULL;

  source.chain_file = data_file_path("server-ecdsa.pem");
  source.key_file = data_file_path("server-ecdsa.key");
  ASSERT_RETURNS(
      stls_credential_new_pem(&source, NULL, NULL, &credential, NULL), STLS_OK);
  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_context_set_credential(context, credential, NULL),
                 STLS_OK);
  stls_credential_free(credential);
  return context;
}

static void set_trust(stls_context *context, const char *file)
{
  stls_trust *trust = NULL;

  ASSERT_RETURNS(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK);
  ASSERT_RETURNS(stls_trust_add_file(trust, data_file_path(file), NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_trust(context, trust, NULL), STLS_OK);
  stls_trust_free(trust);
}

/* What is done to the policy between the first connection and the second. */
static void change_nothing(stls_context *context)
{
  (void)context;
}

static void require_certificates(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_verify_mode(context, STLS_VERIFY_REQUIRED, NULL),
      STLS_OK);
}

static void be_strict(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_verify_flags(context, X509_V_FLAG_X509_STRICT, NULL),
      STLS_OK);
}

static void trust_another(stls_context *context)
{
  set_trust(context, "untrusted-ca.pem");
}

static void be_deeper(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_verify_depth(context, 5, NULL), STLS_OK);
}

static void be_stronger(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_security_level(context, 3, NULL), STLS_OK);
}

static void be_stronger_by_ciphers(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ciphers(context, "ECDHE+AESGCM:@SECLEVEL=3", NULL),
      STLS_OK);
}

struct change {
  const char *name;
  stls_verify_mode before;
  void (*change)(stls_context *context);
  bool want_resumed;
  stls_result want;
};

static const struct change changes[] = {
    {"nothing, no certificates", STLS_VERIFY_NONE, change_nothing, true, 0},
    {"nothing, certificates", STLS_VERIFY_REQUIRED, change_nothing, true, 0},
    {"certificates are required now", STLS_VERIFY_NONE, require_certificates,
     false, 0},
    {"strictness", STLS_VERIFY_REQUIRED, be_strict, false, 0},
    {"depth", STLS_VERIFY_REQUIRED, be_deeper, false, 0},
    {"level", STLS_VERIFY_REQUIRED, be_stronger, false, 0},
    {"level, by ciphers", STLS_VERIFY_REQUIRED, be_stronger_by_ciphers, false,
     0},
    {"trust in somebody else", STLS_VERIFY_REQUIRED, trust_another, false,
     STLS_ERROR_CERTIFICATE},
};

/* TLS 1.2 refuses a session of another session-id context with a fatal alert
 * where certificates are asked for; either way nobody comes in by it. */
Test(server_resumption, is_refused_under_another_policy)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++)
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
      const struct change *row = &changes[i];
      stls_context *context = server_context();
      struct client client;
      bool resumed = true;
      stls_result result;
      set_trust(context, "ca.pem");
      ASSERT_RETURNS(stls_context_set_verify_mode(context, row->before, NULL),
                     STLS_OK);
      client_open(&client, versions[v]);
      EXPECT_RESULT(connect_once(&client, context, &resumed), STLS_OK,
                    row->name);
      cr_expect_not(resumed, "%s", row->name);
      cr_assert_not_null(client.session, "%s", row->name);
      row->change(context);
      result = connect_once(&client, context, &resumed);
      cr_expect_eq(resumed, row->want_resumed, "TLS 1.%zu, %s", v + 2,
                   row->name);
      if (row->want < 0 || row->want_resumed)
        cr_expect_eq(result < 0, row->want < 0, "TLS 1.%zu, %s: %s", v + 2,
                     row->name, stls_result_name(result));
      client_close(&client);
      stls_context_free(context);
    }
}
