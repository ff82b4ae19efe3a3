/* SPDX-License-Identifier: MIT */
/* pkcs8: decodes private keys in PKCS #8 (RFC 5958), of both versions. */
#include "util/pkcs8.h"

#include <limits.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "util/der_reader.h"

/* The parts of a version 2 key. public_key is the content of a BIT STRING; its
 * data is NULL if the key has none. */
struct parts {
  struct stls_der_reader_span algorithm;
  struct stls_der_reader_span private_key;
  struct stls_der_reader_span public_key;
};

static EVP_PKEY *read_v1(const uint8_t *der, size_t len, OSSL_LIB_CTX *libctx,
                         const char *propq);
static EVP_PKEY *read_v2(const struct parts *parts, OSSL_LIB_CTX *libctx,
                         const char *propq, stls_pkcs8_fault *out_fault);
static EVP_PKEY *read_public(const struct parts *parts, OSSL_LIB_CTX *libctx,
                             const char *propq, stls_pkcs8_fault *out_fault);
static bool split(const uint8_t *der, size_t len, struct parts *out);
static bool take_public(struct stls_der_reader_span *rest,
                        struct stls_der_reader_span *out);
static uint8_t *put(uint8_t *at, const struct stls_der_reader_span *span);

bool stls_pkcs8_is_v2(const uint8_t *der, size_t len)
{
  struct parts parts;

  return split(der, len, &parts);
}

EVP_PKEY *stls_pkcs8_decode(const uint8_t *der, size_t len,
                            OSSL_LIB_CTX *libctx, const char *propq,
                            stls_pkcs8_fault *out_fault)
{
  struct parts parts;
  EVP_PKEY *key, *public_key;

  *out_fault = STLS_PKCS8_UNREADABLE;
  if (!split(der, len, &parts)) {
    stls_error_queue_clear();
    return read_v1(der, len, libctx, propq);
  }
  key = read_v2(&parts, libctx, propq, out_fault);
  if (key == NULL || parts.public_key.data == NULL) return key;
  public_key = read_public(&parts, libctx, propq, out_fault);
  if (public_key != NULL && EVP_PKEY_eq(public_key, key) != 1)
    *out_fault = STLS_PKCS8_OTHER_PUBLIC_KEY;
  else if (public_key != NULL) {
    EVP_PKEY_free(public_key);
    return key;
  }
  EVP_PKEY_free(public_key);
  EVP_PKEY_free(key);
  return NULL;
}

EVP_PKEY *stls_pkcs8_decrypt(const X509_SIG *locked, const char *passphrase,
                             int passphrase_len, OSSL_LIB_CTX *libctx,
                             const char *propq, stls_pkcs8_fault *out_fault)
{
  const X509_ALGOR *algorithm;
  const ASN1_OCTET_STRING *content;
  unsigned char *der = NULL;
  EVP_PKEY *key = NULL;
  int len = 0;

  *out_fault = STLS_PKCS8_UNREADABLE;
  X509_SIG_get0(locked, &algorithm, &content);
  if (PKCS12_pbe_crypt_ex(
          algorithm, passphrase, passphrase_len, ASN1_STRING_get0_data(content),
          ASN1_STRING_length(content), &der, &len, 0, libctx, propq) == NULL)
    return NULL;
  key = stls_pkcs8_decode(der, (size_t)len, libctx, propq, out_fault);
  stls_mem_free_clear(der, (size_t)len);
  return key;
}

EVP_PKEY *stls_pkcs8_decrypt_with_prompt(const X509_SIG *locked,
                                         struct stls_passphrase_prompt *prompt,
                                         OSSL_LIB_CTX *libctx,
                                         const char *propq,
                                         stls_pkcs8_fault *out_fault)
{
  *out_fault = STLS_PKCS8_UNREADABLE;
  if (!stls_passphrase_get(prompt)) return NULL;
  return stls_pkcs8_decrypt(locked, prompt->text, (int)prompt->len, libctx,
                            propq, out_fault);
}

stls_result stls_pkcs8_explain(stls_pkcs8_fault fault, const X509_SIG *locked,
                               const struct stls_passphrase_prompt *prompt,
                               const char *where, stls_error *err)
{
  const X509_ALGOR *algorithm;
  const ASN1_OBJECT *oid;
  char name[80] = "", full[400];

  if (fault == STLS_PKCS8_NO_MEMORY) return stls_error_memory(err);
  if (fault == STLS_PKCS8_OTHER_PUBLIC_KEY)
    return stls_error_fail_openssl(
        err, STLS_ERROR_INPUT, STLS_REASON_KEY_BROKEN,
        "%s: the public key in it is not that of the private key", where);
  if (locked == NULL) return stls_passphrase_explain(prompt, where, err);
  X509_SIG_get0(locked, &algorithm, NULL);
  X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
  OBJ_obj2txt(name, sizeof name, oid, 0);
  snprintf(full, sizeof full, "%s (%s)", where, name);
  return stls_passphrase_explain(prompt, full, err);
}

static EVP_PKEY *read_v1(const uint8_t *der, size_t len, OSSL_LIB_CTX *libctx,
                         const char *propq)
{
  const unsigned char *at = der;
  PKCS8_PRIV_KEY_INFO *info =
      len > LONG_MAX ? NULL : d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)len);
  EVP_PKEY *key = NULL;

  if (info != NULL && at == der + len)
    key = EVP_PKCS82PKEY_ex(info, libctx, propq);
  PKCS8_PRIV_KEY_INFO_free(info);
  return key;
}

/* Encodes the key as version 1, without attributes and public key, and decodes
 * that. */
static EVP_PKEY *read_v2(const struct parts *parts, OSSL_LIB_CTX *libctx,
                         const char *propq, stls_pkcs8_fault *out_fault)
{
  static const uint8_t version[] = {V_ASN1_INTEGER, 1, 0};
  const struct stls_der_reader_span first = {version, sizeof version};
  size_t content_len =
      first.len + parts->algorithm.len + parts->private_key.len;
  uint8_t *der = stls_mem_alloc(STLS_DER_READER_HEADER_MAX + content_len), *end;
  EVP_PKEY *key;

  if (der == NULL) {
    *out_fault = STLS_PKCS8_NO_MEMORY;
    return NULL;
  }
  end = der + stls_der_reader_put_header(der, V_ASN1_SEQUENCE, content_len);
  end = put(end, &first);
  end = put(end, &parts->algorithm);
  end = put(end, &parts->private_key);
  key = read_v1(der, (size_t)(end - der), libctx, propq);
  stls_mem_free_clear(der, STLS_DER_READER_HEADER_MAX + content_len);
  return key;
}

/* Encodes the public key as a SubjectPublicKeyInfo, with the algorithm of the
 * private key. */
static EVP_PKEY *read_public(const struct parts *parts, OSSL_LIB_CTX *libctx,
                             const char *propq, stls_pkcs8_fault *out_fault)
{
  uint8_t bits[STLS_DER_READER_HEADER_MAX];
  struct stls_der_reader_span header = {bits, 0};
  size_t content_len;
  const unsigned char *at;
  uint8_t *der, *end;
  EVP_PKEY *key;

  header.len = stls_der_reader_put_header(bits, V_ASN1_BIT_STRING,
                                          parts->public_key.len);
  content_len = parts->algorithm.len + header.len + parts->public_key.len;
  der = stls_mem_alloc(STLS_DER_READER_HEADER_MAX + content_len);
  if (der == NULL) {
    *out_fault = STLS_PKCS8_NO_MEMORY;
    return NULL;
  }
  end = der + stls_der_reader_put_header(der, V_ASN1_SEQUENCE, content_len);
  end = put(end, &parts->algorithm);
  end = put(end, &header);
  end = put(end, &parts->public_key);
  at = der;
  key = d2i_PUBKEY_ex(NULL, &at, (long)(end - der), libctx, propq);
  stls_mem_free(der);
  return key;
}

/* Splits a OneAsymmetricKey (RFC 5958, 2) of version 2. Trailing bytes are
 * refused. */
static bool split(const uint8_t *der, size_t len, struct parts *out)
{
  struct stls_der_reader_span rest = {der, len}, in, version, ignored;

  memset(out, 0, sizeof *out);
  if (len > INT_MAX / 2) return false;
  if (!stls_der_reader_take(&rest, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, NULL,
                            &in) ||
      rest.len > 0)
    return false;
  if (!stls_der_reader_take(&in, V_ASN1_INTEGER, V_ASN1_UNIVERSAL, NULL,
                            &version) ||
      version.len != 1 || version.data[0] != 1)
    return false;
  if (!stls_der_reader_take(&in, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL,
                            &out->algorithm, NULL) ||
      !stls_der_reader_take(&in, V_ASN1_OCTET_STRING, V_ASN1_UNIVERSAL,
                            &out->private_key, NULL))
    return false;
  /* Attributes. */
  if (in.len > 0 && in.data[0] == 0xa0 &&
      !stls_der_reader_take(&in, 0, V_ASN1_CONTEXT_SPECIFIC, NULL, &ignored))
    return false;
  return in.len == 0 || (take_public(&in, &out->public_key) && in.len == 0);
}

/* [1] is IMPLICIT. Keys from the Rust library ring have it EXPLICIT. */
static bool take_public(struct stls_der_reader_span *rest,
                        struct stls_der_reader_span *out)
{
  const uint8_t explicit_tag = 0xa1;
  bool is_explicit = rest->data[0] == explicit_tag;
  struct stls_der_reader_span in;

  if (!stls_der_reader_take(rest, 1, V_ASN1_CONTEXT_SPECIFIC, NULL, &in))
    return false;
  *out = in;
  if (is_explicit && (!stls_der_reader_take(&in, V_ASN1_BIT_STRING,
                                            V_ASN1_UNIVERSAL, NULL, out) ||
                      in.len > 0))
    return false;
  return out->len > 0;
}

static uint8_t *put(uint8_t *at, const struct stls_der_reader_span *span)
{
  memcpy(at, span->data, span->len);
  return at + span->len;
}
