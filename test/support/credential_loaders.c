/* SPDX-License-Identifier: MIT */
/* credential_loaders: the loaders of credentials behind one interface. */
#include "credential_loaders.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "data_files.h"
#include "expect.h"
#include "pair.h"

static stls_result load_pem(const credential_load *row,
                            const stls_passphrase *secret, OSSL_LIB_CTX *libctx,
                            stls_credential **out, stls_error *err);
static stls_result load_der(const credential_load *row,
                            const stls_passphrase *secret, OSSL_LIB_CTX *libctx,
                            stls_credential **out, stls_error *err);
static stls_result load_pkcs12(const credential_load *row,
                               const stls_passphrase *secret,
                               OSSL_LIB_CTX *libctx, stls_credential **out,
                               stls_error *err);
static stls_result load_uri(const credential_load *row,
                            const stls_passphrase *secret, OSSL_LIB_CTX *libctx,
                            stls_credential **out, stls_error *err);

stls_result credential_load_with(const credential_load *row,
                                 const stls_passphrase *passphrase,
                                 OSSL_LIB_CTX *libctx,
                                 stls_credential **out_credential,
                                 stls_error *err)
{
  switch (row->credential_loader) {
    case LOAD_PEM:
      return load_pem(row, passphrase, libctx, out_credential, err);
    case LOAD_DER:
      return load_der(row, passphrase, libctx, out_credential, err);
    case LOAD_PKCS12:
      return load_pkcs12(row, passphrase, libctx, out_credential, err);
    case LOAD_PKCS12_FILE:
      return stls_credential_new_pkcs12_file(data_file_path(row->chain),
                                             passphrase, libctx, NULL,
                                             out_credential, err);
    default:
      return load_uri(row, passphrase, libctx, out_credential, err);
  }
}

stls_result credential_load_run(const credential_load *row,
                                stls_credential **out_credential,
                                stls_error *err)
{
  stls_passphrase secret = STLS_PASSPHRASE_INIT;

  secret.data = row->passphrase;
  secret.len = row->passphrase == NULL ? 0 : strlen(row->passphrase);
  return credential_load_with(row, row->passphrase == NULL ? NULL : &secret,
                              NULL, out_credential, err);
}

void credential_load_expect(const credential_load *row)
{
  stls_error err = STLS_ERROR_INIT;
  stls_credential *credential = NULL;
  stls_result result = credential_load_run(row, &credential, &err);

  cr_expect_eq(result, row->want, "%s: %s: %s", row->name,
               stls_result_name(result), err.message);
  EXPECT_RESULT(err.result, result, row->name);
  cr_expect_eq(credential != NULL, row->want == STLS_OK, "%s", row->name);
  if (row->want == STLS_OK && credential != NULL) {
    cr_expect_eq(credential_load_count(credential), row->num_certificates,
                 "%s: %zu certificates", row->name,
                 credential_load_count(credential));
    cr_expect(credential_load_is_chain(credential), "%s", row->name);
    cr_expect(credential_load_works(credential), "%s", row->name);
  }
  if (row->want != STLS_OK) {
    cr_expect(row->text == NULL || strstr(err.message, row->text),
              "%s: \"%s\" without \"%s\"", row->name, err.message, row->text);
    cr_expect(row->too == NULL || strstr(err.message, row->too),
              "%s: \"%s\" without \"%s\"", row->name, err.message, row->too);
  }
  stls_credential_free(credential);
}

size_t credential_load_count(const stls_credential *credential)
{
  stls_certificate *certificate = NULL;
  size_t count = 0;

  for (;; count++) {
    ASSERT_RESULT(
        stls_credential_certificate(credential, count, &certificate, NULL),
        STLS_OK, "certificate");
    if (certificate == NULL) return count;
    stls_certificate_free(certificate);
  }
}

bool credential_load_is_chain(const stls_credential *credential)
{
  size_t count = credential_load_count(credential);
  bool is_chain = true;

  for (size_t i = 0; i + 1 < count; i++) {
    stls_certificate *subject = NULL, *issuer = NULL;
    ASSERT_RESULT(stls_credential_certificate(credential, i, &subject, NULL),
                  STLS_OK, "subject");
    ASSERT_RESULT(stls_credential_certificate(credential, i + 1, &issuer, NULL),
                  STLS_OK, "issuer");
    if (X509_check_issued(stls_certificate_x509(issuer),
                          stls_certificate_x509(subject)) != X509_V_OK)
      is_chain = false;
    stls_certificate_free(subject);
    stls_certificate_free(issuer);
  }
  return is_chain;
}

bool credential_load_works(stls_credential *credential)
{
  pair_options pair_with = {0};
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_context *client = pair_context(&pair_with, STLS_CLIENT);
  stls_context *server = NULL;
  test_pair pair = {.feed = FEED_WHOLE};
  bool works;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK, "server");
  works = stls_context_set_credential(server, credential, NULL) == STLS_OK;
  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(client, NULL, NULL, &options, &pair.client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, NULL),
                STLS_OK, "server");
  works = works && pair_handshake(&pair) == STLS_OK;
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return works;
}

static stls_result load_pem(const credential_load *row,
                            const stls_passphrase *secret, OSSL_LIB_CTX *libctx,
                            stls_credential **out, stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;

  source.chain_file = data_file_path(row->chain);
  if (row->key != NULL) source.key_file = data_file_path(row->key);
  source.passphrase = secret;
  return stls_credential_new_pem(&source, libctx, NULL, out, err);
}

static stls_result load_der(const credential_load *row,
                            const stls_passphrase *secret, OSSL_LIB_CTX *libctx,
                            stls_credential **out, stls_error *err)
{
  stls_der_source source = STLS_DER_SOURCE_INIT;
  data_file chain = data_file_load(row->chain), key = data_file_load(row->key);
  stls_result result;

  source.chain = chain.data;
  source.chain_len = chain.len;
  source.key = key.data;
  source.key_len = key.len;
  source.passphrase = secret;
  result = stls_credential_new_der(&source, libctx, NULL, out, err);
  data_file_free(&chain);
  data_file_free(&key);
  return result;
}

static stls_result load_pkcs12(const credential_load *row,
                               const stls_passphrase *secret,
                               OSSL_LIB_CTX *libctx, stls_credential **out,
                               stls_error *err)
{
  data_file file = data_file_load(row->chain);
  stls_result result = stls_credential_new_pkcs12(file.data, file.len, secret,
                                                  libctx, NULL, out, err);

  data_file_free(&file);
  return result;
}

static stls_result load_uri(const credential_load *row,
                            const stls_passphrase *secret, OSSL_LIB_CTX *libctx,
                            stls_credential **out, stls_error *err)
{
  char chain[4096], key[4096];

  snprintf(chain, sizeof chain, "file:%s", data_file_path(row->chain));
  if (row->key != NULL)
    snprintf(key, sizeof key, "file:%s", data_file_path(row->key));
  return stls_credential_new_uri(chain, row->key == NULL ? NULL : key, secret,
                                 libctx, NULL, out, err);
}
