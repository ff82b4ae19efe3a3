/* SPDX-License-Identifier: MIT */
/* test_chain_order: the certificate of a key, and the order of its issuers. */
#include <string.h>

#include "lib/x509/chain_order.h"
#include "lib/x509/x509_pem.h"
#include "lib/x509/x509_stack.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(chain_order);

enum {
  MAX = 6
};

/* Certificates by file; the key is server-chain's. */
static const struct row {
  const char *name;
  const char *in[MAX];
  stls_result want;
  const char *out[MAX];
} rows[] = {
    {"alone", {"server-chain.pem"}, STLS_OK, {"server-chain.pem"}},
    {"in order",
     {"server-chain.pem", "intermediate.pem", "ca.pem"},
     STLS_OK,
     {"server-chain.pem", "intermediate.pem", "ca.pem"}},
    {"backwards",
     {"ca.pem", "intermediate.pem", "server-chain.pem"},
     STLS_OK,
     {"server-chain.pem", "intermediate.pem", "ca.pem"}},
    {"twice",
     {"ca.pem", "intermediate.pem", "server-chain.pem", "intermediate.pem",
      "server-chain.pem", "ca.pem"},
     STLS_OK,
     {"server-chain.pem", "intermediate.pem", "ca.pem"}},
    {"with strangers",
     {"untrusted-ca.pem", "server-rsa.pem", "server-chain.pem",
      "server-ecdsa.pem", "intermediate.pem"},
     STLS_OK,
     {"server-chain.pem", "intermediate.pem"}},
    {"with a gap",
     {"ca.pem", "server-chain.pem"},
     STLS_OK,
     {"server-chain.pem"}},
    {"another's", {"server-ecdsa.pem", "ca.pem"}, STLS_ERROR_INPUT, {NULL}},
    {"none", {NULL}, STLS_ERROR_INPUT, {NULL}},
};

/* The first one of the file only: some hold their issuer, too. */
static X509 *read_first(const char *name)
{
  const struct stls_x509_scope scope = {NULL, NULL};
  data_file file = data_file_load(name);
  const struct stls_named_input text = {name, file.data, file.len};
  STACK_OF(X509) *certs = NULL;
  X509 *cert;

  ASSERT_RESULT(stls_x509_pem_certs(&text, &scope, &certs, NULL), STLS_OK,
                name);
  cert = sk_X509_shift(certs);
  stls_x509_stack_free(certs);
  data_file_free(&file);
  return cert;
}

static EVP_PKEY *read_key(void)
{
  data_file file = data_file_load("credential/key-ec.der");
  const unsigned char *at = (const unsigned char *)file.data;
  EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)file.len);

  cr_assert_not_null(key);
  data_file_free(&file);
  return key;
}

static void expect_row(const struct row *row)
{
  const struct stls_chain_order_names names = {"chain", "key"};
  STACK_OF(X509) *certs = sk_X509_new_null();
  EVP_PKEY *key = read_key();
  stls_error err = STLS_ERROR_INIT;
  int num = 0;

  for (size_t i = 0; i < MAX && row->in[i] != NULL; i++)
    cr_assert_gt(sk_X509_push(certs, read_first(row->in[i])), 0);
  EXPECT_RESULT(stls_chain_order_arrange(&certs, key, &names, &err), row->want,
                row->name);
  if (row->want != STLS_OK)
    cr_expect(strstr(err.message, "key: the private key does not match"), "%s",
              err.message);
  for (; row->want == STLS_OK && num < MAX && row->out[num] != NULL; num++) {
    X509 *want = read_first(row->out[num]);
    cr_expect(num < sk_X509_num(certs) &&
                  X509_cmp(sk_X509_value(certs, num), want) == 0,
              "%s: %d is not %s", row->name, num, row->out[num]);
    X509_free(want);
  }
  if (row->want == STLS_OK)
    cr_expect_eq(sk_X509_num(certs), num, "%s: %d", row->name,
                 sk_X509_num(certs));
  stls_x509_stack_free(certs);
  EVP_PKEY_free(key);
}

Test(chain_order, is_arranged)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    expect_row(&rows[i]);
}
