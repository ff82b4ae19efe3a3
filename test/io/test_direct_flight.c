/* SPDX-License-Identifier: MIT */
/* test_direct_flight: data within the messages of a late authentication. */
#include <openssl/ssl.h>
#include <string.h>

#include "record_sealer.h"
#include "support/cert_builder.h"
#include "support/expect.h"
#include "wire_watch.h"

SUITE(direct_flight);

/* How a server answers. */
struct answer {
  stls_result result;
  stls_error err;
  size_t got;
};

static stls_records records;

static void set_context(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_records(context,
                               stls_context_role(context) == STLS_SERVER
                                   ? records
                                   : STLS_RECORDS_LIBSSL,
                               NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_context_set_post_handshake_auth(context, true, NULL),
                 STLS_OK);
  wire_keys_collect(context);
}

static void deliver(stls_object *server, struct record_sealer *sealer,
                    uint8_t type, const uint8_t *content, size_t len)
{
  static uint8_t record[RECORD_SEALER_RECORD_MAX];
  const struct record_sealer_form form = {.type = type,
                                          .header_type = 23,
                                          .version = 0x0303,
                                          .content = content,
                                          .len = len};
  const size_t record_len = record_sealer_seal(sealer, &form, record);
  size_t done;

  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(server), record,
                                record_len, &done, NULL),
                 STLS_OK);
}

/* Opens the client's answer, and seals its messages again, one to a record, with
 * data in front of the one with this place. Returns how many there were. */
static size_t reseal(stls_object *client, stls_object *server, size_t place)
{
  static struct record_sealer sealer;
  static struct wire_watch watch;
  static uint8_t flight[20000], messages[20000], plain[20000];
  size_t len, at = 0, end = 0, num = 0, part;
  uint8_t type;

  record_sealer_open(&sealer, client, 0);
  wire_watch_open(&watch, client);
  ASSERT_RETURNS(stls_bio_read(stls_object_outgoing(client), flight,
                               sizeof flight, &len, NULL),
                 STLS_OK);
  for (uint64_t seq = 0; at < len; seq++) {
    const size_t record_len =
        5 + (size_t)(flight[at + 3] << 8 | flight[at + 4]);
    const stls_span record = {flight + at, record_len};
    cr_assert_eq(stls_record_protect_open(
                     &watch.protect, &watch.keys.suite, &watch.keys.key, seq,
                     &record, record_len, plain, sizeof plain, &part, &type),
                 STLS_RECORD_OPENED);
    memcpy(messages + end, plain, part);
    end += part;
    at += record_len;
  }
  for (at = 0; at < end; at += part, num++) {
    part = 4 + (size_t)(messages[at + 1] << 16 | messages[at + 2] << 8 |
                        messages[at + 3]);
    if (num == place)
      deliver(server, &sealer, SSL3_RT_APPLICATION_DATA,
              (const uint8_t *)"data", 4);
    deliver(server, &sealer, SSL3_RT_HANDSHAKE, messages + at, part);
  }
  wire_watch_close(&watch);
  record_sealer_close(&sealer);
  return num;
}

static struct answer try_place(stls_records whose, size_t place)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .client_credential = "client-ecdsa",
                          .server_trust = "ca.pem",
                          .server_verify = STLS_VERIFY_REQUIRED,
                          .tune_client = set_context,
                          .tune_server = set_context};
  struct answer answer = {.err = STLS_ERROR_INIT};
  test_pair pair;
  char out[100];
  size_t done;

  records = whose;
  pair = pair_open(&options);
  pair_settle(&pair);
  ASSERT_RETURNS(stls_object_verify_client(pair.server), STLS_OK);
  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RETURNS(stls_object_read(pair.client, out, sizeof out, &done),
                 STLS_WANT_READ);
  cr_assert_eq(reseal(pair.client, pair.server, place), 3);
  while ((answer.result =
              stls_object_read(pair.server, out, sizeof out, &done)) == STLS_OK)
    answer.got += done;
  stls_object_error(pair.server, &answer.err);
  pair_free(&pair);
  return answer;
}

/* A certificate that signs itself, with an extension of 20,000 bytes that all are the
 * type of a KeyUpdate. */
static X509 *large_certificate(EVP_PKEY *key)
{
  static char extension[3 * 20000 + 32] = "1.2.3.4.5.6=DER";
  X509 *cert = cert_builder_begin(key, NULL, NULL);
  X509_NAME *name = X509_get_subject_name(cert);
  size_t len = strlen(extension);

  while (len + 4 < sizeof extension) {
    memcpy(extension + len, ":18", 4);
    len += 3;
  }
  cr_assert_eq(
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                 (const unsigned char *)"large", -1, -1, 0),
      1);
  cr_assert_eq(X509_set_issuer_name(cert, name), 1);
  cert_builder_add_extension(cert, cert, extension);
  cr_assert_gt(X509_sign(cert, key, EVP_sha256()), 0);
  return cert;
}

static void set_large(stls_context *context)
{
  const bool is_client = stls_context_role(context) == STLS_CLIENT;
  EVP_PKEY *key = cert_builder_key("P-256");
  X509 *cert = large_certificate(key);
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_context_set_records(
                     context, is_client ? records : STLS_RECORDS_LIBSSL, &err),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_post_handshake_auth(context, true, &err),
                 STLS_OK);
  wire_keys_collect(context);
  if (is_client) {
    ASSERT_RESULT(stls_credential_new_x509(cert, NULL, key, NULL, NULL,
                                           &credential, &err),
                  STLS_OK, err.message);
    ASSERT_RESULT(stls_context_set_credential(context, credential, &err),
                  STLS_OK, err.message);
  }
  stls_credential_free(credential);
  X509_free(cert);
  EVP_PKEY_free(key);
}

/* A message that takes several records: what begins one of them can look like the
 * type of another message. The server refuses the certificate, which it has read
 * whole then. */
Test(direct_flight, is_sent_in_several_records)
{
  pair_need_direct();
  for (int whose = STLS_RECORDS_LIBSSL; whose <= STLS_RECORDS_DIRECT; whose++) {
    pair_options options = {.version = STLS_TLS_1_3,
                            .server_trust = "ca.pem",
                            .server_verify = STLS_VERIFY_REQUIRED,
                            .tune_client = set_large,
                            .tune_server = set_large};
    static struct wire_watch watch;
    test_pair pair;
    char out[100];
    size_t done;
    records = (stls_records)whose;
    pair = pair_open(&options);
    pair_settle(&pair);
    wire_watch_open(&watch, pair.client);
    ASSERT_RETURNS(stls_object_verify_client(pair.server), STLS_OK);
    pair_move_all(&pair, pair.server, pair.client);
    /* So many bytes of replies that it wants them sent. */
    ASSERT_RETURNS(stls_object_read(pair.client, out, sizeof out, &done),
                   STLS_WANT_WRITE);
    wire_watch_move(&watch, &pair, pair.client, pair.server);
    cr_expect_geq(watch.num_messages, 4);
    cr_expect_eq(watch.num_key_updates, 0);
    EXPECT_RESULT(stls_object_read(pair.server, out, sizeof out, &done),
                  STLS_ERROR_CERTIFICATE, pair_message(pair.server));
    wire_watch_close(&watch);
    pair_free(&pair);
  }
}

/* RFC 8446, 4.4: Certificate, CertificateVerify and Finished follow each other.
 * libssl judges data between them. */
Test(direct_flight, is_judged_by_libssl)
{
  pair_need_direct();
  for (size_t place = 0; place < 4; place++) {
    const struct answer one = try_place(STLS_RECORDS_LIBSSL, place);
    const struct answer two = try_place(STLS_RECORDS_DIRECT, place);
    const char *label = expect_label("in front of message %zu", place);
    EXPECT_RESULT(two.result, one.result, label);
    cr_expect_eq(two.got, one.got, "%s: %zu, %zu", label, two.got, one.got);
    cr_expect_str_eq(two.err.message, one.err.message, "%s", label);
    cr_expect_eq(two.err.alert_sent, one.err.alert_sent, "%s", label);
    if (place == 0) cr_expect_eq(two.got, 4);
    if (place == 1 || place == 2)
      cr_expect_eq(two.result, STLS_ERROR_TLS, "%s: %s", label,
                   stls_result_name(two.result));
  }
}
