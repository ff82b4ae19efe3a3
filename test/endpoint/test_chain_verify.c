/* SPDX-License-Identifier: MIT */
/* test_chain_verify: chains that are verified without a handshake. */
/*
 * That a handshake and these calls say the same is proved for each row of the
 * verification tests (support/verify_case.h). Here is what they take, and a table of
 * chains with their verdicts in the manner of x509-limbo (RFC 5280, RFC 9525).
 */
#include <openssl/x509_vfy.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/oom_sweep.h"
#include "support/pki.h"

static void chain_verify_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(chain_verify, .fini = chain_verify_fini, .timeout = 60);

/* "expired" is valid before END, "notyet" from LATE on. */
#define END INT64_C(1580515200)
#define LATE INT64_C(7226582400)

enum {
  MAX_CHAIN = 4
};

struct chain {
  stls_certificate *certs[MAX_CHAIN];
  size_t num;
};

static struct chain new_chain(const char *names)
{
  struct chain chain = {{NULL}, 0};
  char copy[64];
  size_t len;

  for (; *names != '\0'; names += len + (names[len] == ' ')) {
    len = strcspn(names, " ");
    cr_assert(len < sizeof copy && chain.num < (size_t)MAX_CHAIN);
    memcpy(copy, names, len);
    copy[len] = '\0';
    ASSERT_RESULT(stls_certificate_new_x509(pki_cert(copy),
                                            &chain.certs[chain.num++], NULL),
                  STLS_OK, copy);
  }
  return chain;
}

static void free_chain(struct chain *chain)
{
  for (size_t i = 0; i < chain->num; i++)
    stls_certificate_free(chain->certs[i]);
}

/* One chain, what is asked of it, and the verdict. */
static const struct limbo {
  const char *name;
  const char *chain;
  const char *trusts;
  const char *server_name;
  stls_purpose purpose;
  int depth;
  int64_t time;
  int code;
  int failed_at;
} limbos[] = {
    {"a chain", "leaf middle", "root", "server.example", 0, -1, 0, 0, -1},
    {"without a name", "leaf middle", "root", NULL, 0, -1, 0, 0, -1},
    {"another name", "leaf middle", "root", "other.example", 0, -1, 0,
     X509_V_ERR_HOSTNAME_MISMATCH, 0},
    {"an address", "wildcard-and-address excludes-bar", "root", "127.0.0.1", 0,
     -1, 0, 0, -1},
    {"another address", "wildcard-and-address excludes-bar", "root",
     "127.0.0.2", 0, -1, 0, X509_V_ERR_IP_ADDRESS_MISMATCH, 0},
    {"a name in capitals", "leaf middle", "root", "SERVER.example.", 0, -1, 0,
     0, -1},
    {"a client", "leaf middle", "root", NULL, STLS_PURPOSE_CLIENT_AUTH, -1, 0,
     0, -1},
    {"a client for a server", "client-only middle", "root", NULL, 0, -1, 0,
     X509_V_ERR_INVALID_PURPOSE, 0},
    {"a server for a client", "server-only middle", "root", NULL,
     STLS_PURPOSE_CLIENT_AUTH, -1, 0, X509_V_ERR_INVALID_PURPOSE, 0},
    {"no intermediate", "leaf", "root", NULL, 0, -1, 0,
     X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0},
    {"a stranger", "leaf-of-stranger stranger", "root", NULL, 0, -1, 0,
     X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, 1},
    {"no trust", "leaf middle", "", NULL, 0, -1, 0,
     X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 1},
    {"an intermediate that is trusted", "leaf", "middle", NULL, 0, -1, 0, 0,
     -1},
    {"deep enough", "leaf-of-lower lower middle", "root", NULL, 0, 2, 0, 0, -1},
    {"too deep", "leaf-of-lower lower middle", "root", NULL, 0, 1, 0,
     X509_V_ERR_CERT_CHAIN_TOO_LONG, 2},
    {"over", "expired middle", "root", NULL, 0, -1, 0,
     X509_V_ERR_CERT_HAS_EXPIRED, 0},
    {"over, back then", "expired middle", "root", NULL, 0, -1, END - 1, 0, -1},
    {"to come, later", "notyet middle", "root", NULL, 0, -1, LATE, 0, -1},
    {"before all", "leaf middle", "root", NULL, 0, -1, 1,
     X509_V_ERR_CERT_NOT_YET_VALID, 2},
    {"not permitted", "not-permitted permits-other", "root", "server.example",
     0, -1, 0, X509_V_ERR_PERMITTED_VIOLATION, 0},
    {"a CA that is none", "leaf-of-leaf leaf middle", "root", NULL, 0, -1, 0,
     X509_V_ERR_INVALID_CA, 1},
    {"a wrong signature", "bad-signature middle", "root", NULL, 0, -1, 0,
     X509_V_ERR_CERT_SIGNATURE_FAILURE, 0},
    {"strictly", "leaf-of-usageless-ca usageless-ca", "root", NULL, 0, -1, 0,
     X509_V_ERR_CA_CERT_MISSING_KEY_USAGE, 1},
};

static stls_result run(const struct limbo *limbo, const struct chain *chain,
                       stls_certificate_list **path, stls_certificate **failed,
                       stls_error *err)
{
  stls_trust_verify_options options = STLS_TRUST_VERIFY_OPTIONS_INIT;
  stls_trust *trust = pki_trust_new(limbo->trusts);
  stls_result result;

  options.server_name = limbo->server_name;
  if (limbo->purpose != 0) options.purpose = limbo->purpose;
  options.verify_depth = limbo->depth;
  options.time = limbo->time;
  result = stls_trust_verify(trust, chain->certs, chain->num, &options, path,
                             failed, err);
  stls_trust_free(trust);
  return result;
}

Test(chain_verify, judges_chains)
{
  for (size_t i = 0; i < sizeof limbos / sizeof limbos[0]; i++) {
    const struct limbo *limbo = &limbos[i];
    struct chain chain = new_chain(limbo->chain);
    stls_error err = STLS_ERROR_INIT;
    stls_certificate_list *path = NULL;
    stls_certificate *failed = NULL;

    EXPECT_RESULT(run(limbo, &chain, &path, &failed, &err),
                  limbo->code == 0 ? STLS_OK : STLS_ERROR_CERTIFICATE,
                  expect_label("%s: %s", limbo->name, err.message));
    if (limbo->code != 0) {
      cr_expect_eq(err.verify_code, limbo->code, "%s: %s", limbo->name,
                   err.message);
      cr_expect_eq(err.verify_depth, limbo->failed_at, "%s: %d", limbo->name,
                   err.verify_depth);
      cr_expect_eq(err.alert_sent, -1, "%s", limbo->name);
    }
    cr_expect_eq(path != NULL, limbo->code == 0, "%s", limbo->name);
    cr_expect_eq(failed != NULL, limbo->code != 0, "%s", limbo->name);
    stls_certificate_list_free(path);
    stls_certificate_free(failed);
    /* The outputs may be NULL. */
    EXPECT_RESULT(run(limbo, &chain, NULL, NULL, NULL),
                  limbo->code == 0 ? STLS_OK : STLS_ERROR_CERTIFICATE,
                  limbo->name);
    free_chain(&chain);
  }
}

Test(chain_verify, says_what_it_does_not_take)
{
  stls_trust_verify_options options = STLS_TRUST_VERIFY_OPTIONS_INIT;
  struct chain chain = new_chain("leaf middle");
  stls_certificate *holey[2] = {chain.certs[0], NULL};
  stls_trust *trust = pki_trust_new("root");
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(
      stls_trust_verify(trust, chain.certs, 2, NULL, NULL, NULL, &err),
      STLS_OK);
  expect_misuse(stls_trust_verify(NULL, chain.certs, 2, NULL, NULL, NULL, &err),
                &err, "trust");
  expect_misuse(stls_trust_verify(trust, NULL, 2, NULL, NULL, NULL, &err), &err,
                "chain");
  expect_misuse(
      stls_trust_verify(trust, chain.certs, 0, NULL, NULL, NULL, &err), &err,
      "num_certificates");
  expect_misuse(stls_trust_verify(trust, holey, 2, NULL, NULL, NULL, &err),
                &err, "certificate");
  options.purpose = (stls_purpose)7;
  expect_misuse(
      stls_trust_verify(trust, chain.certs, 2, &options, NULL, NULL, &err),
      &err, "purpose 7");
  options.purpose = STLS_PURPOSE_CLIENT_AUTH;
  options.server_name = "server.example";
  expect_misuse(
      stls_trust_verify(trust, chain.certs, 2, &options, NULL, NULL, &err),
      &err, "server_name");
  options.purpose = STLS_PURPOSE_SERVER_AUTH;
  options.server_name = "no name";
  EXPECT_RETURNS(
      stls_trust_verify(trust, chain.certs, 2, &options, NULL, NULL, &err),
      STLS_ERROR_INPUT);
  options.server_name = NULL;
  options.verify_flags = X509_V_FLAG_NO_CHECK_TIME;
  expect_misuse(
      stls_trust_verify(trust, chain.certs, 2, &options, NULL, NULL, &err),
      &err, "weaken");
  expect_misuse(
      stls_context_verify(NULL, chain.certs, 2, NULL, NULL, NULL, &err), &err,
      "context");
  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK);
  expect_misuse(
      stls_context_verify(context, chain.certs, 2, NULL, NULL, NULL, &err),
      &err, "server_name");
  stls_context_free(context);
  stls_trust_free(trust);
  free_chain(&chain);
}

/* Options of an older header end earlier; what they do not have is the default. */
Test(chain_verify, reads_options_of_any_size)
{
  struct chain chain = new_chain("leaf middle");
  stls_trust *trust = pki_trust_new("root");
  const size_t end = offsetof(stls_trust_verify_options, purpose);

  for (size_t size = 0; size <= sizeof(stls_trust_verify_options); size++) {
    stls_trust_verify_options set = STLS_TRUST_VERIFY_OPTIONS_INIT;
    stls_trust_verify_options *given = malloc(size < 8 ? 8 : size);
    stls_error err = STLS_ERROR_INIT;
    set.size = size;
    set.server_name = "other.example";
    memcpy(given, &set, size < sizeof set.size ? sizeof set.size : size);
    EXPECT_RESULT(stls_trust_verify(trust, chain.certs, chain.num, given, NULL,
                                    NULL, &err),
                  size < sizeof set.size ? STLS_ERROR_MISUSE
                  : size < end           ? STLS_OK
                                         : STLS_ERROR_CERTIFICATE,
                  expect_label("%zu: %s", size, err.message));
    free(given);
  }
  stls_trust_free(trust);
  free_chain(&chain);
}

/* The hint that a context has no trust is that of a handshake, too. */
Test(chain_verify, says_that_there_is_no_trust)
{
  struct chain chain = new_chain("leaf middle");
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK);
  EXPECT_RETURNS(stls_context_verify(context, chain.certs, 2, "server.example",
                                     NULL, NULL, &err),
                 STLS_ERROR_CERTIFICATE);
  cr_expect_eq(err.own_reason, STLS_REASON_NO_TRUST, "%s", err.message);
  cr_expect_not_null(strstr(err.message, "no certificate to trust"));
  stls_context_free(context);
  free_chain(&chain);
}

/* --- Memory --- */

/* Of which chain, and what comes of it where memory is enough. */
struct subject {
  const char *name;
  stls_trust *trust;
  struct chain chain;
  const char *server_name;
};

static bool try_to_verify(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  stls_trust_verify_options options = STLS_TRUST_VERIFY_OPTIONS_INIT;
  stls_certificate_list *path = NULL;
  stls_certificate *failed = NULL;
  stls_error err = STLS_ERROR_INIT;
  bool is_good = strcmp(subject->server_name, "server.example") == 0, refused;
  stls_result result;

  options.server_name = subject->server_name;
  oom_sweep_begin(nth);
  result =
      stls_trust_verify(subject->trust, subject->chain.certs,
                        subject->chain.num, &options, &path, &failed, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, is_good ? STLS_OK : STLS_ERROR_CERTIFICATE,
                   subject->name, nth);
  cr_expect_eq(path != NULL, result == STLS_OK, "%s: %zu", subject->name, nth);
  cr_expect(is_good || result != STLS_OK, "%zu", nth);
  stls_certificate_list_free(path);
  stls_certificate_free(failed);
  return refused;
}

Test(chain_verify, accepts_nothing_for_lack_of_memory)
{
  struct subject subjects[] = {
      {"good", pki_trust_new("root"), new_chain("leaf middle"),
       "server.example"},
      {"bad", pki_trust_new("root"), new_chain("leaf middle"), "other.example"},
  };

  for (size_t i = 0; i < 2; i++) {
    for (size_t nth = 1;
         oom_sweep_try(try_to_verify, &subjects[i], nth, subjects[i].name);
         nth += check_quick() ? 9 : 1)
      continue;
    stls_trust_free(subjects[i].trust);
    free_chain(&subjects[i].chain);
  }
}
