/* SPDX-License-Identifier: MIT */
/* openssl_setup: makes the SSL_CTX and SSL of a side that is plain OpenSSL. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "openssl_peer.h"
#include "reframe.h"

enum {
  MAX_NAMES = 8
};

static struct {
  X509 *certificates[MAX_NAMES];
  EVP_PKEY *keys[MAX_NAMES];
  X509 *ca;
} loaded;

static X509 *load_certificate(const char *folder, const char *name);
static EVP_PKEY *load_key(const char *folder, const char *name);
static void set_policy(struct world_side *side);
static void set_server_policy(struct world_side *side);
static void set_habits(struct world_side *side);

bool openssl_peer_load(const char *folder, const char *const *names, int num)
{
  loaded.ca = load_certificate(folder, "ca");
  if (loaded.ca == NULL || num > MAX_NAMES) return false;
  for (int i = 0; i < num; i++) {
    loaded.certificates[i] = load_certificate(folder, names[i]);
    loaded.keys[i] = load_key(folder, names[i]);
    if (loaded.certificates[i] == NULL || loaded.keys[i] == NULL) return false;
  }
  return true;
}

void openssl_peer_unload(void)
{
  for (int i = 0; i < MAX_NAMES; i++) {
    X509_free(loaded.certificates[i]);
    EVP_PKEY_free(loaded.keys[i]);
  }
  X509_free(loaded.ca);
  memset(&loaded, 0, sizeof loaded);
}

void openssl_peer_open(struct world_side *side, int credential)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_method());

  side->ssl_ctx = ctx;
  if (ctx == NULL) {
    world_fault(side->world, "SSL_CTX_new");
    return;
  }
  X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), loaded.ca);
  if (credential >= 0) {
    SSL_CTX_use_certificate(ctx, loaded.certificates[credential]);
    SSL_CTX_use_PrivateKey(ctx, loaded.keys[credential]);
  }
  SSL_CTX_set_mode(
      ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  set_policy(side);
  if (side->index == SERVER) set_server_policy(side);
  set_habits(side);
  ERR_clear_error();
}

void openssl_peer_close(struct world_side *side)
{
  SSL_SESSION_free(side->ssl_session);
  SSL_CTX_free(side->ssl_ctx);
  side->ssl_session = NULL;
  side->ssl_ctx = NULL;
}

void openssl_peer_connect(struct world_side *side)
{
  SSL *ssl = SSL_new(side->ssl_ctx);

  side->ssl = ssl;
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (side->index == CLIENT) {
    SSL_set_tlsext_host_name(ssl, "server.example");
    SSL_set_connect_state(ssl);
    if (side->ssl_session != NULL) SSL_set_session(ssl, side->ssl_session);
  } else {
    SSL_set_accept_state(ssl);
  }
  side->reframe = reframe_new(world_setting(side->world, SET_REFRAME),
                              side->index == SERVER, &side->world->random);
  SSL_set_app_data(ssl, side->reframe);
  ERR_clear_error();
}

void openssl_peer_disconnect(struct world_side *side)
{
  SSL_free(side->ssl);
  reframe_free(side->reframe);
  side->ssl = NULL;
  side->reframe = NULL;
}

static X509 *load_certificate(const char *folder, const char *name)
{
  char path[600];
  BIO *file;
  X509 *x509;

  snprintf(path, sizeof path, "%s/%s.pem", folder, name);
  file = BIO_new_file(path, "r");
  x509 = file == NULL ? NULL : PEM_read_bio_X509(file, NULL, NULL, NULL);
  BIO_free(file);
  if (x509 == NULL) fprintf(stderr, "%s: cannot be loaded\n", path);
  return x509;
}

static EVP_PKEY *load_key(const char *folder, const char *name)
{
  char path[600];
  BIO *file;
  EVP_PKEY *key;

  snprintf(path, sizeof path, "%s/%s.key", folder, name);
  file = BIO_new_file(path, "r");
  key = file == NULL ? NULL : PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
  BIO_free(file);
  if (key == NULL) fprintf(stderr, "%s: cannot be loaded\n", path);
  return key;
}

static void set_policy(struct world_side *side)
{
  static const int lowest[] = {TLS1_2_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  static const int highest[] = {TLS1_3_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  const struct world *world = side->world;
  SSL_CTX *ctx = side->ssl_ctx;
  bool is_client = side->index == CLIENT;
  uint32_t late = world_setting(world, SET_LATE_AUTH);
  uint32_t versions = world_setting(world, is_client ? SET_CLIENT_VERSIONS
                                                     : SET_SERVER_VERSIONS) %
                      3;

  SSL_CTX_set_min_proto_version(ctx, lowest[versions]);
  SSL_CTX_set_max_proto_version(ctx, highest[versions]);
  if (is_client) SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
  if (is_client && (late == 1 || late == 2))
    SSL_CTX_set_post_handshake_auth(ctx, 1);
  if (world_setting(world, SET_HELLO_RETRY) != 0)
    SSL_CTX_set1_groups_list(ctx, is_client ? "X25519:P-256" : "P-256");
}

static void set_server_policy(struct world_side *side)
{
  uint32_t auth = world_setting(side->world, SET_CLIENT_AUTH);
  uint32_t late = world_setting(side->world, SET_LATE_AUTH);
  uint32_t tickets = world_setting(side->world, SET_TICKETS);
  int mode = SSL_VERIFY_NONE;

  if (auth != 0) mode = SSL_VERIFY_PEER;
  if (auth == 2) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  if (auth != 0 && (late == 1 || late == 3)) mode |= SSL_VERIFY_POST_HANDSHAKE;
  SSL_CTX_set_verify(side->ssl_ctx, mode, NULL);
  SSL_CTX_set_session_id_context(side->ssl_ctx, (const unsigned char *)"walk",
                                 4);
  if (tickets != 0) SSL_CTX_set_num_tickets(side->ssl_ctx, tickets - 1);
}

/* Settings that the library never uses. */
static void set_habits(struct world_side *side)
{
  uint32_t padding = world_setting(side->world, SET_PADDING);
  uint32_t fragment = world_setting(side->world, SET_FRAGMENT);
  SSL_CTX *ctx = side->ssl_ctx;

  if (padding != 0) SSL_CTX_set_block_padding(ctx, padding);
  if (fragment != 0) SSL_CTX_set_max_send_fragment(ctx, (long)fragment);
  if (world_setting(side->world, SET_REFRAME) == 0) return;
  SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_keylog_callback(ctx, reframe_learn);
}
