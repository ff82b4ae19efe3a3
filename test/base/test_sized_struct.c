/* SPDX-License-Identifier: MIT */
/* test_sized_struct: structs that callers with an older or a newer header pass.
 * Each is on a heap block of exactly its size, so that a sanitizer sees any byte
 * that is read behind it. */
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/sized_rows.h"

static void set_up(void);
static void tear_down(void);

TestSuite(sized_struct, .init = set_up, .fini = tear_down, .timeout = 120);

static data_file chain_pem, key_pem, chain_der, key_der, p12;
static stls_context *client, *server;
static stls_session *session;
static stls_passphrase passphrase = STLS_PASSPHRASE_INIT;

static void tell_credential(sized_outcome *out, stls_result result,
                            stls_credential *const *credential,
                            const stls_error *err)
{
  sized_rows_tell(out, result, err);
  if (result == STLS_OK) stls_credential_free(*credential);
}

static void set_pem(void *whole)
{
  stls_pem_source *source = whole;

  source->chain = chain_pem.data;
  source->chain_len = chain_pem.len;
  source->key = key_pem.data;
  source->key_len = key_pem.len;
  source->passphrase = &passphrase;
}

static void set_pem_files(void *whole)
{
  stls_pem_source *source = whole;

  source->chain_file = data_file_path("server-ecdsa.pem");
  source->key_file = data_file_path("server-ecdsa-encrypted.key");
  source->passphrase = &passphrase;
}

static void call_pem(const void *given, sized_outcome *out)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  tell_credential(out,
                  stls_credential_new_pem(given, NULL, NULL, &credential, &err),
                  &credential, &err);
}

static void set_der(void *whole)
{
  stls_der_source *source = whole;

  source->chain = chain_der.data;
  source->chain_len = chain_der.len;
  source->key = key_der.data;
  source->key_len = key_der.len;
  source->passphrase = &passphrase;
}

static void call_der(const void *given, sized_outcome *out)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  tell_credential(out,
                  stls_credential_new_der(given, NULL, NULL, &credential, &err),
                  &credential, &err);
}

static void set_pkcs12(void *whole)
{
  stls_pkcs12_source *source = whole;

  source->data = p12.data;
  source->len = p12.len;
  source->passphrase = &passphrase;
}

/* It opens without a passphrase, and has no such alias. */
static void set_pkcs12_alias(void *whole)
{
  stls_pkcs12_source *source = whole;

  source->file = data_file_path("credential/chain-open.p12");
  source->alias = "nobody";
}

static void call_pkcs12(const void *given, sized_outcome *out)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  tell_credential(
      out,
      stls_credential_new_pkcs12_from(given, NULL, NULL, &credential, &err),
      &credential, &err);
}

static void set_passphrase(void *whole)
{
  stls_passphrase *secret = whole;

  secret->data = TEST_PASSPHRASE;
  secret->len = strlen(TEST_PASSPHRASE);
}

static bool answer(void *user_data, char *out, size_t cap, size_t *out_len)
{
  cr_assert_geq(cap, strlen(TEST_PASSPHRASE));
  if (user_data == NULL) return false;
  *out_len = strlen(user_data);
  memcpy(out, user_data, *out_len);
  return true;
}

static void set_passphrase_fn(void *whole)
{
  static char text[] = TEST_PASSPHRASE;
  stls_passphrase *secret = whole;

  secret->fn = answer;
  secret->user_data = text;
}

static void call_passphrase(const void *given, sized_outcome *out)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;

  set_pem(&source);
  source.passphrase = given;
  call_pem(&source, out);
}

static void call_passphrase_uri(const void *given, sized_outcome *out)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  tell_credential(
      out,
      stls_credential_new_uri(data_file_path("credential/chain.p12"), NULL,
                              given, NULL, NULL, &credential, &err),
      &credential, &err);
}

/* The session was made for another name. */
static void set_options(void *whole)
{
  static int data;
  stls_object_options *options = whole;

  options->server_name = "other.example";
  options->user_data = &data;
  options->session = session;
  options->refuse_unfit_session = true;
}

static void set_options_server(void *whole)
{
  stls_object_options *options = whole;

  options->choose_context = true;
}

static void make_object(stls_context *context, const void *given,
                        sized_outcome *out)
{
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  sized_rows_tell(
      out, stls_object_new(context, NULL, NULL, given, &object, &err), &err);
  if (out->result == STLS_OK)
    snprintf(out->text, sizeof out->text, "%p, %s",
             stls_object_user_data(object),
             stls_object_ssl(object) == NULL ? "to choose" : "chosen");
  stls_object_free(object);
}

static void call_options(const void *given, sized_outcome *out)
{
  make_object(client, given, out);
}

static void call_options_server(const void *given, sized_outcome *out)
{
  make_object(server, given, out);
}

/* What the observer was told of: calls, messages, its end, each with its data. */
static unsigned told;

static void note(unsigned what, void *user_data)
{
  told |= user_data == &told ? what : what << 4;
}

static void on_call(stls_object *object, const stls_call_event *event,
                    void *user_data)
{
  (void)object;
  (void)event;
  note(1, user_data);
}

static void on_message(stls_object *object, const stls_trace_event *event,
                       void *user_data)
{
  (void)object;
  (void)event;
  note(2, user_data);
}

static void on_freed(void *user_data)
{
  note(4, user_data);
}

static void set_observer(void *whole)
{
  stls_observer *observer = whole;

  observer->call = on_call;
  observer->message = on_message;
  observer->freed = on_freed;
  observer->user_data = &told;
}

static void call_observer(const void *given, sized_outcome *out)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  told = 0;
  options.server_name = "server.example";
  ASSERT_RETURNS(stls_object_new(client, NULL, NULL, &options, &object, NULL),
                 STLS_OK);
  sized_rows_tell(out, stls_object_set_observer(object, given, &err), &err);
  EXPECT_RETURNS(stls_object_handshake(object), STLS_WANT_READ);
  stls_object_free(object);
  if (out->result == STLS_OK)
    snprintf(out->text, sizeof out->text, "told of %x", told);
}

static const stls_pem_source pem_init = STLS_PEM_SOURCE_INIT;
static const stls_der_source der_init = STLS_DER_SOURCE_INIT;
static const stls_pkcs12_source pkcs12_init = STLS_PKCS12_SOURCE_INIT;
static const stls_passphrase passphrase_init = STLS_PASSPHRASE_INIT;
static const stls_object_options options_init = STLS_OBJECT_OPTIONS_INIT;
static const stls_observer observer_init = STLS_OBSERVER_INIT;

static const sized_row in_rows[] = {
    {"PEM", &struct_layout_pem_source, &pem_init, set_pem, call_pem},
    {"PEM in files", &struct_layout_pem_source, &pem_init, set_pem_files,
     call_pem},
    {"DER", &struct_layout_der_source, &der_init, set_der, call_der},
    {"PKCS #12", &struct_layout_pkcs12_source, &pkcs12_init, set_pkcs12,
     call_pkcs12},
    {"PKCS #12, an alias", &struct_layout_pkcs12_source, &pkcs12_init,
     set_pkcs12_alias, call_pkcs12},
    {"passphrase", &struct_layout_passphrase, &passphrase_init, set_passphrase,
     call_passphrase},
    {"passphrase by a function", &struct_layout_passphrase, &passphrase_init,
     set_passphrase_fn, call_passphrase},
    {"passphrase of an URI", &struct_layout_passphrase, &passphrase_init,
     set_passphrase_fn, call_passphrase_uri},
    {"options, client", &struct_layout_object_options, &options_init,
     set_options, call_options},
    {"options, server", &struct_layout_object_options, &options_init,
     set_options_server, call_options_server},
    {"observer", &struct_layout_observer, &observer_init, set_observer,
     call_observer},
};

#define NUM_IN_ROWS (sizeof in_rows / sizeof in_rows[0])

static void set_up(void)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);

  ASSERT_RESULT(stls_object_take_session(pair.client, &session, NULL), STLS_OK,
                "session");
  cr_assert_not_null(session);
  pair_free(&pair);
  client = pair_context(&options, STLS_CLIENT);
  server = pair_context(&options, STLS_SERVER);
  chain_pem = data_file_load("server-ecdsa.pem");
  key_pem = data_file_load("server-ecdsa-encrypted.key");
  chain_der = data_file_load("credential/chain.der");
  key_der = data_file_load("credential/key-encrypted.der");
  p12 = data_file_load("credential/chain.p12");
  set_passphrase(&passphrase);
}

static void tear_down(void)
{
  stls_session_free(session);
  stls_context_free(client);
  stls_context_free(server);
  data_file_free(&chain_pem);
  data_file_free(&key_pem);
  data_file_free(&chain_der);
  data_file_free(&key_der);
  data_file_free(&p12);
  check_leaks();
}

Test(sized_struct, what_is_not_there_is_as_by_default)
{
  sized_rows_expect_defaults(in_rows, NUM_IN_ROWS);
}

Test(sized_struct, rows_depend_on_their_members)
{
  sized_rows_expect_members(in_rows, NUM_IN_ROWS);
}

Test(sized_struct, what_only_a_newer_library_knows_is_refused)
{
  sized_rows_expect_newer(in_rows, NUM_IN_ROWS);
}

Test(sized_struct, a_size_that_is_none_is_refused)
{
  sized_rows_expect_sizes(in_rows, NUM_IN_ROWS);
}
