/* SPDX-License-Identifier: MIT */
/* certificate_fields: decodes the basic fields of a certificate. */
#include "x509/certificate_fields.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sanstls/util.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "base/openssl_code.h"
#include "x509/distinguished_name.h"

struct decoding {
  struct stls_arena *arena;
  X509 *x509;
  const struct stls_x509_scope *scope;
  struct stls_certificate_fields *out;
};

struct key_facts {
  const char *type;
  int bits, security_bits;
  bool is_complete;
};

static stls_result decode_serial(const struct decoding *decoding);
static stls_result decode_subject(const struct decoding *decoding);
static stls_result decode_issuer(const struct decoding *decoding);
static stls_result compute_subject_hash(const struct decoding *decoding);
static stls_result decode_validity(const struct decoding *decoding);
static stls_result decode_signature(const struct decoding *decoding);
static stls_result decode_key(const struct decoding *decoding);
static stls_result decode_spki(const struct decoding *decoding);
static stls_result compute_digests(const struct decoding *decoding);
static int version_of(const X509 *x509);
static stls_result decode_time(struct stls_arena *arena, const ASN1_TIME *time,
                               struct stls_certificate_time *out);
static stls_result decode_key_facts(const struct decoding *decoding,
                                    const EVP_PKEY *key);
static struct key_facts key_facts_of(const EVP_PKEY *key);
static stls_result decode_curve(const struct decoding *decoding,
                                const EVP_PKEY *key);
static stls_result compute_digest(const struct decoding *decoding,
                                  const EVP_MD *md, const uint8_t **out_digest);
static bool is_unsupported(void);

static const struct {
  const char *what;
  stls_result (*decode)(const struct decoding *decoding);
} fields[] = {
    {"serial number", decode_serial}, {"subject", decode_subject},
    {"issuer", decode_issuer},        {"subject", compute_subject_hash},
    {"validity", decode_validity},    {"signature algorithm", decode_signature},
    {"public key", decode_key},       {"public key", decode_spki},
    {"digest", compute_digests},
};

stls_result stls_certificate_fields_decode(struct stls_arena *arena, X509 *x509,
                                           const struct stls_x509_scope *scope,
                                           struct stls_certificate_fields *out,
                                           stls_error *err)
{
  const struct decoding decoding = {arena, x509, scope, out};

  out->version = version_of(x509);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    stls_result result = fields[i].decode(&decoding);
    if (result == STLS_ERROR_MEMORY) return stls_error_memory(err);
    if (result != STLS_OK)
      return stls_error_fail(err, result, STLS_REASON_CERTIFICATE_BROKEN,
                             "certificate: its %s cannot be read",
                             fields[i].what);
  }
  return STLS_OK;
}

/* i2a_ASN1_INTEGER breaks lines, and BN_bn2hex returns "0" for zero, not "00". */
const char *stls_certificate_fields_hex(struct stls_arena *arena,
                                        const ASN1_INTEGER *number)
{
  const unsigned char *bytes = ASN1_STRING_get0_data(number);
  size_t len = (size_t)ASN1_STRING_length(number);
  bool is_negative = ASN1_STRING_type(number) == V_ASN1_NEG_INTEGER;
  char *text, *at;

  for (; len > 1 && bytes[0] == 0; len--) bytes++;
  text = stls_arena_alloc(arena, 2 * len + sizeof "-00");
  if (text == NULL) return NULL;
  at = text;
  if (is_negative) *at++ = '-';
  if (len == 0) *at++ = '0';
  if (len == 0) *at++ = '0';
  stls_ascii_hex(bytes, len, STLS_ASCII_HEX_UPPER, at);
  return text;
}

static stls_result decode_serial(const struct decoding *decoding)
{
  decoding->out->serial = stls_certificate_fields_hex(
      decoding->arena, X509_get0_serialNumber(decoding->x509));
  return decoding->out->serial != NULL ? STLS_OK : STLS_ERROR_MEMORY;
}

static stls_result decode_subject(const struct decoding *decoding)
{
  decoding->out->subject = stls_distinguished_name_decode(
      decoding->arena, X509_get_subject_name(decoding->x509));
  return decoding->out->subject != NULL ? STLS_OK : stls_error_queue_classify();
}

static stls_result decode_issuer(const struct decoding *decoding)
{
  decoding->out->issuer = stls_distinguished_name_decode(
      decoding->arena, X509_get_issuer_name(decoding->x509));
  return decoding->out->issuer != NULL ? STLS_OK : stls_error_queue_classify();
}

static stls_result compute_subject_hash(const struct decoding *decoding)
{
  int is_done = 0;

  decoding->out->subject_hash = X509_NAME_hash_ex(
      X509_get_subject_name(decoding->x509), decoding->scope->libctx,
      decoding->scope->propq, &is_done);
  if (is_done) return STLS_OK;
  decoding->out->subject_hash = 0;
  return is_unsupported() ? STLS_OK : STLS_ERROR_MEMORY;
}

static stls_result decode_validity(const struct decoding *decoding)
{
  stls_result result =
      decode_time(decoding->arena, X509_get0_notBefore(decoding->x509),
                  &decoding->out->not_before);

  if (result != STLS_OK) return result;
  return decode_time(decoding->arena, X509_get0_notAfter(decoding->x509),
                     &decoding->out->not_after);
}

static stls_result decode_signature(const struct decoding *decoding)
{
  const X509_ALGOR *algorithm;
  const ASN1_OBJECT *object;

  X509_get0_signature(NULL, &algorithm, decoding->x509);
  X509_ALGOR_get0(&object, NULL, NULL, algorithm);
  decoding->out->signature_algorithm =
      stls_distinguished_name_object(decoding->arena, object);
  return decoding->out->signature_algorithm != NULL
             ? STLS_OK
             : stls_error_queue_classify();
}

/* OpenSSL decodes the key together with the certificate. It reports no error
 * when it cannot decode the key, or not all of it, which may be for lack of
 * memory. Then the certificate is decoded again, and that result is used. */
static stls_result decode_key(const struct decoding *decoding)
{
  const EVP_PKEY *key = X509_get0_pubkey(decoding->x509);
  bool is_complete = key_facts_of(key).is_complete;
  X509 *again = is_complete ? NULL : X509_dup(decoding->x509);
  stls_result result = STLS_ERROR_MEMORY;

  if (again != NULL) key = X509_get0_pubkey(again);
  stls_error_queue_clear();
  if (is_complete || again != NULL) result = decode_key_facts(decoding, key);
  X509_free(again);
  return result;
}

static stls_result decode_key_facts(const struct decoding *decoding,
                                    const EVP_PKEY *key)
{
  const struct key_facts facts = key_facts_of(key);

  stls_error_queue_clear();
  if (facts.type == NULL) return STLS_OK;
  decoding->out->key_bits = facts.bits;
  decoding->out->key_security_bits = facts.security_bits;
  decoding->out->key_type = stls_arena_strdup(decoding->arena, facts.type);
  if (decoding->out->key_type == NULL) return STLS_ERROR_MEMORY;
  return decode_curve(decoding, key);
}

static stls_result decode_spki(const struct decoding *decoding)
{
  const X509_PUBKEY *spki = X509_get_X509_PUBKEY(decoding->x509);
  int len = i2d_X509_PUBKEY(spki, NULL);
  uint8_t *der, *end;

  if (len <= 0) return stls_error_queue_classify();
  der = end = stls_arena_alloc(decoding->arena, (size_t)len);
  if (der == NULL) return STLS_ERROR_MEMORY;
  if (i2d_X509_PUBKEY(spki, &end) != len) return stls_error_queue_classify();
  decoding->out->spki = der;
  decoding->out->spki_len = (size_t)len;
  return STLS_OK;
}

static stls_result compute_digests(const struct decoding *decoding)
{
  stls_result result =
      compute_digest(decoding, EVP_sha1(), &decoding->out->sha1);

  if (result != STLS_OK) return result;
  return compute_digest(decoding, EVP_sha256(), &decoding->out->sha256);
}

static int version_of(const X509 *x509)
{
  long version = X509_get_version(x509);

  return version < 0 || version >= INT_MAX ? 0 : (int)version + 1;
}

/* The conversion goes through text, whose parser knows the calendar. */
static stls_result decode_time(struct stls_arena *arena, const ASN1_TIME *time,
                               struct stls_certificate_time *out)
{
  static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[2 * STLS_TIMESTAMP_SIZE];
  struct tm tm;
  bool is_readable = ASN1_TIME_to_tm(time, &tm) == 1;

  stls_error_queue_clear();
  if (!is_readable) return STLS_OK;
  snprintf(text, sizeof text, "%s %2d %02d:%02d:%02d %04d GMT",
           months[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
           tm.tm_year + 1900);
  if (stls_timestamp_parse(text, &out->seconds, NULL) != STLS_OK)
    return STLS_OK;
  out->text = stls_arena_strdup(arena, text);
  return out->text != NULL ? STLS_OK : STLS_ERROR_MEMORY;
}

static struct key_facts key_facts_of(const EVP_PKEY *key)
{
  struct key_facts facts = {NULL, 0, 0, false};

  if (key == NULL) return facts;
  facts.type = EVP_PKEY_get0_type_name(key);
  facts.bits = EVP_PKEY_get_bits(key);
  facts.security_bits = EVP_PKEY_get_security_bits(key);
  facts.is_complete =
      facts.type != NULL && facts.bits > 0 && facts.security_bits > 0;
  return facts;
}

static stls_result decode_curve(const struct decoding *decoding,
                                const EVP_PKEY *key)
{
  char name[80];
  bool is_memory;
  size_t len = 0;

  /* EVP_PKEY_is_a also returns 0 when memory is short. */
  if (strcmp(decoding->out->key_type, "EC") != 0 &&
      strcmp(decoding->out->key_type, "SM2") != 0)
    return STLS_OK;
  if (EVP_PKEY_get_group_name(key, name, sizeof name, &len) != 1 || len == 0) {
    /* The parameters are explicit; the curve need not have a name. */
    stls_error_queue_drain(&is_memory);
    return is_memory ? STLS_ERROR_MEMORY : STLS_OK;
  }
  decoding->out->key_curve = stls_arena_dup(decoding->arena, name, len);
  return decoding->out->key_curve != NULL ? STLS_OK : STLS_ERROR_MEMORY;
}

static stls_result compute_digest(const struct decoding *decoding,
                                  const EVP_MD *md, const uint8_t **out_digest)
{
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;

  if (X509_digest(decoding->x509, md, digest, &len) == 1) {
    *out_digest = (const uint8_t *)stls_arena_dup(decoding->arena, digest, len);
    return *out_digest != NULL ? STLS_OK : STLS_ERROR_MEMORY;
  }
  return is_unsupported() ? STLS_OK : STLS_ERROR_MEMORY;
}

/* Whether the only failure is an unknown algorithm. When memory is short for a
 * known algorithm, OpenSSL may report another reason than that. Clears the
 * error queue. */
static bool is_unsupported(void)
{
  bool is_missing = false, is_memory = false;
  unsigned long code;

  while ((code = stls_error_queue_take()) != 0) {
    if (stls_openssl_code_reason(code) == ERR_R_UNSUPPORTED) is_missing = true;
    if (stls_openssl_code_is_memory(code)) is_memory = true;
  }
  return is_missing && !is_memory;
}
