/* SPDX-License-Identifier: MIT */
/* test_idna: internationalized host names, with libidn2 and without. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <openssl/x509v3.h>
#include <sanstls/conninfo.h>
#include <sanstls/hostname.h>
#include <stdio.h>
#include <string.h>

#include "support/expect.h"
#include "support/named_cert.h"
#include "support/pair.h"
#include "support/planted_errors.h"

SUITE(idna, .timeout = 60);

#ifdef HAVE_LIBIDN2
static const bool has_idna = true;
#else
static const bool has_idna = false;
#endif

/* STLS_FEATURE_IDN. */
static stls_result refusal(const char *name)
{
  for (; *name != '\0' && !has_idna; name++)
    if ((unsigned char)*name >= 0x80) return STLS_ERROR_UNSUPPORTED;
  return STLS_ERROR_INPUT;
}

#define U10 "üüüüüüüüüü"
#define L63 "a23456789-123456789-123456789-123456789-123456789-123456789-1bc"
#define L53 "a23456789-123456789-123456789-123456789-123456789-1bc"
/* Of 253 bytes with A-labels. */
#define LONG L63 "." L63 "." L63 "." L53 "."

#define ALLOW "does not allow"
#define UTF8 "not valid UTF-8"

/* What libidn2 makes of a name; NULL for a refusal whose message has
 * `want_word`. */
static const struct {
  const char *name, *want, *want_word;
  const char *source;
} rows[] = {
    {"straße.de", "xn--strae-oqa.de", NULL,
     "RFC 5894, 7.2; CPython's IDNA 2003 says strasse.de"},
    {"faß.de", "xn--fa-hia.de", NULL, "UTS 46, 1.3.1: a deviation"},
    {"βόλος.com", "xn--nxasmm1c.com", NULL, "UTS 46, 1.3.1: final sigma"},
    {"ΒΌΛΟΣ.com", "xn--nxasmq6b.com", NULL,
     "UTS 46, 4: capital sigma is never final"},
    {"\340\267\201\340\267\212\342\200\215\340\266\273\340\267\223.com",
     "xn--10cl1a0b660p.com", NULL, "RFC 5892, A.2: a joiner behind a virama"},
    {"a\342\200\215b.example", NULL, "stands where",
     "RFC 5892, A.2: and nowhere else"},
    {"\331\206\330\247\331\205\331\207\342\200\214\330\247\333\214.com",
     "xn--mgba3gch31f060k.com", NULL, "RFC 5892, A.1: a non-joiner"},
    {"a\342\200\214b.example", NULL, "stands where", "RFC 5892, A.1"},
    {"bücher.example", "xn--bcher-kva.example", NULL, "RFC 5891, 5"},
    {"BÜCHER.EXAMPLE", "xn--bcher-kva.example", NULL, "UTS 46, 4: mapped"},
    {"bu\314\210cher.example", "xn--bcher-kva.example", NULL,
     "RFC 5891, 5.2: NFD is composed"},
    {"bücher.example.", "xn--bcher-kva.example", NULL,
     "RFC 1034, 3.1: the root's dot"},
    {"bücher", "xn--bcher-kva", NULL, "RFC 6761, 6.3: one label"},
    {"日本語。jp", "xn--wgv71a119e.jp", NULL, "UTS 46, 2.3: other dots"},
    {"xn--bcher-kva.bücher.example", "xn--bcher-kva.xn--bcher-kva.example",
     NULL, "RFC 5891, 5.3: an A-label among them"},
    {"_sip.bücher.example", "_sip.xn--bcher-kva.example", NULL, "RFC 2782"},
    {"ｅｘａｍｐｌｅ.com", "example.com", NULL, "UTS 46, 4: wide letters"},
    {"１９２.0.2.１", "192.0.2.1", NULL, "WHATWG URL, 3.5: judged afterwards"},
    {"ü\302\255.example", "xn--tda.example", NULL,
     "UTS 46, 4: a soft hyphen is nothing"},
    {"пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f", NULL, "RFC 5891"},
    {LONG "ü", LONG "xn--tda", NULL, "RFC 1035, 3.1: 253 bytes"},
    {LONG "ü.", LONG "xn--tda", NULL, "RFC 1035, 3.1: and the dot"},

    {"💩.la", NULL, ALLOW, "RFC 5892, 2: emoji are no letters"},
    {"☃.net", NULL, ALLOW, "RFC 5892, 2: IDNA 2003 had symbols"},
    {"\315\270.example", NULL, ALLOW, "RFC 5892, 2: unassigned"},
    {"ü example.com", NULL, ALLOW, "RFC 952: no blanks"},
    {"ü\n.example", NULL, ALLOW, "RFC 952"},
    {"ü\357\274\217x.example", NULL, ALLOW,
     "UTS 46, 4: a wide slash is a slash"},
    {"*.bücher.example", NULL, "no host name may have",
     "RFC 6125, 6.4: wildcards are presented"},
    {"\314\201a.example", NULL, "combining", "RFC 5891, 4.2.3.2"},
    {"0א.example", NULL, "directions", "RFC 5893, 2"},
    {"-ü.example", NULL, "hyphen", "RFC 5891, 4.2.3.1"},
    {"ü-.example", NULL, "hyphen", "RFC 5891, 4.2.3.1"},
    {"ab--ü.example", NULL, "hyphen", "RFC 5891, 4.2.3.1: third and fourth"},
    {"xn--ü.example", NULL, "xn--", "RFC 5890, 2.3.2.1: a fake A-label"},
    {"xn--0.bücher.example", NULL, "xn--", "RFC 5891, 5.4"},
    {"ü..example", NULL, "empty label", "RFC 1035, 2.3.4"},
    {".ü", NULL, "empty label", "RFC 1035, 2.3.4"},
    {"\302\255.example", NULL, "empty label", "UTS 46, 4: nothing is left"},
    {"。", NULL, "empty", "RFC 1034, 3.1: the root is no host"},
    {"ü.123", NULL, "ends in a number", "RFC 1123, 2.1"},
    {"１２７.1", NULL, "ends in a number", "RFC 6943, 3.1.1"},
    {U10 U10 U10 U10 U10 U10 ".example", NULL, "longer than 63",
     "RFC 5890, 2.3.2.1: as an A-label"},
    {L63 "ü.example", NULL, "longer than 63", "RFC 1035, 2.3.4"},
    {LONG "aü", NULL, "longer than", "RFC 1035, 3.1: 254 bytes"},
    {LONG LONG LONG LONG "ü", NULL, "longer than", "RFC 1035, 3.1"},
    {LONG LONG LONG LONG LONG "ü", NULL, "longer than", "RFC 1035, 3.1"},

    {"b\374cher.example", NULL, UTF8, "RFC 3629, 3: latin-1"},
    {"\300\257.example", NULL, UTF8, "RFC 3629, 10: overlong"},
    {"\355\240\200.example", NULL, UTF8, "RFC 3629, 3: a surrogate"},
    {"\364\220\200\200.example", NULL, UTF8, "RFC 3629, 3: past U+10FFFF"},
    {"b\303", NULL, UTF8, "RFC 3629, 3: cut"},
    {"\200", NULL, UTF8, "RFC 3629, 3: without a beginning"},
    {"\377\376ü", NULL, UTF8, "RFC 3629, 6: a byte order mark of UTF-16"},
};

/* These are the same in both builds. */
static const struct {
  const char *name, *want;
  const char *source;
} ascii_rows[] = {
    {"example.com", "example.com", "RFC 1034, 3.5"},
    {"EXAMPLE.com.", "EXAMPLE.com", "RFC 4343, 3: case does not matter"},
    {"xn--bcher-kva.example", "xn--bcher-kva.example", "RFC 5890, 2.3.2.1"},
    {"xn--0.example", "xn--0.example", "RFC 5891, 5.4: DNS will tell"},
    {"ab--c.example", "ab--c.example", "RFC 952"},
    {"my_host.example", "my_host.example", "RFC 2181, 11"},
    {"192.0.2.1", "192.0.2.1", "RFC 6943, 3.1.1"},
    {"2001:DB8::1", "2001:DB8::1", "RFC 4291, 2.2: as it was written"},
    {"", NULL, "RFC 1035, 2.3.4"},
    {"127.1", NULL, "RFC 6943, 3.1.1"},
    {"a b", NULL, "RFC 952"},
    {LONG "a", LONG "a", "RFC 1035, 3.1"},
    {LONG "a23456789", NULL, "RFC 1035, 3.1"},
};

static void expect_name(const char *name, const char *want,
                        const char *want_word, const char *source);
static void present_bookshop(stls_context *context);

Test(idna, names_become_a_labels_or_are_refused)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (has_idna)
      expect_name(rows[i].name, rows[i].want, rows[i].want_word,
                  rows[i].source);
    else
      expect_name(rows[i].name, NULL, "pass the A-label", rows[i].source);
}

Test(idna, names_in_ascii_stay_what_they_are)
{
  for (size_t i = 0; i < sizeof ascii_rows / sizeof ascii_rows[0]; i++)
    expect_name(ascii_rows[i].name, ascii_rows[i].want, "it",
                ascii_rows[i].source);
}

Test(idna, names_of_servers_are_shown_and_checked_as_a_labels)
{
  pair_options options = {.server_name = "Bu\314\210cher.example.",
                          .tune_server = present_bookshop};
  static const char want[] = "xn--bcher-kva.example";
  test_pair pair;

  if (!has_idna) return;
  pair = pair_open(&options);
  cr_expect_str_eq(stls_conninfo_server_name(stls_object_conninfo(pair.client)),
                   want);
  cr_expect_str_eq(stls_conninfo_server_name(stls_object_conninfo(pair.server)),
                   want);
  pair_free(&pair);
}

Test(idna, other_names_of_servers_do_not_match)
{
  pair_options options = {.server_name = "büchern.example",
                          .tune_server = present_bookshop};
  test_pair pair;

  if (!has_idna) return;
  pair = pair_new(&options);
  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "another");
  pair_free(&pair);
}

Test(idna, refusals_make_no_object)
{
  pair_options options = {0};
  stls_context *context = pair_context(&options, STLS_CLIENT);
  stls_object_options named = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    if (has_idna && rows[i].want != NULL) continue;
    named.server_name = rows[i].name;
    EXPECT_RESULT(stls_object_new(context, NULL, NULL, &named, &object, &err),
                  refusal(rows[i].name), rows[i].source);
    cr_expect_null(object);
    cr_expect(strstr(err.message, "server_name \""), "%s", err.message);
    cr_expect(strstr(err.message, has_idna ? rows[i].want_word : "the A-label"),
              "%s", err.message);
  }
  stls_context_free(context);
}

Test(idna, output_is_written_only_where_it_fits)
{
  static const char want[] = "example.com";
  stls_error err = STLS_ERROR_INIT;
  char out[32];
  size_t len = 4711;

  for (size_t cap = 1; cap < sizeof out; cap++) {
    memset(out, '#', sizeof out);
    if (cap > strlen(want)) {
      EXPECT_RESULT(stls_hostname_to_ascii(want, out, cap, &len, &err), STLS_OK,
                    "fits");
      cr_expect_str_eq(out, want);
    } else {
      expect_misuse(stls_hostname_to_ascii(want, out, cap, &len, &err), &err,
                    "out_cap");
      cr_expect_eq(out[0], '#');
    }
    cr_expect_eq(len, strlen(want));
  }
}

Test(idna, misuse_names_the_argument)
{
  stls_error err = STLS_ERROR_INIT;
  char out[8];
  size_t len = 4711;

  expect_misuse(stls_hostname_to_ascii(NULL, out, sizeof out, &len, &err), &err,
                "name");
  cr_expect_eq(len, (size_t)0);
  expect_misuse(stls_hostname_to_ascii("a", NULL, 8, &len, &err), &err, "out");
  expect_misuse(stls_hostname_to_ascii("a", out, 8, NULL, &err), &err,
                "out_len");
  EXPECT_RESULT(stls_hostname_to_ascii(NULL, NULL, 0, NULL, NULL),
                STLS_ERROR_MISUSE, "err may be NULL");
}

Test(idna, the_error_queue_is_left_alone)
{
  for (size_t num = 0; num <= 3; num += 3)
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      size_t len;
      stls_result result;
      planted_errors_put(num);
      result = stls_hostname_to_ascii(rows[i].name, NULL, 0, &len, NULL);
      cr_expect(result == STLS_OK || result == STLS_ERROR_INPUT ||
                (!has_idna && result == STLS_ERROR_UNSUPPORTED));
      planted_errors_expect(num, rows[i].source);
    }
}

static void expect_name(const char *name, const char *want,
                        const char *want_word, const char *source)
{
  stls_error err = STLS_ERROR_INIT;
  char out[300] = {0};
  size_t len = 4711, asked = 4711;
  stls_result result =
      stls_hostname_to_ascii(name, out, sizeof out, &len, &err);

  cr_expect_eq(stls_hostname_to_ascii(name, NULL, 0, &asked, NULL), result);
  cr_expect_eq(asked, len, "%s", source);
  if (want != NULL) {
    EXPECT_RESULT(result, STLS_OK,
                  expect_label("%s (%s): %s", name, source, err.message));
    cr_expect_str_eq(out, want, "%s (%s): %s", name, source, out);
    cr_expect_eq(len, strlen(want), "%s", source);
    return;
  }
  cr_expect_eq(result, refusal(name), "%s (%s): %s", name, source, out);
  cr_expect_eq(len, (size_t)0, "%s", source);
  cr_expect(strstr(err.message, want_word), "%s (%s): %s", name, source,
            err.message);
  cr_expect(strstr(err.message, "name \""), "%s", err.message);
}

static void present_bookshop(stls_context *context)
{
  static const named_cert_alt_name names[] = {
      {GEN_DNS, "xn--bcher-kva.example", 21}, {0}};
  named_cert_request request = {.alt_names = names};
  X509 *x509 = named_cert_new(&request);
  stls_credential *credential = named_cert_credential(x509);

  ASSERT_RETURNS(stls_context_set_credential(context, credential, NULL),
                 STLS_OK);
  stls_credential_free(credential);
  X509_free(x509);
}
