/* SPDX-License-Identifier: MIT */
/* verify (L3): what a handshake's check of the peer's chain found. */
#include "verify.h"

#include <openssl/x509v3.h>
#include <sanstls/constants.h>
#include <stdatomic.h>
#include <string.h>

#include "chain.h"
#include "error.h"

/* An index of our own leaves SSL_set_app_data to whoever uses the escape
 * hatch. */
static atomic_int verify_index = -1;

static bool has_index(void);
static struct stls_verify *find(X509_STORE_CTX *store);
static int mode_bits(int mode);
static int run(X509_STORE_CTX *store, void *arg);
static bool lacked_memory(void);
static int note(int accepted, X509_STORE_CTX *store);
static void note_refusal(struct stls_verify *verify, X509_STORE_CTX *store,
                         int depth);
static bool was_named(const struct stls_verify *verify, X509_STORE_CTX *store);
static bool names_it(const struct stls_verify *verify, X509 *cert);
static void keep_findings(struct stls_verify *verify, X509_STORE_CTX *store);
static X509 *share(X509 *cert);

void stls_verify_init(struct stls_verify *verify)
{
  memset(verify, 0, sizeof *verify);
  verify->code = X509_V_OK;
  verify->depth = -1;
}

bool stls_verify_attach(struct stls_verify *verify, SSL *ssl)
{
  stls_verify_init(verify);
  return has_index() && SSL_set_ex_data(ssl, verify_index, verify) == 1;
}

bool stls_verify_expect(struct stls_verify *verify, SSL *ssl, const char *name,
                        bool is_address, unsigned hostflags)
{
  X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

  verify->name = name;
  verify->name_is_address = is_address;
  verify->hostflags = hostflags;
  X509_VERIFY_PARAM_set_hostflags(param, hostflags);
  return is_address ? X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1
                    : X509_VERIFY_PARAM_set1_host(param, name, 0) == 1;
}

void stls_verify_clear(struct stls_verify *verify)
{
  X509_free(verify->refused);
  X509_free(verify->failed);
  stls_chain_free(verify->presented);
  stls_chain_free(verify->built);
  verify->refused = NULL;
  verify->failed = NULL;
  verify->presented = NULL;
  verify->built = NULL;
}

void stls_verify_restart(struct stls_verify *verify)
{
  stls_verify_clear(verify);
  verify->code = X509_V_OK;
  verify->depth = -1;
  verify->name_matched = false;
  verify->leaf_accepted = false;
  verify->has_run = false;
}

bool stls_verify_is_complete(const struct stls_verify *verify, const SSL *ssl)
{
  if (SSL_is_server(ssl)) return true;
  if ((SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) == 0) return true;
  return verify->leaf_accepted &&
         (verify->name == NULL || verify->name_matched);
}

void stls_verify_install(SSL_CTX *ctx, int mode)
{
  SSL_CTX_set_verify(ctx, mode_bits(mode), note);
  SSL_CTX_set_cert_verify_callback(ctx, run, NULL);
}

/* Unlike a once-function, this may be tried again after memory was short. When
 * two threads try at a time, one index is left unused. */
static bool has_index(void)
{
  int index = atomic_load(&verify_index);
  int fresh;

  if (index >= 0) return true;
  fresh = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
  if (fresh >= 0) atomic_compare_exchange_strong(&verify_index, &index, fresh);
  return fresh >= 0;
}

static struct stls_verify *find(X509_STORE_CTX *store)
{
  SSL *ssl =
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

  return ssl == NULL || verify_index < 0 ? NULL
                                         : SSL_get_ex_data(ssl, verify_index);
}

static int mode_bits(int mode)
{
  switch (mode) {
    case STLS_VERIFY_OPTIONAL:
      return SSL_VERIFY_PEER;
    case STLS_VERIFY_REQUIRED:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    default:
      return SSL_VERIFY_NONE;
  }
}

/* The whole verification: OpenSSL ends some without asking `note`. */
static int run(X509_STORE_CTX *store, void *arg)
{
  struct stls_verify *verify = find(store);
  bool is_accepted = X509_verify_cert(store) > 0;

  (void)arg;
  if (is_accepted && lacked_memory()) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
    is_accepted = false;
  }
  if (verify == NULL) return is_accepted;
  verify->has_run = true;
  if (is_accepted) return 1;
  if (verify->code == X509_V_OK) verify->code = X509_STORE_CTX_get_error(store);
  keep_findings(verify, store);
  return 0;
}

/* Empties the queue: what OpenSSL stumbled over on its way, such as a key of a
 * kind that it does not know, would look like libssl's own failure later. */
static bool lacked_memory(void)
{
  bool is_short;

  stls_error_queue_drain(&is_short);
  return is_short;
}

/* Each certificate's result, and each check that fails. */
static int note(int accepted, X509_STORE_CTX *store)
{
  struct stls_verify *verify = find(store);
  int depth = X509_STORE_CTX_get_error_depth(store);

  if (verify == NULL) return accepted;
  /* libssl copies the name it expects for each verification, and goes on
   * without any when there is no memory for the copy. */
  if (accepted && depth == 0 && verify->name != NULL) {
    verify->name_matched = was_named(verify, store) ||
                           names_it(verify, X509_STORE_CTX_get0_cert(store));
    accepted = verify->name_matched;
    if (!accepted)
      X509_STORE_CTX_set_error(store, verify->name_is_address
                                          ? X509_V_ERR_IP_ADDRESS_MISMATCH
                                          : X509_V_ERR_HOSTNAME_MISMATCH);
  }
  if (accepted && depth == 0) verify->leaf_accepted = true;
  if (!accepted) note_refusal(verify, store, depth);
  return accepted;
}

static void note_refusal(struct stls_verify *verify, X509_STORE_CTX *store,
                         int depth)
{
  if (verify->code != X509_V_OK) return;
  verify->code = X509_STORE_CTX_get_error(store);
  verify->depth = depth;
  verify->failed = share(X509_STORE_CTX_get_current_cert(store));
}

/* Whether OpenSSL has compared this name itself, in this way, and no other: it
 * comes to accept the leaf only behind that. */
static bool was_named(const struct stls_verify *verify, X509_STORE_CTX *store)
{
  X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store);
  const char *host = X509_VERIFY_PARAM_get0_host(param, 0);

  return !verify->name_is_address && host != NULL &&
         strcmp(host, verify->name) == 0 &&
         X509_VERIFY_PARAM_get0_host(param, 1) == NULL &&
         X509_VERIFY_PARAM_get_hostflags(param) == verify->hostflags;
}

static bool names_it(const struct stls_verify *verify, X509 *cert)
{
  if (cert == NULL) return false;
  if (verify->name_is_address)
    return X509_check_ip_asc(cert, verify->name, verify->hostflags) == 1;
  return X509_check_host(cert, verify->name, 0, verify->hostflags, NULL) == 1;
}

static void keep_findings(struct stls_verify *verify, X509_STORE_CTX *store)
{
  X509 *leaf = X509_STORE_CTX_get0_cert(store);

  if (verify->refused != NULL) return;
  verify->refused = share(leaf);
  verify->presented =
      stls_chain_copy(leaf, X509_STORE_CTX_get0_untrusted(store));
  verify->built = stls_chain_copy(NULL, X509_STORE_CTX_get0_chain(store));
}

static X509 *share(X509 *cert)
{
  return cert != NULL && X509_up_ref(cert) == 1 ? cert : NULL;
}
