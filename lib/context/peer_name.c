/* SPDX-License-Identifier: MIT */
/* peer_name: compares the peer's certificate with the name that it must have. */
#include "context/peer_name.h"

#include <openssl/x509v3.h>
#include <sanstls/verify.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/version.h"
#include "verify/hostname_match.h"

static bool rejects_silently(X509_VERIFY_PARAM *param);
static bool was_name_compared(const struct stls_ssl_owner *owner,
                              X509_STORE_CTX *store);
static bool has_name(const struct stls_ssl_owner *owner, X509 *cert);

stls_result stls_peer_name_set(struct stls_peer_verify *verify, SSL *ssl,
                               const char *name, bool is_address,
                               unsigned hostflags, stls_error *err)
{
  X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
  bool is_set;

  verify->checks_name = true;
  verify->name_is_address = is_address;
  verify->hostflags = hostflags;
  X509_VERIFY_PARAM_set_hostflags(param, hostflags & ~STLS_HOSTFLAG_ANY_LABEL);
  /* OpenSSL refuses such labels: on_certificate compares them. */
  if (!is_address && (hostflags & STLS_HOSTFLAG_ANY_LABEL) != 0) return STLS_OK;
  is_set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1
                      : X509_VERIFY_PARAM_set1_host(param, name, 0) == 1;
  if (is_set) return STLS_OK;
  if (stls_error_queue_is_empty() && !rejects_silently(param))
    return stls_error_memory(err);
  return stls_error_fail_openssl(
      err, STLS_ERROR_INPUT, STLS_REASON_NAME_INVALID, "server_name: %s", name);
}

/* libssl copies the expected name for each verification, and verifies without a
 * name when memory for the copy is short. So the name is checked here. */
bool stls_peer_name_matches(const struct stls_ssl_owner *owner,
                            X509_STORE_CTX *store)
{
  return was_name_compared(owner, store) ||
         has_name(owner, X509_STORE_CTX_get0_cert(store));
}

/* OpenSSL 4.0 refuses some names, and fails for lack of memory, without an
 * entry in its queue. Here it was the name if another name is accepted. OpenSSL
 * before 4.0 accepts any name. */
static bool rejects_silently(X509_VERIFY_PARAM *param)
{
  return stls_version_openssl_at_least(4, 0) &&
         X509_VERIFY_PARAM_set1_host(param, "host.example", 0) == 1;
}

/* Whether OpenSSL has compared exactly this name, with these flags: it accepts
 * the leaf only after that. */
static bool was_name_compared(const struct stls_ssl_owner *owner,
                              X509_STORE_CTX *store)
{
  const struct stls_peer_verify *verify = owner->peer_verify;
  X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(store);
  const char *host = X509_VERIFY_PARAM_get0_host(param, 0);

  return !verify->name_is_address && host != NULL &&
         strcmp(host, *owner->server_name) == 0 &&
         X509_VERIFY_PARAM_get0_host(param, 1) == NULL &&
         X509_VERIFY_PARAM_get_hostflags(param) == verify->hostflags;
}

static bool has_name(const struct stls_ssl_owner *owner, X509 *cert)
{
  const struct stls_peer_verify *verify = owner->peer_verify;
  const char *name = *owner->server_name;
  const unsigned flags = verify->hostflags & ~STLS_HOSTFLAG_ANY_LABEL;

  if (cert == NULL) return false;
  if (verify->name_is_address) return X509_check_ip_asc(cert, name, flags) == 1;
  if (X509_check_host(cert, name, 0, flags, NULL) == 1) return true;
  return flags != verify->hostflags &&
         (flags & STLS_HOSTFLAG_NO_WILDCARDS) == 0 &&
         stls_hostname_match_x509(cert, name);
}
