/* SPDX-License-Identifier: MIT */
/* foreign_pair: an object in a world of its own, and a peer of libssl that is in none. */
#include "foreign_pair.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "support/expect.h"

static const char pong[300] = "pong";

/* It has the credential "ecdsa". */
static void set_credential(SSL_CTX *ctx)
{
  BIO *chain = BIO_new_mem_buf(stls_testing_chain_pem("ecdsa"), -1);
  BIO *key = BIO_new_mem_buf(stls_testing_key_pem("ecdsa"), -1);
  X509 *certificate = PEM_read_bio_X509(chain, NULL, NULL, NULL);
  EVP_PKEY *private_key = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);

  cr_assert_eq(SSL_CTX_use_certificate(ctx, certificate), 1);
  cr_assert_eq(SSL_CTX_use_PrivateKey(ctx, private_key), 1);
  X509_free(certificate);
  EVP_PKEY_free(private_key);
  BIO_free(chain);
  BIO_free(key);
}

static void set_own_trust(foreign_pair *pair, stls_context *context)
{
  static const char *const names[] = {"ca", "self-signed"};
  stls_trust *trust = NULL;

  ASSERT_RETURNS(
      stls_trust_new(stls_testing_libctx(pair->testing), NULL, &trust, NULL),
      STLS_OK);
  for (size_t i = 0; i < 2; i++) {
    const char *pem = stls_testing_chain_pem(names[i]);
    ASSERT_RETURNS(stls_trust_add_pem(trust, pem, strlen(pem), NULL), STLS_OK);
  }
  ASSERT_RETURNS(stls_context_set_trust(context, trust, NULL), STLS_OK);
  stls_trust_free(trust);
}

static SSL *make_peer(const foreign_options *options)
{
  const int version =
      options->version == STLS_TLS_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
  SSL_CTX *ctx = SSL_CTX_new(TLS_method());
  SSL *peer;

  cr_assert_not_null(ctx);
  cr_assert_eq(SSL_CTX_set_min_proto_version(ctx, version), 1);
  cr_assert_eq(SSL_CTX_set_max_proto_version(ctx, version), 1);
  if (options->role == STLS_CLIENT) set_credential(ctx);
  peer = SSL_new(ctx);
  SSL_CTX_free(ctx);
  cr_assert_not_null(peer);
  SSL_set_bio(peer, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (options->role == STLS_CLIENT)
    SSL_set_accept_state(peer);
  else
    SSL_set_connect_state(peer);
  return peer;
}

foreign_pair foreign_pair_new(const foreign_options *options)
{
  foreign_pair pair = {.options = options};
  stls_object_options named = STLS_OBJECT_OPTIONS_INIT;
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_testing_new_random(0, &pair.testing, &err), STLS_OK,
                err.message);
  ASSERT_RESULT(
      stls_testing_context(pair.testing, options->role, &context, &err),
      STLS_OK, err.message);
  if (options->role == STLS_CLIENT) named.server_name = "localhost";
  if (options->has_own_trust) set_own_trust(&pair, context);
  ASSERT_RESULT(
      stls_object_new(context, NULL, NULL, &named, &pair.object, &err), STLS_OK,
      err.message);
  stls_context_free(context);
  pair.peer = make_peer(options);
  return pair;
}

void foreign_pair_free(foreign_pair *pair)
{
  SSL_free(pair->peer);
  stls_object_free(pair->object);
  stls_testing_free(pair->testing);
}

/* All that the object has written. */
static bool move_out(foreign_pair *pair)
{
  stls_bio *out = stls_object_outgoing(pair->object);
  bool has_moved = false;
  stls_span sent;

  while ((sent = stls_bio_peek(out)).len > 0) {
    cr_assert_eq(BIO_write(SSL_get_rbio(pair->peer), sent.data, (int)sent.len),
                 (int)sent.len);
    ASSERT_RETURNS(stls_bio_consume(out, sent.len, NULL), STLS_OK);
    has_moved = true;
  }
  return has_moved;
}

/* A piece of what the peer has written. */
static bool move_in(foreign_pair *pair)
{
  char piece[16384];
  const size_t most = pair->options->piece;
  const int len = BIO_read(SSL_get_wbio(pair->peer), piece,
                           most > 0 ? (int)most : (int)sizeof piece);
  size_t taken = 0;

  if (len <= 0) return false;
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(pair->object), piece,
                                (size_t)len, &taken, NULL),
                 STLS_OK);
  cr_assert_eq(taken, (size_t)len);
  return true;
}

static void shake_hands(foreign_pair *pair)
{
  stls_result result;
  bool has_moved;

  do {
    result = stls_object_handshake(pair->object);
    has_moved = move_out(pair);
    SSL_do_handshake(pair->peer);
    has_moved = move_in(pair) || has_moved;
  } while (has_moved);
  cr_assert_eq(result, STLS_OK);
  cr_assert(SSL_is_init_finished(pair->peer));
}

/* Reads what arrives, to the last result. */
static stls_result read_all(foreign_pair *pair, size_t *out_len)
{
  char data[1000];
  stls_result result;
  size_t len = 0;

  *out_len = 0;
  do {
    do {
      result = stls_object_read(pair->object, data, sizeof data, &len);
      *out_len += len;
    } while (result == STLS_OK);
  } while (move_in(pair));
  return result;
}

void foreign_pair_run(foreign_pair *pair)
{
  char data[16];
  size_t len = 0;

  shake_hands(pair);
  ASSERT_RETURNS(stls_object_write(pair->object, "ping", 4, &len), STLS_OK);
  move_out(pair);
  cr_assert_eq(SSL_read(pair->peer, data, sizeof data), 4);
  cr_assert_eq(SSL_write(pair->peer, pong, sizeof pong), (int)sizeof pong);
  ASSERT_RETURNS(read_all(pair, &len), STLS_WANT_READ);
  cr_assert_eq(len, sizeof pong);
  ASSERT_RETURNS(stls_object_close_write(pair->object), STLS_OK);
  move_out(pair);
  cr_assert_eq(SSL_read(pair->peer, data, sizeof data), 0);
  cr_assert_eq(SSL_shutdown(pair->peer), 1);
  ASSERT_RETURNS(read_all(pair, &len), STLS_CLOSED);
}
