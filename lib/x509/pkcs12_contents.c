/* SPDX-License-Identifier: MIT */
/* pkcs12_contents: verifies the MAC of a PKCS #12 and decrypts its safe
 * bags. */
#include "x509/pkcs12_contents.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

enum {
  /* The limit of nesting. Known writers do not nest bags. */
  MAX_DEPTH = 8
};

static stls_result check_mac(const struct stls_pkcs12_opening *opening,
                             const PKCS12 *p12, stls_error *err);
static stls_result open_content_info(const struct stls_pkcs12_opening *opening,
                                     PKCS7 *content_info,
                                     struct stls_pkcs12_contents *bags,
                                     stls_error *err);
static stls_result fail_open(const struct stls_pkcs12_opening *opening,
                             const char *what, const X509_ALGOR *algorithm,
                             stls_error *err);
static stls_result fail_broken(const struct stls_pkcs12_opening *opening,
                               stls_error *err);
static stls_result add_bags(const struct stls_pkcs12_opening *opening,
                            struct stls_pkcs12_contents *bags,
                            STACK_OF(stls_pkcs12_safe_bag) * unpacked,
                            int depth, stls_error *err);
static stls_result add_bag(const struct stls_pkcs12_opening *opening,
                           struct stls_pkcs12_contents *bags,
                           stls_pkcs12_safe_bag *bag, int depth,
                           stls_error *err);

stls_result stls_pkcs12_contents_open(const struct stls_pkcs12_opening *opening,
                                      const PKCS12 *p12,
                                      struct stls_pkcs12_contents *out,
                                      stls_error *err)
{
  STACK_OF(PKCS7) *content_infos = NULL;
  stls_result result;

  out->owned = sk_stls_pkcs12_safe_bag_new_null();
  out->keys = sk_stls_pkcs12_safe_bag_new_null();
  out->certs = sk_stls_pkcs12_safe_bag_new_null();
  if (out->owned == NULL || out->keys == NULL || out->certs == NULL)
    return stls_error_memory(err);
  result = check_mac(opening, p12, err);
  if (result != STLS_OK) return result;
  content_infos = PKCS12_unpack_authsafes(p12);
  if (content_infos == NULL) return fail_broken(opening, err);
  for (int i = 0; result == STLS_OK && i < sk_PKCS7_num(content_infos); i++)
    result =
        open_content_info(opening, sk_PKCS7_value(content_infos, i), out, err);
  sk_PKCS7_pop_free(content_infos, PKCS7_free);
  return result;
}

void stls_pkcs12_contents_free(struct stls_pkcs12_contents *bags)
{
  sk_stls_pkcs12_safe_bag_free(bags->keys);
  sk_stls_pkcs12_safe_bag_free(bags->certs);
  sk_stls_pkcs12_safe_bag_pop_free(bags->owned, stls_pkcs12_safe_bag_free);
  memset(bags, 0, sizeof *bags);
}

bool stls_pkcs12_contents_passphrase(const struct stls_pkcs12_opening *opening,
                                     const char **out_text, int *out_len)
{
  struct stls_passphrase_prompt *prompt = opening->prompt;
  bool is_given = stls_passphrase_get(prompt);

  *out_len = (int)prompt->len;
  *out_text = prompt->len > 0 ? prompt->text : opening->as_empty ? "" : NULL;
  return is_given || prompt->state == STLS_PASSPHRASE_PROMPT_ABSENT;
}

static stls_result check_mac(const struct stls_pkcs12_opening *opening,
                             const PKCS12 *p12, stls_error *err)
{
  const char *text;
  int len;

  if (!PKCS12_mac_present(p12)) return STLS_OK;
  if (stls_pkcs12_contents_passphrase(opening, &text, &len) &&
      PKCS12_verify_mac((PKCS12 *)p12, text, len) == 1)
    return STLS_OK;
  return fail_open(opening, "MAC", NULL, err);
}

static stls_result open_content_info(const struct stls_pkcs12_opening *opening,
                                     PKCS7 *content_info,
                                     struct stls_pkcs12_contents *bags,
                                     stls_error *err)
{
  STACK_OF(stls_pkcs12_safe_bag) *unpacked = NULL;
  const PKCS7_ENC_CONTENT *content;
  const char *text;
  int len;

  if (PKCS7_type_is_data(content_info)) {
    unpacked = stls_pkcs12_safe_bag_unpack(content_info->d.data);
  } else if (PKCS7_type_is_encrypted(content_info)) {
    content = content_info->d.encrypted == NULL
                  ? NULL
                  : content_info->d.encrypted->enc_data;
    if (content != NULL &&
        stls_pkcs12_contents_passphrase(opening, &text, &len))
      unpacked =
          stls_pkcs12_safe_bag_decrypt(content, text, len, opening->scope);
    if (unpacked == NULL)
      return fail_open(opening, "content",
                       content == NULL ? NULL : content->algorithm, err);
  } else {
    return STLS_OK;
  }
  if (unpacked == NULL) return fail_broken(opening, err);
  return add_bags(opening, bags, unpacked, 0, err);
}

static stls_result fail_open(const struct stls_pkcs12_opening *opening,
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
  return stls_passphrase_explain(opening->prompt, where, err);
}

static stls_result fail_broken(const struct stls_pkcs12_opening *opening,
                               stls_error *err)
{
  return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                 STLS_REASON_PKCS12_BROKEN, "%s: content",
                                 opening->name);
}

/* Takes ownership of `unpacked` and adds its bags, nested ones included. */
static stls_result add_bags(const struct stls_pkcs12_opening *opening,
                            struct stls_pkcs12_contents *bags,
                            STACK_OF(stls_pkcs12_safe_bag) * unpacked,
                            int depth, stls_error *err)
{
  stls_result result = STLS_OK;

  while (result == STLS_OK && sk_stls_pkcs12_safe_bag_num(unpacked) > 0) {
    stls_pkcs12_safe_bag *bag = sk_stls_pkcs12_safe_bag_shift(unpacked);
    if (sk_stls_pkcs12_safe_bag_push(bags->owned, bag) > 0) {
      result = add_bag(opening, bags, bag, depth, err);
    } else {
      stls_pkcs12_safe_bag_free(bag);
      result = stls_error_memory(err);
    }
  }
  sk_stls_pkcs12_safe_bag_pop_free(unpacked, stls_pkcs12_safe_bag_free);
  return result;
}

static stls_result add_bag(const struct stls_pkcs12_opening *opening,
                           struct stls_pkcs12_contents *bags,
                           stls_pkcs12_safe_bag *bag, int depth,
                           stls_error *err)
{
  STACK_OF(stls_pkcs12_safe_bag) *list = NULL, *nested;
  ASN1_TYPE *owner = NULL;
  struct stls_der_reader_span cert;

  switch (stls_pkcs12_safe_bag_kind(bag)) {
    case NID_certBag:
      if (!stls_pkcs12_safe_bag_cert(bag, &owner, &cert))
        return fail_broken(opening, err);
      if (owner != NULL) list = bags->certs;
      ASN1_TYPE_free(owner);
      break;
    case NID_keyBag:
    case NID_pkcs8ShroudedKeyBag:
      list = bags->keys;
      break;
    case NID_safeContentsBag:
      nested =
          depth < MAX_DEPTH ? stls_pkcs12_safe_bag_unpack_nested(bag) : NULL;
      if (nested == NULL) return fail_broken(opening, err);
      return add_bags(opening, bags, nested, depth + 1, err);
    default:
      break;
  }
  return list == NULL || sk_stls_pkcs12_safe_bag_push(list, bag) > 0
             ? STLS_OK
             : stls_error_memory(err);
}
