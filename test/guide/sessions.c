/* SPDX-License-Identifier: MIT */
/* sessions: a client resumes a session that it has stored. */
/*
 * cc -o sessions sessions.c memory_pair.c $(pkg-config --cflags --libs sanstls)
 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "memory_pair.h"

/* The newest session that the server has handed out; NULL where there is none. */
static stls_session *newest_session(stls_object *client)
{
  stls_session *newest = NULL, *next = NULL;
  char data[1];
  size_t len;
  /* With TLS 1.3 tickets follow the handshake: only a read comes upon them. */
  if (stls_object_read(client, data, sizeof data, &len) < 0) return NULL;
  while (stls_object_take_session(client, &next, NULL) == STLS_OK &&
         next != NULL) {
    stls_session_free(newest);
    newest = next;
  }
  return newest;
}

/* Through bytes, as a file would keep them: they are as secret as a private key. */
static stls_session *stored_and_loaded(const stls_session *session)
{
  stls_error err = STLS_ERROR_INIT;
  stls_session *loaded = NULL;
  unsigned char bytes[8192];
  size_t len;
  must(stls_session_serialize(session, bytes, sizeof bytes, &len, &err), &err);
  must(stls_session_new_serialized(bytes, len, NULL, NULL, &loaded, &err),
       &err);
  OPENSSL_cleanse(bytes, sizeof bytes);
  return loaded;
}

/* One connection. */
static stls_session *connect_with(stls_context *client, stls_context *server,
                                  stls_session *session)
{
  memory_pair pair = pair_new(client, server, session);
  stls_result result = pair_handshake(&pair);
  const stls_conninfo *info = stls_object_conninfo(pair.client);
  printf("%s, %s\n", stls_result_name(result),
         stls_conninfo_resumed(info) ? "resumed" : "a full handshake");
  stls_session *next = newest_session(pair.client);
  pair_free(&pair);
  return next;
}

/* Processes that resume each other's sessions share keys: newest first. */
static void share_ticket_keys(stls_context *server)
{
  static unsigned char
      keys[2 * STLS_TICKET_KEY_LEN]; /* The current, the previous. */
  stls_error err = STLS_ERROR_INIT;
  must(stls_random_bytes(NULL, keys, sizeof keys, &err), &err);
  must(stls_context_set_ticket_keys(server, keys, sizeof keys, &err), &err);
}

int main(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = client_context(), *server = server_context();
  share_ticket_keys(server);
  must(stls_context_seal(client, &err), &err);
  must(stls_context_seal(server, &err), &err);
  stls_session *first = connect_with(client, server, NULL);
  stls_session *loaded = stored_and_loaded(first);
  stls_session *second = connect_with(client, server, loaded);
  if (stls_session_check(loaded, client, "b.example", &err) == STLS_ERROR_INPUT)
    printf("for b.example: %s\n", err.message);
  stls_session_free(first);
  stls_session_free(loaded);
  stls_session_free(second);
  stls_context_free(client);
  stls_context_free(server);
  return 0;
}
