/* SPDX-License-Identifier: MIT */
/* recorded_criterion: a server is tested with a recorded client, without a socket. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "fake_uv.h"
#include "player_peer.h"

int server_main(int argc, char **argv); /* cc -Dmain=server_main */

static void save(const char *path, const char *text)
{
  FILE *file = fopen(path, "w");
  cr_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* The recorded client trusts the CA that issued it. */
static void save_credential(void)
{
  save("server.pem", stls_testing_chain_pem("ecdsa"));
  save("server.key", stls_testing_key_pem("ecdsa"));
}

Test(server, serves_the_recorded_client, .init = save_credential)
{
  char *argv[] = {"server", "4433",      "server.pem", "server.key",
                  "30",     "127.0.0.1", NULL};
  stls_error err = STLS_ERROR_INIT;
  stls_player *player = player_load("client.txt", STLS_CLIENT, &err);
  cr_assert_not_null(player, "%s", err.message);
  fake_peer peer = player_peer(player);
  fake_uv_start();
  fake_uv_connect(&peer, NULL);
  cr_expect_eq(server_main(6, argv), 0);
  const char *fault = fake_uv_end();
  cr_expect_null(fault, "%s", fault);
  cr_expect_eq(stls_player_finish(player, &err), STLS_OK, "%s", err.message);
  stls_player_free(player);
}
