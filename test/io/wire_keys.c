/* SPDX-License-Identifier: MIT */
/* wire_keys: the keys of what one side of a connection puts on the wire. */
#include "wire_keys.h"

#include <openssl/ssl.h>
#include <sanstls/trace.h>
#include <string.h>

static struct stls_record_secrets collected;

static void on_line(stls_object *object, const char *line, size_t len,
                    void *user_data);
static void use_master_secret(struct wire_keys *keys, const SSL *ssl);

void wire_keys_collect(stls_context *context)
{
  wire_keys_must(stls_context_set_insecure_keylog(context, on_line, NULL,
                                                  NULL) == STLS_OK);
}

void wire_keys_open(struct wire_keys *keys, stls_object *sender)
{
  const SSL *ssl = stls_object_ssl(sender);

  memset(keys, 0, sizeof *keys);
  stls_record_algorithms_fetch(&keys->algorithms, NULL, NULL);
  wire_keys_must(stls_record_suite_find(&keys->suite, &keys->algorithms,
                                        SSL_get_current_cipher(ssl),
                                        SSL_version(ssl)));
  if (!keys->suite.is_tls_1_3) {
    use_master_secret(keys, ssl);
    return;
  }
  wire_keys_must(
      stls_record_secrets_are_complete(&collected, keys->suite.hash_len));
  memcpy(keys->secret, SSL_is_server(ssl) ? collected.server : collected.client,
         STLS_RECORD_SECRET_MAX);
  wire_keys_must(
      stls_record_keys_derive(&keys->suite, keys->secret, &keys->key));
}

void wire_keys_close(struct wire_keys *keys)
{
  stls_record_algorithms_clear(&keys->algorithms);
}

void wire_keys_update(struct wire_keys *keys)
{
  wire_keys_must(stls_record_keys_update(&keys->suite, keys->secret));
  wire_keys_must(
      stls_record_keys_derive(&keys->suite, keys->secret, &keys->key));
  keys->seq = 0;
}

static void on_line(stls_object *object, const char *line, size_t len,
                    void *user_data)
{
  (void)object;
  (void)len;
  (void)user_data;
  stls_record_secrets_note(&collected, line);
}

static void use_master_secret(struct wire_keys *keys, const SSL *ssl)
{
  struct stls_record_key client, server;
  uint8_t master[48], client_random[32], server_random[32];

  wire_keys_must(SSL_SESSION_get_master_key(SSL_get_session(ssl), master,
                                            sizeof master) == sizeof master);
  SSL_get_client_random(ssl, client_random, 32);
  SSL_get_server_random(ssl, server_random, 32);
  wire_keys_must(stls_record_keys_expand(&keys->suite, master, sizeof master,
                                         client_random, server_random, &client,
                                         &server));
  keys->key = SSL_is_server(ssl) ? server : client;
}

bool wire_keys_follow(struct wire_keys *keys, const uint8_t *content,
                      size_t len)
{
  bool ends = false;

  for (size_t i = 0; i < len; i++) {
    if (keys->header_len < 4) {
      keys->header[keys->header_len++] = content[i];
      if (keys->header_len < 4) continue;
      keys->left = (size_t)(keys->header[1] << 16 | keys->header[2] << 8 |
                            keys->header[3]);
    } else {
      keys->left--;
    }
    if (keys->left > 0) continue;
    keys->header_len = 0;
    ends = keys->header[0] == SSL3_MT_KEY_UPDATE;
  }
  ends = ends && keys->suite.is_tls_1_3;
  if (ends) wire_keys_update(keys);
  return ends;
}
