/* SPDX-License-Identifier: MIT */
/* test_failure_hint: hints about certificates of every kind are one printable line. */
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "lib/endpoint/failure_hint.h"
#include "support/cert_builder.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/planted_errors.h"

SUITE(failure_hint);

static const int codes[] = {
    X509_V_OK,
    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
    X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
    X509_V_ERR_CERT_HAS_EXPIRED,
    X509_V_ERR_CERT_NOT_YET_VALID,
    X509_V_ERR_HOSTNAME_MISMATCH,
    X509_V_ERR_CA_CERT_MISSING_KEY_USAGE,
    X509_V_ERR_CERT_REVOKED,
};

static const char *hint(X509 *failed, int code)
{
  static char out[STLS_FAILURE_HINT_SIZE];
  struct stls_peer_verify verify = {.code = code, .failed = failed};

  stls_failure_hint_certificate(&verify, out);
  return out;
}

static bool is_line(const char *text)
{
  for (; *text != '\0'; text++)
    if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f)
      return false;
  return true;
}

Test(failure_hint, is_one_printable_line)
{
  static const char *const files[] = {
      "names/alt-control.pem",     "names/alt-dns-latin1.pem",
      "names/alt-kinds.pem",       "names/alt-malformed.pem",
      "names/alt-none.pem",        "names/alt-nul.pem",
      "names/alt-utf8.pem",        "names/alt-ip-odd.pem",

      "names/dates-malformed.pem", "names/subject-bits-empty.pem",
      "certificate/full.pem",      "certificate/v1.pem",
  };

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    X509 *cert = data_file_x509(files[i]);
    for (size_t j = 0; j < sizeof codes / sizeof codes[0]; j++) {
      const char *text;
      planted_errors_put(3);
      text = hint(cert, codes[j]);
      planted_errors_expect(3, files[i]);
      cr_expect_lt(strlen(text), STLS_FAILURE_HINT_SIZE);
      cr_expect(is_line(text), "%s: %s", files[i], text);
      cr_expect(text[0] == '\0' || strncmp(text, "; ", 2) == 0, "%s: %s",
                files[i], text);
    }
    X509_free(cert);
  }
}

Test(failure_hint, needs_a_certificate)
{
  for (size_t j = 0; j < sizeof codes / sizeof codes[0]; j++)
    cr_expect_str_empty(hint(NULL, codes[j]));
}

/* Lists of subjectAltName, and what is left of them. */
Test(failure_hint, lists_names_as_long_as_there_is_room)
{
#define LABEL "a-label-of-sixty-three-octets-is-as-long-as-dns-allows-it-to-be"
  static const struct {
    const char *names;
    const char *want;
  } rows[] = {
      {"DNS:a.example", "; it is for a.example"},
      {"DNS:a.example,IP:192.0.2.1,DNS:*.b.example",
       "; it is for a.example, 192.0.2.1, *.b.example"},
      {"email:a@a.example,DNS:a.example", "; it is for a.example"},
      {"email:a@a.example", "; it names no host in subjectAltName"},
      {"DNS:a.example,DNS:" LABEL "." LABEL ",DNS:c.example",
       "; it is for a.example, " LABEL "." LABEL ", ..."},
      {"DNS:" LABEL ".example,DNS:" LABEL ".example,DNS:c.example",
       "; it is for " LABEL ".example, ..."},
      {"DNS:" LABEL "." LABEL "." LABEL, "; it is for long names, ..."},
  };
  EVP_PKEY *key = cert_builder_key("P-256");

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    X509 *cert = cert_builder_begin(key, NULL, NULL);
    char extension[400];
    const char *text;
    snprintf(extension, sizeof extension, "subjectAltName=%s", rows[i].names);
    cert_builder_add_extension(cert, cert, extension);
    cr_assert_gt(X509_sign(cert, key, EVP_sha256()), 0);
    text = hint(cert, X509_V_ERR_HOSTNAME_MISMATCH);
    cr_expect_str_eq(text, rows[i].want, "row %zu: %s", i, text);
    X509_free(cert);
  }
  EVP_PKEY_free(key);
}

Test(failure_hint, of_alerts_begins_with_a_colon)
{
  for (int alert = -1; alert < 256; alert++) {
    const char *text = stls_failure_hint_alert(alert);
    cr_expect(text[0] == '\0' || strncmp(text, ": it ", 5) == 0, "%d: %s",
              alert, text);
  }
}
