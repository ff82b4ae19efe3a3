/* SPDX-License-Identifier: MIT */
/* test_oom_certificate: certificates under allocation failure. */
#include <openssl/crypto.h>
#include <sanstls/certificate.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/error_queue.h"
#include "lib/x509/certificate.h"
#include "support/cert_malformed.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/planted_errors.h"

SUITE(oom_certificate, .timeout = 300);

/* What a certificate says, all in one text. */
struct account {
  char text[16384];
  size_t len;
};

/* A certificate that is decoded, its PEM text, and what it says. */
struct subject {
  const char *label;
  const stls_certificate *it;
  data_file pem;
  struct account *want;
};

static const char *const files[] = {
    "certificate/full.pem",        "certificate/ca.pem",
    "certificate/trusted.pem",     "certificate/v1.pem",
    "certificate/rsa-2048.pem",    "certificate/rsa-pss.pem",
    "certificate/dsa.pem",         "certificate/ec-p384.pem",
    "certificate/ec-explicit.pem", "certificate/ed25519.pem",
};

static void sweep_all(const struct subject *subject);
static void sweep_der(stls_certificate *it, const char *label);
static bool try_der(const void *arg, size_t nth);
static bool try_pem(const void *arg, size_t nth);
static bool try_x509(const void *arg, size_t nth);
static bool try_list(const void *arg, size_t nth);
static bool try_to_decode(const void *arg, size_t nth);
static bool try_to_ask(const void *arg, size_t nth);
static void expect_whole(bool refused, stls_result result,
                         const stls_certificate *it,
                         const struct subject *subject, size_t nth);
static struct account *account_for(const stls_certificate *it);
static void tell_fields(struct account *account, const stls_certificate *it);
static void tell_extensions(struct account *account,
                            const stls_certificate *it);
static void tell_lists(struct account *account, const stls_certificate *it);
static void tell(struct account *account, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void tell_bytes(struct account *account, const void *data, size_t len);
static void tell_name(struct account *account, const stls_general_name *name);

Test(oom_certificate, of_each_kind)
{
  size_t num_files = check_quick() ? 1 : sizeof files / sizeof files[0];

  for (size_t i = 0; i < num_files; i++) {
    stls_certificate *it = cert_malformed_load(files[i]);
    struct subject subject = {.label = files[i],
                              .it = it,
                              .pem = data_file_load(files[i]),
                              .want = account_for(it)};
    sweep_all(&subject);
    free(subject.want);
    data_file_free(&subject.pem);
    stls_certificate_free(it);
  }
}

/* An unknown key is not the same as no memory for a known one. */
Test(oom_certificate, with_an_unknown_key)
{
  X509 *x509 = cert_malformed_begin("certificate/ed25519.pem");

  cr_assert_eq(
      X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(x509),
                             OBJ_txt2obj("1.3.6.1.4.1.99999.4", 1),
                             V_ASN1_UNDEF, NULL, OPENSSL_memdup("key", 3), 3),
      1);
  sweep_der(cert_malformed_end(x509), "unknown key");
}

/* Not malformed either, where memory is short. */
Test(oom_certificate, with_malformed_extensions)
{
  static const char *const oids[] = {"2.5.29.17", "2.5.29.37",
                                     "1.3.6.1.5.5.7.1.1", "2.5.29.30"};
  X509 *x509 = cert_malformed_begin("certificate/v1.pem");

  for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++)
    cert_malformed_add_extension(x509, oids[i], false, "\x30\x04\x82\x01x\xff",
                                 6);
  sweep_der(cert_malformed_end(x509), "malformed");
}

/* Nor do getters need memory, or leave anything in the error queue. */
Test(oom_certificate, is_read_without_memory)
{
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    stls_certificate *it = cert_malformed_load(files[i]);
    struct account *account;
    size_t before;
    ASSERT_RESULT(stls_certificate_decode(it, NULL), STLS_OK, files[i]);
    planted_errors_put(3);
    before = heap_num_granted();
    account = account_for(it);
    cr_expect_eq(heap_num_granted(), before, "%s", files[i]);
    planted_errors_expect(3, files[i]);
    free(account);
    stls_certificate_free(it);
  }
}

static void sweep_all(const struct subject *subject)
{
  static bool (*const tries[])(const void *, size_t) = {
      try_der, try_pem, try_x509, try_list, try_to_decode, try_to_ask};
  size_t num_tries = check_quick() ? 1 : sizeof tries / sizeof tries[0];

  for (size_t i = 0; i < num_tries; i++) {
    size_t nth = 1;
    while (oom_sweep_try(tries[i], subject, nth, subject->label)) nth++;
    if (i == 0) cr_expect_gt(nth, (size_t)10, "%s", subject->label);
  }
}

/* Frees the certificate. */
static void sweep_der(stls_certificate *it, const char *label)
{
  struct subject subject = {.label = label, .it = it, .want = account_for(it)};

  for (size_t nth = 1; oom_sweep_try(try_der, &subject, nth, label);) nth++;
  free(subject.want);
  stls_certificate_free(it);
}

static bool try_der(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  size_t len;
  const uint8_t *der = stls_certificate_der(subject->it, &len);
  stls_certificate *it = NULL;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_certificate_new_der(der, len, NULL, NULL, &it, NULL);
  refused = oom_sweep_end();
  expect_whole(refused, result, it, subject, nth);
  stls_certificate_free(it);
  return refused;
}

static bool try_pem(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  stls_certificate *it = NULL;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_certificate_new_pem(subject->pem.data, subject->pem.len, NULL,
                                    NULL, &it, NULL);
  refused = oom_sweep_end();
  expect_whole(refused, result, it, subject, nth);
  stls_certificate_free(it);
  return refused;
}

static bool try_x509(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  X509 *x509 = stls_certificate_x509(subject->it);
  stls_certificate *it = NULL;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_certificate_new_x509(x509, &it, NULL);
  refused = oom_sweep_end();
  expect_whole(refused, result, it, subject, nth);
  stls_certificate_free(it);
  return refused;
}

static bool try_list(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  X509 *x509 = stls_certificate_x509(subject->it);
  STACK_OF(X509) *certs = sk_X509_new_null();
  stls_certificate_list *list = NULL;
  stls_error_queue_guard guard;
  stls_result result;
  bool refused;

  for (int i = 0; i < 2; i++) cr_assert_gt(sk_X509_push(certs, x509), 0);
  stls_error_queue_enter(&guard);
  oom_sweep_begin(nth);
  result = stls_certificate_list_wrap(certs, &list, NULL);
  refused = oom_sweep_end();
  stls_error_queue_leave(&guard);
  expect_whole(refused, result, stls_certificate_list_at(list, 1), subject,
               nth);
  stls_certificate_list_free(list);
  sk_X509_free(certs);
  return refused;
}

/* What could not be decoded is decoded later. */
static bool try_to_decode(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  X509 *x509 = stls_certificate_x509(subject->it);
  stls_certificate *it = NULL;
  stls_result result;
  bool refused;

  ASSERT_RESULT(stls_certificate_new_x509(x509, &it, NULL), STLS_OK,
                subject->label);
  oom_sweep_begin(nth);
  result = stls_certificate_decode(it, NULL);
  refused = oom_sweep_end();
  cr_expect(result == STLS_OK || (refused && result == STLS_ERROR_MEMORY),
            "%s: allocation %zu: %s", subject->label, nth,
            stls_result_name(result));
  expect_whole(refused, STLS_OK, it, subject, nth);
  stls_certificate_free(it);
  return refused;
}

/* An extension that nobody had memory for is not absent. */
static bool try_to_ask(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  X509 *x509 = stls_certificate_x509(subject->it);
  stls_certificate *it = NULL;
  stls_extension_state state;
  bool refused;

  ASSERT_RESULT(stls_certificate_new_x509(x509, &it, NULL), STLS_OK,
                subject->label);
  oom_sweep_begin(nth);
  state = stls_certificate_extension(it, STLS_EXTENSION_NAME_CONSTRAINTS);
  refused = oom_sweep_end();
  cr_expect(state == STLS_EXTENSION_MALFORMED ||
                state == stls_certificate_extension(
                             subject->it, STLS_EXTENSION_NAME_CONSTRAINTS),
            "%s: allocation %zu", subject->label, nth);
  expect_whole(refused, STLS_OK, it, subject, nth);
  stls_certificate_free(it);
  return refused;
}

static void expect_whole(bool refused, stls_result result,
                         const stls_certificate *it,
                         const struct subject *subject, size_t nth)
{
  struct account *account;

  cr_expect(result == STLS_OK || (refused && result == STLS_ERROR_MEMORY),
            "%s: allocation %zu: %s", subject->label, nth,
            stls_result_name(result));
  cr_expect_eq(it != NULL, result == STLS_OK);
  planted_errors_expect(0, subject->label);
  if (result != STLS_OK) return;
  account = account_for(it);
  cr_expect_str_eq(account->text, subject->want->text,
                   "%s: allocation %zu changes what it says", subject->label,
                   nth);
  free(account);
}

static struct account *account_for(const stls_certificate *it)
{
  struct account *account = calloc(1, sizeof *account);

  cr_assert_not_null(account);
  tell_fields(account, it);
  tell_extensions(account, it);
  tell_lists(account, it);
  return account;
}

static void tell_fields(struct account *account, const stls_certificate *it)
{
  int64_t from = 0, until = 0;
  size_t len;
  const void *data = stls_certificate_der(it, &len);

  tell_bytes(account, data, len);
  data = stls_certificate_spki(it, &len);
  tell_bytes(account, data, len);
  tell_bytes(account, stls_certificate_sha1(it), 20);
  tell_bytes(account, stls_certificate_sha256(it), 32);
  stls_certificate_not_before(it, &from);
  stls_certificate_not_after(it, &until);
  tell(account, "%d|%s|%s|%s|%lx|%s|%s|%lld|%lld|%s|%s|%s|%d|%d|",
       stls_certificate_version(it), stls_certificate_serial(it),
       stls_name_text(stls_certificate_subject(it)),
       stls_name_text(stls_certificate_issuer(it)),
       stls_certificate_subject_hash(it), stls_certificate_not_before_text(it),
       stls_certificate_not_after_text(it), (long long)from, (long long)until,
       stls_certificate_signature_algorithm(it),
       stls_certificate_key_type(it) ? stls_certificate_key_type(it) : "-",
       stls_certificate_key_curve(it) ? stls_certificate_key_curve(it) : "-",
       stls_certificate_key_bits(it), stls_certificate_key_security_bits(it));
}

static void tell_extensions(struct account *account, const stls_certificate *it)
{
  const char *serial = stls_certificate_authority_serial(it);
  unsigned bits = 0;
  size_t len;
  const void *data;

  for (int i = 0; i <= STLS_EXTENSION_TLS_FEATURE; i++)
    tell(account, "%d", stls_certificate_extension(it, (stls_extension)i));
  stls_certificate_key_usage(it, &bits);
  tell(account, "|%x|%d|%ld|%d|%s|", bits, stls_certificate_is_ca(it),
       stls_certificate_path_length(it), stls_certificate_must_staple(it),
       serial ? serial : "-");
  data = stls_certificate_subject_key_id(it, &len);
  tell_bytes(account, data, len);
  data = stls_certificate_authority_key_id(it, &len);
  tell_bytes(account, data, len);
}

static void tell_lists(struct account *account, const stls_certificate *it)
{
  const stls_general_name *name;
  const stls_sct *sct;
  const char *text;
  size_t len;

  for (size_t i = 0; (name = stls_certificate_alt_name(it, i)) != NULL; i++)
    tell_name(account, name);
  for (size_t i = 0; (name = stls_certificate_authority_name(it, i)); i++)
    tell_name(account, name);
  for (size_t i = 0; (name = stls_certificate_permitted_name(it, i)); i++)
    tell_name(account, name);
  for (size_t i = 0; (name = stls_certificate_excluded_name(it, i)); i++)
    tell_name(account, name);
  for (size_t i = 0; (text = stls_certificate_ocsp_uri(it, i, NULL)); i++)
    tell(account, "ocsp %s|", text);
  for (size_t i = 0; (text = stls_certificate_ca_issuers_uri(it, i, NULL)); i++)
    tell(account, "ca %s|", text);
  for (size_t i = 0; (text = stls_certificate_crl_uri(it, i, NULL)); i++)
    tell(account, "crl %s|", text);
  for (size_t i = 0; (text = stls_certificate_key_purpose(it, i)); i++)
    tell(account, "purpose %s|", text);
  for (size_t i = 0; (text = stls_certificate_policy(it, i)); i++)
    tell(account, "policy %s|", text);
  for (size_t i = 0; (sct = stls_certificate_sct(it, i)) != NULL; i++) {
    const uint8_t *signature = stls_sct_signature(sct, &len);
    tell_bytes(account, signature, len);
    tell_bytes(account, stls_sct_log_id(sct, NULL), 32);
  }
}

static void tell(struct account *account, const char *format, ...)
{
  size_t room = sizeof account->text - account->len;
  va_list args;
  int len;

  va_start(args, format);
  len = vsnprintf(account->text + account->len, room, format, args);
  va_end(args);
  cr_assert(len >= 0 && (size_t)len < room);
  account->len += (size_t)len;
}

static void tell_bytes(struct account *account, const void *data, size_t len)
{
  const unsigned char *bytes = data;

  for (size_t i = 0; bytes != NULL && i < len; i++)
    tell(account, "%02x", bytes[i]);
  tell(account, "%s|", bytes == NULL ? "-" : "");
}

static void tell_name(struct account *account, const stls_general_name *name)
{
  tell(account, "%s:%s|", stls_general_name_kind_name(name),
       stls_general_name_text(name, NULL));
}
