/* SPDX-License-Identifier: MIT */
/* openssl_reason_names: the names of OpenSSL's constants for its own errors. */
#include "base/openssl_reason_names.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/name_table.h"

#define ROW(name) \
  { \
    ERR_LIB_##name, #name \
  }

/* OpenSSL has words for its libraries that are far from the constants, such as
 * "digital envelope routines" for EVP. The numbers never change. */
static const struct stls_name_table libs[] = {
    ROW(NONE),   ROW(SYS),          ROW(BN),           ROW(RSA),    ROW(DH),
    ROW(EVP),    ROW(BUF),          ROW(OBJ),          ROW(PEM),    ROW(DSA),
    ROW(X509),   ROW(ASN1),         ROW(CONF),         ROW(CRYPTO), ROW(EC),
    ROW(SSL),    ROW(BIO),          ROW(PKCS7),        ROW(X509V3), ROW(PKCS12),
    ROW(RAND),   ROW(DSO),          ROW(OCSP),         ROW(UI),     ROW(COMP),
    ROW(ECDSA),  ROW(ECDH),         ROW(OSSL_STORE),   ROW(FIPS),   ROW(CMS),
    ROW(TS),     ROW(HMAC),         ROW(CT),           ROW(ASYNC),  ROW(KDF),
    ROW(SM2),    ROW(ESS),          ROW(PROP),         ROW(CRMF),   ROW(PROV),
    ROW(CMP),    ROW(OSSL_ENCODER), ROW(OSSL_DECODER), ROW(HTTP),
#ifdef ERR_LIB_ENGINE
    ROW(ENGINE),
#endif
};

#undef ROW

static void drop_apostrophes(char *text);
static char constant_char(char c);

void stls_openssl_reason_names_lib(unsigned long code, char *out, size_t cap)
{
  const char *name = "";

  for (size_t i = 0; code != 0 && i < sizeof libs / sizeof libs[0]; i++)
    if (libs[i].value == ERR_GET_LIB(code)) name = libs[i].name;
  snprintf(out, cap, "%s", name);
}

void stls_openssl_reason_names_reason(unsigned long code, char *out, size_t cap)
{
  /* Since OpenSSL 3.2 the words say what the constants did not follow. */
  static const char renamed[] = "ssl/tls ";
  const char *words = code == 0 ? NULL : ERR_reason_error_string(code);
  const char *prefix = "";

  if (words == NULL) words = "";
  if (strncmp(words, renamed, strlen(renamed)) == 0) {
    words += strlen(renamed);
    prefix = "sslv3 ";
  }
  snprintf(out, cap, "%s%s", prefix, words);
  drop_apostrophes(out);
  for (char *at = out; *at != '\0'; at++) *at = constant_char(*at);
}

/* "can't" is CANT in a constant. */
static void drop_apostrophes(char *text)
{
  char *end = text;

  for (; *text != '\0'; text++)
    if (*text != '\'') *end++ = *text;
  *end = '\0';
}

/* Whatever the locale. */
static char constant_char(char c)
{
  if (c >= 'a' && c <= 'z') return (char)(c - 'a' + 'A');
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
}
