/* SPDX-License-Identifier: MIT */
/* extensions: decodes the extensions of a certificate at their first use. */
#include "x509/extensions.h"

#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"

struct stls_extensions_decoded {
  struct stls_arena arena;
  struct stls_extensions extensions;
};

struct rule {
  int nid;
  const char *name;
  /* NULL when `decode` decodes the DER itself. */
  ASN1_ITEM_EXP *item;
  stls_extension_values_decoder *decode;
};

static struct stls_extensions_decoded *get_decoded(
    struct stls_extensions_cache *cache, const X509 *x509);
static struct stls_extensions_decoded *decode(const X509 *x509);
static void free_decoded(struct stls_extensions_decoded *decoded);
static stls_result decode_all(struct stls_arena *arena, const X509 *x509,
                              struct stls_extensions *out);
static stls_result decode_one(struct stls_arena *arena, const X509 *x509,
                              size_t i, struct stls_extensions *out);
static stls_result decode_value(struct stls_arena *arena,
                                const struct rule *rule,
                                const ASN1_STRING *value,
                                struct stls_extension_values *out);
static stls_result decode_item(struct stls_arena *arena,
                               const struct rule *rule,
                               const ASN1_STRING *value,
                               struct stls_extension_values *out);

/* Returned when memory is short. A caller that relies on the absence of an
 * extension must not mistake this for absence. */
#define BAD STLS_EXTENSION_MALFORMED
static const struct stls_extensions unknown = {
    .states = {BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
    .values.path_length = -1};
#undef BAD

_Static_assert(STLS_EXTENSIONS_NUM == 12, "each has its state in `unknown`");

static const struct rule rules[STLS_EXTENSIONS_NUM] = {
    [STLS_EXTENSION_SUBJECT_ALT_NAME] = {NID_subject_alt_name, "subjectAltName",
                                         ASN1_ITEM_ref(GENERAL_NAMES),
                                         stls_extension_values_alt_names},
    [STLS_EXTENSION_KEY_USAGE] = {NID_key_usage, "keyUsage",
                                  ASN1_ITEM_ref(ASN1_BIT_STRING),
                                  stls_extension_values_key_usage},
    [STLS_EXTENSION_EXTENDED_KEY_USAGE] = {NID_ext_key_usage,
                                           "extendedKeyUsage",
                                           ASN1_ITEM_ref(EXTENDED_KEY_USAGE),
                                           stls_extension_values_key_purposes},
    [STLS_EXTENSION_BASIC_CONSTRAINTS] =
        {NID_basic_constraints, "basicConstraints",
         ASN1_ITEM_ref(BASIC_CONSTRAINTS),
         stls_extension_values_basic_constraints},
    [STLS_EXTENSION_SUBJECT_KEY_IDENTIFIER] =
        {NID_subject_key_identifier, "subjectKeyIdentifier",
         ASN1_ITEM_ref(ASN1_OCTET_STRING),
         stls_extension_values_subject_key_id},
    [STLS_EXTENSION_AUTHORITY_KEY_IDENTIFIER] =
        {NID_authority_key_identifier, "authorityKeyIdentifier",
         ASN1_ITEM_ref(AUTHORITY_KEYID),
         stls_extension_values_authority_key_id},
    [STLS_EXTENSION_AUTHORITY_INFO_ACCESS] =
        {NID_info_access, "authorityInfoAccess",
         ASN1_ITEM_ref(AUTHORITY_INFO_ACCESS),
         stls_extension_values_info_access},
    [STLS_EXTENSION_CRL_DISTRIBUTION_POINTS] =
        {NID_crl_distribution_points, "crlDistributionPoints",
         ASN1_ITEM_ref(CRL_DIST_POINTS), stls_extension_values_crl_points},
    [STLS_EXTENSION_CERTIFICATE_POLICIES] = {NID_certificate_policies,
                                             "certificatePolicies",
                                             ASN1_ITEM_ref(CERTIFICATEPOLICIES),
                                             stls_extension_values_policies},
    [STLS_EXTENSION_NAME_CONSTRAINTS] =
        {NID_name_constraints, "nameConstraints",
         ASN1_ITEM_ref(NAME_CONSTRAINTS),
         stls_extension_values_name_constraints},
    [STLS_EXTENSION_SCT_LIST] = {NID_ct_precert_scts, "ct_precert_scts", NULL,
                                 stls_extension_values_scts},
    [STLS_EXTENSION_TLS_FEATURE] = {NID_tlsfeature, "tlsfeature", NULL,
                                    stls_extension_values_tls_features},
};

const char *stls_extension_name(stls_extension extension)
{
  size_t i = (size_t)extension;

  return i < STLS_EXTENSIONS_NUM ? rules[i].name : NULL;
}

const struct stls_extensions *stls_extensions_get(
    struct stls_extensions_cache *cache, const X509 *x509)
{
  const struct stls_extensions_decoded *decoded = get_decoded(cache, x509);

  return decoded == NULL ? &unknown : &decoded->extensions;
}

bool stls_extensions_are_decoded(struct stls_extensions_cache *cache,
                                 const X509 *x509)
{
  return get_decoded(cache, x509) != NULL;
}

void stls_extensions_free(struct stls_extensions_cache *cache)
{
  free_decoded(atomic_load(&cache->decoded));
}

/* When several threads decode at the same time, the first result is kept. */
static struct stls_extensions_decoded *get_decoded(
    struct stls_extensions_cache *cache, const X509 *x509)
{
  struct stls_extensions_decoded *decoded =
      atomic_load_explicit(&cache->decoded, memory_order_acquire);
  struct stls_extensions_decoded *fresh;
  stls_error_queue_guard guard;

  if (decoded != NULL) return decoded;
  stls_error_queue_enter(&guard);
  fresh = decode(x509);
  stls_error_queue_leave(&guard);
  if (fresh == NULL) return NULL;
  if (atomic_compare_exchange_strong(&cache->decoded, &decoded, fresh))
    return fresh;
  free_decoded(fresh);
  return decoded;
}

static struct stls_extensions_decoded *decode(const X509 *x509)
{
  struct stls_extensions_decoded *decoded = stls_mem_zalloc(sizeof *decoded);

  if (decoded == NULL) return NULL;
  if (decode_all(&decoded->arena, x509, &decoded->extensions) == STLS_OK)
    return decoded;
  free_decoded(decoded);
  return NULL;
}

static void free_decoded(struct stls_extensions_decoded *decoded)
{
  if (decoded == NULL) return;
  stls_arena_free(&decoded->arena);
  stls_mem_free(decoded);
}

static stls_result decode_all(struct stls_arena *arena, const X509 *x509,
                              struct stls_extensions *out)
{
  stls_result result = STLS_OK;

  out->values.path_length = -1;
  for (size_t i = 0; result == STLS_OK && i < STLS_EXTENSIONS_NUM; i++)
    result = decode_one(arena, x509, i, out);
  return result;
}

static stls_result decode_one(struct stls_arena *arena, const X509 *x509,
                              size_t i, struct stls_extensions *out)
{
  const struct rule *rule = &rules[i];
  int at = X509_get_ext_by_NID(x509, rule->nid, -1);
  struct stls_extension_values values = out->values;
  stls_result result = STLS_ERROR_INPUT;

  if (at < 0) return STLS_OK;
  /* RFC 5280, 4.2: an extension must not appear twice. */
  if (X509_get_ext_by_NID(x509, rule->nid, at) < 0)
    result = decode_value(
        arena, rule, X509_EXTENSION_get_data(X509_get_ext(x509, at)), &values);
  stls_error_queue_clear();
  if (result == STLS_ERROR_MEMORY) return result;
  if (result != STLS_OK) {
    out->states[i] = STLS_EXTENSION_MALFORMED;
    return STLS_OK;
  }
  out->values = values;
  out->states[i] = X509_EXTENSION_get_critical(X509_get_ext(x509, at))
                       ? STLS_EXTENSION_CRITICAL
                       : STLS_EXTENSION_PRESENT;
  return STLS_OK;
}

static stls_result decode_value(struct stls_arena *arena,
                                const struct rule *rule,
                                const ASN1_STRING *value,
                                struct stls_extension_values *out)
{
  const struct stls_extension_bytes der = {
      (const char *)ASN1_STRING_get0_data(value),
      (size_t)ASN1_STRING_length(value)};

  if (rule->item == NULL) return rule->decode(arena, &der, out);
  return decode_item(arena, rule, value, out);
}

/* X509_get_ext_d2i accepts trailing data behind the value. */
static stls_result decode_item(struct stls_arena *arena,
                               const struct rule *rule,
                               const ASN1_STRING *value,
                               struct stls_extension_values *out)
{
  const ASN1_ITEM *item = ASN1_ITEM_ptr(rule->item);
  const unsigned char *at = ASN1_STRING_get0_data(value);
  const unsigned char *end = at + ASN1_STRING_length(value);
  ASN1_VALUE *decoded = ASN1_item_d2i(NULL, &at, end - at, item);
  stls_result result;

  if (decoded == NULL)
    result = stls_error_queue_classify();
  else if (at != end)
    result = STLS_ERROR_INPUT;
  else
    result = rule->decode(arena, decoded, out);
  ASN1_item_free(decoded, item);
  return result;
}
