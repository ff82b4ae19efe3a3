/* SPDX-License-Identifier: MIT */
/* test_pem_variants: irregular PEM texts are read whole or refused with the line. */
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/trust_sets.h"

SUITE(pem_variants, .timeout = 120);

enum {
  CAP = 16384
};

struct text {
  char data[CAP];
  size_t len;
};

typedef stls_result (*reader)(const struct text *text, stls_error *err);

/* A block is lost, or another one taken, without an error: never. */
static stls_result read_trust(const struct text *text, stls_error *err)
{
  stls_trust *trust = trust_sets_new();
  stls_result result = stls_trust_add_pem(trust, text->data, text->len, err);

  cr_expect(trust_sets_have(trust, result == STLS_OK ? 2 : 0, 0,
                            result == STLS_OK ? 2 : 0),
            "%s", trust_sets_text(trust));
  stls_trust_free(trust);
  return result;
}

static stls_result read_crl(const struct text *text, stls_error *err)
{
  stls_trust *trust = trust_sets_new();
  stls_result result = stls_trust_add_crl(trust, text->data, text->len, err);

  cr_expect(trust_sets_have(trust, 0, result == STLS_OK, 0));
  stls_trust_free(trust);
  return result;
}

static stls_result read_certificate(const struct text *text, stls_error *err)
{
  stls_certificate *certificate = NULL;
  stls_result result = stls_certificate_new_pem(text->data, text->len, NULL,
                                                NULL, &certificate, err);

  cr_expect_eq(certificate != NULL, result == STLS_OK);
  stls_certificate_free(certificate);
  return result;
}

static stls_result read_pair(stls_pem_source *source, size_t want,
                             stls_error *err)
{
  stls_credential *credential = NULL;
  stls_certificate *last = NULL;
  stls_result result =
      stls_credential_new_pem(source, NULL, NULL, &credential, err);

  cr_expect_eq(credential != NULL, result == STLS_OK);
  if (credential != NULL) {
    ASSERT_RESULT(
        stls_credential_certificate(credential, want - 1, &last, NULL), STLS_OK,
        "last");
    cr_expect_not_null(last, "a certificate is lost");
  }
  stls_certificate_free(last);
  stls_credential_free(credential);
  return result;
}

static stls_result read_chain(const struct text *text, stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;

  source.chain = text->data;
  source.chain_len = text->len;
  source.key_file = data_file_path("server-chain.key");
  return read_pair(&source, 2, err);
}

static stls_result read_key(const struct text *text, stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;

  source.chain_file = data_file_path("server-ecdsa.pem");
  source.key = text->data;
  source.key_len = text->len;
  return read_pair(&source, 1, err);
}

static stls_result read_params(const struct text *text, stls_error *err)
{
  stls_context *server = NULL;
  stls_result result;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK, "server");
  result = stls_context_set_dh_params(server, text->data, text->len, err);
  stls_context_free(server);
  return result;
}

static const struct {
  const char *file;
  reader read;
  /* What is behind the first block of its kind is not looked at. */
  bool takes_first;
} readers[] = {
    {"both-cas.pem", read_trust, false},
    {"trust/root.crl", read_crl, false},
    {"ca.pem", read_certificate, false},
    {"server-chain.pem", read_chain, false},
    {"server-ecdsa.key", read_key, true},
    {"credential/dh-2048.pem", read_params, true},
};

/* What is done to each line of a text, where `begin` and `end` say of BEGIN and
 * END lines, and `last` of the last block's. */
struct change {
  const char *source, *name;
  const char *prefix;
  /* Before and behind a line, instead of its newline. */
  const char *before_begin, *behind_begin, *behind_end, *newline;
  size_t behind_end_len;
  bool is_last_only;
  /* What the message contains; NULL for none. */
  const char *want;
};

static const struct change changes[] = {
    {"RFC 7468, 3", "as it is", "", "", "", "", "\n", 0, false, NULL},
    {"openssl#6281", "BOM", "\xef\xbb\xbf", "", "", "", "\n", 0, false, NULL},
    {"RFC 7468, 3", "CRLF", "", "", "", "", "\r\n", 0, false, NULL},
    {"PEM_read_bio(3)", "blanks behind all lines", "", "", " ", "\t", " \n", 1,
     false, NULL},
    {"PEM_read_bio(3)", "control bytes behind the dashes", "", "", "\x01\f",
     "\x1f", "\n", 1, false, NULL},
    {"PEM_read_bio(3)", "NULs behind END", "", "", "", "\0\0", "\n", 2, false,
     NULL},
    {"PEM_read_bio(3)", "indented", "", "  ", "", "", "\n", 0, true,
     "a line of its own"},
    {"PEM_read_bio(3)", "behind a control byte", "", "\x0c", "", "", "\n", 0,
     true, "a line of its own"},
    {"PEM_read_bio(3)", "behind a second BOM", "", "\xef\xbb\xbf\xef\xbb\xbf",
     "", "", "\n", 0, true, "a line of its own"},
    {"PEM_read_bio(3)", "something behind END", "", "", "", "x", "\n", 1, true,
     "a line of its own"},
    {"PEM_read_bio(3)", "CR alone", "", "", "", "", "\r", 0, false,
     ":1: a BEGIN or END line"},
    {"PEM_read_bio(3)", "no lines", "", "", "", "", "", 0, false,
     ":1: a BEGIN or END line"},
    {"PEM_read_bio(3)", "a BEGIN in the block", "", "", "\n-----BEGIN X-----",
     "", "\n", 0, true, "no matching END"},
    {"PEM_read_bio(3)", "END twice", "", "", "", "\n-----END X-----", "\n", 16,
     true, "no BEGIN line"},
};

static void put(struct text *out, const char *data, size_t len)
{
  cr_assert_lt(out->len + len, (size_t)CAP);
  memcpy(out->data + out->len, data, len);
  out->len += len;
}

static bool starts(const char *line, const char *word)
{
  return strncmp(line, word, strlen(word)) == 0;
}

static void change(const data_file *file, const struct change *row,
                   struct text *out)
{
  size_t num_blocks = 0, block = 0;

  out->len = 0;
  put(out, row->prefix, strlen(row->prefix));
  for (const char *at = file->data; (at = strstr(at, "-----BEGIN ")); at++)
    num_blocks++;
  for (const char *at = file->data; *at != '\0'; at = strchr(at, '\n') + 1) {
    bool begins = starts(at, "-----BEGIN "), ends = starts(at, "-----END ");
    bool applies;
    if (begins) block++;
    applies = !row->is_last_only || block == num_blocks;
    if (begins && applies)
      put(out, row->before_begin, strlen(row->before_begin));
    put(out, at, strcspn(at, "\n"));
    if (begins && applies)
      put(out, row->behind_begin, strlen(row->behind_begin));
    if (ends && applies) put(out, row->behind_end, row->behind_end_len);
    put(out, row->newline, strlen(row->newline));
  }
}

Test(pem_variants, lose_no_block_in_silence)
{
  for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
    data_file file = data_file_load(readers[i].file);
    for (size_t j = 0; j < sizeof changes / sizeof changes[0]; j++) {
      const struct change *row = &changes[j];
      stls_error err = STLS_ERROR_INIT;
      struct text text;
      if (readers[i].takes_first && strstr(row->name, "END twice")) continue;
      change(&file, row, &text);
      cr_expect_eq(readers[i].read(&text, &err),
                   row->want == NULL ? STLS_OK : STLS_ERROR_INPUT, "%s, %s: %s",
                   readers[i].file, row->name, err.message);
      if (row->want != NULL)
        cr_expect(strstr(err.message, row->want), "%s, %s: \"%s\"",
                  readers[i].file, row->name, err.message);
    }
    data_file_free(&file);
  }
}

Test(pem_variants, know_utf16)
{
  for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
    data_file file = data_file_load(readers[i].file);
    stls_error err = STLS_ERROR_INIT;
    struct text text = {.len = 2 + 2 * file.len};
    cr_assert_lt(text.len, (size_t)CAP);
    memcpy(text.data, "\xff\xfe", 2);
    for (size_t at = 0; at < file.len; at++)
      text.data[2 + 2 * at] = file.data[at];
    EXPECT_RESULT(readers[i].read(&text, &err), STLS_ERROR_INPUT,
                  readers[i].file);
    cr_expect(strstr(err.message, "UTF-16"), "%s", err.message);
    data_file_free(&file);
  }
}

Test(pem_variants, name_the_line)
{
  data_file file = data_file_load("both-cas.pem");
  struct change row = changes[6];
  stls_error err = STLS_ERROR_INIT;
  size_t line = 1;
  struct text text;
  char want[32];

  change(&file, &row, &text);
  text.data[text.len] = '\0';
  for (const char *at = text.data; !starts(at, "  -----BEGIN ");
       at = strchr(at, '\n') + 1)
    line++;
  EXPECT_RESULT(read_trust(&text, &err), STLS_ERROR_INPUT, "indented");
  snprintf(want, sizeof want, "pem:%zu: ", line);
  cr_expect(strstr(err.message, want), "%s: %s", want, err.message);
  data_file_free(&file);
}
