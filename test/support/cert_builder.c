/* SPDX-License-Identifier: MIT */
/* cert_builder: certificates built from a description, valid or flawed. */
#include "cert_builder.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "data_files.h"

/* Room for one extension in OpenSSL's notation. */
enum {
  TEXT_LEN = 256
};

static const char *const ca_extensions[] = {
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash",
    "authorityKeyIdentifier=keyid:always", NULL};

static const char *const leaf_extensions[] = {
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    "subjectKeyIdentifier=hash",
    "authorityKeyIdentifier=keyid:always",
    "extendedKeyUsage=serverAuth,clientAuth",
    "subjectAltName=DNS:server.example,IP:127.0.0.1",
    NULL};

static EVP_PKEY_CTX *begin_key(const char *kind);
static EVP_PKEY *read_key(const char *name);
static void set_names(X509 *cert, const cert_builder_order *order,
                      X509 *issuer);
static void add_extensions(X509 *cert, const cert_builder_order *order,
                           X509 *issuer);
static bool is_replaced(const char *extension, const char *list);
static X509 *spoil(X509 *cert, cert_builder_flaw flaw);
static unsigned char *find_last(unsigned char *der, size_t len,
                                const unsigned char *what, size_t what_len);

EVP_PKEY *cert_builder_key(const char *kind)
{
  static bool is_ready_made_used;
  EVP_PKEY_CTX *ctx;
  EVP_PKEY *key = NULL;

  /* Under valgrind it takes 10 seconds to make one. */
  if (check_quick() && strcmp(kind, "RSA-2048") == 0 && !is_ready_made_used) {
    is_ready_made_used = true;
    return read_key("server-rsa.key");
  }
  ctx = begin_key(kind);
  if (ctx != NULL) cr_assert_eq(EVP_PKEY_generate(ctx, &key), 1, "%s", kind);
  EVP_PKEY_CTX_free(ctx);
  ERR_clear_error();
  return key;
}

static EVP_PKEY *read_key(const char *name)
{
  FILE *file = fopen(data_file_path(name), "r");
  EVP_PKEY *key;

  cr_assert(file != NULL, "%s", name);
  key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
  fclose(file);
  cr_assert(key != NULL, "%s", name);
  return key;
}

bool cert_builder_key_is_possible(const char *kind)
{
  EVP_PKEY_CTX *ctx = begin_key(kind);
  bool is_possible = ctx != NULL;

  EVP_PKEY_CTX_free(ctx);
  ERR_clear_error();
  return is_possible;
}

X509 *cert_builder_new(const cert_builder_order *order, EVP_PKEY *key,
                       X509 *issuer, EVP_PKEY *issuer_key)
{
  X509 *cert = cert_builder_begin(key, order->from, order->until);
  const char *digest = order->digest ? order->digest : "SHA256";
  bool is_hashed = EVP_PKEY_is_a(issuer_key, "EC") ||
                   EVP_PKEY_is_a(issuer_key, "RSA") ||
                   EVP_PKEY_is_a(issuer_key, "RSA-PSS");

  if (order->version != 0)
    cr_assert_eq(X509_set_version(cert, order->version - 1), 1);
  set_names(cert, order, issuer);
  add_extensions(cert, order, issuer);
  cr_assert_gt(X509_sign(cert, issuer_key,
                         is_hashed ? EVP_get_digestbyname(digest) : NULL),
               0, "%s", order->name);
  return spoil(cert, order->flaw);
}

X509 *cert_builder_begin(EVP_PKEY *key, const char *from, const char *until)
{
  X509 *cert = X509_new();
  static long serial;

  cr_assert_not_null(cert);
  cr_assert_eq(X509_set_version(cert, X509_VERSION_3), 1);
  cr_assert_eq(ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial), 1);
  cr_assert_eq(ASN1_TIME_set_string_X509(X509_getm_notBefore(cert),
                                         from ? from : "20200101000000Z"),
               1);
  cr_assert_eq(ASN1_TIME_set_string_X509(X509_getm_notAfter(cert),
                                         until ? until : "21991231235959Z"),
               1);
  cr_assert_eq(X509_set_pubkey(cert, key), 1);
  return cert;
}

void cert_builder_add_extension(X509 *cert, X509 *issuer, const char *extension)
{
  X509V3_CTX ctx;
  X509_EXTENSION *made;
  char name[TEXT_LEN];
  size_t len = strcspn(extension, "=");

  memcpy(name, extension, len);
  name[len] = '\0';
  X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
  X509V3_set_ctx_nodb(&ctx);
  made = X509V3_EXT_nconf(NULL, &ctx, name, extension + len + 1);
  cr_assert_not_null(made, "%s", extension);
  cr_assert_eq(X509_add_ext(cert, made, -1), 1);
  X509_EXTENSION_free(made);
}

/* Makes it ready to generate a key of this kind; NULL where there is none. */
static EVP_PKEY_CTX *begin_key(const char *kind)
{
  bool is_pss = strncmp(kind, "RSA-PSS-", 8) == 0;
  bool is_rsa = strncmp(kind, "RSA-", 4) == 0;
  bool is_explicit = strncmp(kind, "explicit-", 9) == 0;
  const char *curve = is_explicit ? kind + 9 : kind;
  bool is_ec = strncmp(curve, "P-", 2) == 0;
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL,
                                                 is_pss   ? "RSA-PSS"
                                                 : is_rsa ? "RSA"
                                                 : is_ec  ? "EC"
                                                          : kind,
                                                 NULL);
  int bits = is_rsa ? atoi(kind + (is_pss ? 8 : 4)) : 0;

  if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1) {
    EVP_PKEY_CTX_free(ctx);
    return NULL;
  }
  if (is_rsa) cr_assert_eq(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits), 1);
  if (is_ec) cr_assert_eq(EVP_PKEY_CTX_set_group_name(ctx, curve), 1);
  if (is_explicit)
    cr_assert_eq(EVP_PKEY_CTX_set_ec_param_enc(ctx, OPENSSL_EC_EXPLICIT_CURVE),
                 1);
  return ctx;
}

static void set_names(X509 *cert, const cert_builder_order *order, X509 *issuer)
{
  const char *subject = order->subject ? order->subject : order->name;
  X509_NAME *name = X509_NAME_new();

  cr_assert_not_null(name);
  if (subject[0] != '\0')
    cr_assert_eq(
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   (const unsigned char *)subject, -1, -1, 0),
        1);
  cr_assert_eq(X509_set_subject_name(cert, name), 1);
  cr_assert_eq(
      X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : name),
      1);
  X509_NAME_free(name);
}

static void add_extensions(X509 *cert, const cert_builder_order *order,
                           X509 *issuer)
{
  const char *const *defaults = order->is_ca ? ca_extensions : leaf_extensions;
  const char *list = order->extensions ? order->extensions : "";
  char text[TEXT_LEN];

  if (strcmp(list, "none") == 0) return;
  for (size_t i = 0; defaults[i] != NULL; i++)
    if (!is_replaced(defaults[i], list))
      cert_builder_add_extension(cert, issuer ? issuer : cert, defaults[i]);
  while (list[0] != '\0') {
    size_t len = strcspn(list, "|");
    cr_assert_lt(len, sizeof text);
    memcpy(text, list, len);
    text[len] = '\0';
    if (text[len - 1] != '=')
      cert_builder_add_extension(cert, issuer ? issuer : cert, text);
    list += len + (list[len] == '|');
  }
}

/* Whether the list has an extension of that name. */
static bool is_replaced(const char *extension, const char *list)
{
  size_t len = strcspn(extension, "=") + 1;
  bool is_found = false;

  while (!is_found && list[0] != '\0') {
    is_found = strncmp(list, extension, len) == 0;
    list += strcspn(list, "|");
    list += list[0] == '|';
  }
  return is_found;
}

static X509 *spoil(X509 *cert, cert_builder_flaw flaw)
{
  /* ecdsa-with-SHA256 (RFC 5758, 3.2), id-ecPublicKey (RFC 5480, 2.1.1). */
  static const unsigned char ecdsa[] = {0x2a, 0x86, 0x48, 0xce,
                                        0x3d, 0x04, 0x03, 0x02};
  static const unsigned char ec_key[] = {0x2a, 0x86, 0x48, 0xce,
                                         0x3d, 0x02, 0x01};
  /* [0] EXPLICIT INTEGER of TBSCertificate (RFC 5280, 4.1). */
  static const unsigned char version_3[] = {0xa0, 3, 2, 1, 2};
  unsigned char *der = NULL;
  const unsigned char *at;
  X509 *spoilt;
  int len = i2d_X509(cert, &der);

  cr_assert_gt(len, 0);
  at = der;
  if (flaw == CERT_FLAW_SIGNATURE) der[len - 1] ^= 1;
  if (flaw == CERT_FLAW_ALGORITHM)
    find_last(der, (size_t)len, ecdsa, sizeof ecdsa)[sizeof ecdsa - 1] = 3;
  if (flaw == CERT_FLAW_VERSION)
    find_last(der, (size_t)len, version_3, sizeof version_3)[4] = 1;
  if (flaw == CERT_FLAW_KEY)
    find_last(der, (size_t)len, ec_key, sizeof ec_key)[sizeof ec_key - 1] = 127;
  spoilt = d2i_X509(NULL, &at, len);
  cr_assert_not_null(spoilt);
  OPENSSL_free(der);
  X509_free(cert);
  return spoilt;
}

static unsigned char *find_last(unsigned char *der, size_t len,
                                const unsigned char *what, size_t what_len)
{
  size_t at = len - what_len;

  while (at > 0 && memcmp(der + at, what, what_len) != 0) at--;
  cr_assert_gt(at, (size_t)0);
  return der + at;
}
