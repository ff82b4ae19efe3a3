/* SPDX-License-Identifier: MIT */
/* peer_verify: verifies the peer's certificate chain and records the result. */
#include "context/peer_verify.h"

#include <sanstls/constants.h>
#include <sanstls/verify.h>
#include <string.h>

#include "base/error_queue.h"
#include "context/context.h"
#include "context/expected_client.h"
#include "context/peer_name.h"
#include "context/ssl_owner.h"
#include "verify/alternative_chains.h"
#include "verify/name_constraints.h"
#include "verify/policy_set.h"
#include "x509/x509_check.h"
#include "x509/x509_stack.h"

#define OWN_TIME_FLAGS (X509_V_FLAG_USE_CHECK_TIME | X509_V_FLAG_NO_CHECK_TIME)

static void set_time(X509_STORE_CTX *store, const struct stls_clock *clock);
static bool set_policies(X509_STORE_CTX *store,
                         const struct stls_ssl_owner *owner);
static struct stls_ssl_owner *owner_of(X509_STORE_CTX *store);
static int mode_bits(int mode);
static bool verify_once(X509_STORE_CTX *store,
                        const struct stls_ssl_owner *owner);
static bool has_void_key(X509_STORE_CTX *store);
static bool was_memory_short(void);
static int check_name_constraints(X509_STORE_CTX *store,
                                  const struct stls_ssl_owner *owner);
static bool try_other_chains(X509_STORE_CTX *store,
                             struct stls_ssl_owner *owner);
static bool verify_other_chain(X509_STORE_CTX *attempt, void *arg);
static void clear_result(struct stls_peer_verify *verify);
static int on_certificate(int accepted, X509_STORE_CTX *store);
static int check_names(const struct stls_ssl_owner *owner,
                       X509_STORE_CTX *store);
static void record_failure(struct stls_peer_verify *verify,
                           X509_STORE_CTX *store, int depth);
static void record_chains(struct stls_peer_verify *verify,
                          X509_STORE_CTX *store);
static X509 *up_ref(X509 *cert);

void stls_peer_verify_init(struct stls_peer_verify *verify)
{
  memset(verify, 0, sizeof *verify);
  verify->code = X509_V_OK;
  verify->depth = -1;
}

void stls_peer_verify_clear(struct stls_peer_verify *verify)
{
  X509_free(verify->refused);
  X509_free(verify->failed);
  stls_x509_stack_free(verify->presented);
  stls_x509_stack_free(verify->built);
  verify->refused = NULL;
  verify->failed = NULL;
  verify->presented = NULL;
  verify->built = NULL;
}

void stls_peer_verify_reset(struct stls_peer_verify *verify)
{
  stls_peer_verify_clear(verify);
  clear_result(verify);
  verify->has_run = false;
}

bool stls_peer_verify_is_complete(const struct stls_peer_verify *verify,
                                  const SSL *ssl)
{
  if (SSL_is_server(ssl)) return true;
  if ((SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) == 0) return true;
  return verify->leaf_accepted &&
         (!verify->checks_name || verify->name_matched);
}

void stls_peer_verify_install(SSL_CTX *ctx, int mode)
{
  SSL_CTX_set_verify(ctx, mode_bits(mode), on_certificate);
  SSL_CTX_set_cert_verify_callback(ctx, stls_peer_verify_run, NULL);
}

static struct stls_ssl_owner *owner_of(X509_STORE_CTX *store)
{
  SSL *ssl =
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

  return ssl == NULL ? NULL : stls_ssl_owner_of(ssl);
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

/* OpenSSL ends some verifications without a call of on_certificate. */
int stls_peer_verify_run(X509_STORE_CTX *store, void *arg)
{
  struct stls_ssl_owner *owner = owner_of(store);
  struct stls_peer_verify *verify;
  bool is_accepted;

  (void)arg;
  if (owner != NULL) set_time(store, &(*owner->context)->clock);
  is_accepted = set_policies(store, owner) && verify_once(store, owner);
  if (owner == NULL) return is_accepted;
  verify = owner->peer_verify;
  verify->has_run = true;
  if (is_accepted || try_other_chains(store, owner)) return 1;
  if (verify->code == X509_V_OK) verify->code = X509_STORE_CTX_get_error(store);
  record_chains(verify, store);
  if (has_void_key(store)) stls_error_queue_clear();
  return 0;
}

/* The time that the application has set itself, or that none is checked, stands
 * before the clock. */
static void set_time(X509_STORE_CTX *store, const struct stls_clock *clock)
{
  X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store);

  if (clock->fn == NULL ||
      (X509_VERIFY_PARAM_get_flags(param) & OWN_TIME_FLAGS) != 0)
    return;
  X509_VERIFY_PARAM_set_time(param, (time_t)stls_clock_now(clock));
}

static bool set_policies(X509_STORE_CTX *store,
                         const struct stls_ssl_owner *owner)
{
  if (owner == NULL || stls_policy_set_apply((*owner->context)->verify_policies,
                                             X509_STORE_CTX_get0_param(store)))
    return true;
  X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
  return false;
}

static bool verify_once(X509_STORE_CTX *store,
                        const struct stls_ssl_owner *owner)
{
  int code;

  if (X509_verify_cert(store) <= 0) return false;
  code = was_memory_short() ? X509_V_ERR_OUT_OF_MEM
                            : check_name_constraints(store, owner);
  if (code == X509_V_OK) return true;
  X509_STORE_CTX_set_error(store, code);
  X509_STORE_CTX_set_error_depth(store, 0);
  if (code == X509_V_ERR_OUT_OF_MEM || owner == NULL) return false;
  /* As in OpenSSL, the leaf is the certificate that fails the check of the
   * name. */
  X509_STORE_CTX_set_current_cert(store, X509_STORE_CTX_get0_cert(store));
  record_failure(owner->peer_verify, store, 0);
  owner->peer_verify->leaf_accepted = false;
  return false;
}

/* OpenSSL 3.0 reports such a key as an allocation failure when it checks a
 * signature with it. */
static bool has_void_key(X509_STORE_CTX *store)
{
  STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);
  bool is_found = false;

  for (int i = 0; !is_found && i < sk_X509_num(chain); i++)
    is_found = stls_x509_check_has_empty_key(sk_X509_value(chain, i));
  return is_found;
}

/* Empties the queue: entries of failures that OpenSSL ignored, such as a key of
 * an unknown type, would later look like libssl's own failure. */
static bool was_memory_short(void)
{
  bool is_short;

  stls_error_queue_drain(&is_short);
  return is_short;
}

/* OpenSSL has compared the certificate's names with the server name already. */
static int check_name_constraints(X509_STORE_CTX *store,
                                  const struct stls_ssl_owner *owner)
{
  if (owner == NULL || !owner->peer_verify->checks_name ||
      owner->peer_verify->name_is_address)
    return X509_V_OK;
  return stls_name_constraints_check(X509_STORE_CTX_get0_chain(store),
                                     *owner->server_name);
}

/* Where no other chain is accepted, the result of the first one is kept. */
static bool try_other_chains(X509_STORE_CTX *store,
                             struct stls_ssl_owner *owner)
{
  const stls_context *context = *owner->context;
  const struct stls_alternative_chains paths = {
      store, context->libctx, context->propq, verify_other_chain, owner};
  struct stls_peer_verify *verify = owner->peer_verify;
  struct stls_peer_verify first = *verify;
  stls_error_queue_guard guard;
  stls_alternative_chains_result result;

  verify->failed = NULL;
  stls_error_queue_enter(&guard);
  result = stls_alternative_chains_find(&paths);
  stls_error_queue_leave(&guard);
  X509_free(result == STLS_ALTERNATIVE_CHAINS_NONE ? verify->failed
                                                   : first.failed);
  if (result == STLS_ALTERNATIVE_CHAINS_NONE) *verify = first;
  /* The entries are those of the chain that was refused. */
  if (result == STLS_ALTERNATIVE_CHAINS_ACCEPTED) stls_error_queue_clear();
  return result == STLS_ALTERNATIVE_CHAINS_ACCEPTED;
}

static bool verify_other_chain(X509_STORE_CTX *attempt, void *arg)
{
  const struct stls_ssl_owner *owner = arg;

  X509_free(owner->peer_verify->failed);
  owner->peer_verify->failed = NULL;
  clear_result(owner->peer_verify);
  return verify_once(attempt, owner);
}

static void clear_result(struct stls_peer_verify *verify)
{
  verify->code = X509_V_OK;
  verify->depth = -1;
  verify->name_matched = false;
  verify->leaf_accepted = false;
}

/* libssl's verify callback: called for each certificate, and for each check
 * that fails. */
static int on_certificate(int accepted, X509_STORE_CTX *store)
{
  const struct stls_ssl_owner *owner = owner_of(store);
  int depth = X509_STORE_CTX_get_error_depth(store);
  struct stls_peer_verify *verify;

  if (owner == NULL) return accepted;
  verify = owner->peer_verify;
  if (accepted && depth == 0) {
    const int code = check_names(owner, store);
    accepted = code == X509_V_OK;
    if (!accepted) X509_STORE_CTX_set_error(store, code);
  }
  if (accepted && depth == 0) verify->leaf_accepted = true;
  if (!accepted) record_failure(verify, store, depth);
  return accepted;
}

static int check_names(const struct stls_ssl_owner *owner,
                       X509_STORE_CTX *store)
{
  struct stls_peer_verify *verify = owner->peer_verify;

  if ((*owner->context)->expected_clients != NULL)
    return stls_expected_client_check(*owner->context, store);
  if (!verify->checks_name) return X509_V_OK;
  verify->name_matched = stls_peer_name_matches(owner, store);
  if (verify->name_matched) return X509_V_OK;
  return verify->name_is_address ? X509_V_ERR_IP_ADDRESS_MISMATCH
                                 : X509_V_ERR_HOSTNAME_MISMATCH;
}

static void record_failure(struct stls_peer_verify *verify,
                           X509_STORE_CTX *store, int depth)
{
  if (verify->code != X509_V_OK) return;
  verify->code = X509_STORE_CTX_get_error(store);
  verify->depth = depth;
  verify->failed = up_ref(X509_STORE_CTX_get_current_cert(store));
}

static void record_chains(struct stls_peer_verify *verify,
                          X509_STORE_CTX *store)
{
  X509 *leaf = X509_STORE_CTX_get0_cert(store);

  if (verify->refused != NULL) return;
  verify->refused = up_ref(leaf);
  verify->presented =
      stls_x509_stack_copy(leaf, X509_STORE_CTX_get0_untrusted(store));
  verify->built = stls_x509_stack_copy(NULL, X509_STORE_CTX_get0_chain(store));
}

static X509 *up_ref(X509 *cert)
{
  return cert != NULL && X509_up_ref(cert) == 1 ? cert : NULL;
}
