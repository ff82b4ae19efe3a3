/* SPDX-License-Identifier: MIT */
/* ssl_options: sets SSL_OP_* bits, and refuses those that weaken security. */
#include <sanstls/verify.h>

#include "base/error.h"
#include "context/setter.h"

/* The effect of a bit on a connection. */
enum effect {
  HARMLESS,
  WEAKENING,
  IMPOSSIBLE
};

static const struct rule {
  uint64_t bit;
  enum effect when_set, when_cleared;
  /* Why it is impossible. */
  const char *why;
} rules[] = {
    {SSL_OP_NO_EXTENDED_MASTER_SECRET, WEAKENING, HARMLESS, NULL},
    {SSL_OP_CLEANSE_PLAINTEXT, HARMLESS, HARMLESS, NULL},
    {SSL_OP_LEGACY_SERVER_CONNECT, WEAKENING, HARMLESS, NULL},
    {SSL_OP_ENABLE_KTLS, IMPOSSIBLE, HARMLESS, "there is no socket"},
    {SSL_OP_TLSEXT_PADDING, HARMLESS, HARMLESS, NULL},
    {SSL_OP_SAFARI_ECDHE_ECDSA_BUG, HARMLESS, HARMLESS, NULL},
    {SSL_OP_IGNORE_UNEXPECTED_EOF, WEAKENING, HARMLESS, NULL},
    {SSL_OP_ALLOW_CLIENT_RENEGOTIATION, IMPOSSIBLE, HARMLESS,
     "objects do not renegotiate"},
    {SSL_OP_DISABLE_TLSEXT_CA_NAMES, HARMLESS, HARMLESS, NULL},
    {SSL_OP_ALLOW_NO_DHE_KEX, WEAKENING, HARMLESS, NULL},
    {SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS, WEAKENING, HARMLESS, NULL},
    {SSL_OP_NO_TICKET, HARMLESS, HARMLESS, NULL},
    {SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION, HARMLESS, HARMLESS, NULL},
    {SSL_OP_NO_COMPRESSION, HARMLESS, WEAKENING, NULL},
    {SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION, WEAKENING, HARMLESS, NULL},
    {SSL_OP_NO_ENCRYPT_THEN_MAC, WEAKENING, HARMLESS, NULL},
    {SSL_OP_ENABLE_MIDDLEBOX_COMPAT, HARMLESS, HARMLESS, NULL},
    {SSL_OP_PRIORITIZE_CHACHA, HARMLESS, HARMLESS, NULL},
    {SSL_OP_CIPHER_SERVER_PREFERENCE, HARMLESS, HARMLESS, NULL},
    {SSL_OP_TLS_ROLLBACK_BUG, WEAKENING, HARMLESS, NULL},
    {SSL_OP_NO_ANTI_REPLAY, WEAKENING, HARMLESS, NULL},
    {SSL_OP_NO_SSLv3, HARMLESS, IMPOSSIBLE, "SSL 3.0 is never spoken"},
    {SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 |
         SSL_OP_NO_TLSv1_3,
     IMPOSSIBLE, HARMLESS, "see stls_context_set_versions"},
    {SSL_OP_NO_RENEGOTIATION, HARMLESS, IMPOSSIBLE,
     "objects do not renegotiate"},
    {SSL_OP_CRYPTOPRO_TLSEXT_BUG, HARMLESS, HARMLESS, NULL},
    {STLS_OP_NO_TX_CERTIFICATE_COMPRESSION, HARMLESS, HARMLESS, NULL},
    {STLS_OP_NO_RX_CERTIFICATE_COMPRESSION, HARMLESS, WEAKENING, NULL},
#ifdef SSL_OP_ENABLE_KTLS_TX_ZEROCOPY_SENDFILE
    {SSL_OP_ENABLE_KTLS_TX_ZEROCOPY_SENDFILE, IMPOSSIBLE, HARMLESS,
     "there is no socket"},
#endif
#ifdef SSL_OP_PREFER_NO_DHE_KEX
    {SSL_OP_PREFER_NO_DHE_KEX, WEAKENING, HARMLESS, NULL},
#endif
#ifdef SSL_OP_LEGACY_EC_POINT_FORMATS
    {SSL_OP_LEGACY_EC_POINT_FORMATS, HARMLESS, HARMLESS, NULL},
#endif
};

static stls_result set(stls_context *context, uint64_t options,
                       enum effect tolerated, stls_error *err);
static stls_result check(uint64_t now, uint64_t options, enum effect tolerated,
                         stls_error *err);
static stls_result refuse(const struct rule *rule, enum effect effect,
                          uint64_t turned, bool is_set, stls_error *err);

stls_result stls_context_set_options(stls_context *context, uint64_t options,
                                     stls_error *err)
{
  return set(context, options, HARMLESS, err);
}

stls_result stls_context_set_insecure_options(stls_context *context,
                                              uint64_t options, stls_error *err)
{
  return set(context, options, WEAKENING, err);
}

uint64_t stls_context_options(const stls_context *context)
{
  return context == NULL ? 0 : SSL_CTX_get_options(context->ssl_ctx);
}

static stls_result set(stls_context *context, uint64_t options,
                       enum effect tolerated, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  uint64_t now = stls_context_options(context);

  if (result == STLS_OK) result = check(now, options, tolerated, err);
  if (result != STLS_OK) return result;
  SSL_CTX_clear_options(context->ssl_ctx, now & ~options);
  SSL_CTX_set_options(context->ssl_ctx, options);
  return STLS_OK;
}

/* Checks only the bits that would change. */
static stls_result check(uint64_t now, uint64_t options, enum effect tolerated,
                         stls_error *err)
{
  uint64_t turned = now ^ options;

  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
    const struct rule *rule = &rules[i];
    uint64_t on = turned & rule->bit & options;
    uint64_t off = turned & rule->bit & now;
    if (on != 0 && rule->when_set > tolerated)
      return refuse(rule, rule->when_set, on, true, err);
    if (off != 0 && rule->when_cleared > tolerated)
      return refuse(rule, rule->when_cleared, off, false, err);
    turned &= ~rule->bit;
  }
  if (turned == 0) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                         "options 0x%llx: not known to this library",
                         (unsigned long long)turned);
}

static stls_result refuse(const struct rule *rule, enum effect effect,
                          uint64_t turned, bool is_set, stls_error *err)
{
  /* Names one bit of a rule that has several. */
  uint64_t bit = turned & (~turned + 1);
  bool is_weak = effect == WEAKENING;

  return stls_error_fail(
      err, STLS_ERROR_MISUSE,
      is_weak ? STLS_REASON_WEAKENS_SECURITY : STLS_REASON_NOT_SUPPORTED,
      "option %s (0x%llx) cannot be %s: %s", stls_option_name(bit),
      (unsigned long long)bit, is_set ? "set" : "cleared",
      is_weak ? "it weakens security, see stls_context_set_insecure_options"
              : rule->why);
}
