/* SPDX-License-Identifier: MIT */
/* test_hello_retry: HelloRetryRequest, and the second ClientHello of libssl. */
#include <openssl/ssl.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/psk_pair.h"
#include "support/resumption.h"

SUITE(hello_retry, .timeout = 120);

static void only_p384(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "P-384", NULL), STLS_OK,
                "groups");
}

static void pad(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_options(
          context,
          stls_context_options(context) | STLS_OP_ALL | SSL_OP_TLSEXT_PADDING,
          NULL),
      STLS_OK, "padding");
}

static void pad_with_key(stls_context *context)
{
  psk_pair_set_client(context);
  pad(context);
}

static void p384_with_key(stls_context *context)
{
  psk_pair_set_server(context);
  only_p384(context);
}

/* libssl as a client changes no more than it may: padding, shares, keys. */
Test(hello_retry, takes_what_libssl_sends)
{
  pair_options options = {.tune_client = pad, .tune_server = only_p384};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    pair_options keyed = options;
    test_pair pair = pair_open(&options);
    pair_free(&pair);
    pair = resumption_open_resumed(&options);
    cr_expect_eq(stls_conninfo_hello_retried(stls_object_conninfo(pair.server)),
                 options.version == STLS_TLS_1_3, "%s", label);
    pair_free(&pair);
    if (options.version != STLS_TLS_1_3) continue;
    psk_pair_reset();
    keyed.tune_client = pad_with_key;
    keyed.tune_server = p384_with_key;
    pair = pair_open(&keyed);
    cr_expect(stls_conninfo_hello_retried(stls_object_conninfo(pair.server)));
    cr_expect(stls_conninfo_psk(stls_object_conninfo(pair.server)), "%s",
              label);
    pair_free(&pair);
  }
}
