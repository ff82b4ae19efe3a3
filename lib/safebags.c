/* SPDX-License-Identifier: MIT */
/* safebags (L3): the bags of a PKCS #12 (RFC 7292, 4.2), unpacked. */
#include "safebags.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "mem.h"

static stls_result check_mac(const struct stls_safebags_opening *opening,
                             const PKCS12 *p12, stls_error *err);
static stls_result open_safe(const struct stls_safebags_opening *opening,
                             PKCS7 *safe, struct stls_safebags *bags,
                             stls_error *err);
static stls_result explain(const struct stls_safebags_opening *opening,
                           const char *what, const X509_ALGOR *algorithm,
                           stls_error *err);
static stls_result broken(const struct stls_safebags_opening *opening,
                          stls_error *err);
static bool keep(struct stls_safebags *bags,
                 STACK_OF(PKCS12_SAFEBAG) * unpacked);
static bool sort(struct stls_safebags *bags,
                 const STACK_OF(PKCS12_SAFEBAG) * level);
static const ASN1_OCTET_STRING *local_key_id(const PKCS12_SAFEBAG *bag);

stls_result stls_safebags_open(const struct stls_safebags_opening *opening,
                               const PKCS12 *p12, struct stls_safebags *out,
                               stls_error *err)
{
  STACK_OF(PKCS7) *safes = NULL;
  stls_result result;

  out->owned = sk_PKCS12_SAFEBAG_new_null();
  out->keys = sk_PKCS12_SAFEBAG_new_null();
  out->certs = sk_PKCS12_SAFEBAG_new_null();
  if (out->owned == NULL || out->keys == NULL || out->certs == NULL)
    return stls_error_memory(err);
  result = check_mac(opening, p12, err);
  if (result != STLS_OK) return result;
  safes = PKCS12_unpack_authsafes(p12);
  if (safes == NULL) return broken(opening, err);
  for (int i = 0; result == STLS_OK && i < sk_PKCS7_num(safes); i++)
    result = open_safe(opening, sk_PKCS7_value(safes, i), out, err);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  if (result == STLS_OK && !sort(out, out->owned))
    result = stls_error_memory(err);
  return result;
}

void stls_safebags_free(struct stls_safebags *bags)
{
  sk_PKCS12_SAFEBAG_free(bags->keys);
  sk_PKCS12_SAFEBAG_free(bags->certs);
  sk_PKCS12_SAFEBAG_pop_free(bags->owned, PKCS12_SAFEBAG_free);
  memset(bags, 0, sizeof *bags);
}

bool stls_safebags_passphrase(const struct stls_safebags_opening *opening,
                              const char **out_text, int *out_len)
{
  struct stls_asking *asking = opening->asking;
  bool is_given = stls_asking_get(asking);

  *out_len = (int)asking->len;
  *out_text = asking->len > 0 ? asking->text : opening->as_empty ? "" : NULL;
  return is_given || asking->state == STLS_ASKING_ABSENT;
}

bool stls_safebags_same_id(const PKCS12_SAFEBAG *a, const PKCS12_SAFEBAG *b)
{
  const ASN1_OCTET_STRING *id = local_key_id(a), *other = local_key_id(b);

  return id != NULL && other != NULL && ASN1_OCTET_STRING_cmp(id, other) == 0;
}

bool stls_safebags_has_alias(const PKCS12_SAFEBAG *bag, const char *alias)
{
  char *name = PKCS12_get_friendlyname((PKCS12_SAFEBAG *)bag);
  bool has = name != NULL && strcmp(name, alias) == 0;

  stls_mem_free(name);
  return has;
}

static stls_result check_mac(const struct stls_safebags_opening *opening,
                             const PKCS12 *p12, stls_error *err)
{
  const char *text;
  int len;

  if (!PKCS12_mac_present(p12)) return STLS_OK;
  if (stls_safebags_passphrase(opening, &text, &len) &&
      PKCS12_verify_mac((PKCS12 *)p12, text, len) == 1)
    return STLS_OK;
  return explain(opening, "MAC", NULL, err);
}

static stls_result open_safe(const struct stls_safebags_opening *opening,
                             PKCS7 *safe, struct stls_safebags *bags,
                             stls_error *err)
{
  STACK_OF(PKCS12_SAFEBAG) *unpacked = NULL;
  const char *text;
  int len;

  if (PKCS7_type_is_data(safe)) {
    unpacked = PKCS12_unpack_p7data(safe);
  } else if (PKCS7_type_is_encrypted(safe)) {
    if (stls_safebags_passphrase(opening, &text, &len))
      unpacked = PKCS12_unpack_p7encdata(safe, text, len);
    if (unpacked == NULL)
      return explain(opening, "content",
                     safe->d.encrypted == NULL
                         ? NULL
                         : safe->d.encrypted->enc_data->algorithm,
                     err);
  } else {
    return STLS_OK;
  }
  if (unpacked == NULL) return broken(opening, err);
  return keep(bags, unpacked) ? STLS_OK : stls_error_memory(err);
}

static stls_result explain(const struct stls_safebags_opening *opening,
                           const char *what, const X509_ALGOR *algorithm,
                           stls_error *err)
{
  const ASN1_OBJECT *oid = NULL;
  char where[400], name[80] = "";

  if (algorithm != NULL) X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
  if (oid != NULL) OBJ_obj2txt(name, sizeof name, oid, 0);
  snprintf(where, sizeof where,
           name[0] == '\0' ? "%.200s: %s" : "%.200s: %s (%s)", opening->name,
           what, name);
  return stls_asking_explain(opening->asking, where, err);
}

static stls_result broken(const struct stls_safebags_opening *opening,
                          stls_error *err)
{
  return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                 STLS_REASON_PKCS12_BROKEN, "%s: content",
                                 opening->name);
}

/* Takes the stack over. */
static bool keep(struct stls_safebags *bags,
                 STACK_OF(PKCS12_SAFEBAG) * unpacked)
{
  bool all = true;

  while (all && sk_PKCS12_SAFEBAG_num(unpacked) > 0) {
    PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_shift(unpacked);
    all = sk_PKCS12_SAFEBAG_push(bags->owned, bag) > 0;
    if (!all) PKCS12_SAFEBAG_free(bag);
  }
  sk_PKCS12_SAFEBAG_pop_free(unpacked, PKCS12_SAFEBAG_free);
  return all;
}

/* How deep bags lie in bags is limited by OpenSSL's decoder. */
static bool sort(struct stls_safebags *bags,
                 const STACK_OF(PKCS12_SAFEBAG) * level)
{
  bool all = true;

  for (int i = 0; all && i < sk_PKCS12_SAFEBAG_num(level); i++) {
    PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(level, i);
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_certBag:
        if (PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate)
          all = sk_PKCS12_SAFEBAG_push(bags->certs, bag) > 0;
        break;
      case NID_keyBag:
      case NID_pkcs8ShroudedKeyBag:
        all = sk_PKCS12_SAFEBAG_push(bags->keys, bag) > 0;
        break;
      case NID_safeContentsBag:
        all = sort(bags, PKCS12_SAFEBAG_get0_safes(bag));
        break;
      default:
        break;
    }
  }
  return all;
}

static const ASN1_OCTET_STRING *local_key_id(const PKCS12_SAFEBAG *bag)
{
  const ASN1_TYPE *id = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);

  return id == NULL || ASN1_TYPE_get(id) != V_ASN1_OCTET_STRING
             ? NULL
             : id->value.octet_string;
}
