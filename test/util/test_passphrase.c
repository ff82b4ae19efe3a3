/* SPDX-License-Identifier: MIT */
/* test_passphrase: when and how often a passphrase is asked for. */
#include <openssl/pem.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sanstls/ciphers.h>

#include "lib/util/passphrase.h"
#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(passphrase);

#define DIR "credential/"

/* Something encrypted, by every credential_loader. */
static const credential_load locked[] = {
    {"RFC 5208", "PEM", LOAD_PEM, "server-ecdsa.pem",
     "server-ecdsa-encrypted.key", NULL, STLS_OK, 1, NULL, NULL},
    {"RFC 1421", "PEM, traditional", LOAD_PEM, "server-rsa.pem",
     "server-rsa-encrypted.key", NULL, STLS_OK, 1, NULL, NULL},
    {"RFC 5208", "DER", LOAD_DER, DIR "chain.der", DIR "key-encrypted.der",
     NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 7292", "PKCS #12", LOAD_PKCS12, DIR "chain.p12", NULL, NULL, STLS_OK,
     2, NULL, NULL},
    {"RFC 7292", "PKCS #12, a file", LOAD_PKCS12_FILE, DIR "chain-3des.p12",
     NULL, NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 7292", "PKCS #12 without MAC", LOAD_PKCS12, DIR "chain-nomac.p12",
     NULL, NULL, STLS_OK, 2, NULL, NULL},
    {"ossl_store-file(7)", "URI", LOAD_URI, DIR "all-encrypted.pem", NULL, NULL,
     STLS_OK, 2, NULL, NULL},
    {"ossl_store-file(7)", "URI, traditional", LOAD_URI, "server-rsa.pem",
     "server-rsa-encrypted.key", NULL, STLS_OK, 1, NULL, NULL},
    {"ossl_store-file(7)", "URI, DER", LOAD_URI, DIR "leaf.der",
     DIR "key-encrypted.der", NULL, STLS_OK, 1, NULL, NULL},
    {"ossl_store-file(7)", "URI, PKCS #12 twice", LOAD_URI, DIR "chain.p12",
     DIR "chain.p12", NULL, STLS_OK, 2, NULL, NULL},
};

/* Nothing encrypted. */
static const credential_load unlocked[] = {
    {"RFC 5208", "PEM", LOAD_PEM, "server-ecdsa.pem", "server-ecdsa.key", NULL,
     STLS_OK, 1, NULL, NULL},
    {"RFC 5208", "DER", LOAD_DER, DIR "chain.der", DIR "key-ec.der", NULL,
     STLS_OK, 2, NULL, NULL},
    {"RFC 7292", "PKCS #12", LOAD_PKCS12, DIR "chain-open.p12", NULL, NULL,
     STLS_OK, 2, NULL, NULL},
    {"ossl_store-file(7)", "URI", LOAD_URI, "server-chain.pem",
     "server-chain.key", NULL, STLS_OK, 2, NULL, NULL},
};

#define NUM_LOCKED (sizeof locked / sizeof locked[0])
#define NUM_UNLOCKED (sizeof unlocked / sizeof unlocked[0])

/* What the callback answers, and what it was asked. */
struct answer {
  const char *text;
  size_t len;
  bool is_given;
  size_t num_calls;
  size_t cap;
  const char *out;
};

static bool answer(void *user_data, char *out, size_t cap, size_t *out_len)
{
  struct answer *self = user_data;

  self->num_calls++;
  self->cap = cap;
  self->out = out;
  for (size_t i = 0; i < self->len && i < cap; i++)
    out[i] = self->text == NULL ? 'x' : self->text[i];
  *out_len = self->len;
  return self->is_given;
}

static stls_result load_asking(const credential_load *row,
                               struct answer *answers, stls_error *err)
{
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  stls_credential *credential = NULL;
  stls_result result;

  secret.fn = answer;
  secret.user_data = answers;
  result = credential_load_with(row, &secret, NULL, &credential, err);
  cr_expect_eq(credential != NULL, result == STLS_OK, "%s", row->name);
  stls_credential_free(credential);
  return result;
}

static const struct asked {
  const char *name;
  struct answer answer;
  stls_result want;
  const char *text;
} answers[] = {
    {"right", {.text = "secret", .len = 6, .is_given = true}, STLS_OK, ""},
    {"wrong",
     {.text = "wrong", .len = 5, .is_given = true},
     STLS_ERROR_INPUT,
     "wrong passphrase?"},
    {"empty", {.is_given = true}, STLS_ERROR_INPUT, "wrong passphrase?"},
    {"none", {.is_given = false}, STLS_ERROR_INPUT, "no passphrase was given"},
    {"none, after all",
     {.text = "secret", .len = 6, .is_given = false},
     STLS_ERROR_INPUT,
     "no passphrase was given"},
    {"none, but a length",
     {.len = SIZE_MAX, .is_given = false},
     STLS_ERROR_INPUT,
     "no passphrase was given"},
    {"too long",
     {.len = STLS_PASSPHRASE_MAX + 1, .is_given = true},
     STLS_ERROR_INPUT,
     "passphrase cannot be longer than 1024 bytes"},
    {"far too long",
     {.len = SIZE_MAX, .is_given = true},
     STLS_ERROR_INPUT,
     "passphrase cannot be longer than 1024 bytes"},
    {"as long as can be",
     {.len = STLS_PASSPHRASE_MAX, .is_given = true},
     STLS_ERROR_INPUT,
     ""},
};

/* CPython asks once, too, even when the answer is wrong. */
Test(passphrase, is_asked_for_once)
{
  for (size_t i = 0; i < NUM_LOCKED; i++)
    for (size_t j = 0; j < sizeof answers / sizeof answers[0]; j++) {
      struct answer answered = answers[j].answer;
      stls_error err = STLS_ERROR_INIT;
      EXPECT_RESULT(load_asking(&locked[i], &answered, &err), answers[j].want,
                    locked[i].name);
      cr_expect(strstr(err.message, answers[j].text), "%s, %s: \"%s\"",
                locked[i].name, answers[j].name, err.message);
      cr_expect_eq(answered.num_calls, 1, "%s, %s: %zu calls", locked[i].name,
                   answers[j].name, answered.num_calls);
      cr_expect_eq(answered.cap, STLS_PASSPHRASE_MAX);
    }
}

Test(passphrase, is_not_asked_for_in_vain)
{
  for (size_t i = 0; i < NUM_UNLOCKED; i++) {
    struct answer answered = {.is_given = true};
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(load_asking(&unlocked[i], &answered, &err), STLS_OK,
                  err.message);
    cr_expect_eq(answered.num_calls, 0, "%s", unlocked[i].name);
  }
}

Test(passphrase, is_wiped)
{
  static const struct stls_passphrase_prompt zeroes;
  struct answer answered = {.text = "secret", .len = 6, .is_given = true};
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  struct stls_passphrase_prompt prompt;

  memset(&prompt, 0, sizeof prompt);
  secret.fn = answer;
  secret.user_data = &answered;
  stls_passphrase_begin(&prompt, &secret);
  cr_expect(stls_passphrase_get(&prompt));
  cr_expect_str_eq(prompt.text, "secret");
  cr_expect_eq(answered.out, prompt.text);
  stls_passphrase_end(&prompt);
  cr_expect_arr_eq(&prompt, &zeroes, sizeof prompt);
}

static stls_result load_odd(const credential_load *row,
                            const stls_passphrase *secret, stls_error *err)
{
  stls_credential *credential = NULL;
  stls_result result =
      credential_load_with(row, secret, NULL, &credential, err);

  cr_expect_null(credential, "%s", row->name);
  stls_credential_free(credential);
  return result;
}

Test(passphrase, has_to_make_sense)
{
  static const char text[STLS_PASSPHRASE_MAX + 1] = "";

  for (size_t i = 0; i < NUM_LOCKED; i++) {
    stls_error err = STLS_ERROR_INIT;
    const stls_passphrase unsized = {0};
    stls_passphrase both = STLS_PASSPHRASE_INIT;
    stls_passphrase no_data = STLS_PASSPHRASE_INIT;
    stls_passphrase too_long = STLS_PASSPHRASE_INIT;
    stls_passphrase empty = STLS_PASSPHRASE_INIT;
    both.data = "x";
    both.len = 1;
    both.fn = answer;
    no_data.len = 1;
    too_long.data = text;
    too_long.len = sizeof text;
    expect_misuse(load_odd(&locked[i], &unsized, &err), &err, "size");
    expect_misuse(load_odd(&locked[i], &both, &err), &err, "one of");
    expect_misuse(load_odd(&locked[i], &no_data, &err), &err, "data is NULL");
    expect_misuse(load_odd(&locked[i], &too_long, &err), &err,
                  "passphrase cannot be longer than 1024 bytes");
    /* Says nothing, as no struct does. */
    EXPECT_RESULT(load_odd(&locked[i], &empty, &err), STLS_ERROR_INPUT,
                  locked[i].name);
    cr_expect(strstr(err.message, "no passphrase was given"), "%s: \"%s\"",
              locked[i].name, err.message);
  }
}

/* Standard input without a terminal behind it, from which OpenSSL's own prompt
 * reads: the secret lies there, and has to stay. */
static void set_trap(void)
{
  int ends[2];

  /* Without a controlling terminal there is no /dev/tty either. */
  (void)setsid();
  cr_assert_eq(pipe(ends), 0);
  cr_assert_eq(write(ends[1], "secret\n", 7), 7);
  cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  close(ends[0]);
  close(ends[1]);
}

static int left_in_trap(void)
{
  int left = -1;

  cr_assert_eq(ioctl(STDIN_FILENO, FIONREAD, &left), 0);
  return left;
}

/* Such as this one, which shows that the trap would work. */
Test(passphrase, of_openssl_is_prompted_for)
{
  BIO *bio = BIO_new_file(data_file_path("server-ecdsa-encrypted.key"), "r");
  EVP_PKEY *key;

  set_trap();
  cr_assert_eq(left_in_trap(), 7);
  key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
  cr_expect_lt(left_in_trap(), 7);
  EVP_PKEY_free(key);
  BIO_free(bio);
}

Test(passphrase, is_never_prompted_for)
{
  static const credential_load certificate = {"RFC 1421",
                                              "an encrypted certificate",
                                              LOAD_PEM,
                                              DIR "certificate-encrypted.pem",
                                              "server-chain.key",
                                              NULL,
                                              STLS_ERROR_INPUT,
                                              0,
                                              NULL,
                                              NULL};
  stls_context *server = NULL;
  stls_trust *trust = NULL;
  stls_error err = STLS_ERROR_INIT;

  set_trap();
  for (size_t i = 0; i < NUM_LOCKED; i++) {
    EXPECT_RESULT(load_odd(&locked[i], NULL, &err), STLS_ERROR_INPUT,
                  locked[i].name);
    cr_expect_eq(left_in_trap(), 7, "%s", locked[i].name);
  }
  for (int i = 0; i < 2; i++) {
    credential_load row = certificate;
    row.credential_loader = i == 0 ? LOAD_PEM : LOAD_URI;
    EXPECT_RESULT(load_odd(&row, NULL, &err), STLS_ERROR_INPUT, "certificate");
    cr_expect_eq(left_in_trap(), 7, "a certificate, %d", i);
  }
  ASSERT_RESULT(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK, "trust");
  EXPECT_RESULT(
      stls_trust_add_file(
          trust, data_file_path(DIR "certificate-encrypted.pem"), &err),
      STLS_ERROR_INPUT, "trust");
  cr_expect_eq(left_in_trap(), 7, "trust");
  EXPECT_RESULT(stls_trust_add_crl_file(
                    trust, data_file_path("trust/encrypted.crl"), &err),
                STLS_ERROR_INPUT, "CRL");
  cr_expect_eq(left_in_trap(), 7, "CRL");
  stls_trust_free(trust);
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK, "server");
  EXPECT_RESULT(stls_context_set_dh_params_file(
                    server, data_file_path(DIR "dh-encrypted.pem"), &err),
                STLS_ERROR_INPUT, "DH parameters");
  cr_expect_eq(left_in_trap(), 7, "DH parameters");
  stls_context_free(server);
}
