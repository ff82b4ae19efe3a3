/* SPDX-License-Identifier: MIT */
/* test_diagnosis: the error of a failed connection, from cause to advice. */
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(diagnosis);

#define BYTES(text) text, sizeof text - 1

static stls_error error_of(const stls_object *object)
{
  stls_error err = STLS_ERROR_INIT;

  stls_object_error(object, &err);
  return err;
}

static void expect_reason(const stls_object *object, stls_reason want,
                          const char *text, const char *label)
{
  stls_error err = error_of(object);

  cr_expect_eq(err.own_reason, want, "%s: %s instead of %s", label,
               stls_reason_name(err.own_reason), stls_reason_name(want));
  cr_expect(strstr(err.message, text), "%s: \"%s\" does not say \"%s\"", label,
            err.message, text);
}

/* Shows bytes to an endpoint that expects the peer's first ones. */
static stls_result feed(test_pair *pair, stls_object *object, const char *bytes,
                        size_t len)
{
  stls_result result = stls_object_handshake(object);
  size_t at = 0, written;

  while (at < len && result == STLS_WANT_READ) {
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(object), bytes + at,
                                 pair_cut(pair, len - at), &written, NULL),
                  STLS_OK, "feed");
    at += written;
    result = stls_object_handshake(object);
  }
  return result;
}

static const struct {
  const char *bytes;
  size_t len;
  /* As much of the quote as is there when bytes come one by one. */
  const char *quote;
  const char *mnemonic;
} strangers[] = {
    {BYTES("HTTP/1.1 400 Bad Request\r\n"), "HTTP/", "WRONG_VERSION_NUMBER"},
    {BYTES("GET / HTTP/1.1\r\n"), "GET /", "HTTP_REQUEST"},
    {BYTES("CONNECT host:443"), "CONNE", "HTTPS_PROXY_REQUEST"},
    {BYTES("220 host ESMTP\r\n"), "220 h", "WRONG_VERSION_NUMBER"},
    {BYTES("\"\\\r\n\t\x80\0rest"), "\\\"\\\\\\r\\n\\t",
     "WRONG_VERSION_NUMBER"},
    /* DTLS 1.2 (RFC 6347, 4.1). */
    {BYTES("\x16\xfe\xfd\0\0\0\0\0\0"), "\\x16\\xfe\\xfd\\x00\\x00",
     "WRONG_VERSION_NUMBER"},
};

Test(diagnosis, quotes_a_peer_that_speaks_no_tls)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
      for (int side = 0; side < 3; side++) {
        test_pair pair;
        stls_object *self;
        options.choose_context = side == 2;
        pair = pair_new(&options);
        self = side == 0 ? pair.client : pair.server;
        EXPECT_RESULT(feed(&pair, self, strangers[i].bytes, strangers[i].len),
                      STLS_ERROR_TLS, label);
        expect_reason(self, STLS_REASON_PEER_NOT_TLS, strangers[i].quote,
                      label);
        expect_reason(self, STLS_REASON_PEER_NOT_TLS, "speaks no TLS", label);
        cr_expect_str_eq(error_of(self).reason_mnemonic, strangers[i].mnemonic);
        cr_expect_str_eq(error_of(self).lib_mnemonic, "SSL");
        pair_free(&pair);
      }
}

/* As much as there is, and no more than a line of a log can take. */
Test(diagnosis, quotes_all_that_is_here_within_bounds)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  char noise[200];
  stls_error err;

  feed(&pair, pair.client, BYTES("HTTP/1.1 400 Bad Request\r\nServer: x"));
  expect_reason(pair.client, STLS_REASON_PEER_NOT_TLS,
                "\"HTTP/1.1 400 Bad Request\\r\\nServer\": ", "whole");
  memset(noise, 0xee, sizeof noise);
  feed(&pair, pair.server, noise, sizeof noise);
  err = error_of(pair.server);
  expect_reason(pair.server, STLS_REASON_PEER_NOT_TLS,
                "\\xee\": wrong version number", "noise");
  cr_expect_lt(strlen(err.message), sizeof err.message - 1);
  pair_free(&pair);
}

/* What begins like TLS, and what comes behind TLS, is something else. */
Test(diagnosis, knows_tls_that_is_broken)
{
  static const struct {
    const char *bytes;
    size_t len;
  } rows[] = {
      {BYTES("\x16\x03\x01\xff\xff")},
      {BYTES("\x16\x03\x01\0\x05hello")},
      {BYTES("\x17\x03\x03\0\x05hello")},
  };
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
      for (int side = 0; side < 2; side++) {
        test_pair pair = pair_new(&options);
        stls_object *self = side == 0 ? pair.client : pair.server;
        EXPECT_RESULT(feed(&pair, self, rows[i].bytes, rows[i].len),
                      STLS_ERROR_TLS, label);
        cr_expect_eq(error_of(self).own_reason, STLS_REASON_NONE, "%s", label);
        pair_free(&pair);
      }
    for (int side = 0; side < 2; side++) {
      test_pair pair = pair_open(&options);
      stls_object *self = side == 0 ? pair.client : pair.server;
      char out[8];
      size_t done;
      (void)!stls_bio_write(stls_object_incoming(self), "HTTP/1.1 400", 12,
                            &done, NULL);
      EXPECT_RESULT(stls_object_read(self, out, 8, &done), STLS_ERROR_TLS,
                    label);
      cr_expect_eq(error_of(self).own_reason, STLS_REASON_NONE, "%s", label);
      pair_free(&pair);
    }
  }
}

/* RFC 5246, 7.2: what is fatal is so whatever its description. TLS 1.3 goes by
 * the description alone (RFC 8446, 6): of the closure alerts there is nothing
 * fatal once it is agreed on. */
Test(diagnosis, takes_every_fatal_alert_for_one)
{
  static const int alerts[] = {0, 10, 40, 90, 112, 255};
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
      for (int side = 0; side < 2; side++) {
        test_pair pair = pair_new(&options);
        stls_object *self = side == 0 ? pair.client : pair.server;
        char record[] = "\x15\x03\x03\0\2\2?";
        if (side == 1 && options.version == STLS_TLS_1_3 &&
            (alerts[i] == 0 || alerts[i] == 90)) {
          pair_free(&pair);
          continue;
        }
        record[6] = (char)alerts[i];
        if (side == 1) {
          ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "");
          pair_move_all(&pair, pair.client, pair.server);
        }
        EXPECT_RESULT(feed(&pair, self, record, 7), STLS_ERROR_ALERT, label);
        expect_reason(self, STLS_REASON_PEER_ALERT, stls_alert_name(alerts[i]),
                      label);
        cr_expect_eq(error_of(self).alert_received, alerts[i]);
        cr_expect_eq(error_of(self).reason, 1000 + alerts[i]);
        pair_free(&pair);
      }
}

Test(diagnosis, says_when_the_transport_ended)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (int side = 0; side < 2; side++)
      for (int open = 0; open < 2; open++) {
        test_pair pair = open ? pair_open(&options) : pair_new(&options);
        stls_object *self = side == 0 ? pair.client : pair.server;
        char out[8];
        size_t done;
        stls_bio_write_eof(stls_object_incoming(self));
        EXPECT_RESULT(stls_object_read(self, out, 8, &done),
                      STLS_ERROR_TRUNCATED, label);
        expect_reason(
            self, STLS_REASON_TRANSPORT_ENDED,
            open ? "without close_notify" : "before the handshake was done",
            label);
        pair_free(&pair);
      }
}

/* Of itself libssl only says "no shared cipher", or whichever check failed. */
Test(diagnosis, tells_a_server_that_it_has_no_credential)
{
  pair_options options = {.server_credential = ""};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    pair_handshake(&pair);
    expect_reason(pair.server, STLS_REASON_NO_CREDENTIAL,
                  "the server has no certificate to show: ", label);
    expect_reason(pair.client, STLS_REASON_PEER_ALERT, "alert", label);
    pair_free(&pair);
  }
}

static void use_ecdsa(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_ciphers(context, "ECDHE+ECDSA+AESGCM", NULL),
                 STLS_OK);
}

static void offer_http(stls_context *context)
{
  const char *const names[] = {"http/1.1"};

  ASSERT_RETURNS(stls_context_set_alpn(context, names, 1, NULL), STLS_OK);
}

static void offer_h2(stls_context *context)
{
  const char *const names[] = {"h2"};

  ASSERT_RETURNS(stls_context_set_alpn(context, names, 1, NULL), STLS_OK);
  (void)!stls_context_set_alpn_policy(context, STLS_ALPN_REFUSE, NULL);
}

static void only_tls_1_3(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_versions(context, STLS_TLS_1_3, STLS_TLS_1_3, NULL),
      STLS_OK);
}

Test(diagnosis, tells_what_is_not_shared)
{
  static const struct {
    pair_options options;
    stls_reason want;
    const char *mnemonic;
  } rows[] = {
      {{.version = STLS_TLS_1_2,
        .server_credential = "server-rsa",
        .tune_client = use_ecdsa},
       STLS_REASON_NO_SHARED_CIPHER,
       "NO_SHARED_CIPHER"},
      {{.version = STLS_TLS_1_2, .tune_server = only_tls_1_3},
       STLS_REASON_NO_SHARED_VERSION,
       "UNSUPPORTED_PROTOCOL"},
      {{.version = STLS_TLS_1_2,
        .tune_client = offer_http,
        .tune_server = offer_h2},
       STLS_REASON_NO_SHARED_PROTOCOL,
       "NO_APPLICATION_PROTOCOL"},
      {{.version = STLS_TLS_1_3,
        .tune_client = offer_http,
        .tune_server = offer_h2},
       STLS_REASON_NO_SHARED_PROTOCOL,
       "NO_APPLICATION_PROTOCOL"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (int by_bytes = 0; by_bytes < 2; by_bytes++) {
      pair_options options = rows[i].options;
      test_pair pair;
      options.feed = by_bytes ? FEED_BYTES : FEED_WHOLE;
      pair = pair_new(&options);
      pair_handshake(&pair);
      expect_reason(pair.server, rows[i].want, "", rows[i].mnemonic);
      cr_expect_str_eq(error_of(pair.server).reason_mnemonic, rows[i].mnemonic);
      pair_free(&pair);
    }
}

/* A certificate was not refused where there was none. */
Test(diagnosis, has_no_words_for_a_certificate_that_did_not_come)
{
  pair_options options = {.server_verify = STLS_VERIFY_REQUIRED,
                          .client_credential = ""};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    stls_error err;
    pair_handshake(&pair);
    err = error_of(pair.server);
    EXPECT_RESULT(err.result, STLS_ERROR_CERTIFICATE, label);
    expect_reason(pair.server, STLS_REASON_NO_PEER_CERTIFICATE,
                  "peer did not return a certificate", label);
    cr_expect_str_empty(err.verify_text, "%s", label);
    cr_expect_eq(err.verify_code, X509_V_OK);
    cr_expect_eq(err.verify_depth, -1);
    pair_free(&pair);
  }
}

static void use_system_trust(stls_context *context)
{
  stls_trust *trust = NULL;

  ASSERT_RETURNS(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK);
  ASSERT_RETURNS(stls_trust_add_system(trust, NULL), STLS_OK);
  ASSERT_RETURNS(stls_context_set_trust(context, trust, NULL), STLS_OK);
  stls_trust_free(trust);
}

Test(diagnosis, tells_trust_that_is_empty_from_trust_in_others)
{
  static const struct {
    const char *trust;
    void (*tune)(stls_context *context);
    stls_reason want;
    const char *text;
  } rows[] = {
      {"", NULL, STLS_REASON_NO_TRUST, "no certificate to trust was loaded"},
      {"", use_system_trust, STLS_REASON_SYSTEM_TRUST_EMPTY,
       "the system has no certificate to trust"},
      {"untrusted-ca.pem", NULL, STLS_REASON_CERTIFICATE_REFUSED, "issuer"},
  };
  char label[64];

  setenv("SSL_CERT_FILE", "/nonexistent/cert.pem", 1);
  setenv("SSL_CERT_DIR", "/nonexistent/certs", 1);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pair_options options = {.client_trust = rows[i].trust,
                            .tune_client = rows[i].tune,
                            .server_trust = rows[i].trust,
                            .tune_server = rows[i].tune,
                            .client_credential = "client-ecdsa"};
    for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
      for (int side = 0; side < 2; side++) {
        pair_options one = options;
        test_pair pair;
        if (side == 1) {
          one.server_verify = STLS_VERIFY_REQUIRED;
          one.client_trust = NULL;
          one.tune_client = NULL;
        }
        pair = pair_new(&one);
        pair_handshake(&pair);
        EXPECT_RESULT(
            stls_object_error(side == 0 ? pair.client : pair.server, NULL),
            STLS_ERROR_CERTIFICATE, label);
        expect_reason(side == 0 ? pair.client : pair.server, rows[i].want,
                      rows[i].text, label);
        expect_reason(side == 0 ? pair.client : pair.server, rows[i].want,
                      "certificate verify failed: ", label);
        pair_free(&pair);
      }
  }
}
