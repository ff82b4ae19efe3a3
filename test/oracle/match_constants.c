/* SPDX-License-Identifier: MIT */
/* match_constants: compares constants with the lines of constants_oracle.py. */
#include <inttypes.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct family {
  const char *family;
  bool (*from_name)(const char *name, int *out_value);
  const char *(*name)(int value);
} families[] = {
    {"mode", stls_verify_mode_from_name, stls_verify_mode_name},
    {"flag", stls_verify_flag_from_name, stls_verify_flag_name},
    {"alert", stls_alert_from_name, stls_alert_name},
    {"content", stls_content_type_from_name, stls_content_type_name},
    {"message", stls_message_type_from_name, stls_message_type_name},
    {"version", stls_protocol_from_name, stls_protocol_name},
    {"purpose", stls_purpose_from_name, stls_purpose_name},
    {"hostflag", stls_hostflag_from_name, stls_hostflag_name},
};

static bool match(const char *family, const char *name, const char *value);
static bool match_cipher(const char *line, size_t index);
static stls_cipher_list *load_ciphers(void);
static const char *or_none(const char *text);

static stls_cipher_list *ciphers;

int main(void)
{
  char line[1000], family[20], name[80], value[40];
  size_t num = 0, num_ciphers = 0, num_wrong = 0;

  ciphers = load_ciphers();
  while (fgets(line, sizeof line, stdin) != NULL) {
    bool is_same = false;
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "cipher|", 7) == 0)
      is_same = match_cipher(line, num_ciphers++);
    else if (sscanf(line, "%19s %79s %39s", family, name, value) == 3)
      is_same = match(family, name, value);
    if (!is_same) printf("CPython says %s\n", line);
    num_wrong += !is_same;
    num++;
  }
  if (num_ciphers != stls_cipher_list_count(ciphers))
    printf("%zu cipher suites\n", stls_cipher_list_count(ciphers));
  num_wrong += num_ciphers != stls_cipher_list_count(ciphers);
  stls_cipher_list_free(ciphers);
  return num < 100 || num_wrong > 0 ? 1 : 0;
}

static bool match(const char *family, const char *name, const char *value)
{
  uint64_t option = 0;
  int number = 0;

  if (strcmp(family, "option") == 0)
    return stls_option_from_name(name, &option) &&
           option == strtoull(value, NULL, 10);
  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
    if (strcmp(family, families[i].family) == 0)
      return families[i].from_name(name, &number) &&
             number == strtol(value, NULL, 10) &&
             strcmp(families[i].name(number), "unknown") != 0;
  return false;
}

static bool match_cipher(const char *line, size_t index)
{
  const stls_cipher *cipher = stls_cipher_list_at(ciphers, index);
  char ours[1000];

  if (cipher == NULL) return false;
  snprintf(ours, sizeof ours,
           "cipher|%" PRIu32 "|%s|%s|%s|%d|%d|%s|%s|%s|%s|%s",
           stls_cipher_id(cipher), stls_cipher_name(cipher),
           stls_cipher_protocol(cipher), stls_cipher_description(cipher),
           stls_cipher_strength_bits(cipher), stls_cipher_alg_bits(cipher),
           stls_cipher_aead(cipher) ? "True" : "False",
           or_none(stls_cipher_symmetric(cipher)),
           or_none(stls_cipher_digest(cipher)),
           or_none(stls_cipher_kea(cipher)), or_none(stls_cipher_auth(cipher)));
  if (strcmp(ours, line) == 0) return true;
  printf("we say %s\n", ours);
  return false;
}

static stls_cipher_list *load_ciphers(void)
{
  stls_context *context = NULL;
  stls_cipher_list *list = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result =
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, &err);

  /* CPython's own list. */
  if (result == STLS_OK)
    result = stls_context_set_ciphersuites(
        context,
        "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
        "TLS_AES_128_GCM_SHA256",
        &err);
  if (result == STLS_OK)
    result = stls_context_set_ciphers(
        context,
        "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:"
        "!aDSS:!SHA1:!AESCCM",
        &err);
  if (result == STLS_OK) result = stls_context_ciphers(context, &list, &err);
  if (result != STLS_OK) printf("%s\n", err.message);
  stls_context_free(context);
  return list;
}

static const char *or_none(const char *text)
{
  return text == NULL ? "None" : text;
}
