/* SPDX-License-Identifier: MIT */
/* ciphers: sets the lists of cipher suites, groups and signature algorithms. */
#include "context/ciphers.h"

#include <sanstls/ciphers.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "context/refused_item.h"
#include "context/setter.h"

/* libssl's own default without finite fields: within each tuple the server
 * prefers a group that has a key share already (SSL_CTX_set1_groups_list(3),
 * 3.5). The last curves are for certificates with such keys: TLS 1.2 has one
 * list for both uses. Groups that the library context does not have are
 * skipped. */
#define DEFAULT_GROUPS "?*X25519MLKEM768/?*X25519:?P-256/?P-384:?P-521"

/* For OpenSSL before 3.5, and for a library context without X25519, such as one
 * with an older FIPS provider. */
#define CLASSIC_GROUPS "X25519:P-256:P-384:P-521"
#define NIST_GROUPS "P-256:P-384:P-521"

static stls_result set_list(stls_context *context, const char *list,
                            const char *what,
                            int (*set)(SSL_CTX *ssl_ctx, const char *list),
                            stls_error *err);
static bool refuses_each_unknown(int (*set)(SSL_CTX *ssl_ctx,
                                            const char *list));
static stls_result set_recorded_list(
    stls_context *context, const char *list, const char *what,
    int (*set)(SSL_CTX *ssl_ctx, const char *list),
    enum stls_context_list which, stls_error *err);
static stls_result check_secure(stls_context *context, const char *ciphers,
                                stls_error *err);
static void record_ciphers(stls_context *context);
static const char *find_weakness(const SSL_CTX *ssl_ctx, const SSL *trial,
                                 const char **out_suite);
static const char *weakness_of(const SSL_CIPHER *cipher);
static bool is_of_1_3(const SSL_CIPHER *cipher);
static bool all_encrypt(const SSL *trial);
static int set_ciphersuites(SSL_CTX *ssl_ctx, const char *list);
static int set_curve(SSL_CTX *ssl_ctx, const char *name);
static int set_server_sigalgs(SSL_CTX *ssl_ctx, const char *list);
static int set_client_sigalgs(SSL_CTX *ssl_ctx, const char *list);

stls_result stls_context_set_ciphers(stls_context *context, const char *ciphers,
                                     stls_error *err)
{
  stls_result result = check_secure(context, ciphers, err);

  return result == STLS_OK
             ? stls_context_set_insecure_ciphers(context, ciphers, err)
             : result;
}

stls_result stls_context_set_insecure_ciphers(stls_context *context,
                                              const char *ciphers,
                                              stls_error *err)
{
  stls_result result =
      set_list(context, ciphers, "ciphers", stls_ciphers_replace, err);

  if (result == STLS_OK) record_ciphers(context);
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
  return set_recorded_list(context, groups, "groups", stls_ciphers_set_groups,
                           STLS_LIST_GROUPS, err);
}

stls_result stls_context_set_ecdh_curve(stls_context *context, const char *name,
                                        stls_error *err)
{
  return set_recorded_list(context, name, "curve", set_curve, STLS_LIST_GROUPS,
                           err);
}

stls_result stls_context_set_server_sigalgs(stls_context *context,
                                            const char *sigalgs,
                                            stls_error *err)
{
  return set_recorded_list(context, sigalgs, "sigalgs", set_server_sigalgs,
                           STLS_LIST_SERVER_SIGALGS, err);
}

stls_result stls_context_set_client_sigalgs(stls_context *context,
                                            const char *sigalgs,
                                            stls_error *err)
{
  return set_recorded_list(context, sigalgs, "sigalgs", set_client_sigalgs,
                           STLS_LIST_CLIENT_SIGALGS, err);
}

const char *stls_context_group_list(const stls_context *context)
{
  return context == NULL ? NULL : context->lists[STLS_LIST_GROUPS];
}

const char *stls_context_server_sigalgs(const stls_context *context)
{
  return context == NULL ? NULL : context->lists[STLS_LIST_SERVER_SIGALGS];
}

const char *stls_context_client_sigalgs(const stls_context *context)
{
  return context == NULL ? NULL : context->lists[STLS_LIST_CLIENT_SIGALGS];
}

/* SSL_CTX_set_cipher_list replaces the list before it finds that no cipher is
 * left, so a temporary SSL tries the list first. A list that fails later may
 * already have changed the security level. */
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
  static const char *const defaults[] = {DEFAULT_GROUPS, CLASSIC_GROUPS,
                                         NIST_GROUPS};
  const size_t num = sizeof defaults / sizeof defaults[0];
  int done = 0;

  if (strcmp(list, "DEFAULT") != 0)
    return (int)SSL_CTX_set1_groups_list(ssl_ctx, list);
  for (size_t i = 0; i < num && done != 1; i++)
    done = (int)SSL_CTX_set1_groups_list(ssl_ctx, defaults[i]);
  if (done == 1) stls_error_queue_clear();
  return done;
}

static stls_result set_list(stls_context *context, const char *list,
                            const char *what,
                            int (*set)(SSL_CTX *ssl_ctx, const char *list),
                            stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  stls_error_queue_guard guard;
  char item[STLS_REFUSED_ITEM_SIZE] = "";
  int done;

  if (result != STLS_OK) return result;
  if (list == NULL) return stls_error_null(err, what);
  stls_error_queue_enter(&guard);
  done = set(context->ssl_ctx, list);
  if (done != 1 && (list[0] == '\0' || refuses_each_unknown(set)))
    stls_refused_item_describe(context, list, set, item);
  if (done != 1)
    result =
        stls_error_fail_openssl(err, STLS_ERROR_INPUT, STLS_REASON_LIST_REFUSED,
                                "%s \"%.150s\"%s", what, list, item);
  stls_error_queue_leave(&guard);
  return result;
}

/* OpenSSL leaves cipher suites aside that it does not know, and an item of a list of
 * ciphers may only make sense with others. */
static bool refuses_each_unknown(int (*set)(SSL_CTX *ssl_ctx, const char *list))
{
  return set != stls_ciphers_replace && set != set_ciphersuites;
}

/* The list is part of the policy digest (policy_digest.h). "DEFAULT", which only
 * groups have, is recorded as a list that was never set. */
static stls_result set_recorded_list(
    stls_context *context, const char *list, const char *what,
    int (*set)(SSL_CTX *ssl_ctx, const char *list),
    enum stls_context_list which, stls_error *err)
{
  char *copy = list == NULL ? NULL : stls_mem_strdup(list);
  stls_result result;

  if (list != NULL && copy == NULL) return stls_error_memory(err);
  result = set_list(context, list, what, set, err);
  if (result != STLS_OK) {
    stls_mem_free(copy);
    return result;
  }
  stls_mem_free(context->lists[which]);
  context->lists[which] = copy;
  if (which == STLS_LIST_GROUPS && strcmp(copy, "DEFAULT") == 0) {
    stls_mem_free(copy);
    context->lists[which] = NULL;
  }
  return STLS_OK;
}

/* A list may also set the security level and Suite B flags (RFC 6460). Setting
 * no flag returns the present ones. */
static void record_ciphers(stls_context *context)
{
  const long flags = SSL_CTX_set_cert_flags(context->ssl_ctx, 0);

  context->suite_b = (int)(flags & SSL_CERT_FLAG_SUITEB_128_LOS);
  context->ciphers_were_set = true;
}

/* Checks the suites that the list selects, not its text. A list that OpenSSL
 * refuses is accepted here, and refused by the setter. */
static stls_result check_secure(stls_context *context, const char *ciphers,
                                stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  const char *suite = NULL, *weakness = NULL;
  stls_error_queue_guard guard;
  SSL *trial;

  if (result != STLS_OK) return result;
  if (ciphers == NULL) return stls_error_null(err, "ciphers");
  stls_error_queue_enter(&guard);
  trial = SSL_new(context->ssl_ctx);
  if (trial == NULL)
    result = stls_error_memory(err);
  else if (SSL_set_cipher_list(trial, ciphers) == 1)
    weakness = find_weakness(context->ssl_ctx, trial, &suite);
  if (weakness != NULL)
    result =
        stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_WEAKENS_SECURITY,
                        "ciphers \"%s\": %s%s%s weakens security, see "
                        "stls_context_set_insecure_ciphers",
                        ciphers, suite, suite[0] == '\0' ? "" : ": ", weakness);
  SSL_free(trial);
  stls_error_queue_leave(&guard);
  return result;
}

/* Returns NULL for none. *out_suite is empty where the weakness is not a
 * suite's. */
static const char *find_weakness(const SSL_CTX *ssl_ctx, const SSL *trial,
                                 const char **out_suite)
{
  const STACK_OF(SSL_CIPHER) *ciphers = SSL_get_ciphers(trial);
  const char *weakness = NULL;

  *out_suite = "";
  if (SSL_get_security_level(trial) < SSL_CTX_get_security_level(ssl_ctx))
    return "a lower level";
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers) && weakness == NULL; i++) {
    const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
    weakness = is_of_1_3(cipher) ? NULL : weakness_of(cipher);
    if (weakness != NULL) *out_suite = SSL_CIPHER_get_name(cipher);
  }
  return weakness;
}

/* RFC 9325, 4.1 and 4.2, for suites before TLS 1.3. */
static const char *weakness_of(const SSL_CIPHER *cipher)
{
  const int digest = SSL_CIPHER_get_digest_nid(cipher);

  if (SSL_CIPHER_get_auth_nid(cipher) == NID_auth_null)
    return "no authentication";
  if (SSL_CIPHER_get_cipher_nid(cipher) == NID_undef) return "no encryption";
  switch (SSL_CIPHER_get_kx_nid(cipher)) {
    case NID_kx_ecdhe:
    case NID_kx_dhe:
    case NID_kx_ecdhe_psk:
    case NID_kx_dhe_psk:
      break;
    default:
      return "a key exchange without forward secrecy";
  }
  return digest == NID_sha1 || digest == NID_md5 ? "a MAC with SHA-1 or MD5"
                                                 : NULL;
}

static bool is_of_1_3(const SSL_CIPHER *cipher)
{
  return strcmp(SSL_CIPHER_get_version(cipher), "TLSv1.3") == 0;
}

/* Checks the suites of TLS 1.3. */
static bool all_encrypt(const SSL *trial)
{
  const STACK_OF(SSL_CIPHER) *ciphers = SSL_get_ciphers(trial);

  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
    const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
    if (is_of_1_3(cipher) && SSL_CIPHER_get_cipher_nid(cipher) == NID_undef)
      return false;
  }
  return true;
}

/* OpenSSL accepts an empty list, which leaves TLS 1.3 without a suite, and from
 * 3.4 on has suites without encryption (RFC 9150). */
static int set_ciphersuites(SSL_CTX *ssl_ctx, const char *list)
{
  SSL *trial = list[0] == '\0' ? NULL : SSL_new(ssl_ctx);
  bool usable = trial != NULL && SSL_set_ciphersuites(trial, list) == 1 &&
                all_encrypt(trial);

  SSL_free(trial);
  return usable && SSL_CTX_set_ciphersuites(ssl_ctx, list) == 1;
}

/* The syntax of lists uses other characters than a name has. Newer OpenSSL
 * accepts "DEFAULT" as several names. */
static int set_curve(SSL_CTX *ssl_ctx, const char *name)
{
  static const char letters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

  if (name[0] == '\0' || name[0] == '-' || strcmp(name, "DEFAULT") == 0 ||
      name[strspn(name, letters)] != '\0')
    return 0;
  return stls_ciphers_set_groups(ssl_ctx, name);
}

/* SSL_CTX_set1_sigalgs_list and its client variant are macros. */
static int set_server_sigalgs(SSL_CTX *ssl_ctx, const char *list)
{
  return (int)SSL_CTX_set1_sigalgs_list(ssl_ctx, list);
}

static int set_client_sigalgs(SSL_CTX *ssl_ctx, const char *list)
{
  return (int)SSL_CTX_set1_client_sigalgs_list(ssl_ctx, list);
}
