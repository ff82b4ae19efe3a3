/* SPDX-License-Identifier: MIT */
/* recorded_assert: a server is tested with plain assert, and a client that is cut
 * off at every byte. */
#include <assert.h>
#include <stdio.h>

#include "fake_uv.h"
#include "player_peer.h"

int server_main(int argc, char **argv); /* cc -Dmain=server_main */

static void save(const char *path, const char *text)
{
  FILE *file = fopen(path, "w");
  assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void serve(const fake_faults *faults)
{
  char *argv[] = {"server", "4433",      "server.pem", "server.key",
                  "30",     "127.0.0.1", NULL};
  stls_player *player = player_load("client.txt", STLS_CLIENT, NULL);
  assert(player != NULL);
  fake_peer peer = player_peer(player);
  fake_uv_start();
  fake_uv_connect(&peer, faults);
  assert(server_main(6, argv) == 0);
  assert(fake_uv_end() == NULL);
  assert(faults != NULL || stls_player_finish(player, NULL) == STLS_OK);
  stls_player_free(player);
}

int main(void)
{
  save("server.pem", stls_testing_chain_pem("ecdsa"));
  save("server.key", stls_testing_key_pem("ecdsa"));
  serve(NULL);
  size_t end = fake_uv_line(0)->num_arrived;
  for (size_t at = 0; at < end; at++) {
    fake_faults faults = {.cut = FAKE_CUT_RESET, .cut_at = at};
    serve(&faults);
  }
  return 0;
}
