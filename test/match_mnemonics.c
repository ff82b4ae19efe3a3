/* SPDX-License-Identifier: MIT */
/* match_mnemonics: reads "#define x_R_y n" lines of OpenSSL's headers, and
 * compares each name with the one that is derived here from OpenSSL's words. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/mnemonic.h"

struct constant {
  char lib[128];
  char reason[128];
  unsigned long code;
};

/* OpenSSL has other words for these, or none. */
static const char *const exceptions[] = {
    "BIO_R_LOCAL_ADDR_NOT_AVAILABLE",
    "BIO_R_NON_FATAL",
    "BIO_R_NULL_PARAMETER",
    "BIO_R_PEER_ADDR_NOT_AVAILABLE",
    "CMP_R_GENERATE_CRLSTATUS",
    "DH_R_INVALID_PUBKEY",
    "DSA_R_SEED_LEN_SMALL",
    "ENGINE_R_ENGINE_IS_NOT_IN_LIST",
    "ENGINE_R_ID_OR_NAME_MISSING",
    "EVP_R_EXPECTING_A_ECX_KEY",
    "EVP_R_EXPECTING_A_EC_KEY",
    "EVP_R_PARTIALLY_OVERLAPPING",
    "OSSL_DECODER_R_COULD_NOT_DECODE_OBJECT",
    "OSSL_DECODER_R_DECODER_NOT_FOUND",
    "OSSL_DECODER_R_MISSING_GET_PARAMS",
    "OSSL_ENCODER_R_ENCODER_NOT_FOUND",
    "OSSL_ENCODER_R_INCORRECT_PROPERTY_QUERY",
    "OSSL_ENCODER_R_MISSING_GET_PARAMS",
    "RAND_R_FUNC_NOT_IMPLEMENTED",
    "RAND_R_FWRITE_ERROR",
    "RSA_R_SLEN_CHECK_FAILED",
    "RSA_R_SLEN_RECOVERY_FAILED",
    "SSL_R_AT_LEAST_TLS_1_2_NEEDED_IN_SUITEB_MODE",
    "SSL_R_ILLEGAL_SUITEB_DIGEST",
    "SSL_R_MISSING_SRP_PARAM",
    "SSL_R_NO_GOST_CERTIFICATE_SENT_BY_PEER",
    "SSL_R_SRP_A_CALC",
    "TS_R_CANNOT_LOAD_CERT",
    "TS_R_CANNOT_LOAD_KEY",
    "TS_R_VAR_LOOKUP_FAILURE",
    "UI_R_SYSASSIGN_ERROR",
    "UI_R_SYSDASSGN_ERROR",
    "UI_R_SYSQIOW_ERROR",
};

static bool is_exception(const char *name)
{
  for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
    if (strcmp(exceptions[i], name) == 0) return true;
  /* OpenSSL 3 has the words "KDF routines" for all of them. */
  return strncmp(name, "KDF_R_", 6) == 0;
}

/* false for a line that is about something else. */
static bool parse(const char *line, char name[128], struct constant *out)
{
  const char *middle;
  int number;

  if (sscanf(line, "#define %127s %d", name, &number) != 2) return false;
  middle = strstr(name, "_R_");
  if (middle == NULL || strncmp(name, "ERR_R_", 6) == 0) return false;
  if (strncmp(name, "EVP_F_", 6) == 0) return false;
  snprintf(out->lib, sizeof out->lib, "%.*s", (int)(middle - name), name);
  snprintf(out->reason, sizeof out->reason, "%s", middle + 3);
  out->code = (unsigned long)number;
  return true;
}

/* A library is looked for by its name, which is so shown to be ours, too. */
static bool find_lib(struct constant *constant)
{
  char found[32];

  for (int lib = 1; lib < 128; lib++) {
    unsigned long code = ERR_PACK(lib, 0, (int)constant->code);
    stls_mnemonic_lib(code, found, sizeof found);
    if (strcmp(found, constant->lib) != 0) continue;
    constant->code = code;
    return true;
  }
  return false;
}

static bool matches(const char *name, struct constant *constant)
{
  char derived[80] = "";

  if (find_lib(constant))
    stls_mnemonic_reason(constant->code, derived, sizeof derived);
  if (strcmp(derived, constant->reason) == 0 || is_exception(name)) return true;
  printf("%s is \"%s\" here\n", name, derived);
  return false;
}

int main(void)
{
  char line[256], name[128];
  struct constant constant;
  int num = 0, num_ssl = 0, num_wrong = 0;

  if (OPENSSL_VERSION_MAJOR != OPENSSL_version_major() ||
      OPENSSL_VERSION_MINOR != OPENSSL_version_minor()) {
    puts("these are headers of another OpenSSL");
    return 77;
  }
  OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL);
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (!parse(line, name, &constant)) continue;
    num++;
    num_ssl += strcmp(constant.lib, "SSL") == 0;
    num_wrong += !matches(name, &constant);
  }
  printf("%d constants, %d of libssl, %d wrong\n", num, num_ssl, num_wrong);
  return num_ssl < 200 || num_wrong > 0;
}
