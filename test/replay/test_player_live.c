/* SPDX-License-Identifier: MIT */
/* test_player_live: players that are connections of their own. */
#include <sanstls/player.h>
#include <sanstls/testing.h>
#include <string.h>

#include "support/expect.h"

SUITE(player_live);

static stls_error err;

static stls_transcript *parse(const char *text)
{
  stls_transcript *transcript = NULL;

  err = (stls_error)STLS_ERROR_INIT;
  ASSERT_RESULT(
      stls_transcript_parse(text, strlen(text), "text", &transcript, &err),
      STLS_OK, err.message);
  return transcript;
}

/* It would wait in the middle for what the recording does not tell. */
Test(player_live, a_peer_cannot_choose_its_context)
{
  stls_transcript *transcript = parse(
      "sanstls-transcript 1\nopenssl: any\nrole: client\nseed: 1\n"
      "time: 1900000000\nconfig.server-name: localhost\npeer.seed: 2\n"
      "peer.time: 1900000000\npeer.config.choose-context: yes\n\nend\n");
  stls_player *player = NULL;

  EXPECT_RETURNS(stls_player_new(transcript, STLS_SERVER, NULL, &player, &err),
                 STLS_ERROR_UNSUPPORTED);
  cr_expect_null(player);
  cr_expect_str_eq(
      err.message,
      "peer.config.choose-context: what the peer chose is not known");
  EXPECT_RETURNS(stls_player_new(transcript, STLS_CLIENT, NULL, &player, NULL),
                 STLS_OK);
  stls_player_free(player);
  stls_transcript_free(transcript);
}

/* Of the recorded end it is known that it chose; what, only its application knows. */
Test(player_live, the_recorded_end_cannot_choose_its_context)
{
  stls_transcript *transcript = parse(
      "sanstls-transcript 1\nopenssl: any\nrole: server\nseed: 1\n"
      "time: 1900000000\nconfig.choose-context: yes\npeer.seed: 2\n"
      "peer.time: 1900000000\npeer.config.server-name: localhost\n\n"
      "call handshake want_context\ncall set_context ok\nend\n");
  stls_player *player = NULL;

  EXPECT_RETURNS(stls_player_new(transcript, STLS_SERVER, NULL, &player, &err),
                 STLS_ERROR_UNSUPPORTED);
  cr_expect_str_eq(err.message,
                   "line 12: a player cannot make the call set_context");
  EXPECT_RETURNS(stls_player_new(transcript, STLS_CLIENT, NULL, &player, NULL),
                 STLS_OK);
  stls_player_free(player);
  stls_transcript_free(transcript);
}
