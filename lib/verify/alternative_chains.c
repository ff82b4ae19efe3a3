/* SPDX-License-Identifier: MIT */
/* alternative_chains: searches for a valid chain after OpenSSL's own path
 * failed. */
#include "verify/alternative_chains.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "verify/crl_choice.h"
#include "x509/x509_check.h"

enum {
  /* The length of a path. */
  MAX_LEN = 12,
  /* The number of verified paths. Each costs at least one signature
   * verification; the first is with a trusted key. */
  MAX_ATTEMPTS = 32,
  /* The number of name comparisons. */
  MAX_STEPS = 10000
};

/* An edge of the graph that failed, or a certificate that failed where `issuer`
 * is NULL. No later path contains it. */
struct dead_end {
  const X509 *cert;
  const X509 *issuer;
};

struct search {
  const struct stls_alternative_chains *request;
  X509_VERIFY_PARAM *param;
  const STACK_OF(X509) * sent;
  /* The current path, leaf first. */
  X509 *certs[MAX_LEN];
  bool is_trusted[MAX_LEN];
  int len;
  /* The number of certificates at the start of the path whose signatures are
   * not verified. */
  int num_unsigned;
  struct dead_end dead_ends[MAX_ATTEMPTS];
  size_t num_dead_ends;
  int num_attempts;
  int num_steps;
  int num_crls;
  bool is_over;
  stls_alternative_chains_result result;
};

/* The objects of one verification, owned. */
struct attempt {
  X509_STORE_CTX *ctx;
  STACK_OF(X509) * untrusted;
  STACK_OF(X509) * trusted;
  STACK_OF(X509_CRL) * crls;
};

static bool is_final(int code, int depth);
static void extend(struct search *search);
static bool is_end(const struct search *search);
static void visit(struct search *search, X509 *issuer, bool is_trusted);
static bool is_dead(const struct search *search, const X509 *cert,
                    const X509 *issuer);
static bool is_in_path(const struct search *search, const X509 *cert);
static void try_path(struct search *search);
static bool checks_crls(const struct search *search);
static bool is_signed(struct search *search);
static void verify_path(struct search *search, X509_STORE_CTX *ctx);
static bool was_tried(const struct search *search);
static bool prepare(struct search *search, struct attempt *attempt);
static bool split_by_origin(const struct search *search,
                            struct attempt *attempt);
static void choose_crls(struct search *search, STACK_OF(X509_CRL) * out_crls);
static bool copy_outcome(const struct search *search, X509_STORE_CTX *ctx);
static void record_dead_end(struct search *search, X509_STORE_CTX *ctx);
static void add_dead_end(struct search *search, const X509 *cert,
                         const X509 *issuer);
static bool is_certificate_fault(int code);

stls_alternative_chains_result stls_alternative_chains_find(
    const struct stls_alternative_chains *request)
{
  struct search search = {.request = request, .len = 1};

  if (is_final(X509_STORE_CTX_get_error(request->failed),
               X509_STORE_CTX_get_error_depth(request->failed)))
    return STLS_ALTERNATIVE_CHAINS_NONE;
  search.param = X509_STORE_CTX_get0_param(request->failed);
  search.sent = X509_STORE_CTX_get0_untrusted(request->failed);
  search.certs[0] = X509_STORE_CTX_get0_cert(request->failed);
  if (search.certs[0] != NULL) extend(&search);
  return search.result;
}

/* Whether no other path can change the result. */
static bool is_final(int code, int depth)
{
  switch (code) {
    case X509_V_ERR_OUT_OF_MEM:
      return true;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
    case X509_V_ERR_EMAIL_MISMATCH:
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
    case X509_V_ERR_CERT_REVOKED:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
      return depth == 0;
    default:
      return false;
  }
}

/* Extends the path from its last certificate, by trusted issuers before sent
 * ones. */
static void extend(struct search *search)
{
  X509_STORE_CTX *failed = search->request->failed;
  X509 *last = search->certs[search->len - 1];
  STACK_OF(X509) * trusted;

  if (is_end(search)) {
    try_path(search);
    return;
  }
  if (search->len == MAX_LEN) return;
  trusted = X509_STORE_CTX_get_lookup_certs(failed)(failed,
                                                    X509_get_issuer_name(last));
  for (int i = 0; i < sk_X509_num(trusted); i++)
    visit(search, sk_X509_value(trusted, i), true);
  if (!search->is_trusted[search->len - 1])
    for (int i = 0; i < sk_X509_num(search->sent); i++)
      visit(search, sk_X509_value(search->sent, i), false);
  sk_X509_pop_free(trusted, X509_free);
}

static bool is_end(const struct search *search)
{
  X509 *last = search->certs[search->len - 1];

  if (!search->is_trusted[search->len - 1]) return false;
  return (X509_VERIFY_PARAM_get_flags(search->param) &
          X509_V_FLAG_PARTIAL_CHAIN) != 0 ||
         (X509_get_extension_flags(last) & EXFLAG_SS) != 0;
}

static void visit(struct search *search, X509 *issuer, bool is_trusted)
{
  X509 *last = search->certs[search->len - 1];

  if (search->is_over || ++search->num_steps > MAX_STEPS) return;
  if (X509_NAME_cmp(X509_get_issuer_name(last),
                    X509_get_subject_name(issuer)) != 0 ||
      X509_check_issued(issuer, last) != X509_V_OK ||
      !stls_x509_check_is_in_time(issuer, search->param) ||
      is_dead(search, last, issuer) || is_in_path(search, issuer))
    return;
  search->certs[search->len] = issuer;
  search->is_trusted[search->len] = is_trusted;
  search->len++;
  extend(search);
  search->len--;
}

static bool is_dead(const struct search *search, const X509 *cert,
                    const X509 *issuer)
{
  bool is = false;

  for (size_t i = 0; !is && i < search->num_dead_ends; i++) {
    const struct dead_end *end = &search->dead_ends[i];
    is = end->issuer == NULL ? end->cert == issuer
                             : end->cert == cert && end->issuer == issuer;
  }
  return is;
}

static bool is_in_path(const struct search *search, const X509 *cert)
{
  bool is = false;

  for (int i = 0; !is && i < search->len; i++)
    is = X509_cmp(search->certs[i], cert) == 0;
  return is;
}

static void try_path(struct search *search)
{
  struct attempt attempt = {NULL, NULL, NULL, NULL};

  /* A dead end that was recorded since may be in the path below. */
  for (int i = 0; i + 1 < search->len; i++)
    if (is_dead(search, search->certs[i], search->certs[i + 1])) return;
  if (was_tried(search)) return;
  search->num_attempts++;
  if (checks_crls(search) && !is_signed(search))
    search->is_over = search->num_attempts == MAX_ATTEMPTS;
  else if (!prepare(search, &attempt))
    search->is_over = true;
  else
    verify_path(search, attempt.ctx);
  X509_STORE_CTX_free(attempt.ctx);
  sk_X509_free(attempt.untrusted);
  sk_X509_free(attempt.trusted);
  sk_X509_CRL_pop_free(attempt.crls, X509_CRL_free);
}

static bool checks_crls(const struct search *search)
{
  return (X509_VERIFY_PARAM_get_flags(search->param) & X509_V_FLAG_CRL_CHECK) !=
         0;
}

/* OpenSSL verifies CRLs with the keys of the path before it verifies the
 * signatures of the path. Here the signatures are verified first, from the
 * trusted end down, so that no key is used whose certificate is not verified.
 * OpenSSL rejects a certificate that is not a CA before both. */
static bool is_signed(struct search *search)
{
  search->num_unsigned = search->len - 1;
  for (int i = search->len - 2; i >= 0; i--) {
    X509 *cert = search->certs[i], *issuer = search->certs[i + 1];
    if (!search->is_trusted[i]) {
      EVP_PKEY *key = X509_get0_pubkey(issuer);
      if (!search->is_trusted[i + 1] && X509_check_ca(issuer) == 0) return true;
      if (key == NULL || X509_verify(cert, key) != 1) {
        add_dead_end(search, cert, issuer);
        return false;
      }
    }
    search->num_unsigned = i;
  }
  return true;
}

static void verify_path(struct search *search, X509_STORE_CTX *ctx)
{
  bool is_accepted = search->request->verify(ctx, search->request->arg);
  bool is_refused =
      !is_accepted && is_final(X509_STORE_CTX_get_error(ctx),
                               X509_STORE_CTX_get_error_depth(ctx));

  if ((is_accepted || is_refused) && copy_outcome(search, ctx))
    search->result = is_accepted ? STLS_ALTERNATIVE_CHAINS_ACCEPTED
                                 : STLS_ALTERNATIVE_CHAINS_REFUSED;
  else
    record_dead_end(search, ctx);
  search->is_over =
      is_accepted || is_refused || search->num_attempts == MAX_ATTEMPTS;
}

/* Whether this is the path on which OpenSSL failed. */
static bool was_tried(const struct search *search)
{
  X509_STORE_CTX *failed = search->request->failed;
  const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(failed);
  bool is_same = sk_X509_num(chain) == search->len;

  if (X509_STORE_CTX_get_error(failed) == X509_V_ERR_CRL_SIGNATURE_FAILURE)
    return false;
  for (int i = 0; is_same && i < search->len; i++)
    is_same = X509_cmp(sk_X509_value(chain, i), search->certs[i]) == 0;
  return is_same;
}

/* Prepares a verification that has only the certificates of the path. The sent
 * certificates come first, so that OpenSSL builds the chain in the order of the
 * path. */
static bool prepare(struct search *search, struct attempt *attempt)
{
  X509_STORE_CTX *failed = search->request->failed, *ctx;
  const int ssl_index = SSL_get_ex_data_X509_STORE_CTX_idx();
  SSL *ssl = X509_STORE_CTX_get_ex_data(failed, ssl_index);
  X509_VERIFY_PARAM *param;

  attempt->ctx = ctx =
      X509_STORE_CTX_new_ex(search->request->libctx, search->request->propq);
  attempt->crls = sk_X509_CRL_new_null();
  if (ctx == NULL || attempt->crls == NULL ||
      !split_by_origin(search, attempt) ||
      X509_STORE_CTX_init(ctx, X509_STORE_CTX_get0_store(failed),
                          search->certs[0], attempt->untrusted) != 1)
    return false;
  param = X509_STORE_CTX_get0_param(ctx);
  if (X509_VERIFY_PARAM_set1(param, search->param) != 1 ||
      X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_TRUSTED_FIRST) != 1 ||
      X509_STORE_CTX_set_ex_data(ctx, ssl_index, ssl) != 1)
    return false;
  X509_STORE_CTX_set0_dane(ctx, SSL_get0_dane(ssl));
  X509_STORE_CTX_set_verify_cb(ctx, X509_STORE_CTX_get_verify_cb(failed));
  X509_STORE_CTX_set0_trusted_stack(ctx, attempt->trusted);
  if (checks_crls(search)) choose_crls(search, attempt->crls);
  X509_STORE_CTX_set0_crls(ctx, attempt->crls);
  return true;
}

static bool split_by_origin(const struct search *search,
                            struct attempt *attempt)
{
  bool done;

  attempt->untrusted = sk_X509_new_reserve(NULL, search->len);
  attempt->trusted = sk_X509_new_reserve(NULL, search->len);
  done = attempt->untrusted != NULL && attempt->trusted != NULL;
  for (int i = 1; done && i < search->len; i++)
    done = sk_X509_push(
               search->is_trusted[i] ? attempt->trusted : attempt->untrusted,
               search->certs[i]) > 0;
  return done;
}

/* Only for verified issuers: an operation with a key that the peer made up may
 * be arbitrarily expensive. */
static void choose_crls(struct search *search, STACK_OF(X509_CRL) * out_crls)
{
  int from = search->num_unsigned > 1 ? search->num_unsigned : 1;

  for (int i = from; i < search->len; i++)
    stls_crl_choice_add(search->request->failed, search->certs[i],
                        &search->num_crls, out_crls);
}

/* Copies chain, peer name and result to the failed verification. */
static bool copy_outcome(const struct search *search, X509_STORE_CTX *ctx)
{
  X509_STORE_CTX *failed = search->request->failed;
  STACK_OF(X509) *chain = X509_STORE_CTX_get1_chain(ctx);

  if (chain == NULL) return false;
  X509_STORE_CTX_set0_verified_chain(failed, chain);
  X509_STORE_CTX_set_error(failed, X509_STORE_CTX_get_error(ctx));
  X509_STORE_CTX_set_error_depth(failed, X509_STORE_CTX_get_error_depth(ctx));
  X509_VERIFY_PARAM_move_peername(search->param,
                                  X509_STORE_CTX_get0_param(ctx));
  return true;
}

/* Records the failed certificate or edge, so that no other path with it is
 * tried. */
static void record_dead_end(struct search *search, X509_STORE_CTX *ctx)
{
  int code = X509_STORE_CTX_get_error(ctx);
  int depth = X509_STORE_CTX_get_error_depth(ctx);

  if (depth < 0 || depth >= search->len) return;
  if (code == X509_V_ERR_CERT_SIGNATURE_FAILURE && depth + 1 < search->len)
    add_dead_end(search, search->certs[depth], search->certs[depth + 1]);
  else if (depth > 0 && is_certificate_fault(code))
    add_dead_end(search, search->certs[depth], NULL);
}

/* There is room: each attempt adds at most one. */
static void add_dead_end(struct search *search, const X509 *cert,
                         const X509 *issuer)
{
  search->dead_ends[search->num_dead_ends++] = (struct dead_end){cert, issuer};
}

static bool is_certificate_fault(int code)
{
  switch (code) {
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_CERT_REVOKED:
    case X509_V_ERR_CERT_REJECTED:
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
      return true;
    default:
      return false;
  }
}
