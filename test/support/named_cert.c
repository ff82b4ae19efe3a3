/* SPDX-License-Identifier: MIT */
/* named_cert: certificates made at run time with any names or of any size. */
#include "named_cert.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "cert_builder.h"
#include "data_files.h"
#include "expect.h"

size_t named_cert_padding;

static EVP_PKEY *load_key(const char *name);
static void add_padding(X509 *x509);
static void add_common_name(X509_NAME *subject,
                            const named_cert_common_name *cn);
static void add_raw_alt_names(X509 *x509, const void *der, size_t len);
static void add_alt_names(X509 *x509, const named_cert_alt_name *at);
static GENERAL_NAME *general_name(const named_cert_alt_name *from);
static void set_name(GENERAL_NAME *name, const named_cert_alt_name *from);
static ASN1_STRING *string(int type, const char *bytes, size_t len);

X509 *named_cert_new(const named_cert_request *request)
{
  EVP_PKEY *key = load_key("server-ecdsa.key"), *ca_key = load_key("ca.key");
  X509 *ca = data_file_x509("ca.pem"),
       *x509 = cert_builder_begin(key, NULL, NULL);

  cr_assert_eq(X509_set_issuer_name(x509, X509_get_subject_name(ca)), 1);
  for (const named_cert_common_name *cn = request->common_names;
       cn != NULL && cn->bytes != NULL; cn++)
    add_common_name(X509_get_subject_name(x509), cn);
  cert_builder_add_extension(x509, ca, "basicConstraints=critical,CA:false");
  cert_builder_add_extension(x509, ca, "extendedKeyUsage=serverAuth");
  if (request->raw_alt_names != NULL)
    add_raw_alt_names(x509, request->raw_alt_names, request->raw_alt_names_len);
  if (request->alt_names != NULL) add_alt_names(x509, request->alt_names);
  if (request->tune != NULL) request->tune(x509);
  cr_assert_gt(X509_sign(x509, ca_key, EVP_sha256()), 0);
  X509_free(ca);
  EVP_PKEY_free(ca_key);
  EVP_PKEY_free(key);
  return x509;
}

stls_credential *named_cert_credential(X509 *x509)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_credential *credential = NULL;
  BIO *chain = BIO_new(BIO_s_mem());
  char *pem = NULL;

  cr_assert_not_null(chain);
  cr_assert_eq(PEM_write_bio_X509(chain, x509), 1);
  source.chain_len = (size_t)BIO_get_mem_data(chain, &pem);
  source.chain = pem;
  source.key_file = data_file_path("server-ecdsa.key");
  ASSERT_RESULT(stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
                STLS_OK, err.message);
  BIO_free(chain);
  return credential;
}

void named_cert_set_large(stls_context *context)
{
  static const named_cert_common_name names[] = {
      {V_ASN1_UTF8STRING, "large", 5}, {0, NULL, 0}};
  const named_cert_request request = {.common_names = names,
                                      .tune = add_padding};
  X509 *x509 = named_cert_new(&request);
  stls_credential *credential = named_cert_credential(x509);

  ASSERT_RESULT(stls_context_set_credential(context, credential, NULL), STLS_OK,
                "credential");
  stls_credential_free(credential);
  X509_free(x509);
}

static EVP_PKEY *load_key(const char *name)
{
  data_file file = data_file_load(name);
  BIO *in = BIO_new_mem_buf(file.data, (int)file.len);
  EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);

  cr_assert_not_null(key, "%s", name);
  BIO_free(in);
  data_file_free(&file);
  return key;
}

/* X509_NAME_add_entry_by_NID would convert the bytes to the type. */
static void add_common_name(X509_NAME *subject,
                            const named_cert_common_name *cn)
{
  X509_NAME_ENTRY *entry = X509_NAME_ENTRY_create_by_NID(
      NULL, NID_commonName, V_ASN1_UTF8STRING, (const unsigned char *)"x", 1);

  cr_assert_not_null(entry);
  cr_assert_eq(
      X509_NAME_ENTRY_set_data(entry, cn->type,
                               (const unsigned char *)cn->bytes, (int)cn->len),
      1);
  cr_assert_eq(X509_NAME_add_entry(subject, entry, -1, 0), 1);
  X509_NAME_ENTRY_free(entry);
}

static void add_raw_alt_names(X509 *x509, const void *der, size_t len)
{
  ASN1_STRING *content = string(V_ASN1_OCTET_STRING, der, len);
  X509_EXTENSION *extension =
      X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, content);

  cr_assert_not_null(extension);
  cr_assert_eq(X509_add_ext(x509, extension, -1), 1);
  X509_EXTENSION_free(extension);
  ASN1_STRING_free(content);
}

static void add_alt_names(X509 *x509, const named_cert_alt_name *at)
{
  GENERAL_NAMES *names = GENERAL_NAMES_new();

  cr_assert_not_null(names);
  for (; at->bytes != NULL; at++)
    cr_assert_gt(sk_GENERAL_NAME_push(names, general_name(at)), 0);
  /* None at all: there is no such extension. */
  if (sk_GENERAL_NAME_num(names) > 0)
    cr_assert_eq(X509_add1_ext_i2d(x509, NID_subject_alt_name, names, 0,
                                   X509V3_ADD_APPEND),
                 1);
  GENERAL_NAMES_free(names);
}

static GENERAL_NAME *general_name(const named_cert_alt_name *from)
{
  GENERAL_NAME *name = GENERAL_NAME_new();

  cr_assert_not_null(name);
  set_name(name, from);
  return name;
}

static void set_name(GENERAL_NAME *name, const named_cert_alt_name *from)
{
  X509_NAME *directory;
  ASN1_TYPE *value;

  switch (from->kind) {
    case GEN_IPADD:
      GENERAL_NAME_set0_value(
          name, GEN_IPADD, string(V_ASN1_OCTET_STRING, from->bytes, from->len));
      break;
    case GEN_DIRNAME:
      directory = X509_NAME_new();
      add_common_name(
          directory,
          &(named_cert_common_name){V_ASN1_UTF8STRING, from->bytes, from->len});
      GENERAL_NAME_set0_value(name, GEN_DIRNAME, directory);
      break;
    case GEN_RID:
      GENERAL_NAME_set0_value(name, GEN_RID, OBJ_txt2obj(from->bytes, 1));
      break;
    case GEN_OTHERNAME:
      value = ASN1_TYPE_new();
      ASN1_TYPE_set(value, V_ASN1_UTF8STRING,
                    string(V_ASN1_UTF8STRING, from->bytes, from->len));
      cr_assert_eq(
          GENERAL_NAME_set0_othername(name, OBJ_nid2obj(NID_ms_upn), value), 1);
      break;
    default:
      GENERAL_NAME_set0_value(name, from->kind,
                              string(V_ASN1_IA5STRING, from->bytes, from->len));
  }
}

static ASN1_STRING *string(int type, const char *bytes, size_t len)
{
  ASN1_STRING *made = ASN1_STRING_type_new(type);

  cr_assert_not_null(made);
  cr_assert_eq(ASN1_STRING_set(made, bytes, (int)len), 1);
  return made;
}

static void add_padding(X509 *x509)
{
  ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
  ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
  unsigned char *bytes = calloc(1, named_cert_padding);
  X509_EXTENSION *extension;
  int usage = X509_get_ext_by_NID(x509, NID_ext_key_usage, -1);

  /* It is a server's otherwise. */
  if (usage >= 0) X509_EXTENSION_free(X509_delete_ext(x509, usage));
  cr_assert(value != NULL && bytes != NULL);
  cr_assert_eq(ASN1_OCTET_STRING_set(value, bytes, (int)named_cert_padding), 1);
  extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
  cr_assert_eq(X509_add_ext(x509, extension, -1), 1);
  X509_EXTENSION_free(extension);
  ASN1_OCTET_STRING_free(value);
  ASN1_OBJECT_free(oid);
  free(bytes);
}
