/* SPDX-License-Identifier: MIT */
/* ciphers (L4): lists of cipher suites and groups, in OpenSSL's notation. */
#include "ciphers.h"

#include <sanstls/algorithms.h>
#include <string.h>

#include "context.h"
#include "error.h"

/* What a setter of lists returns beside OpenSSL's 1 and 0. */
#define INSECURE (-1)

static stls_result set_list(stls_context *context, const char *list,
                            const char *what,
                            int (*set)(SSL_CTX *ssl_ctx, const char *list),
                            stls_error *err);
static stls_result set_kept_list(stls_context *context, const char *list,
                                 const char *what,
                                 int (*set)(SSL_CTX *ssl_ctx, const char *list),
                                 enum stls_context_list which, stls_error *err);
static void note_ciphers(stls_context *context);
static int set_secure_ciphers(SSL_CTX *ssl_ctx, const char *list);
static bool all_protect(const STACK_OF(SSL_CIPHER) * ciphers, bool of_1_3);
static int set_ciphersuites(SSL_CTX *ssl_ctx, const char *list);
static int set_curve(SSL_CTX *ssl_ctx, const char *name);
static int set_server_sigalgs(SSL_CTX *ssl_ctx, const char *list);
static int set_client_sigalgs(SSL_CTX *ssl_ctx, const char *list);

stls_result stls_context_set_ciphers(stls_context *context, const char *ciphers,
                                     stls_error *err)
{
  stls_result result =
      set_list(context, ciphers, "ciphers", set_secure_ciphers, err);

  if (result == STLS_OK) note_ciphers(context);
  return result;
}

stls_result stls_context_set_insecure_ciphers(stls_context *context,
                                              const char *ciphers,
                                              stls_error *err)
{
  stls_result result =
      set_list(context, ciphers, "ciphers", stls_ciphers_replace, err);

  if (result == STLS_OK) note_ciphers(context);
  return result;
}

stls_result stls_context_set_ciphersuites(stls_context *context,
                                          const char *ciphersuites,
                                          stls_error *err)
{
  stls_result result =
      set_list(context, ciphersuites, "ciphersuites", set_ciphersuites, err);

  if (result == STLS_OK) context->ciphersuites_were_set = true;
  return result;
}

stls_result stls_context_set_groups(stls_context *context, const char *groups,
                                    stls_error *err)
{
  return set_kept_list(context, groups, "groups", stls_ciphers_set_groups,
                       STLS_LIST_GROUPS, err);
}

stls_result stls_context_set_ecdh_curve(stls_context *context, const char *name,
                                        stls_error *err)
{
  return set_kept_list(context, name, "curve", set_curve, STLS_LIST_GROUPS,
                       err);
}

stls_result stls_context_set_server_sigalgs(stls_context *context,
                                            const char *sigalgs,
                                            stls_error *err)
{
  return set_kept_list(context, sigalgs, "sigalgs", set_server_sigalgs,
                       STLS_LIST_SERVER_SIGALGS, err);
}

stls_result stls_context_set_client_sigalgs(stls_context *context,
                                            const char *sigalgs,
                                            stls_error *err)
{
  return set_kept_list(context, sigalgs, "sigalgs", set_client_sigalgs,
                       STLS_LIST_CLIENT_SIGALGS, err);
}

/* SSL_CTX_set_cipher_list replaces the list before it finds that no cipher is
 * left, so a connection that is never used has to try it first; and a list that
 * fails later may have set its security level already. */
int stls_ciphers_replace(SSL_CTX *ssl_ctx, const char *list)
{
  int level = SSL_CTX_get_security_level(ssl_ctx);
  SSL *trial = SSL_new(ssl_ctx);
  int done = trial != NULL && SSL_set_cipher_list(trial, list) == 1 &&
             SSL_CTX_set_cipher_list(ssl_ctx, list) == 1;

  SSL_free(trial);
  if (!done) SSL_CTX_set_security_level(ssl_ctx, level);
  return done;
}

/* SSL_CTX_set1_groups_list is a macro. */
int stls_ciphers_set_groups(SSL_CTX *ssl_ctx, const char *list)
{
  return (int)SSL_CTX_set1_groups_list(ssl_ctx, list);
}

static stls_result set_list(stls_context *context, const char *list,
                            const char *what,
                            int (*set)(SSL_CTX *ssl_ctx, const char *list),
                            stls_error *err)
{
  stls_result result = stls_context_check_setter(context, STLS_ANY_ROLE, err);
  stls_error_guard guard;
  int done;

  if (result != STLS_OK) return result;
  if (list == NULL) return stls_error_null(err, what);
  stls_error_enter(&guard);
  done = set(context->ssl_ctx, list);
  if (done == INSECURE)
    result =
        stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_WEAKENS_SECURITY,
                        "%s \"%s\": it weakens security, see "
                        "stls_context_set_insecure_%s",
                        what, list, what);
  else if (done != 1)
    result =
        stls_error_fail_openssl(err, STLS_ERROR_INPUT, STLS_REASON_LIST_REFUSED,
                                "%s \"%s\"", what, list);
  stls_error_leave(&guard);
  return result;
}

/* Sessions belong to such a list, see sessionpolicy.h. */
static stls_result set_kept_list(stls_context *context, const char *list,
                                 const char *what,
                                 int (*set)(SSL_CTX *ssl_ctx, const char *list),
                                 enum stls_context_list which, stls_error *err)
{
  char *kept = list == NULL ? NULL : stls_mem_strdup(list);
  stls_result result;

  if (list != NULL && kept == NULL) return stls_error_memory(err);
  result = set_list(context, list, what, set, err);
  if (result != STLS_OK) {
    stls_mem_free(kept);
    return result;
  }
  stls_mem_free(context->lists[which]);
  context->lists[which] = kept;
  return STLS_OK;
}

/* A list may set the security level, too. */
static void note_ciphers(stls_context *context)
{
  context->ciphers_were_set = true;
  stls_context_renew_session_id_context(context);
}

static int set_secure_ciphers(SSL_CTX *ssl_ctx, const char *list)
{
  SSL *trial = SSL_new(ssl_ctx);
  bool usable = trial != NULL && SSL_set_cipher_list(trial, list) == 1;
  bool secure =
      usable &&
      SSL_get_security_level(trial) >= SSL_CTX_get_security_level(ssl_ctx) &&
      all_protect(SSL_get_ciphers(trial), false);

  SSL_free(trial);
  if (usable && !secure) return INSECURE;
  return usable ? stls_ciphers_replace(ssl_ctx, list) : 0;
}

/* Whether every suite, of TLS 1.3 or of what came before, authenticates somebody
 * and encrypts. */
static bool all_protect(const STACK_OF(SSL_CIPHER) * ciphers, bool of_1_3)
{
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
    const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
    if ((strcmp(SSL_CIPHER_get_version(cipher), "TLSv1.3") == 0) != of_1_3)
      continue;
    if (SSL_CIPHER_get_auth_nid(cipher) == NID_auth_null ||
        SSL_CIPHER_get_cipher_nid(cipher) == NID_undef)
      return false;
  }
  return true;
}

/* OpenSSL takes an empty list for none, which leaves TLS 1.3 without a suite, and
 * from 3.4 on knows suites that do not encrypt (RFC 9150). */
static int set_ciphersuites(SSL_CTX *ssl_ctx, const char *list)
{
  SSL *trial = list[0] == '\0' ? NULL : SSL_new(ssl_ctx);
  bool usable = trial != NULL && SSL_set_ciphersuites(trial, list) == 1 &&
                all_protect(SSL_get_ciphers(trial), true);

  SSL_free(trial);
  return usable && SSL_CTX_set_ciphersuites(ssl_ctx, list) == 1;
}

/* A list's syntax begins with another character than a name's; newer OpenSSL has
 * "DEFAULT" for many. */
static int set_curve(SSL_CTX *ssl_ctx, const char *name)
{
  static const char letters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

  if (name[0] == '\0' || name[0] == '-' || strcmp(name, "DEFAULT") == 0 ||
      name[strspn(name, letters)] != '\0')
    return 0;
  return stls_ciphers_set_groups(ssl_ctx, name);
}

/* These two are macros. */
static int set_server_sigalgs(SSL_CTX *ssl_ctx, const char *list)
{
  return (int)SSL_CTX_set1_sigalgs_list(ssl_ctx, list);
}

static int set_client_sigalgs(SSL_CTX *ssl_ctx, const char *list)
{
  return (int)SSL_CTX_set1_client_sigalgs_list(ssl_ctx, list);
}
