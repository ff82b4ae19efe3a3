/* SPDX-License-Identifier: MIT */
/* staple_pair: pairs whose server may staple an OCSP response. */
#include "staple_pair.h"

#include <openssl/ocsp.h>

#include "support/expect.h"
#include "support/pki.h"

staple_pair_setup staple_pair;

static int64_t show_time(void *user_data);
static void set_clock(stls_context *context);

void staple_pair_reset(void)
{
  staple_pair =
      (staple_pair_setup){.cert = "leaf", .now = OCSP_BUILDER_BEGIN + 43200};
}

pair_options staple_pair_options(void)
{
  pair_options options = {.server_credential = "",
                          .client_trust = "",
                          .server_trust = "",
                          .tune_client = staple_pair_tune_client,
                          .tune_server = staple_pair_tune_server};

  return options;
}

stls_credential *staple_pair_credential(const char *cert,
                                        const ocsp_builder_order *order)
{
  STACK_OF(X509) *chain = sk_X509_new_null();
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  cr_assert_gt(sk_X509_push(chain, pki_cert("middle")), 0);
  ASSERT_RESULT(stls_credential_new_x509(pki_cert(cert), chain, pki_key(cert),
                                         NULL, NULL, &credential, &err),
                STLS_OK, err.message);
  sk_X509_free(chain);
  if (order != NULL) staple_pair_set(credential, order);
  return credential;
}

void staple_pair_set(stls_credential *credential,
                     const ocsp_builder_order *order)
{
  size_t len = 0;
  unsigned char *der = order == NULL ? NULL : ocsp_builder_new(order, &len);
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_credential_set_ocsp_response(credential, der, len, &err),
                STLS_OK, err.message);
  OPENSSL_free(der);
}

void staple_pair_tune_client(stls_context *context)
{
  pki_trust(context, "root");
  ASSERT_RETURNS(stls_context_set_stapling(context, staple_pair.stapling, NULL),
                 STLS_OK);
  set_clock(context);
}

void staple_pair_tune_server(stls_context *context)
{
  stls_credential *credential =
      staple_pair_credential(staple_pair.cert, staple_pair.order);

  ASSERT_RETURNS(stls_context_set_credential(context, credential, NULL),
                 STLS_OK);
  stls_credential_free(credential);
  set_clock(context);
}

bool staple_pair_has(const stls_object *object, const ocsp_builder_order *order)
{
  const stls_span span = stls_object_stapled_response(object);
  const unsigned char *at = span.data;
  OCSP_RESPONSE *response;
  OCSP_BASICRESP *basic;
  bool is_it;

  if (span.data == NULL) return order == NULL && span.len == 0;
  if (order == NULL) return false;
  response = d2i_OCSP_RESPONSE(NULL, &at, (long)span.len);
  basic = OCSP_response_get1_basic(response);
  is_it = OCSP_single_get0_status(OCSP_resp_get0(basic, 0), NULL, NULL, NULL,
                                  NULL) == order->status;
  OCSP_BASICRESP_free(basic);
  OCSP_RESPONSE_free(response);
  return is_it;
}

static int64_t show_time(void *user_data)
{
  const int64_t *now = user_data;

  return *now;
}

static void set_clock(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_clock(context, show_time, &staple_pair.now, NULL),
      STLS_OK);
}
