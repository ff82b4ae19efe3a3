/* SPDX-License-Identifier: MIT */
/* fuzz_hostname: target: matching of two names. */
#include <sanstls/sanstls.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
  if (a_len != b_len) return false;
  for (size_t i = 0; i < a_len; i++)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

/* A rule of thumb that the matcher has to be within: equal text, or a star for
 * exactly one label with two more behind it. */
static bool may_match(const char *reference, const char *name, size_t name_len)
{
  size_t len = strlen(reference);
  const char *dot = strchr(reference, '.');

  if (len > 1 && reference[len - 1] == '.') len--;
  if (name_len > 1 && name[name_len - 1] == '.') name_len--;
  if (memchr(name, '\0', name_len) != NULL) return false;
  if (same(reference, len, name, name_len)) return true;
  if (name_len < 5 || memcmp(name, "*.", 2) != 0 || dot == NULL) return false;
  return dot > reference && memchr(name + 2, '.', name_len - 2) != NULL &&
         same(dot, len - (size_t)(dot - reference), name + 1, name_len - 1);
}

/* Addresses have more than one spelling. */
static bool is_address(const char *text)
{
  return strchr(text, ':') != NULL ||
         strspn(text, "0123456789.") == strlen(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  const uint8_t *line = memchr(data, '\n', len);
  size_t reference_len = line == NULL ? len : (size_t)(line - data);
  size_t name_len = line == NULL ? 0 : len - reference_len - 1;
  char *reference = malloc(reference_len + 1);
  /* Of its exact length: a name in a certificate has no terminator. */
  char *name = malloc(name_len > 0 ? name_len : 1);
  const char *names[] = {name};
  stls_error err = STLS_ERROR_INIT;
  bool matches = false;
  stls_result result;

  memcpy(reference, data, reference_len);
  reference[reference_len] = '\0';
  if (name_len > 0) memcpy(name, line + 1, name_len);
  result =
      stls_hostname_match_names(reference, names, &name_len, 1, &matches, &err);
  fuzz_expect(result == STLS_OK || err.message[0] != '\0');
  fuzz_expect(result == STLS_OK || !matches);
  /* With a library that converts them, another spelling is compared. */
  for (size_t i = 0; i < reference_len; i++)
    if ((uint8_t)reference[i] >= 0x80) matches = false;
  if (matches && !is_address(reference))
    fuzz_expect(may_match(reference, name, name_len));
  free(name);
  free(reference);
  return 0;
}
