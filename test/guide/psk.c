/* SPDX-License-Identifier: MIT */
/* psk: both sides know each other by a key, without certificates. */
/*
 * cc -o psk psk.c memory_pair.c $(pkg-config --cflags --libs sanstls)
 */
#include <stdio.h>
#include <string.h>

#include "memory_pair.h"

/* Of a random generator, and of a file that nobody else reads. */
static unsigned char key[32];

static bool find_client_key(stls_object *object, const char *hint,
                            stls_psk *psk, void *user_data)
{
  (void)object, (void)hint, (void)user_data;
  return stls_psk_set_identity(psk, "sensor 7", 8) == STLS_OK &&
         stls_psk_set_key(psk, key, sizeof key) == STLS_OK;
}

static bool find_server_key(stls_object *object, const uint8_t *identity,
                            size_t identity_len, stls_psk *psk, void *user_data)
{
  (void)object, (void)user_data;
  if (identity_len != 8 || memcmp(identity, "sensor 7", 8) != 0) return false;
  return stls_psk_set_key(psk, key, sizeof key) == STLS_OK;
}

int main(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = NULL, *server = NULL;
  must(stls_random_bytes(NULL, key, sizeof key, &err), &err);
  must(stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &client, &err),
       &err);
  must(stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, &err),
       &err);
  must(stls_context_set_psk_client(client, find_client_key, NULL, &err), &err);
  must(stls_context_set_psk_server(server, find_server_key, NULL, NULL, &err),
       &err);
  memory_pair pair = pair_new(client, server, NULL);
  say("handshake", pair_handshake(&pair), pair.client);
  const stls_conninfo *info = stls_object_conninfo(pair.server);
  printf("key of %s, certificate %s\n",
         (const char *)stls_conninfo_psk_identity(info, NULL),
         stls_conninfo_peer_verified(info) ? "verified" : "not verified");
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return 0;
}
