/* SPDX-License-Identifier: MIT */
/* pkcs12_safe_bag: decodes one safe bag of a PKCS #12 (RFC 7292, 4.2). */
#include "x509/pkcs12_safe_bag.h"

#include <openssl/asn1t.h>
#include <string.h>

#include "base/mem.h"

struct stls_pkcs12_safe_bag {
  ASN1_OBJECT *type;
  ASN1_TYPE *value;
  STACK_OF(X509_ATTRIBUTE) * attributes;
};

/* CertBag (RFC 7292, 4.2.3). */
typedef struct certbag {
  ASN1_OBJECT *type;
  ASN1_TYPE *value;
} certbag;

static int wipe(int operation, ASN1_VALUE **value, const ASN1_ITEM *item,
                void *arg);
static bool encoded(const ASN1_TYPE *value, struct stls_der_reader_span *out);
static const ASN1_OCTET_STRING *local_key_id(const stls_pkcs12_safe_bag *bag);

/* clang-format off */
ASN1_SEQUENCE_cb(safebag, wipe) = {
  ASN1_SIMPLE(stls_pkcs12_safe_bag, type, ASN1_OBJECT),
  ASN1_EXP(stls_pkcs12_safe_bag, value, ASN1_ANY, 0),
  ASN1_SET_OF_OPT(stls_pkcs12_safe_bag, attributes, X509_ATTRIBUTE)
} static_ASN1_SEQUENCE_END_cb(stls_pkcs12_safe_bag, safebag)

ASN1_ITEM_TEMPLATE(safebags) =
  ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0, safebags, safebag)
static_ASN1_ITEM_TEMPLATE_END(safebags)

ASN1_SEQUENCE(certbag) = {
  ASN1_SIMPLE(certbag, type, ASN1_OBJECT),
  ASN1_EXP(certbag, value, ASN1_ANY, 0)
} static_ASN1_SEQUENCE_END(certbag)
                /* clang-format on */

                STACK_OF(stls_pkcs12_safe_bag) *
                stls_pkcs12_safe_bag_unpack(const ASN1_OCTET_STRING *content)
{
  const unsigned char *at =
      content == NULL ? NULL : ASN1_STRING_get0_data(content);

  if (at == NULL) return NULL;
  return (STACK_OF(stls_pkcs12_safe_bag) *)ASN1_item_d2i(
      NULL, &at, ASN1_STRING_length(content), ASN1_ITEM_rptr(safebags));
}

STACK_OF(stls_pkcs12_safe_bag) *
    stls_pkcs12_safe_bag_decrypt(const PKCS7_ENC_CONTENT *content,
                                 const char *text, int len,
                                 const struct stls_x509_scope *scope)
{
  const int wiped = 1;

  if (content->algorithm == NULL || content->enc_data == NULL) return NULL;
  return PKCS12_item_decrypt_d2i_ex(
      content->algorithm, ASN1_ITEM_rptr(safebags), text, len,
      content->enc_data, wiped, scope->libctx, scope->propq);
}

STACK_OF(stls_pkcs12_safe_bag) *
    stls_pkcs12_safe_bag_unpack_nested(const stls_pkcs12_safe_bag *bag)
{
  struct stls_der_reader_span span;

  if (!encoded(bag->value, &span)) return NULL;
  return (STACK_OF(stls_pkcs12_safe_bag) *)ASN1_item_d2i(
      NULL, &span.data, (long)span.len, ASN1_ITEM_rptr(safebags));
}

void stls_pkcs12_safe_bag_free(stls_pkcs12_safe_bag *bag)
{
  ASN1_item_free((ASN1_VALUE *)bag, ASN1_ITEM_rptr(safebag));
}

int stls_pkcs12_safe_bag_kind(const stls_pkcs12_safe_bag *bag)
{
  return OBJ_obj2nid(bag->type);
}

bool stls_pkcs12_safe_bag_key(const stls_pkcs12_safe_bag *bag,
                              struct stls_der_reader_span *out)
{
  return stls_pkcs12_safe_bag_kind(bag) == NID_keyBag &&
         encoded(bag->value, out);
}

X509_SIG *stls_pkcs12_safe_bag_locked_key(const stls_pkcs12_safe_bag *bag)
{
  struct stls_der_reader_span span;

  if (stls_pkcs12_safe_bag_kind(bag) != NID_pkcs8ShroudedKeyBag ||
      !encoded(bag->value, &span))
    return NULL;
  return d2i_X509_SIG(NULL, &span.data, (long)span.len);
}

bool stls_pkcs12_safe_bag_cert(const stls_pkcs12_safe_bag *bag,
                               ASN1_TYPE **out_owner,
                               struct stls_der_reader_span *out)
{
  struct stls_der_reader_span span;
  certbag *decoded = NULL;

  *out_owner = NULL;
  *out = (struct stls_der_reader_span){NULL, 0};
  if (encoded(bag->value, &span))
    decoded = (certbag *)ASN1_item_d2i(NULL, &span.data, (long)span.len,
                                       ASN1_ITEM_rptr(certbag));
  if (decoded == NULL) return false;
  if (OBJ_obj2nid(decoded->type) == NID_x509Certificate &&
      ASN1_TYPE_get(decoded->value) == V_ASN1_OCTET_STRING) {
    const ASN1_OCTET_STRING *content = decoded->value->value.octet_string;
    *out = (struct stls_der_reader_span){ASN1_STRING_get0_data(content),
                                         (size_t)ASN1_STRING_length(content)};
    *out_owner = decoded->value;
    decoded->value = NULL;
  }
  ASN1_item_free((ASN1_VALUE *)decoded, ASN1_ITEM_rptr(certbag));
  return true;
}

bool stls_pkcs12_safe_bag_same_id(const stls_pkcs12_safe_bag *a,
                                  const stls_pkcs12_safe_bag *b)
{
  const ASN1_OCTET_STRING *id = local_key_id(a), *other = local_key_id(b);

  return id != NULL && other != NULL && ASN1_OCTET_STRING_cmp(id, other) == 0;
}

bool stls_pkcs12_safe_bag_has_alias(const stls_pkcs12_safe_bag *bag,
                                    const char *alias)
{
  const ASN1_TYPE *attribute =
      PKCS12_get_attr_gen(bag->attributes, NID_friendlyName);
  const ASN1_BMPSTRING *text;
  bool has;
  char *name;

  if (attribute == NULL || ASN1_TYPE_get(attribute) != V_ASN1_BMPSTRING)
    return false;
  text = attribute->value.bmpstring;
  name =
      OPENSSL_uni2utf8(ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
  has = name != NULL && strcmp(name, alias) == 0;
  stls_mem_free(name);
  return has;
}

/* A bag may contain a private key, also in nested bags. It is wiped before it
 * is freed. */
static int wipe(int operation, ASN1_VALUE **value, const ASN1_ITEM *item,
                void *arg)
{
  const stls_pkcs12_safe_bag *bag = (const stls_pkcs12_safe_bag *)*value;
  struct stls_der_reader_span span;

  (void)item;
  (void)arg;
  if (operation == ASN1_OP_FREE_PRE && encoded(bag->value, &span))
    OPENSSL_cleanse((void *)span.data, span.len);
  return 1;
}

static bool encoded(const ASN1_TYPE *value, struct stls_der_reader_span *out)
{
  const ASN1_STRING *content;

  if (value == NULL || ASN1_TYPE_get(value) != V_ASN1_SEQUENCE) return false;
  content = value->value.sequence;
  *out = (struct stls_der_reader_span){ASN1_STRING_get0_data(content),
                                       (size_t)ASN1_STRING_length(content)};
  return true;
}

static const ASN1_OCTET_STRING *local_key_id(const stls_pkcs12_safe_bag *bag)
{
  const ASN1_TYPE *id = PKCS12_get_attr_gen(bag->attributes, NID_localKeyID);

  return id == NULL || ASN1_TYPE_get(id) != V_ASN1_OCTET_STRING
             ? NULL
             : id->value.octet_string;
}
