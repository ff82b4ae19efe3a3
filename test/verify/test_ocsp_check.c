/* SPDX-License-Identifier: MIT */
/* test_ocsp_check: verdicts on OCSP responses of all kinds. */
/* RFC 6960, 3.2 and 4.2.2: what a client has to verify before it accepts one. */
#include "lib/verify/ocsp_check.h"

#include <openssl/ocsp.h>
#include <string.h>

#include "support/expect.h"
#include "support/pki.h"
#include "verify/ocsp_builder.h"

static void ocsp_check_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(ocsp_check, .fini = ocsp_check_fini, .timeout = 60);

#define DAY INT64_C(86400)
#define NOON (OCSP_BUILDER_BEGIN + DAY / 2)

static STACK_OF(X509) * chain_of(const char *const *names)
{
  STACK_OF(X509) *chain = sk_X509_new_null();

  for (; *names != NULL; names++)
    cr_assert_gt(sk_X509_push(chain, pki_cert(*names)), 0);
  return chain;
}

static stls_ocsp_verdict verdict_of(const char *const *names,
                                    const unsigned char *der, size_t len,
                                    int64_t now, int level)
{
  static const char *const usual[] = {"leaf", "middle", "root", NULL};
  STACK_OF(X509) *chain = chain_of(names == NULL ? usual : names);
  const struct stls_ocsp_check check = {
      .chain = chain, .now = now, .ignores_time = now == 0, .level = level};
  stls_ocsp_verdict verdict = STLS_OCSP_NONE;

  EXPECT_RETURNS(stls_ocsp_check_run(&check, der, len, &verdict), STLS_OK);
  sk_X509_free(chain);
  return verdict;
}

static const struct row {
  const char *name;
  ocsp_builder_order order;
  stls_ocsp_verdict want;
  int64_t now;
  const char *chain[4];
} rows[] = {
    {"of the issuer", {0}, STLS_OCSP_GOOD, NOON, {0}},
    {"revoked",
     {.status = V_OCSP_CERTSTATUS_REVOKED},
     STLS_OCSP_REVOKED,
     NOON,
     {0}},
    {"unknown",
     {.status = V_OCSP_CERTSTATUS_UNKNOWN},
     STLS_OCSP_UNKNOWN,
     NOON,
     {0}},
    {"two issuers", {.has_another = true}, STLS_OCSP_UNVERIFIABLE, NOON, {0}},
    {"of a root",
     {.cert = "leaf-of-root", .issuer = "root"},
     STLS_OCSP_GOOD,
     NOON,
     {"leaf-of-root", "root"}},
    {"of a root that is not in it",
     {.cert = "leaf-of-root", .issuer = "root"},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {"leaf-of-root"}},
    {"of itself",
     {.cert = "selfsigned", .issuer = "selfsigned"},
     STLS_OCSP_GOOD,
     NOON,
     {"selfsigned"}},

    /* Signers. */
    {"delegated", {.signer = "responder"}, STLS_OCSP_GOOD, NOON, {0}},
    {"delegated, revoked",
     {.signer = "responder", .status = V_OCSP_CERTSTATUS_REVOKED},
     STLS_OCSP_REVOKED,
     NOON,
     {0}},
    {"delegated, not there",
     {.signer = "responder", .omits_signer = true},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {0}},
    {"delegated, expired",
     {.signer = "expired-responder"},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {0}},
    {"delegated by another CA",
     {.signer = "responder-of-root"},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {0}},
    {"no responder", {.signer = "leaf"}, STLS_OCSP_UNVERIFIABLE, NOON, {0}},
    {"the CA above", {.signer = "root"}, STLS_OCSP_UNVERIFIABLE, NOON, {0}},
    {"a stranger", {.signer = "stranger"}, STLS_OCSP_UNVERIFIABLE, NOON, {0}},
    {"a twin of the issuer",
     {.signer = "middle-twin"},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {0}},
    {"forged", {.is_forged = true}, STLS_OCSP_UNVERIFIABLE, NOON, {0}},
    {"forged, revoked",
     {.is_forged = true, .status = V_OCSP_CERTSTATUS_REVOKED},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {0}},

    /* Of whom it is. */
    {"of another certificate",
     {.cert = "expired"},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {0}},
    {"of another issuer's key",
     {.issuer = "middle-twin"},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {0}},

    /* Times. */
    {"just begun", {0}, STLS_OCSP_GOOD, OCSP_BUILDER_BEGIN, {0}},
    {"ahead", {0}, STLS_OCSP_GOOD, OCSP_BUILDER_BEGIN - 300, {0}},
    {"too far ahead",
     {0},
     STLS_OCSP_UNVERIFIABLE,
     OCSP_BUILDER_BEGIN - 301,
     {0}},
    {"just over", {0}, STLS_OCSP_GOOD, OCSP_BUILDER_END + 300, {0}},
    {"too old", {0}, STLS_OCSP_TOO_OLD, OCSP_BUILDER_END + 301, {0}},
    {"too old, revoked",
     {.status = V_OCSP_CERTSTATUS_REVOKED},
     STLS_OCSP_REVOKED,
     OCSP_BUILDER_END + 301,
     {0}},
    {"too old, unknown",
     {.status = V_OCSP_CERTSTATUS_UNKNOWN},
     STLS_OCSP_TOO_OLD,
     OCSP_BUILDER_END + 301,
     {0}},
    {"without an end",
     {.omits_until = true},
     STLS_OCSP_GOOD,
     OCSP_BUILDER_BEGIN + DAY + 300,
     {0}},
    {"without an end, too old",
     {.omits_until = true},
     STLS_OCSP_TOO_OLD,
     OCSP_BUILDER_BEGIN + DAY + 301,
     {0}},
    {"ends before it begins",
     {.until = OCSP_BUILDER_BEGIN - 1},
     STLS_OCSP_UNVERIFIABLE,
     OCSP_BUILDER_BEGIN - 1,
     {0}},
    {"at no time", {.from = DAY, .until = 2 * DAY}, STLS_OCSP_GOOD, 0, {0}},

    /* Answers that are none. */
    {"try later",
     {.response_status = OCSP_RESPONSE_STATUS_TRYLATER},
     STLS_OCSP_UNVERIFIABLE,
     NOON,
     {0}},
};

Test(ocsp_check, has_a_verdict)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *const *chain = rows[i].chain[0] ? rows[i].chain : NULL;
    size_t len;
    unsigned char *der = ocsp_builder_new(&rows[i].order, &len);
    stls_ocsp_verdict got = verdict_of(chain, der, len, rows[i].now, 1);

    cr_expect_eq(got, rows[i].want, "%s: %d instead of %d", rows[i].name, got,
                 rows[i].want);
    OPENSSL_free(der);
  }
}

/* The digest that names the issuer is the responder's choice; the one of the
 * signature has to be strong enough for the security level. */
Test(ocsp_check, of_any_digest)
{
  static const struct {
    const EVP_MD *(*digest)(void);
    int level;
    stls_ocsp_verdict want;
  } digests[] = {{EVP_sha1, 0, STLS_OCSP_GOOD},
                 {EVP_sha1, 1, STLS_OCSP_UNVERIFIABLE},
                 {EVP_sha224, 2, STLS_OCSP_GOOD},
                 {EVP_sha224, 3, STLS_OCSP_UNVERIFIABLE},
                 {EVP_sha512, 3, STLS_OCSP_GOOD}};

  for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++) {
    const ocsp_builder_order signature = {.digest = digests[i].digest()};
    const ocsp_builder_order id = {.id_digest = digests[i].digest()};
    size_t len;
    unsigned char *der = ocsp_builder_new(&signature, &len);

    cr_expect_eq(verdict_of(NULL, der, len, NOON, digests[i].level),
                 digests[i].want, "row %zu", i);
    OPENSSL_free(der);
    der = ocsp_builder_new(&id, &len);
    cr_expect_eq(verdict_of(NULL, der, len, NOON, 3), STLS_OCSP_GOOD, "row %zu",
                 i);
    OPENSSL_free(der);
  }
}

/* A cut or a changed byte is never good; a byte more is no response. */
Test(ocsp_check, of_broken_bytes)
{
  const ocsp_builder_order order = {.signer = "responder"};
  const size_t step = check_quick() ? 17 : 1;
  size_t len;
  unsigned char *der = ocsp_builder_new(&order, &len);
  unsigned char *longer = OPENSSL_zalloc(len + 1);

  for (size_t i = 0; i < len; i += step)
    cr_expect_eq(verdict_of(NULL, der, i, NOON, 1), STLS_OCSP_UNVERIFIABLE,
                 "%zu bytes", i);
  memcpy(longer, der, len);
  cr_expect_eq(verdict_of(NULL, longer, len + 1, NOON, 1),
               STLS_OCSP_UNVERIFIABLE);
  OPENSSL_free(longer);
  OPENSSL_free(der);
}
