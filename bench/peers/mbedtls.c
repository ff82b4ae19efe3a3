/* SPDX-License-Identifier: MIT */
/* mbedtls: mbed TLS with send and receive callbacks; 1.3 from 3.6 on. */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <stdlib.h>

#include "peer.h"

#if MBEDTLS_VERSION_NUMBER >= 0x03060000
#include <psa/crypto.h>
#define VERSION "1.3"
#define KEY_RANDOM , mbedtls_ctr_drbg_random, &drbg
static const int suites[] = {MBEDTLS_TLS1_3_AES_128_GCM_SHA256, 0};
static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
                                  MBEDTLS_SSL_IANA_TLS_GROUP_NONE};
#else
#define VERSION "1.2"
#define KEY_RANDOM
static const int suites[] = {MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                             0};
/* TLS 1.2 counts the certificate's curve among the groups. */
static const mbedtls_ecp_group_id groups[] = {
    MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_NONE};
#endif

struct end {
  mbedtls_ssl_context ssl;
  struct wire *out;
  struct wire *in;
};

struct pair {
  struct end client;
  struct end server;
};

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;
static mbedtls_x509_crt ca, chain;
static mbedtls_pk_context key;
static mbedtls_ssl_config client_config, server_config;

static void need(int code, const char *what)
{
  peer_need(code == 0, what);
}

static int put(void *state, const unsigned char *data, size_t len)
{
  struct end *end = state;

  wire_put(end->out, data, len);
  return (int)len;
}

static int take(void *state, unsigned char *out, size_t len)
{
  struct end *end = state;
  size_t got = wire_take(end->in, out, len);

  return got > 0 ? (int)got : MBEDTLS_ERR_SSL_WANT_READ;
}

static void start(struct end *end, const mbedtls_ssl_config *config,
                  struct wire *out, struct wire *in)
{
  end->out = out;
  end->in = in;
  mbedtls_ssl_init(&end->ssl);
  need(mbedtls_ssl_setup(&end->ssl, config), "mbedtls_ssl_setup");
  mbedtls_ssl_set_bio(&end->ssl, end, put, take, NULL);
}

static void *open_pair(void)
{
  struct pair *pair = calloc(1, sizeof *pair);
  int a, b;

  peer_need(pair != NULL, "memory");
  start(&pair->client, &client_config, &peer_to_server, &peer_to_client);
  start(&pair->server, &server_config, &peer_to_client, &peer_to_server);
  need(mbedtls_ssl_set_hostname(&pair->client.ssl, "localhost"), "hostname");
  do {
    a = mbedtls_ssl_handshake(&pair->client.ssl);
    b = mbedtls_ssl_handshake(&pair->server.ssl);
    peer_need((a == 0 || a == MBEDTLS_ERR_SSL_WANT_READ) &&
                  (b == 0 || b == MBEDTLS_ERR_SSL_WANT_READ),
              "handshake");
  } while (a != 0 || b != 0);
  return pair;
}

static void close_pair(void *state)
{
  struct pair *pair = state;

  mbedtls_ssl_free(&pair->client.ssl);
  mbedtls_ssl_free(&pair->server.ssl);
  free(pair);
}

static void write_message(void *state, const uint8_t *data, size_t len)
{
  struct pair *pair = state;

  peer_need(mbedtls_ssl_write(&pair->client.ssl, data, len) == (int)len,
            "mbedtls_ssl_write");
}

static size_t read_message(void *state, uint8_t *out, size_t len)
{
  struct pair *pair = state;
  int got = mbedtls_ssl_read(&pair->server.ssl, out, len);

  peer_need(got > 0, "mbedtls_ssl_read");
  return (size_t)got;
}

static void configure(mbedtls_ssl_config *config, int role)
{
  mbedtls_ssl_config_init(config);
  need(mbedtls_ssl_config_defaults(config, role, MBEDTLS_SSL_TRANSPORT_STREAM,
                                   MBEDTLS_SSL_PRESET_DEFAULT),
       "configuration");
  mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &drbg);
  mbedtls_ssl_conf_ciphersuites(config, suites);
#if MBEDTLS_VERSION_NUMBER >= 0x03060000
  mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_3);
  mbedtls_ssl_conf_groups(config, groups);
#else
  mbedtls_ssl_conf_curves(config, groups);
#endif
}

int main(int argc, char **argv)
{
  static const struct peer peer = {"mbedtls",  VERSION,       open_pair,
                                   close_pair, write_message, read_message};
  char version[18];

  peer_begin(argc, argv);
#if MBEDTLS_VERSION_NUMBER >= 0x03060000
  need((int)psa_crypto_init(), "psa_crypto_init");
#endif
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&drbg);
  need(mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0),
       "seed");
  mbedtls_x509_crt_init(&ca);
  mbedtls_x509_crt_init(&chain);
  mbedtls_pk_init(&key);
  need(mbedtls_x509_crt_parse_file(&ca, peer_file("ca.pem")), "ca.pem");
  need(mbedtls_x509_crt_parse_file(&chain, peer_file("server-ecdsa.pem")),
       "server-ecdsa.pem");
  need(mbedtls_pk_parse_keyfile(&key, peer_file("server-ecdsa.key"),
                                NULL KEY_RANDOM),
       "server-ecdsa.key");
  configure(&client_config, MBEDTLS_SSL_IS_CLIENT);
  configure(&server_config, MBEDTLS_SSL_IS_SERVER);
  mbedtls_ssl_conf_ca_chain(&client_config, &ca, NULL);
  mbedtls_ssl_conf_authmode(&client_config, MBEDTLS_SSL_VERIFY_REQUIRED);
  need(mbedtls_ssl_conf_own_cert(&server_config, &chain, &key), "credential");
  mbedtls_version_get_string(version);
  peer_is("mbed TLS", version);
  peer_run(&peer);
  return 0;
}
