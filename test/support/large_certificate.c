/* SPDX-License-Identifier: MIT */
/* large_certificate: client certificates of any size. */
#include "large_certificate.h"

#include <openssl/x509v3.h>
#include <stdlib.h>

#include "expect.h"
#include "named_cert.h"

size_t large_certificate_padding;

static void fill(X509 *x509)
{
  ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
  ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
  unsigned char *bytes = calloc(1, large_certificate_padding);
  X509_EXTENSION *extension;
  int usage = X509_get_ext_by_NID(x509, NID_ext_key_usage, -1);

  /* It is a server's otherwise. */
  if (usage >= 0) X509_EXTENSION_free(X509_delete_ext(x509, usage));
  cr_assert(value != NULL && bytes != NULL);
  cr_assert_eq(
      ASN1_OCTET_STRING_set(value, bytes, (int)large_certificate_padding), 1);
  extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
  cr_assert_eq(X509_add_ext(x509, extension, -1), 1);
  X509_EXTENSION_free(extension);
  ASN1_OCTET_STRING_free(value);
  ASN1_OBJECT_free(oid);
  free(bytes);
}

void large_certificate_set(stls_context *context)
{
  static const named_cert_common_name names[] = {
      {V_ASN1_UTF8STRING, "large", 5}, {0, NULL, 0}};
  const named_cert_request request = {.common_names = names, .tune = fill};
  X509 *x509 = named_cert_new(&request);
  stls_credential *credential = named_cert_credential(x509);

  ASSERT_RESULT(stls_context_set_credential(context, credential, NULL), STLS_OK,
                "credential");
  stls_credential_free(credential);
  X509_free(x509);
}
