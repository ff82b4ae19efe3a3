/* SPDX-License-Identifier: MIT */
/* test_alloc_ticket: lack of memory where tickets are made ends a connection
 * cleanly, or not at all. */
#include <openssl/ssl.h>

#include "support/expect.h"
#include "support/large.h"
#include "support/meeting.h"
#include "support/sweep.h"

SUITE(alloc_ticket, .timeout = 300);

struct stage {
  const char *name;
  meeting again;
};

/* The last flight of a client whose ticket would be too large. */
static bool try_to_finish(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  test_pair pair = meeting_pair(&stage->again, NULL);
  stls_certificate *peer = NULL;
  stls_result result;
  bool refused;

  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "flight");
  pair_move_all(&pair, pair.server, pair.client);
  cr_assert_geq(stls_object_handshake(pair.client), STLS_OK);
  pair_move_all(&pair, pair.client, pair.server);
  sweep_begin(nth);
  result = stls_object_handshake(pair.server);
  refused = sweep_end();
  cr_expect(result == STLS_OK || refused, "allocation %zu: %s", nth,
            pair_message(pair.server));
  if (result == STLS_OK) {
    ASSERT_RESULT(stls_conninfo_peer_certificate(
                      stls_object_conninfo(pair.server), &peer, NULL),
                  STLS_OK, "peer");
    cr_expect_not_null(peer, "allocation %zu", nth);
    cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.server)));
  }
  stls_certificate_free(peer);
  pair_free(&pair);
  return refused;
}

Test(alloc_ticket, that_would_be_too_large)
{
  static const stls_version versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  large_filling = 17000;
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .server_verify = STLS_VERIFY_REQUIRED,
                                  .tune_client = large_present};
    struct stage stage = {v == 0 ? "TLS 1.2" : "TLS 1.3",
                          meeting_open(&options)};
    const size_t step = check_quick() ? 37 : 3;
    for (size_t nth = 1; sweep_try(try_to_finish, &stage, nth, stage.name);
         nth += step)
      continue;
    meeting_close(&stage.again);
  }
}
