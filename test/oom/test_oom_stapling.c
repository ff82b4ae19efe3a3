/* SPDX-License-Identifier: MIT */
/* test_oom_stapling: OCSP responses under allocation failure. */
#include <openssl/ocsp.h>

#include <sanstls/conninfo.h>

#include "context/staple_pair.h"
#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pki.h"
#include "support/resumption.h"

static void oom_stapling_fini(void)
{
  pki_free();
  check_leaks();
}

TestSuite(oom_stapling, .init = staple_pair_reset, .fini = oom_stapling_fini,
          .timeout = 120);

static const ocsp_builder_order good = {.signer = "responder"};
static const ocsp_builder_order revoked = {.signer = "responder",
                                           .status = V_OCSP_CERTSTATUS_REVOKED};

/* --- the setter --- */

struct setter {
  stls_credential *credential;
  unsigned char *der;
  size_t len;
};

static bool try_to_set(const void *subject, size_t nth)
{
  const struct setter *setter = subject;
  stls_result result;
  bool refused;

  ASSERT_RETURNS(
      stls_credential_set_ocsp_response(setter->credential, NULL, 0, NULL),
      STLS_OK);
  oom_sweep_begin(nth);
  result = stls_credential_set_ocsp_response(setter->credential, setter->der,
                                             setter->len, NULL);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "set", nth);
  cr_expect(result == STLS_OK || result == STLS_ERROR_MEMORY, "%zu: %s", nth,
            stls_result_name(result));
  cr_expect_eq(stls_credential_ocsp_next_update(setter->credential),
               result == STLS_OK ? OCSP_BUILDER_END : -1);
  return refused;
}

Test(oom_stapling, sets_a_response_whole_or_not_at_all)
{
  struct setter setter = {.credential = staple_pair_credential("leaf", NULL)};

  setter.der = ocsp_builder_new(&good, &setter.len);
  for (size_t nth = 1; oom_sweep_try(try_to_set, &setter, nth, "set"); nth++)
    continue;
  OPENSSL_free(setter.der);
  stls_credential_free(setter.credential);
}

/* --- handshakes --- */

struct stage {
  resumption peers;
  stls_ocsp_verdict want;
  bool asks_only;
  const char *name;
};

/* libssl 3.6 writes through NULL where a server that has looked for its response has no
 * memory for the name of the issuer (ASN1_OCTET_STRING_new). */
static bool is_server_spared(void)
{
  return OPENSSL_version_major() > 3 || OPENSSL_version_minor() >= 6;
}

static stls_result shake(stls_object *sides[2])
{
  stls_result failure = STLS_OK;

  for (int turn = 0; turn < 20 && failure == STLS_OK; turn++) {
    stls_object *self = sides[turn % 2];
    stls_result result;
    heap_hold(turn % 2 == 1 && is_server_spared());
    result = stls_object_handshake(self);
    heap_hold(true);
    /* The library's own lack of memory is gone with the next call. */
    if (result < 0 && stls_object_error(self, NULL) != STLS_OK)
      failure = result;
    bytes_move(stls_object_outgoing(self),
               stls_object_incoming(sides[1 - turn % 2]));
  }
  return failure;
}

/* With the response as it is, the handshake has no other end. Where OpenSSL takes its
 * lack of memory for a bad signature, a client that only asks goes on, and knows that
 * the response was not verified. */
static bool try_to_shake(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  test_pair pair = resumption_pair(&stage->peers, NULL);
  stls_object *sides[] = {pair.client, pair.server};
  stls_result result;
  stls_ocsp_verdict verdict;
  bool refused, is_in;

  oom_sweep_begin_lossy(nth);
  heap_hold(true);
  result = shake(sides);
  refused = oom_sweep_end_lossy();
  verdict = stls_object_stapling_verdict(pair.client);
  is_in = stls_conninfo_established(stls_object_conninfo(pair.client));
  if (!refused)
    EXPECT_RESULT(
        result,
        stage->want == STLS_OCSP_GOOD ? STLS_OK : STLS_ERROR_CERTIFICATE,
        stage->name);
  cr_expect(verdict == stage->want || refused, "%s: %zu: %d", stage->name, nth,
            verdict);
  cr_expect(!is_in || verdict == STLS_OCSP_GOOD ||
                (stage->asks_only && verdict == STLS_OCSP_UNVERIFIABLE),
            "%s: %zu: %d", stage->name, nth, verdict);
  pair_free(&pair);
  return refused;
}

static void sweep(const ocsp_builder_order *order, stls_stapling stapling,
                  stls_ocsp_verdict want)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  pair_options options = staple_pair_options();

  staple_pair.stapling = stapling;
  staple_pair.order = order;
  for (size_t i = 0; i < 2; i++) {
    struct stage stage = {.want = want,
                          .asks_only = stapling == STLS_STAPLING_ASK};
    const size_t step = check_quick() ? 401 : 53;
    options.version = versions[i];
    stage.name = i == 0 ? "TLS 1.2" : "TLS 1.3";
    stage.peers = resumption_open(&options);
    stage.peers.name = "server.example";
    for (size_t nth = 1; oom_sweep_try(try_to_shake, &stage, nth, stage.name);
         nth += step)
      continue;
    resumption_close(&stage.peers);
  }
}

Test(oom_stapling, verifies_a_good_response_or_fails)
{
  sweep(&good, STLS_STAPLING_REQUIRE, STLS_OCSP_GOOD);
}

Test(oom_stapling, lets_no_revoked_server_in)
{
  sweep(&revoked, STLS_STAPLING_REQUIRE, STLS_OCSP_REVOKED);
  sweep(&revoked, STLS_STAPLING_ASK, STLS_OCSP_REVOKED);
}
