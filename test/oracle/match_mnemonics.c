/* SPDX-License-Identifier: MIT */
/* match_mnemonics: compares error mnemonics with OpenSSL's headers. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/openssl_code.h"

struct constant {
  char name[128];
  char lib[128];
  char reason[128];
  char derived[80];
  unsigned long code;
};

struct exception {
  const char *name;
  const char *derived;
};

/* OpenSSL's words for these are not those of their names. */
static const struct exception exceptions[] = {
    {"BIO_R_LOCAL_ADDR_NOT_AVAILABLE", "LOCAL_ADDRESS_NOT_AVAILABLE"},
    {"BIO_R_NON_FATAL", "NON_FATAL_OR_TRANSIENT_ERROR"},
    {"BIO_R_NULL_PARAMETER", ""},
    {"BIO_R_PEER_ADDR_NOT_AVAILABLE", "PEER_ADDRESS_NOT_AVAILABLE"},
    {"CMP_R_GENERATE_CRLSTATUS", "ERROR_CREATING_CRLSTATUS"},
    {"DH_R_INVALID_PUBKEY", "INVALID_PUBLIC_KEY"},
    {"DSA_R_SEED_LEN_SMALL", "SEED_LEN_IS_LESS_THAN_THE_LENGTH_OF_Q"},
    {"ENGINE_R_ENGINE_IS_NOT_IN_LIST", "ENGINE_IS_NOT_IN_THE_LIST"},
    {"EVP_R_EXPECTING_A_ECX_KEY", "EXPECTING_AN_ECX_KEY"},
    {"EVP_R_EXPECTING_A_EC_KEY", "EXPECTING_AN_EC_KEY"},
    {"EVP_R_PARTIALLY_OVERLAPPING", "PARTIALLY_OVERLAPPING_BUFFERS"},
    {"RAND_R_FUNC_NOT_IMPLEMENTED", "FUNCTION_NOT_IMPLEMENTED"},
    {"RAND_R_FWRITE_ERROR", "ERROR_WRITING_FILE"},
    {"RSA_R_SLEN_CHECK_FAILED", "SALT_LENGTH_CHECK_FAILED"},
    {"RSA_R_SLEN_RECOVERY_FAILED", "SALT_LENGTH_RECOVERY_FAILED"},
    {"SSL_R_AT_LEAST_TLS_1_2_NEEDED_IN_SUITEB_MODE",
     "AT_LEAST__D_TLS_1_2_NEEDED_IN_SUITE_B_MODE"},
    {"SSL_R_ILLEGAL_SUITEB_DIGEST", "ILLEGAL_SUITE_B_DIGEST"},
    {"SSL_R_MISSING_SRP_PARAM", "CANT_FIND_SRP_SERVER_PARAM"},
    {"SSL_R_NO_GOST_CERTIFICATE_SENT_BY_PEER",
     "PEER_HAVENT_SENT_GOST_CERTIFICATE__REQUIRED_FOR_SELECTED_CIPHERSUITE"},
    {"SSL_R_SRP_A_CALC", "ERROR_WITH_THE_SRP_PARAMS"},
    {"TS_R_CANNOT_LOAD_CERT", "CANNOT_LOAD_CERTIFICATE"},
    {"TS_R_CANNOT_LOAD_KEY", "CANNOT_LOAD_PRIVATE_KEY"},
    {"TS_R_VAR_LOOKUP_FAILURE", "CANNOT_FIND_CONFIG_VARIABLE"},
    {"UI_R_SYSASSIGN_ERROR", "SYS_ASSIGN_ERROR"},
    {"UI_R_SYSDASSGN_ERROR", "SYS_DASSGN_ERROR"},
    {"UI_R_SYSQIOW_ERROR", "SYS_QIOW_ERROR"},
};

/* Of these libraries OpenSSL loads no words, or those of the library (KDF). */
static const struct exception wordless[] = {
    {"KDF_R_", "KDF_ROUTINES"},
    {"OSSL_DECODER_R_", ""},
    {"OSSL_ENCODER_R_", ""},
};

static bool is_exception(const struct constant *constant)
{
  const char *name = constant->name, *derived = constant->derived;

  for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
    if (strcmp(exceptions[i].name, name) == 0)
      return strcmp(exceptions[i].derived, derived) == 0;
  for (size_t i = 0; i < sizeof wordless / sizeof wordless[0]; i++)
    if (strncmp(wordless[i].name, name, strlen(wordless[i].name)) == 0)
      return strcmp(wordless[i].derived, derived) == 0;
  return false;
}

/* OpenSSL 4.0 has new names for some numbers and words for those alone. */
static bool is_alias(const struct constant *constant,
                     const struct constant *all, size_t num)
{
  for (size_t i = 0; i < num; i++)
    if (all[i].code == constant->code &&
        strcmp(all[i].reason, constant->derived) == 0)
      return true;
  return false;
}

/* false for a line that is about something else. */
static bool parse(const char *line, struct constant *out)
{
  const char *middle;
  int number;

  if (sscanf(line, "#define %127s %d", out->name, &number) != 2) return false;
  middle = strstr(out->name, "_R_");
  if (middle == NULL || strncmp(out->name, "ERR_R_", 6) == 0) return false;
  if (strncmp(out->name, "EVP_F_", 6) == 0) return false;
  snprintf(out->lib, sizeof out->lib, "%.*s", (int)(middle - out->name),
           out->name);
  snprintf(out->reason, sizeof out->reason, "%s", middle + 3);
  out->code = (unsigned long)number;
  return true;
}

/* A library is looked for by its name, which is so shown to be ours, too. */
static void derive(struct constant *constant)
{
  char found[32];

  constant->derived[0] = '\0';
  for (int lib = 1; lib < 128; lib++) {
    unsigned long code = ERR_PACK(lib, 0, (int)constant->code);
    stls_openssl_code_lib_name(code, found, sizeof found);
    if (strcmp(found, constant->lib) != 0) continue;
    constant->code = code;
    stls_openssl_code_reason_name(code, constant->derived,
                                  sizeof constant->derived);
    return;
  }
}

static size_t read_all(struct constant *all, size_t cap)
{
  char line[256];
  size_t num = 0;

  while (num < cap && fgets(line, sizeof line, stdin) != NULL)
    if (parse(line, &all[num])) derive(&all[num++]);
  return num;
}

int main(void)
{
  static struct constant all[4096];
  size_t cap = sizeof all / sizeof all[0], num;
  int num_ssl = 0, num_alias = 0, num_wrong = 0;

  if (OPENSSL_VERSION_MAJOR != OPENSSL_version_major() ||
      OPENSSL_VERSION_MINOR != OPENSSL_version_minor()) {
    puts("these are headers of another OpenSSL");
    return 77;
  }
  OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL);
  num = read_all(all, cap);
  for (size_t i = 0; i < num; i++) {
    num_ssl += strcmp(all[i].lib, "SSL") == 0;
    if (strcmp(all[i].derived, all[i].reason) == 0 || is_exception(&all[i]))
      continue;
    if (is_alias(&all[i], all, num)) {
      num_alias++;
      continue;
    }
    num_wrong++;
    printf("%s is \"%s\" here\n", all[i].name, all[i].derived);
  }
  printf("%zu constants, %d of libssl, %d by another name, %d wrong\n", num,
         num_ssl, num_alias, num_wrong);
  return num == cap || num_ssl < 200 || num_wrong > 0;
}
