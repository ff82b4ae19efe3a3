/* SPDX-License-Identifier: MIT */
/* fuzz_certificate: target: certificates, all getters, and their PEM form. */
#include <openssl/x509v3.h>
#include <sanstls/sanstls.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void touch_text(const char *text, size_t len)
{
  if (text == NULL) return;
  fuzz_touch(text, len + 1);
  fuzz_expect(text[len] == '\0');
}

static void touch_string(const char *text)
{
  if (text != NULL) touch_text(text, strlen(text));
}

static void touch_name(const stls_name *name)
{
  for (size_t rdn = 0; rdn < stls_name_rdn_count(name); rdn++)
    for (size_t i = 0; i < stls_name_attribute_count(name, rdn); i++) {
      size_t len = 0;
      const char *value = stls_name_attribute_value(name, rdn, i, &len);
      touch_text(value, len);
      touch_string(stls_name_attribute_type(name, rdn, i));
      touch_string(stls_name_attribute_oid(name, rdn, i));
      (void)stls_name_attribute_is_bits(name, rdn, i);
    }
  touch_string(stls_name_text(name));
}

static void touch_general_name(const stls_general_name *name)
{
  size_t len = 0;
  const char *text = stls_general_name_text(name, &len);
  const uint8_t *bytes;

  touch_text(text, len);
  touch_string(stls_general_name_kind_name(name));
  bytes = stls_general_name_bytes(name, &len);
  fuzz_touch(bytes, len);
  touch_name(stls_general_name_directory(name));
}

static void touch_general_names(
    const stls_certificate *certificate,
    const stls_general_name *(*at)(const stls_certificate *, size_t))
{
  const stls_general_name *name;

  for (size_t i = 0; (name = at(certificate, i)) != NULL; i++)
    touch_general_name(name);
}

static void touch_uris(const stls_certificate *certificate,
                       const char *(*at)(const stls_certificate *, size_t,
                                         size_t *))
{
  const char *uri;
  size_t len;

  for (size_t i = 0; (uri = at(certificate, i, &len)) != NULL; i++)
    touch_text(uri, len);
}

static void touch_strings(const stls_certificate *certificate,
                          const char *(*at)(const stls_certificate *, size_t))
{
  const char *text;

  for (size_t i = 0; (text = at(certificate, i)) != NULL; i++)
    touch_string(text);
}

static void touch_scts(const stls_certificate *certificate)
{
  const stls_sct *sct;
  size_t len;

  for (size_t i = 0; (sct = stls_certificate_sct(certificate, i)) != NULL;
       i++) {
    const uint8_t *id = stls_sct_log_id(sct, &len);
    fuzz_expect(len == 32);
    fuzz_touch(id, len);
    id = stls_sct_signature(sct, &len);
    fuzz_touch(id, len);
  }
}

static void touch_fields(const stls_certificate *certificate)
{
  const uint8_t *bytes;
  int64_t seconds;
  size_t len = 0;

  touch_name(stls_certificate_subject(certificate));
  touch_name(stls_certificate_issuer(certificate));
  touch_string(stls_certificate_serial(certificate));
  touch_string(stls_certificate_authority_serial(certificate));
  touch_string(stls_certificate_signature_algorithm(certificate));
  touch_string(stls_certificate_key_type(certificate));
  touch_string(stls_certificate_key_curve(certificate));
  fuzz_expect(stls_certificate_not_before(certificate, &seconds) ==
              (stls_certificate_not_before_text(certificate) != NULL));
  fuzz_expect(stls_certificate_not_after(certificate, &seconds) ==
              (stls_certificate_not_after_text(certificate) != NULL));
  bytes = stls_certificate_spki(certificate, &len);
  fuzz_touch(bytes, len);
  bytes = stls_certificate_subject_key_id(certificate, &len);
  fuzz_touch(bytes, len);
  bytes = stls_certificate_authority_key_id(certificate, &len);
  fuzz_touch(bytes, len);
  touch_general_names(certificate, stls_certificate_alt_name);
  touch_general_names(certificate, stls_certificate_authority_name);
  touch_general_names(certificate, stls_certificate_permitted_name);
  touch_general_names(certificate, stls_certificate_excluded_name);
  touch_uris(certificate, stls_certificate_ocsp_uri);
  touch_uris(certificate, stls_certificate_ca_issuers_uri);
  touch_uris(certificate, stls_certificate_crl_uri);
  touch_strings(certificate, stls_certificate_key_purpose);
  touch_strings(certificate, stls_certificate_policy);
  touch_scts(certificate);
}

static void try_json(const stls_certificate *certificate)
{
  stls_error err = STLS_ERROR_INIT;
  size_t len = 0;
  char *json;

  if (stls_certificate_to_json(certificate, NULL, 0, &len, &err) != STLS_OK) {
    fuzz_expect(err.result == STLS_ERROR_INPUT);
    return;
  }
  json = malloc(len + 1);
  fuzz_expect(stls_certificate_to_json(certificate, json, len + 1, &len,
                                       NULL) == STLS_OK);
  fuzz_expect(len > 2 && json[0] == '{' && json[len - 1] == '}');
  for (size_t i = 0; i < len; i++)
    fuzz_expect((uint8_t)json[i] >= 0x20 && (uint8_t)json[i] < 0x7f);
  free(json);
}

static void try_again(const stls_certificate *certificate)
{
  stls_certificate *again = NULL;
  size_t len = 0;
  char *pem;

  fuzz_expect(stls_certificate_to_pem(certificate, NULL, 0, &len, NULL) ==
              STLS_OK);
  pem = malloc(len + 1);
  fuzz_expect(stls_certificate_to_pem(certificate, pem, len + 1, &len, NULL) ==
              STLS_OK);
  fuzz_expect(stls_certificate_new_pem(pem, len, NULL, NULL, &again, NULL) ==
              STLS_OK);
  fuzz_expect(stls_certificate_equal(certificate, again));
  stls_certificate_free(again);
  free(pem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  stls_certificate *certificate = NULL;
  size_t der_len = 0;
  bool matches = false;

  if (stls_certificate_new_der(data, len, NULL, NULL, &certificate, NULL) !=
      STLS_OK) {
    fuzz_expect(certificate == NULL);
    return 0;
  }
  fuzz_expect(stls_certificate_der(certificate, &der_len) != NULL);
  touch_fields(certificate);
  try_json(certificate);
  try_again(certificate);
  fuzz_expect(stls_hostname_match("server.example", certificate, 0, &matches,
                                  NULL) == STLS_OK);
  /* A name that is not there for OpenSSL must not be there for us. */
  if (matches)
    fuzz_expect(X509_check_host(stls_certificate_x509(certificate),
                                "server.example", 0,
                                X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                                NULL) == 1);
  stls_certificate_free(certificate);
  return 0;
}
