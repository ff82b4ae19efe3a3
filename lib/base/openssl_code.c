/* SPDX-License-Identifier: MIT */
/* openssl_code: reads packed OpenSSL error codes and names their constants. */
#include "base/openssl_code.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
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

int stls_openssl_code_lib(unsigned long code)
{
  return ERR_GET_LIB(code);
}

int stls_openssl_code_reason(unsigned long code)
{
  return ERR_GET_REASON(code);
}

const char *stls_openssl_code_lib_text(unsigned long code)
{
  const char *text = code == 0 ? NULL : ERR_lib_error_string(code);

  return text == NULL ? "" : text;
}

const char *stls_openssl_code_reason_text(unsigned long code)
{
  const char *text = code == 0 ? NULL : ERR_reason_error_string(code);

  if (ERR_SYSTEM_ERROR(code)) text = strerror(ERR_GET_REASON(code));
  return text == NULL ? "" : text;
}

bool stls_openssl_code_is_system(unsigned long code)
{
  return ERR_SYSTEM_ERROR(code);
}

bool stls_openssl_code_is_ssl(unsigned long code)
{
  return ERR_GET_LIB(code) == ERR_LIB_SSL;
}

bool stls_openssl_code_is_memory(unsigned long code)
{
  int reason = ERR_GET_REASON(code);

  /* OpenSSL 3.2 to 3.5 say the latter of a stack that could not grow; libssl says
   * it of other things, too. */
  return code != 0 &&
         (reason == ERR_R_MALLOC_FAILURE ||
          (reason == ERR_R_CRYPTO_LIB && !stls_openssl_code_is_ssl(code)));
}

bool stls_openssl_code_is_general(unsigned long code)
{
  return !ERR_SYSTEM_ERROR(code) &&
         (ERR_GET_REASON(code) & ERR_RFLAG_COMMON) != 0;
}

void stls_openssl_code_lib_name(unsigned long code, char *out, size_t cap)
{
  const char *name = "";

  for (size_t i = 0; code != 0 && i < sizeof libs / sizeof libs[0]; i++)
    if (libs[i].value == ERR_GET_LIB(code)) name = libs[i].name;
  snprintf(out, cap, "%s", name);
}

void stls_openssl_code_reason_name(unsigned long code, char *out, size_t cap)
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

static char constant_char(char c)
{
  return stls_ascii_is_alnum(c) ? stls_ascii_upper(c) : '_';
}
