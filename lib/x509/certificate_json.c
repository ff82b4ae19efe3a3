/* SPDX-License-Identifier: MIT */
/* certificate_json: writes a certificate as CPython's getpeercert() dictionary,
 * in JSON. */
#include <sanstls/certificate.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/byte_reader.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "base/out_buffer.h"
#include "base/string_buffer.h"

/* The first failure is kept. The text that is written after it is discarded. */
struct json {
  struct stls_string_buffer text;
  stls_result result;
  stls_error *err;
};

typedef const char *(*uri_getter)(const stls_certificate *certificate,
                                  size_t index, size_t *out_len);

static stls_result print(struct json *json,
                         const stls_certificate *certificate);
static void put_certificate(struct json *json,
                            const stls_certificate *certificate);
static void put_key(struct json *json, const char *key);
static void put_field(struct json *json, const char *key, const char *value);
static void put_name(struct json *json, const stls_name *name,
                     const char *field);
static void put_rdn(struct json *json, const stls_name *name, size_t rdn,
                    const char *field);
static void put_attribute(struct json *json, const stls_name *name, size_t rdn,
                          size_t attribute, const char *field);
static void put_alt_names(struct json *json,
                          const stls_certificate *certificate);
static void put_alt_name(struct json *json, const stls_general_name *name,
                         size_t index);
static void put_uris(struct json *json, const stls_certificate *certificate,
                     const char *key, uri_getter getter);
static bool check_extension(struct json *json,
                            const stls_certificate *certificate,
                            stls_extension extension);
static void fail(struct json *json, const char *field, const char *what);
static void put(struct json *json, const char *plain);
static bool put_utf8(struct json *json, const char *value, size_t len);
static size_t plain_len(const char *value, size_t len);
static void put_latin1(struct json *json, const char *value, size_t len);
static void put_char(struct json *json, uint32_t code);
static void put_utf16(struct json *json, uint32_t unit);
static size_t decode_utf8(const char *at, size_t left, uint32_t *out_code);

stls_result stls_certificate_to_json(const stls_certificate *certificate,
                                     char *out, size_t out_cap, size_t *out_len,
                                     stls_error *err)
{
  struct json json = {.result = STLS_OK, .err = err};
  stls_error_queue_guard guard;
  stls_result result;

  result = stls_out_buffer_check(out, out_cap, out_len, err);
  if (result != STLS_OK) return result;
  if (certificate == NULL) return stls_error_null(err, "certificate");
  result = stls_certificate_decode(certificate, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = print(&json, certificate);
  if (result == STLS_OK)
    result = stls_out_buffer_put_text(json.text.data, json.text.len, out,
                                      out_cap, out_len, err);
  stls_string_buffer_free(&json.text);
  stls_error_queue_leave(&guard);
  return result;
}

static stls_result print(struct json *json, const stls_certificate *certificate)
{
  put_certificate(json, certificate);
  if (json->result == STLS_OK && json->text.has_failed)
    json->result = stls_error_memory(json->err);
  return json->result;
}

static void put_certificate(struct json *json,
                            const stls_certificate *certificate)
{
  char version[16];

  snprintf(version, sizeof version, "%d",
           stls_certificate_version(certificate));
  put(json, "{");
  put_key(json, "subject");
  put_name(json, stls_certificate_subject(certificate), "subject");
  put_key(json, "issuer");
  put_name(json, stls_certificate_issuer(certificate), "issuer");
  put_key(json, "version");
  put(json, version);
  put_field(json, "serialNumber", stls_certificate_serial(certificate));
  put_field(json, "notBefore", stls_certificate_not_before_text(certificate));
  put_field(json, "notAfter", stls_certificate_not_after_text(certificate));
  if (check_extension(json, certificate, STLS_EXTENSION_SUBJECT_ALT_NAME))
    put_alt_names(json, certificate);
  if (check_extension(json, certificate,
                      STLS_EXTENSION_AUTHORITY_INFO_ACCESS)) {
    put_uris(json, certificate, "OCSP", stls_certificate_ocsp_uri);
    put_uris(json, certificate, "caIssuers", stls_certificate_ca_issuers_uri);
  }
  if (check_extension(json, certificate,
                      STLS_EXTENSION_CRL_DISTRIBUTION_POINTS))
    put_uris(json, certificate, "crlDistributionPoints",
             stls_certificate_crl_uri);
  put(json, "}");
}

/* --- fields --- */

static void put_key(struct json *json, const char *key)
{
  if (json->text.len > 1) put(json, ", ");
  put(json, "\"");
  put(json, key);
  put(json, "\": ");
}

static void put_field(struct json *json, const char *key, const char *value)
{
  put_key(json, key);
  if (value == NULL)
    fail(json, key, "it is malformed");
  else
    put_utf8(json, value, strlen(value));
}

static void put_name(struct json *json, const stls_name *name,
                     const char *field)
{
  size_t count = stls_name_rdn_count(name);

  put(json, "[");
  for (size_t i = 0; json->result == STLS_OK && i < count; i++) {
    if (i > 0) put(json, ", ");
    put_rdn(json, name, i, field);
  }
  put(json, "]");
}

static void put_rdn(struct json *json, const stls_name *name, size_t rdn,
                    const char *field)
{
  size_t count = stls_name_attribute_count(name, rdn);

  put(json, "[");
  for (size_t i = 0; json->result == STLS_OK && i < count; i++) {
    if (i > 0) put(json, ", ");
    put_attribute(json, name, rdn, i, field);
  }
  put(json, "]");
}

static void put_attribute(struct json *json, const stls_name *name, size_t rdn,
                          size_t attribute, const char *field)
{
  const char *type = stls_name_attribute_type(name, rdn, attribute);
  size_t len;
  const char *value = stls_name_attribute_value(name, rdn, attribute, &len);
  char what[128];

  put(json, "[");
  put_utf8(json, type, strlen(type));
  put(json, ", ");
  snprintf(what, sizeof what, "%s cannot be read as UTF-8", type);
  if (stls_name_attribute_is_bits(name, rdn, attribute))
    put_latin1(json, value, len);
  else if (value == NULL || !put_utf8(json, value, len))
    fail(json, field, what);
  put(json, "]");
}

static void put_alt_names(struct json *json,
                          const stls_certificate *certificate)
{
  const stls_general_name *name;
  size_t i = 0;

  put_key(json, "subjectAltName");
  put(json, "[");
  while (json->result == STLS_OK &&
         (name = stls_certificate_alt_name(certificate, i)) != NULL)
    put_alt_name(json, name, i++);
  put(json, "]");
}

static void put_alt_name(struct json *json, const stls_general_name *name,
                         size_t index)
{
  const char *kind = stls_general_name_kind_name(name);
  size_t len;
  const char *text = stls_general_name_text(name, &len);
  char what[64];

  put(json, index > 0 ? ", [\"" : "[\"");
  put(json, kind);
  put(json, "\", ");
  snprintf(what, sizeof what, "name %zu (%s) is not UTF-8", index + 1, kind);
  if (stls_general_name_kind_of(name) == STLS_GENERAL_NAME_DIRECTORY)
    put_name(json, stls_general_name_directory(name), "subjectAltName");
  else if (!put_utf8(json, text, len))
    fail(json, "subjectAltName", what);
  put(json, "]");
}

/* As in CPython, the field is omitted when there is no URI. */
static void put_uris(struct json *json, const stls_certificate *certificate,
                     const char *key, uri_getter getter)
{
  char what[64];
  size_t len, i = 0;
  const char *uri = getter(certificate, i, &len);

  if (uri == NULL) return;
  put_key(json, key);
  put(json, "[");
  while (json->result == STLS_OK && uri != NULL) {
    if (i > 0) put(json, ", ");
    snprintf(what, sizeof what, "URI %zu is not UTF-8", i + 1);
    if (!put_utf8(json, uri, len)) fail(json, key, what);
    uri = getter(certificate, ++i, &len);
  }
  put(json, "]");
}

/* Whether the extension is present and well-formed. A malformed one fails. */
static bool check_extension(struct json *json,
                            const stls_certificate *certificate,
                            stls_extension extension)
{
  stls_extension_state state =
      stls_certificate_extension(certificate, extension);

  if (state == STLS_EXTENSION_MALFORMED)
    fail(json, stls_extension_name(extension), "it is malformed");
  return state == STLS_EXTENSION_PRESENT || state == STLS_EXTENSION_CRITICAL;
}

static void fail(struct json *json, const char *field, const char *what)
{
  if (json->result != STLS_OK) return;
  json->result =
      stls_error_fail(json->err, STLS_ERROR_INPUT,
                      STLS_REASON_CERTIFICATE_BROKEN, "%s: %s", field, what);
}

/* --- strings --- */

static void put(struct json *json, const char *plain)
{
  stls_string_buffer_puts(&json->text, plain);
}

/* false when the value is not valid UTF-8. */
static bool put_utf8(struct json *json, const char *value, size_t len)
{
  size_t step = 1;

  put(json, "\"");
  for (size_t at = 0; step > 0 && at < len; at += step) {
    uint32_t code = 0;
    step = plain_len(value + at, len - at);
    if (step > 0) {
      stls_string_buffer_put(&json->text, value + at, step);
    } else {
      step = decode_utf8(value + at, len - at, &code);
      if (step > 0) put_char(json, code);
    }
  }
  put(json, "\"");
  return step > 0;
}

/* The length of the prefix that needs no escape. */
static size_t plain_len(const char *value, size_t len)
{
  size_t at = 0;

  while (at < len && value[at] >= 0x20 && value[at] < 0x7f &&
         value[at] != '"' && value[at] != '\\')
    at++;
  return at;
}

static void put_latin1(struct json *json, const char *value, size_t len)
{
  put(json, "\"");
  for (size_t i = 0; i < len; i++) put_char(json, (unsigned char)value[i]);
  put(json, "\"");
}

/* Escapes as RFC 8259, 7 requires. Where it allows two forms, the one of
 * CPython's json module. */
static void put_char(struct json *json, uint32_t code)
{
  static const char special[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
  const char *found =
      code > 0 && code < 0x80 ? strchr(special, (int)code) : NULL;
  const char plain = (char)code;

  if (found != NULL) {
    put(json, "\\");
    stls_string_buffer_put(&json->text, &letters[found - special], 1);
  } else if (code >= 0x20 && code < 0x7f) {
    stls_string_buffer_put(&json->text, &plain, 1);
  } else if (code < 0x10000) {
    put_utf16(json, code);
  } else {
    put_utf16(json, 0xd800 + ((code - 0x10000) >> 10));
    put_utf16(json, 0xdc00 + ((code - 0x10000) & 0x3ff));
  }
}

static void put_utf16(struct json *json, uint32_t unit)
{
  uint8_t bytes[2];
  char digits[2 * sizeof bytes];

  stls_byte_reader_put(bytes, unit, sizeof bytes);
  stls_ascii_hex(bytes, sizeof bytes, STLS_ASCII_HEX_LOWER, digits);
  put(json, "\\u");
  stls_string_buffer_put(&json->text, digits, sizeof digits);
}

/* The length of the UTF-8 character at `at` (RFC 3629); 0 when it is
 * invalid. */
static size_t decode_utf8(const char *at, size_t left, uint32_t *out_code)
{
  static const uint32_t first_code[] = {0, 0, 0x80, 0x800, 0x10000};
  unsigned char lead = (unsigned char)at[0];
  size_t len = lead < 0x80   ? 1
               : lead < 0xc0 ? 0
               : lead < 0xe0 ? 2
               : lead < 0xf0 ? 3
               : lead < 0xf8 ? 4
                             : 0;
  uint32_t code = len < 2 ? lead : lead & (0x7fU >> len);

  if (len == 0 || len > left) return 0;
  for (size_t i = 1; i < len; i++) {
    unsigned char byte = (unsigned char)at[i];
    if ((byte & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte & 0x3fU);
  }
  if (code < first_code[len] || code > 0x10ffff) return 0;
  if (code >= 0xd800 && code <= 0xdfff) return 0;
  *out_code = code;
  return len;
}
