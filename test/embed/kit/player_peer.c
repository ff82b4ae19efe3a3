/* SPDX-License-Identifier: MIT */
/* player_peer: a recorded connection as the peer of a kit. */
#include "player_peer.h"

static stls_result send_piece(void *data, void *out, size_t out_cap,
                              size_t *out_len)
{
  return stls_player_send(data, out, out_cap, out_len);
}

/* What comes after the recorded transport took no more is lost, as it was then. */
static stls_result receive(void *data, const void *bytes, size_t len)
{
  stls_result result = stls_player_receive(data, bytes, len, NULL);
  return result == STLS_CLOSED ? STLS_OK : result;
}

static void receive_eof(void *data)
{
  stls_player_receive_eof(data);
}

static bool is_reset(void *data)
{
  return stls_player_is_reset(data);
}

fake_peer player_peer(stls_player *player)
{
  return (fake_peer){.data = player,
                     .send = send_piece,
                     .receive = receive,
                     .receive_eof = receive_eof,
                     .is_reset = is_reset};
}

stls_player *player_load(const char *path, stls_role role, stls_error *err)
{
  stls_transcript *transcript = NULL;
  stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
  stls_player *player = NULL;
  options.is_live = true;
  if (stls_transcript_load(path, &transcript, err) < 0) return NULL;
  if (stls_player_new(transcript, role, &options, &player, err) < 0) {
    player = NULL;
  }
  stls_transcript_free(transcript);
  return player;
}
