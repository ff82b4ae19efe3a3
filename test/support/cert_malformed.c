/* SPDX-License-Identifier: MIT */
/* cert_malformed: certificates with malformed contents. */
#include "cert_malformed.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "data_files.h"
#include "expect.h"

X509 *cert_malformed_begin(const char *file)
{
  X509 *x509 = data_file_x509(file);

  cr_assert_eq(X509_set_version(x509, X509_VERSION_3), 1);
  while (X509_get_ext_count(x509) > 0)
    X509_EXTENSION_free(X509_delete_ext(x509, 0));
  return x509;
}

void cert_malformed_add_extension(X509 *x509, const char *oid, bool critical,
                                  const void *der, size_t der_len)
{
  ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
  ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
  X509_EXTENSION *extension;

  /* OpenSSL 4.0 does not add an empty key identifier, but says that it did. */
  cr_assert(ASN1_OCTET_STRING_set(value, (const unsigned char *)"?", 1));
  extension = X509_EXTENSION_create_by_OBJ(NULL, object, critical, value);
  cr_assert_not_null(extension, "%s", oid);
  cr_assert_eq(X509_add_ext(x509, extension, -1), 1);
  X509_EXTENSION_free(extension);
  extension =
      (X509_EXTENSION *)X509_get_ext(x509, X509_get_ext_count(x509) - 1);
  cr_assert(ASN1_OCTET_STRING_set(value, der, (int)der_len));
  cr_assert_eq(X509_EXTENSION_set_data(extension, value), 1);
  ASN1_OCTET_STRING_free(value);
  ASN1_OBJECT_free(object);
}

uint8_t *cert_malformed_der(X509 *x509, size_t *out_len)
{
  uint8_t *der = NULL;
  int len;

  /* Else the bytes from which it was read would be written again. */
  cr_assert_gt(i2d_re_X509_tbs(x509, NULL), 0);
  len = i2d_X509(x509, &der);
  cr_assert_gt(len, 0);
  *out_len = (size_t)len;
  return der;
}

stls_certificate *cert_malformed_end(X509 *x509)
{
  stls_error err = STLS_ERROR_INIT;
  stls_certificate *certificate = NULL;
  size_t len;
  uint8_t *der = cert_malformed_der(x509, &len);

  ASSERT_RESULT(
      stls_certificate_new_der(der, len, NULL, NULL, &certificate, &err),
      STLS_OK, err.message);
  OPENSSL_free(der);
  X509_free(x509);
  return certificate;
}

bool cert_malformed_is_readable(X509 *x509)
{
  size_t len;
  uint8_t *der = cert_malformed_der(x509, &len);
  const uint8_t *at = der;
  X509 *again = d2i_X509(NULL, &at, (long)len);

  ERR_clear_error();
  X509_free(again);
  OPENSSL_free(der);
  return again != NULL;
}

stls_certificate *cert_malformed_load(const char *file)
{
  data_file pem = data_file_load(file);
  stls_error err = STLS_ERROR_INIT;
  stls_certificate *certificate = NULL;

  ASSERT_RESULT(stls_certificate_new_pem(pem.data, pem.len, NULL, NULL,
                                         &certificate, &err),
                STLS_OK, expect_label("%s: %s", file, err.message));
  data_file_free(&pem);
  return certificate;
}

data_file cert_malformed_load_der(const char *file)
{
  stls_certificate *it = cert_malformed_load(file);
  data_file der = {NULL, 0};
  const uint8_t *data = stls_certificate_der(it, &der.len);

  der.data = malloc(der.len);
  memcpy(der.data, data, der.len);
  stls_certificate_free(it);
  return der;
}
