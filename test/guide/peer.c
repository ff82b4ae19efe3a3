/* SPDX-License-Identifier: MIT */
/* peer: what a connection knows about itself and about the peer. */
/*
 * cc -o peer peer.c memory_pair.c $(pkg-config --cflags --libs sanstls)
 */
#include <stdio.h>

#include "memory_pair.h"

/* NULL where there is no text. */
static const char *or_none(const char *text)
{
  return text != NULL ? text : "none";
}

/* The name by which the peer was verified, as a server would log it. */
static void print_peer(const stls_conninfo *info)
{
  stls_error err = STLS_ERROR_INIT;
  stls_certificate *peer = NULL;
  stls_certificate_list *path = NULL;
  char json[4096];
  size_t len;
  if (!stls_conninfo_peer_verified(info)) return;
  must(stls_conninfo_peer_certificate(info, &peer, &err), &err);
  must(stls_conninfo_verified_chain(info, &path, &err), &err);
  must(stls_certificate_to_json(peer, json, sizeof json, &len, &err), &err);
  printf("valid until %s\n", stls_certificate_not_after_text(peer));
  for (size_t i = 0; i < stls_certificate_alt_name_count(peer); i++)
    printf("%s\n",
           stls_general_name_text(stls_certificate_alt_name(peer, i), &len));
  printf("%zu certificates up to the anchor\n%s\n",
         stls_certificate_list_count(path), json);
  stls_certificate_list_free(path);
  stls_certificate_free(
      peer); /* It is the caller's, and outlives the object. */
}

int main(void)
{
  static const char *const protocols[] = {"imap"};
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = client_context(), *server = server_context();
  must(stls_context_set_alpn(client, protocols, 1, &err), &err);
  must(stls_context_set_alpn(server, protocols, 1, &err), &err);
  memory_pair pair = pair_new(client, server, NULL);
  if (pair_handshake(&pair) != STLS_OK) return 1;
  const stls_conninfo *info = stls_object_conninfo(pair.client);
  printf("%s, %s, %s\n", stls_conninfo_version_name(info),
         stls_conninfo_cipher_name(info),
         or_none(stls_conninfo_group_name(info)));
  printf("ALPN %s\n", or_none(stls_conninfo_alpn(info, NULL)));
  print_peer(info);
  info = stls_object_conninfo(pair.server);
  printf("The client asked for %s\n", or_none(stls_conninfo_server_name(info)));
  unsigned char binding[STLS_CHANNEL_BINDING_MAX];
  size_t len;
  must(stls_object_channel_binding(pair.client,
                                   STLS_CHANNEL_BINDING_TLS_EXPORTER, binding,
                                   sizeof binding, &len, &err),
       &err);
  printf("%zu bytes of channel binding\n", len);
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return 0;
}
