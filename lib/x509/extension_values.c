/* SPDX-License-Identifier: MIT */
/* extension_values: decodes the values of certificate extensions. */
#include "x509/extension_values.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "x509/certificate_fields.h"

enum {
  NUM_KEY_USAGES = 9,
  /* RFC 6066, 1.1. */
  STATUS_REQUEST = 5
};

/* A DER element. */
struct element {
  int tag;
  bool is_constructed;
  const unsigned char *data;
  size_t len;
};

static stls_result decode_subtrees(struct stls_arena *arena,
                                   const STACK_OF(GENERAL_SUBTREE) * subtrees,
                                   struct stls_general_names *out);
static stls_result copy_uris(struct stls_arena *arena,
                             const AUTHORITY_INFO_ACCESS *access, int method,
                             struct stls_extension_texts *out);
static const GENERAL_NAMES *full_name(const DIST_POINT *point);
static bool add_text(struct stls_arena *arena,
                     struct stls_extension_bytes *texts,
                     struct stls_extension_texts *out, const ASN1_STRING *text);
static stls_result add_oid(struct stls_arena *arena,
                           struct stls_extension_bytes *texts,
                           struct stls_extension_texts *out,
                           const ASN1_OBJECT *object);
static struct stls_extension_bytes *start_texts(
    struct stls_arena *arena, int count, struct stls_extension_texts *out);
static bool copy_bytes(struct stls_arena *arena, const ASN1_STRING *string,
                       struct stls_extension_bytes *out);
static bool next_element(const unsigned char **at, size_t *left,
                         struct element *out);

stls_result stls_extension_values_alt_names(struct stls_arena *arena,
                                            const void *value,
                                            struct stls_extension_values *out)
{
  return stls_general_name_decode_all(arena, value, &out->alt_names)
             ? STLS_OK
             : stls_error_queue_classify();
}

stls_result stls_extension_values_key_usage(struct stls_arena *arena,
                                            const void *value,
                                            struct stls_extension_values *out)
{
  (void)arena;
  for (int i = 0; i < NUM_KEY_USAGES; i++)
    if (ASN1_BIT_STRING_get_bit(value, i)) out->key_usage |= 1U << i;
  return STLS_OK;
}

stls_result stls_extension_values_key_purposes(
    struct stls_arena *arena, const void *value,
    struct stls_extension_values *out)
{
  const EXTENDED_KEY_USAGE *purposes = value;
  int count = sk_ASN1_OBJECT_num(purposes);
  struct stls_extension_bytes *texts =
      start_texts(arena, count, &out->key_purposes);
  stls_result result = texts != NULL ? STLS_OK : STLS_ERROR_MEMORY;

  for (int i = 0; result == STLS_OK && i < count; i++)
    result = add_oid(arena, texts, &out->key_purposes,
                     sk_ASN1_OBJECT_value(purposes, i));
  return result;
}

stls_result stls_extension_values_basic_constraints(
    struct stls_arena *arena, const void *value,
    struct stls_extension_values *out)
{
  const BASIC_CONSTRAINTS *constraints = value;
  int64_t path_length;

  (void)arena;
  out->is_ca = constraints->ca != 0;
  if (constraints->pathlen == NULL) return STLS_OK;
  if (ASN1_INTEGER_get_int64(&path_length, constraints->pathlen) != 1 ||
      path_length < 0 || path_length > LONG_MAX)
    return STLS_ERROR_INPUT;
  out->path_length = (long)path_length;
  return STLS_OK;
}

stls_result stls_extension_values_subject_key_id(
    struct stls_arena *arena, const void *value,
    struct stls_extension_values *out)
{
  return copy_bytes(arena, value, &out->subject_key_id) ? STLS_OK
                                                        : STLS_ERROR_MEMORY;
}

stls_result stls_extension_values_authority_key_id(
    struct stls_arena *arena, const void *value,
    struct stls_extension_values *out)
{
  const AUTHORITY_KEYID *key = value;

  if (key->keyid != NULL &&
      !copy_bytes(arena, key->keyid, &out->authority_key_id))
    return STLS_ERROR_MEMORY;
  if (key->serial != NULL) {
    out->authority_serial = stls_certificate_fields_hex(arena, key->serial);
    if (out->authority_serial == NULL) return STLS_ERROR_MEMORY;
  }
  if (key->issuer == NULL ||
      stls_general_name_decode_all(arena, key->issuer, &out->authority_names))
    return STLS_OK;
  return stls_error_queue_classify();
}

stls_result stls_extension_values_info_access(struct stls_arena *arena,
                                              const void *value,
                                              struct stls_extension_values *out)
{
  stls_result result = copy_uris(arena, value, NID_ad_OCSP, &out->ocsp_uris);

  if (result != STLS_OK) return result;
  return copy_uris(arena, value, NID_ad_ca_issuers, &out->ca_issuers_uris);
}

stls_result stls_extension_values_crl_points(struct stls_arena *arena,
                                             const void *value,
                                             struct stls_extension_values *out)
{
  const CRL_DIST_POINTS *points = value;
  struct stls_extension_bytes *texts;
  int count = 0;

  for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
    const GENERAL_NAMES *names = full_name(sk_DIST_POINT_value(points, i));
    if (names != NULL) count += sk_GENERAL_NAME_num(names);
  }
  texts = start_texts(arena, count, &out->crl_uris);
  if (texts == NULL) return STLS_ERROR_MEMORY;
  for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
    const GENERAL_NAMES *names = full_name(sk_DIST_POINT_value(points, i));
    for (int j = 0; j < sk_GENERAL_NAME_num(names); j++) {
      const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, j);
      if (name->type == GEN_URI && !add_text(arena, texts, &out->crl_uris,
                                             name->d.uniformResourceIdentifier))
        return STLS_ERROR_MEMORY;
    }
  }
  return STLS_OK;
}

stls_result stls_extension_values_policies(struct stls_arena *arena,
                                           const void *value,
                                           struct stls_extension_values *out)
{
  const CERTIFICATEPOLICIES *policies = value;
  int count = sk_POLICYINFO_num(policies);
  struct stls_extension_bytes *texts =
      start_texts(arena, count, &out->policies);
  stls_result result = texts != NULL ? STLS_OK : STLS_ERROR_MEMORY;

  for (int i = 0; result == STLS_OK && i < count; i++)
    result = add_oid(arena, texts, &out->policies,
                     sk_POLICYINFO_value(policies, i)->policyid);
  return result;
}

stls_result stls_extension_values_name_constraints(
    struct stls_arena *arena, const void *value,
    struct stls_extension_values *out)
{
  const NAME_CONSTRAINTS *constraints = value;
  stls_result result = decode_subtrees(arena, constraints->permittedSubtrees,
                                       &out->permitted_names);

  if (result != STLS_OK) return result;
  return decode_subtrees(arena, constraints->excludedSubtrees,
                         &out->excluded_names);
}

/* RFC 6962, 3.3: the value of the extension is an OCTET STRING that contains
 * the list. */
stls_result stls_extension_values_scts(struct stls_arena *arena,
                                       const void *value,
                                       struct stls_extension_values *out)
{
  const struct stls_extension_bytes *der = value;
  const unsigned char *at = (const unsigned char *)der->data;
  size_t left = der->len;
  struct element list;

  if (!next_element(&at, &left, &list) || list.tag != V_ASN1_OCTET_STRING ||
      list.is_constructed || left > 0)
    return STLS_ERROR_INPUT;
  return stls_sct_decode(arena, list.data, list.len, &out->scts);
}

/* RFC 7633, 6: a SEQUENCE OF INTEGER, for which OpenSSL exports no item. */
stls_result stls_extension_values_tls_features(
    struct stls_arena *arena, const void *value,
    struct stls_extension_values *out)
{
  const struct stls_extension_bytes *der = value;
  const unsigned char *at = (const unsigned char *)der->data;
  size_t left = der->len;
  struct element element;

  (void)arena;
  if (!next_element(&at, &left, &element) || element.tag != V_ASN1_SEQUENCE ||
      !element.is_constructed || left > 0)
    return STLS_ERROR_INPUT;
  at = element.data;
  left = element.len;
  while (left > 0) {
    if (!next_element(&at, &left, &element) || element.tag != V_ASN1_INTEGER ||
        element.is_constructed || element.len == 0)
      return STLS_ERROR_INPUT;
    if (element.len == 1 && element.data[0] == STATUS_REQUEST)
      out->must_staple = true;
  }
  return STLS_OK;
}

static stls_result decode_subtrees(struct stls_arena *arena,
                                   const STACK_OF(GENERAL_SUBTREE) * subtrees,
                                   struct stls_general_names *out)
{
  int count = subtrees == NULL ? 0 : sk_GENERAL_SUBTREE_num(subtrees);
  stls_general_name **names =
      stls_arena_alloc(arena, (size_t)count * sizeof(stls_general_name *));

  if (names == NULL) return STLS_ERROR_MEMORY;
  for (int i = 0; i < count; i++) {
    names[i] = stls_general_name_decode_base(
        arena, sk_GENERAL_SUBTREE_value(subtrees, i)->base);
    if (names[i] == NULL) return stls_error_queue_classify();
  }
  out->at = names;
  out->count = (size_t)count;
  return STLS_OK;
}

static stls_result copy_uris(struct stls_arena *arena,
                             const AUTHORITY_INFO_ACCESS *access, int method,
                             struct stls_extension_texts *out)
{
  int count = sk_ACCESS_DESCRIPTION_num(access);
  struct stls_extension_bytes *texts = start_texts(arena, count, out);

  if (texts == NULL) return STLS_ERROR_MEMORY;
  for (int i = 0; i < count; i++) {
    const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(access, i);
    if (OBJ_obj2nid(one->method) == method && one->location->type == GEN_URI &&
        !add_text(arena, texts, out,
                  one->location->d.uniformResourceIdentifier))
      return STLS_ERROR_MEMORY;
  }
  return STLS_OK;
}

/* The union may also contain a name relative to the CRL issuer. */
static const GENERAL_NAMES *full_name(const DIST_POINT *point)
{
  return point->distpoint != NULL && point->distpoint->type == 0
             ? point->distpoint->name.fullname
             : NULL;
}

static bool add_text(struct stls_arena *arena,
                     struct stls_extension_bytes *texts,
                     struct stls_extension_texts *out, const ASN1_STRING *text)
{
  return copy_bytes(arena, text, &texts[out->count++]);
}

static stls_result add_oid(struct stls_arena *arena,
                           struct stls_extension_bytes *texts,
                           struct stls_extension_texts *out,
                           const ASN1_OBJECT *object)
{
  const char *oid = stls_distinguished_name_oid(arena, object);

  if (oid == NULL) return stls_error_queue_classify();
  texts[out->count].data = oid;
  texts[out->count++].len = strlen(oid);
  return STLS_OK;
}

/* Allocates `count` texts for an empty list. */
static struct stls_extension_bytes *start_texts(
    struct stls_arena *arena, int count, struct stls_extension_texts *out)
{
  struct stls_extension_bytes *texts =
      stls_arena_alloc(arena, (size_t)count * sizeof *texts);

  out->at = texts;
  return texts;
}

static bool copy_bytes(struct stls_arena *arena, const ASN1_STRING *string,
                       struct stls_extension_bytes *out)
{
  out->len = (size_t)ASN1_STRING_length(string);
  out->data = stls_arena_dup(arena, ASN1_STRING_get0_data(string), out->len);
  return out->data != NULL;
}

/* Accepts elements of the universal class with a definite length. */
static bool next_element(const unsigned char **at, size_t *left,
                         struct element *out)
{
  const unsigned char *start = *at;
  long len;
  int class, flags;

  if (*left > LONG_MAX) return false;
  flags = ASN1_get_object(at, &len, &out->tag, &class, (long)*left);
  if ((flags & 0x80) != 0 || (flags & 1) != 0 || class != V_ASN1_UNIVERSAL)
    return false;
  out->is_constructed = (flags & V_ASN1_CONSTRUCTED) != 0;
  out->data = *at;
  out->len = (size_t)len;
  *at += len;
  *left -= (size_t)(*at - start);
  return true;
}
