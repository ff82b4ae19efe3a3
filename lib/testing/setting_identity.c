/* SPDX-License-Identifier: MIT */
/* setting_identity: reads and sets credentials, trust and names as text. */
#include "testing/setting_identity.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "testing/hex.h"
#include "testing/word_list.h"

static stls_result put_certificates(SSL *ssl, struct stls_string_buffer *out,
                                    stls_error *err);
static stls_result put_certificate(SSL *ssl, struct stls_string_buffer *out,
                                   stls_error *err);
static const char *name_of(SSL *ssl, const uint8_t *der, size_t len,
                           struct stls_string_buffer *out);
static bool has_chain_of(SSL *ssl, const char *pem,
                         struct stls_string_buffer *out);
static bool is_first_of(const char *pem, const uint8_t *der, size_t len,
                        struct stls_string_buffer *out);
static stls_result set_credential(struct stls_setting_target *target,
                                  const char *name, stls_error *err);
static stls_result make_trust(stls_testing *testing, const char *value,
                              stls_trust **out_trust, stls_error *err);
static stls_result add_hex(stls_trust *trust, const char *value,
                           stls_error *err);
static stls_result is_ca_alone(const stls_trust *trust,
                               struct stls_string_buffer *out, bool *out_is,
                               stls_error *err);

/* --- credentials --- */

stls_result stls_setting_identity_credential_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  stls_error_queue_guard guard;
  stls_result result;
  SSL *ssl;

  stls_error_queue_enter(&guard);
  /* A walk over certificates moves a mark, which other connections of the context,
   * and the application, go by: this one has its own. */
  ssl = SSL_new(stls_context_ssl_ctx(source->context));
  result =
      ssl == NULL ? stls_error_memory(err) : put_certificates(ssl, out, err);
  SSL_free(ssl);
  stls_error_queue_leave(&guard);
  return result;
}

static stls_result put_certificates(SSL *ssl, struct stls_string_buffer *out,
                                    stls_error *err)
{
  stls_result result = STLS_OK;
  long place = SSL_CERT_SET_FIRST;

  while (result == STLS_OK && SSL_set_current_cert(ssl, place) == 1) {
    result = put_certificate(ssl, out, err);
    place = SSL_CERT_SET_NEXT;
  }
  if (out->len == 0) stls_string_buffer_puts(out, "none");
  return result;
}

static stls_result put_certificate(SSL *ssl, struct stls_string_buffer *out,
                                   stls_error *err)
{
  uint8_t *der = NULL, digest[STLS_SHA256_LEN] = {0};
  const int len = i2d_X509(SSL_get_certificate(ssl), &der);
  const char *name;

  if (len <= 0) return stls_error_memory(err);
  name = name_of(ssl, der, (size_t)len, out);
  if (name != NULL) {
    stls_word_list_put(out, name, strlen(name));
  } else {
    if (!stls_sha256(NULL, NULL, der, (size_t)len, digest))
      out->has_failed = true;
    stls_word_list_put(out, "custom", 6);
    stls_string_buffer_puts(out, " ");
    stls_hex_put(out, digest, sizeof digest);
  }
  OPENSSL_free(der);
  return STLS_OK;
}

static const char *name_of(SSL *ssl, const uint8_t *der, size_t len,
                           struct stls_string_buffer *out)
{
  const char *name = NULL;

  for (size_t i = 0; (name = stls_testing_credential_name(i)) != NULL; i++)
    if (is_first_of(stls_testing_chain_pem(name), der, len, out)) break;
  return name != NULL && has_chain_of(ssl, stls_testing_chain_pem(name), out)
             ? name
             : NULL;
}

/* Whether the current credential has the certificates behind the first one. */
static bool has_chain_of(SSL *ssl, const char *pem,
                         struct stls_string_buffer *out)
{
  static const char begin[] = "-----BEGIN CERTIFICATE-----";
  STACK_OF(X509) *chain = NULL;
  bool is_same = true;

  if (SSL_get0_chain_certs(ssl, &chain) != 1) return false;
  for (int i = 0; i < sk_X509_num(chain) && is_same; i++) {
    uint8_t *der = NULL;
    const int len = i2d_X509(sk_X509_value(chain, i), &der);

    pem = strstr(pem + 1, begin);
    if (len <= 0) out->has_failed = true;
    is_same = len > 0 && pem != NULL && is_first_of(pem, der, (size_t)len, out);
    OPENSSL_free(der);
  }
  return is_same && strstr(pem + 1, begin) == NULL;
}

/* The first certificate of a text of the library, which nothing but lack of memory makes
 * unreadable. */
static bool is_first_of(const char *pem, const uint8_t *der, size_t len,
                        struct stls_string_buffer *out)
{
  static const char end[] = "-----END CERTIFICATE-----\n";
  uint8_t first[2048];
  size_t first_len = 0;
  const size_t pem_len = (size_t)(strstr(pem, end) - pem) + sizeof end - 1;

  if (stls_pem_decode_certificate(pem, pem_len, first, sizeof first, &first_len,
                                  NULL) != STLS_OK)
    out->has_failed = true;
  return first_len == len && memcmp(first, der, len) == 0;
}

stls_result stls_setting_identity_credential_set(
    struct stls_setting_target *target, const char *value, stls_error *err)
{
  char *name;
  const char *rest = value;
  stls_result result = STLS_OK;
  size_t len;

  if (strcmp(value, "none") == 0) return STLS_OK;
  name = stls_mem_alloc(strlen(value) + 1);
  if (name == NULL) return stls_error_memory(err);
  do {
    if (stls_word_list_take(&rest, name, &len))
      result = set_credential(target, name, err);
    else
      result = stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                               "\"%.100s\" is no value", value);
  } while (result == STLS_OK && *rest != '\0');
  stls_mem_free(name);
  return result;
}

static stls_result set_credential(struct stls_setting_target *target,
                                  const char *name, stls_error *err)
{
  stls_credential *credential = NULL;
  stls_result result =
      stls_testing_credential(target->testing, name, &credential, err);

  if (result == STLS_OK)
    result = stls_context_set_credential(target->context, credential, err);
  stls_credential_free(credential);
  return result;
}

/* --- trust --- */

stls_result stls_setting_identity_trust_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  const stls_trust *trust = stls_context_trust(source->context);
  bool is_ca = false;
  stls_result result =
      trust == NULL ? STLS_OK : is_ca_alone(trust, out, &is_ca, err);

  stls_string_buffer_puts(out, trust == NULL ? "none"
                               : is_ca       ? "ca"
                                             : "custom");
  return result;
}

static stls_result is_ca_alone(const stls_trust *trust,
                               struct stls_string_buffer *out, bool *out_is,
                               stls_error *err)
{
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;
  stls_certificate_list *list = NULL;
  const uint8_t *der;
  size_t len = 0;
  stls_result result = stls_trust_count(trust, &counts, err);

  if (result != STLS_OK || counts.x509 != 1 || counts.x509_ca != 1 ||
      counts.crl != 0)
    return result;
  result = stls_trust_ca_certificates(trust, &list, err);
  if (result != STLS_OK) return result;
  der = stls_certificate_der(stls_certificate_list_at(list, 0), &len);
  *out_is = is_first_of(stls_testing_chain_pem("ca"), der, len, out);
  stls_certificate_list_free(list);
  return STLS_OK;
}

stls_result stls_setting_identity_trust_set(struct stls_setting_target *target,
                                            const char *value, stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result;

  if (strcmp(value, "none") == 0) return STLS_OK;
  result = strcmp(value, "ca") == 0
               ? stls_testing_trust(target->testing, &trust, err)
               : make_trust(target->testing, value, &trust, err);
  if (result == STLS_OK)
    result = stls_context_set_trust(target->context, trust, err);
  stls_trust_free(trust);
  return result;
}

static stls_result make_trust(stls_testing *testing, const char *value,
                              stls_trust **out_trust, stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result =
      stls_trust_new(stls_testing_libctx(testing), NULL, &trust, err);

  if (result == STLS_OK) result = add_hex(trust, value, err);
  if (result == STLS_OK)
    *out_trust = trust;
  else
    stls_trust_free(trust);
  return result;
}

static stls_result add_hex(stls_trust *trust, const char *value,
                           stls_error *err)
{
  const size_t len = strlen(value);
  uint8_t *der = stls_mem_alloc(len / 2 + 1);
  stls_result result;

  if (der == NULL) return stls_error_memory(err);
  result = len > 0 && stls_hex_read(value, len, der)
               ? stls_trust_add_der(trust, der, len / 2, err)
               : stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                                 "\"%.100s\" is no value", value);
  stls_mem_free(der);
  return result;
}

/* --- what an object is made with --- */

stls_result stls_setting_identity_server_name_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  SSL *ssl = source->object == NULL ? NULL : stls_object_ssl(source->object);
  const char *name;
  char *address;

  (void)err;
  if (ssl == NULL) return STLS_OK;
  name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == NULL) name = X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 0);
  if (name != NULL) {
    stls_word_list_put(out, name, strlen(name));
    return STLS_OK;
  }
  address = X509_VERIFY_PARAM_get1_ip_asc(SSL_get0_param(ssl));
  if (address != NULL) stls_string_buffer_puts(out, address);
  OPENSSL_free(address);
  return STLS_OK;
}

stls_result stls_setting_identity_server_name_set(
    struct stls_setting_target *target, const char *value, stls_error *err)
{
  (void)err;
  target->options.server_name = value;
  return STLS_OK;
}

stls_result stls_setting_identity_choose_context_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err)
{
  (void)err;
  if (source->object != NULL && stls_object_ssl(source->object) == NULL)
    stls_string_buffer_puts(out, "yes");
  return STLS_OK;
}

stls_result stls_setting_identity_choose_context_set(
    struct stls_setting_target *target, const char *value, stls_error *err)
{
  if (strcmp(value, "yes") != 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                           "\"%.100s\" is no value", value);
  target->options.choose_context = true;
  return STLS_OK;
}
