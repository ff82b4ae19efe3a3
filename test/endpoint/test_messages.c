/* SPDX-License-Identifier: MIT */
/* test_messages: messages of failed connections, as include/ERRORS.md has them. */
/*
 * In a quote NAME, TEXT and N stand for what differs: a name, a text, a number.
 * check_errors.sh sees that each quote of ERRORS.md is here or in the library.
 */
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(messages, .timeout = 120);

#define UNKNOWN_CA \
  "the peer sent the alert unknown_ca (48): it does not trust the issuer of " \
  "our certificate"
#define FAILURE \
  "the peer sent the alert handshake_failure (40): it accepts none of our " \
  "settings, or wants a certificate"
#define VERSION \
  "the peer sent the alert protocol_version (70): it accepts none of our " \
  "versions of TLS"
#define NO_ALPN \
  "the peer sent the alert no_application_protocol (120): it has none of our " \
  "ALPN protocols"

static void hear_each_other(test_pair *pair);
static void use_ecdsa(stls_context *context);
static void use_only_ecdsa_signatures(stls_context *context);
static void use_p256(stls_context *context);
static void use_p384(stls_context *context);
static void offer_h2(stls_context *context);
static void offer_http(stls_context *context);
static void use_tls_1_3(stls_context *context);
static void use_tls_1_2(stls_context *context);
static void check_crls(stls_context *context);
static void require_extended_master_secret(stls_context *context);
static void forbid_extended_master_secret(stls_context *context);

/* What both sides say of a handshake that fails; NULL where it is not said here. */
static const struct failure {
  pair_options options;
  const char *client_says;
  const char *server_says;
} failures[] = {
    {{.server_credential = ""},
     FAILURE,
     "the server has no certificate to show: TEXT (SSL routines)"},
    /* Without a certificate libssl does not count TLS 1.3 as supported. */
    {{.server_credential = "", .tune_client = use_tls_1_3},
     VERSION,
     "the server has no certificate to show: TEXT (SSL routines)"},
    {{.version = STLS_TLS_1_2,
      .server_credential = "server-rsa",
      .tune_client = use_ecdsa},
     FAILURE,
     "the client offers no cipher suite that the server can use: no shared "
     "cipher (SSL routines)"},
    {{.version = STLS_TLS_1_3,
      .server_credential = "server-rsa",
      .tune_client = use_only_ecdsa_signatures},
     FAILURE,
     "the two sides have no signature algorithm in common: no suitable "
     "signature algorithm (SSL routines)"},
    {{.version = STLS_TLS_1_3,
      .tune_client = use_p256,
      .tune_server = use_p384},
     FAILURE,
     "the two sides have no group in common: no suitable key share (SSL "
     "routines)"},
    {{.tune_client = use_tls_1_2, .tune_server = use_tls_1_3},
     VERSION,
     "the two sides have no version of TLS in common: unsupported protocol "
     "(SSL routines)"},
    {{.tune_client = use_tls_1_3, .tune_server = use_tls_1_2},
     VERSION,
     "the two sides have no version of TLS in common: unsupported protocol "
     "(SSL routines)"},
    {{.version = STLS_TLS_1_2,
      .tune_client = offer_http,
      .tune_server = offer_h2},
     NO_ALPN,
     "the client offers none of the server's ALPN protocols: no application "
     "protocol (SSL routines)"},
    {{.version = STLS_TLS_1_3,
      .tune_client = offer_http,
      .tune_server = offer_h2},
     NO_ALPN,
     "the client offers none of the server's ALPN protocols: no application "
     "protocol (SSL routines)"},
    {{.version = STLS_TLS_1_2, .server_verify = STLS_VERIFY_REQUIRED},
     FAILURE,
     "the client sent no certificate: peer did not return a certificate (SSL "
     "routines)"},
    {{.version = STLS_TLS_1_3, .server_verify = STLS_VERIFY_REQUIRED},
     "the peer sent the alert certificate_required (116): it requires a "
     "certificate of the client",
     "the client sent no certificate: peer did not return a certificate (SSL "
     "routines)"},
    {{.version = STLS_TLS_1_2,
      .server_verify = STLS_VERIFY_REQUIRED,
      .client_credential = "client-untrusted"},
     UNKNOWN_CA,
     "certificate verify failed: unable to get local issuer certificate (depth "
     "N, peer); its issuer \"NAME\" was not found"},
    {{.version = STLS_TLS_1_3,
      .server_verify = STLS_VERIFY_REQUIRED,
      .client_credential = "client-untrusted"},
     UNKNOWN_CA,
     "certificate verify failed: unable to get local issuer certificate (depth "
     "N, peer); its issuer \"NAME\" was not found"},
    {{.server_credential = "trust/server-revoked",
      .client_trust = "trust/root-both.pem",
      .tune_client = check_crls},
     "certificate verify failed: certificate revoked (depth N, NAME)",
     "the peer sent the alert certificate_revoked (44)"},
    {{.version = STLS_TLS_1_2,
      .tune_client = forbid_extended_master_secret,
      .tune_server = require_extended_master_secret},
     FAILURE,
     "the peer has no extended master secret, which the context requires: TEXT "
     "(SSL routines)"},
};

Test(messages, of_handshakes)
{
  for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
    for (int feed = FEED_WHOLE; feed <= FEED_BYTES; feed++) {
      pair_options options = failures[i].options;
      test_pair pair;
      char label[32];
      options.feed = (pair_feed)feed;
      pair = pair_new(&options);
      snprintf(label, sizeof label, "row %zu, feed %d", i, feed);
      (void)pair_handshake(&pair);
      hear_each_other(&pair);
      if (failures[i].client_says != NULL)
        expect_message(pair.client, failures[i].client_says, label);
      if (failures[i].server_says != NULL)
        expect_message(pair.server, failures[i].server_says, label);
      pair_free(&pair);
    }
}

#define BYTES(text) text, sizeof text - 1

/* What an end says to bytes in place of the peer's first record. */
static const struct strange {
  stls_role role;
  const char *bytes;
  size_t len;
  const char *says;
} stranges[] = {
    {STLS_CLIENT, BYTES("HTTP/1.1 400 Bad Request\r\n"),
     "the peer speaks no TLS; its first bytes are \"TEXT\": wrong version "
     "number "
     "(SSL routines)"},
    {STLS_SERVER, BYTES("GET / HTTP/1.1\r\n\r\n"),
     "the peer speaks no TLS; its first bytes are \"TEXT\": http request (SSL "
     "routines)"},
    {STLS_SERVER, BYTES("CONNECT host:443 HTTP/1.1\r\n"),
     "the peer speaks no TLS; its first bytes are \"TEXT\": https proxy "
     "request "
     "(SSL routines)"},
    {STLS_SERVER, BYTES("EHLO client.example\r\n"),
     "the peer speaks no TLS; its first bytes are \"TEXT\": wrong version "
     "number "
     "(SSL routines)"},
    {STLS_CLIENT, BYTES("\x15\x03\x03\0\2\2\x70"),
     "the peer sent the alert unrecognized_name (112): it does not serve the "
     "name "
     "that we sent"},
    {STLS_CLIENT, BYTES("\x15\x03\x03\0\2\2\x0a"),
     "the peer sent the alert unexpected_message (10)"},
    {STLS_SERVER, BYTES("\x16\x03\x03\0\4\2\0\0\0"),
     "unexpected message (SSL routines)"},
    {STLS_CLIENT, BYTES("\x15\x03\x03\0\2\2\x50"),
     "the peer sent the alert internal_error (80)"},
    {STLS_CLIENT, BYTES(""),
     "the transport ended before the handshake was done"},
    {STLS_SERVER, BYTES(""),
     "the transport ended before the handshake was done"},
};

Test(messages, of_strangers)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (size_t i = 0; i < sizeof stranges / sizeof stranges[0]; i++) {
      const struct strange *strange = &stranges[i];
      test_pair pair = pair_new(&options);
      stls_object *self =
          strange->role == STLS_CLIENT ? pair.client : pair.server;
      size_t written;
      ASSERT_RESULT(stls_object_handshake(self), STLS_WANT_READ, label);
      if (strange->len > 0)
        ASSERT_RESULT(stls_bio_write(stls_object_incoming(self), strange->bytes,
                                     strange->len, &written, NULL),
                      STLS_OK, label);
      stls_bio_write_eof(stls_object_incoming(self));
      cr_expect_lt(stls_object_handshake(self), 0, "%s", label);
      expect_message(self, strange->says, label);
      pair_free(&pair);
    }
}

/* Each sends a ClientHello, and gets one. */
Test(messages, of_two_clients)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options), other = pair_new(&options);
    ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, label);
    ASSERT_RESULT(stls_object_handshake(other.client), STLS_WANT_READ, label);
    while (pair_move(&pair, other.client, pair.client) > 0)
      (void)!stls_object_handshake(pair.client);
    EXPECT_RESULT(stls_object_handshake(pair.client), STLS_ERROR_TLS, label);
    expect_message(pair.client,
                   "the peer is a client, too: it sent a ClientHello: "
                   "unexpected message (SSL routines)",
                   label);
    pair_free(&pair);
    pair_free(&other);
  }
}

/* A bit of a record is another one, and then the transport ends. */
Test(messages, of_open_connections)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (int cut = 0; cut < 2; cut++) {
      test_pair pair = pair_open(&options);
      unsigned char record[] =
          "\x17\x03\x03\0\x20................................";
      size_t done;
      char byte;
      if (cut == 0)
        ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair.server), record,
                                     sizeof record - 1, &done, NULL),
                      STLS_OK, label);
      else
        stls_bio_write_eof(stls_object_incoming(pair.server));
      cr_expect_lt(stls_object_read(pair.server, &byte, 1, &done), 0);
      expect_message(pair.server,
                     cut == 0
                         ? "a record is not as the peer sent it: decryption "
                           "failed or bad record mac (SSL routines)"
                         : "the transport ended without close_notify",
                     label);
      pair_free(&pair);
    }
}

/* In TLS 1.3 a client is done before the server has seen its certificate. */
static void hear_each_other(test_pair *pair)
{
  stls_object *sides[] = {pair->client, pair->server};
  size_t got;
  char byte;

  for (size_t i = 0; i < 2; i++) {
    pair_move_all(pair, sides[1 - i], sides[i]);
    (void)!stls_object_read(sides[i], &byte, 1, &got);
  }
}

static void use_ecdsa(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_ciphers(context, "ECDHE+ECDSA+AESGCM", NULL),
                 STLS_OK);
}

static void use_only_ecdsa_signatures(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_server_sigalgs(context, "ECDSA+SHA256", NULL),
                 STLS_OK);
}

static void use_p256(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_groups(context, "P-256", NULL), STLS_OK);
}

static void use_p384(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_groups(context, "P-384", NULL), STLS_OK);
}

static void offer_h2(stls_context *context)
{
  const char *const names[] = {"h2"};

  ASSERT_RETURNS(stls_context_set_alpn(context, names, 1, NULL), STLS_OK);
  ASSERT_RETURNS(stls_context_set_alpn_policy(context, STLS_ALPN_REFUSE, NULL),
                 STLS_OK);
}

static void offer_http(stls_context *context)
{
  const char *const names[] = {"http/1.1"};

  ASSERT_RETURNS(stls_context_set_alpn(context, names, 1, NULL), STLS_OK);
}

static void use_tls_1_3(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_versions(context, STLS_TLS_1_3, STLS_TLS_1_3, NULL),
      STLS_OK);
}

static void use_tls_1_2(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_2, NULL),
      STLS_OK);
}

static void check_crls(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_verify_flags(context, X509_V_FLAG_CRL_CHECK, NULL),
      STLS_OK);
}

static void require_extended_master_secret(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_require_extended_master_secret(context, true, NULL),
      STLS_OK);
}

static void forbid_extended_master_secret(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context),
                      SSL_OP_NO_EXTENDED_MASTER_SECRET);
}
