/* SPDX-License-Identifier: MIT */
/* test_general_name: the kinds of general names, and their texts. */
#include <sanstls/name.h>
#include <string.h>

#include "lib/x509/general_name.h"
#include "support/check.h"
#include "support/data_files.h"
#include "support/planted_errors.h"

SUITE(general_name, .timeout = 60);

static const struct {
  stls_general_name_kind kind;
  const char *name;
} kinds[] = {
    {STLS_GENERAL_NAME_OTHER, "othername"},
    {STLS_GENERAL_NAME_EMAIL, "email"},
    {STLS_GENERAL_NAME_DNS, "DNS"},
    {STLS_GENERAL_NAME_X400, "X400Name"},
    {STLS_GENERAL_NAME_DIRECTORY, "DirName"},
    {STLS_GENERAL_NAME_EDI, "EdiPartyName"},
    {STLS_GENERAL_NAME_URI, "URI"},
    {STLS_GENERAL_NAME_IP, "IP Address"},
    {STLS_GENERAL_NAME_REGISTERED_ID, "Registered ID"},
};

/* Bytes and lengths have to be given where the bytes are not the text. */
#define SAME NULL, 0, NULL
#define BYTES(literal) literal, sizeof literal - 1

static const struct {
  const char *file;
  size_t index;
  stls_general_name_kind kind;
  const char *text;
  size_t text_len;
  const char *bytes;
  size_t bytes_len;
  const char *oid, *source;
} names[] = {
    {"alt-kinds", 0, STLS_GENERAL_NAME_DNS, BYTES("www.example.org"), SAME,
     "RFC 5280, 4.2.1.6"},
    {"alt-kinds", 1, STLS_GENERAL_NAME_EMAIL, BYTES("user@example.org"), SAME,
     "RFC 5280, 4.2.1.6"},
    {"alt-kinds", 2, STLS_GENERAL_NAME_URI,
     BYTES("https://example.org/path?q=1"), SAME, "RFC 5280, 4.2.1.6"},
    {"alt-kinds", 3, STLS_GENERAL_NAME_DIRECTORY,
     BYTES("CN=M\\C3\\BCller,O=Example+OU=Tests,C=DE"),
     BYTES("\x30\x3f\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02\x44\x45"
           "\x31\x1e\x30\x0c\x06\x03\x55\x04\x0b\x0c\x05Tests"
           "\x30\x0e\x06\x03\x55\x04\x0a\x0c\x07"
           "Example"
           "\x31\x10\x30\x0e\x06\x03\x55\x04\x03\x0c\x07M\xc3\xbcller"),
     NULL, "RFC 5280, 4.1.2.4"},
    {"alt-kinds", 4, STLS_GENERAL_NAME_IP, BYTES("192.0.2.1"),
     BYTES("\xc0\x00\x02\x01"), NULL, "CPython"},
    {"alt-kinds", 5, STLS_GENERAL_NAME_IP, BYTES("2001:DB8:0:0:0:0:0:1"),
     BYTES("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"), NULL, "CPython"},
    {"alt-kinds", 6, STLS_GENERAL_NAME_REGISTERED_ID, BYTES("1.2.3.4.5"),
     BYTES("\x06\x04\x2a\x03\x04\x05"), "1.2.3.4.5", "CPython"},
    {"alt-kinds", 7, STLS_GENERAL_NAME_OTHER, BYTES("UPN:user@example.org"),
     BYTES("\x0c\x10user@example.org"), "1.3.6.1.4.1.311.20.2.3", "CPython"},
    {"alt-kinds", 8, STLS_GENERAL_NAME_X400, BYTES("<unsupported>"),
     BYTES("\xa3\x04\x81\x02\x44\x45"), NULL, "CPython"},
    {"alt-kinds", 9, STLS_GENERAL_NAME_EDI, BYTES("<unsupported>"),
     BYTES("\xa5\x09\xa1\x07\x0c\x05party"), NULL, "CPython"},
    {"alt-nul", 0, STLS_GENERAL_NAME_DNS, BYTES("altnull.example\0com"), SAME,
     "CVE-2013-4238"},
    {"alt-nul", 1, STLS_GENERAL_NAME_EMAIL, BYTES("null@python.org\0user@e"),
     SAME, "CVE-2013-4238"},
    {"alt-nul", 2, STLS_GENERAL_NAME_URI, BYTES("http://null.example/\0/org"),
     SAME, "CVE-2013-4238"},
    {"alt-nul", 3, STLS_GENERAL_NAME_DNS, BYTES("\0"), SAME, "CVE-2013-4238"},
    {"alt-nul", 4, STLS_GENERAL_NAME_DNS, BYTES(""), SAME, "empty"},
    {"alt-dns-latin1", 1, STLS_GENERAL_NAME_DNS, BYTES("mller\xe4.example"),
     SAME, "no UTF-8, but there"},
    {"alt-email-surrogate", 0, STLS_GENERAL_NAME_EMAIL, BYTES("\xed\xa0\x80"),
     SAME, "no UTF-8, but there"},
    {"alt-ip", 0, STLS_GENERAL_NAME_IP, BYTES("0.0.0.0"), BYTES("\0\0\0\0"),
     NULL, "all zero"},
    {"alt-ip", 1, STLS_GENERAL_NAME_IP, BYTES("255.255.255.255"),
     BYTES("\xff\xff\xff\xff"), NULL, "all ones"},
    {"alt-ip", 3, STLS_GENERAL_NAME_IP, BYTES("0:0:0:0:0:0:0:1"),
     BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"), NULL, "CPython: no \"::\""},
    {"alt-ip", 4, STLS_GENERAL_NAME_IP, BYTES("FE80:0:0:0:20C:29FF:FE9A:BCDE"),
     BYTES("\xfe\x80\0\0\0\0\0\0\x02\x0c\x29\xff\xfe\x9a\xbc\xde"), NULL,
     "CPython: upper-case"},
    {"alt-ip", 5, STLS_GENERAL_NAME_IP, BYTES("0:0:0:0:0:FFFF:C000:201"),
     BYTES("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x01"), NULL,
     "RFC 4291, 2.5.5.2"},
    {"alt-ip-odd", 0, STLS_GENERAL_NAME_IP, BYTES("<invalid>"), BYTES(""), NULL,
     "CPython: no octets"},
    {"alt-ip-odd", 2, STLS_GENERAL_NAME_IP, BYTES("<invalid>"),
     BYTES("\x7f\0\x01"), NULL, "CPython: 3 octets"},
    {"alt-ip-odd", 3, STLS_GENERAL_NAME_IP, BYTES("<invalid>"),
     BYTES("\x7f\0\0\x01\0"), NULL, "CPython: 5 octets"},
    {"alt-ip-odd", 4, STLS_GENERAL_NAME_IP, BYTES("<invalid>"),
     BYTES("\xc0\xa8\0\0\xff\xff\0\0"), NULL,
     "RFC 5280, 4.2.1.10: a mask is for constraints only"},
    {"alt-rid", 0, STLS_GENERAL_NAME_REGISTERED_ID, BYTES("commonName"),
     BYTES("\x06\x03\x55\x04\x03"), "2.5.4.3", "CPython: the long name"},
    {"alt-rid", 3, STLS_GENERAL_NAME_REGISTERED_ID, BYTES("2.999.1"),
     BYTES("\x06\x03\x88\x37\x01"), "2.999.1", "X.660"},
    {"alt-other", 0, STLS_GENERAL_NAME_OTHER,
     BYTES("SmtpUTF8Mailbox:mail@example.org"),
     BYTES("\x0c\x10mail@example.org"), "1.3.6.1.5.5.7.8.9", "RFC 9598"},
    {"alt-other", 1, STLS_GENERAL_NAME_OTHER, BYTES("XmppAddr:jid@example.org"),
     BYTES("\x0c\x0fjid@example.org"), "1.3.6.1.5.5.7.8.5",
     "RFC 6120, 13.7.1.4"},
    {"alt-other", 2, STLS_GENERAL_NAME_OTHER,
     BYTES("SRVName:_imap.example.org"), BYTES("\x16\x11_imap.example.org"),
     "1.3.6.1.5.5.7.8.7", "RFC 4985"},
    {"alt-other", 4, STLS_GENERAL_NAME_OTHER,
     BYTES("NAIRealm:realm.example.org"), BYTES("\x0c\x11realm.example.org"),
     "1.3.6.1.5.5.7.8.8", "RFC 7585, 2.2"},
    {"alt-other", 5, STLS_GENERAL_NAME_OTHER, BYTES("<unsupported>"),
     BYTES("\x0c\x04text"), "1.3.6.1.4.1.99999.2", "CPython: unknown"},
    {"alt-other", 6, STLS_GENERAL_NAME_OTHER, BYTES("<unsupported>"),
     BYTES("\x0c\x11_imap.example.org"), "1.3.6.1.5.5.7.8.7",
     "RFC 4985: an IA5String"},
    {"alt-other", 7, STLS_GENERAL_NAME_OTHER, BYTES("<unsupported>"),
     BYTES("\x16\x10user@example.org"), "1.3.6.1.4.1.311.20.2.3",
     "a UTF8String"},
    {"alt-other", 8, STLS_GENERAL_NAME_OTHER, BYTES("<unsupported>"),
     BYTES("\x05\0"), "1.3.6.1.4.1.99999.3", "no string"},
    {"alt-other", 9, STLS_GENERAL_NAME_OTHER, BYTES("UPN:"), BYTES("\x0c\0"),
     "1.3.6.1.4.1.311.20.2.3", "empty"},
    {"alt-other-nul", 0, STLS_GENERAL_NAME_OTHER,
     BYTES("UPN:good@example.org\0.evil"),
     BYTES("\x0c\x16good@example.org\0.evil"), "1.3.6.1.4.1.311.20.2.3",
     "CVE-2013-4238, where OpenSSL prints half"},
    {"alt-directory-empty", 0, STLS_GENERAL_NAME_DIRECTORY, BYTES(""),
     BYTES("\x30\0"), NULL, "RFC 5280, 4.1.2.4"},
};

static void expect_row(size_t i, const stls_general_name *name);
static void expect_text_of_openssl(GENERAL_NAME *name,
                                   const stls_general_name *decoded,
                                   const char *label);
static GENERAL_NAMES *load(const char *file);
static const char *base_text(struct stls_arena *arena, const void *octets,
                             size_t len);

Test(general_name, of_every_kind_have_their_text_and_bytes)
{
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    GENERAL_NAMES *alt = load(names[i].file);
    struct stls_general_names decoded = {0};
    struct stls_arena arena = {0};
    cr_assert(stls_general_name_decode_all(&arena, alt, &decoded));
    planted_errors_expect(0, names[i].file);
    cr_assert_eq(decoded.count, (size_t)sk_GENERAL_NAME_num(alt));
    cr_assert_lt(names[i].index, decoded.count);
    GENERAL_NAMES_free(alt);
    expect_row(i, decoded.at[names[i].index]);
    stls_arena_free(&arena);
  }
}

Test(general_name, have_the_text_that_openssl_prints)
{
  static const char *const files[] = {"alt-other", "alt-rid", "alt-kinds"};

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    GENERAL_NAMES *alt = load(files[i]);
    struct stls_general_names decoded = {0};
    struct stls_arena arena = {0};
    cr_assert(stls_general_name_decode_all(&arena, alt, &decoded));
    for (size_t at = 0; at < decoded.count; at++)
      expect_text_of_openssl(sk_GENERAL_NAME_value(alt, (int)at),
                             decoded.at[at], files[i]);
    stls_arena_free(&arena);
    GENERAL_NAMES_free(alt);
  }
}

Test(general_name, have_a_directory_name_where_they_are_one)
{
  GENERAL_NAMES *alt = load("alt-kinds");
  struct stls_general_names decoded = {0};
  struct stls_arena arena = {0};

  cr_assert(stls_general_name_decode_all(&arena, alt, &decoded));
  for (size_t i = 0; i < decoded.count; i++) {
    const stls_name *name = stls_general_name_directory(decoded.at[i]);
    cr_expect_eq(name != NULL, i == 3, "%zu", i);
    cr_expect_eq(stls_name_rdn_count(name), i == 3 ? 3 : 0, "%zu", i);
  }
  stls_arena_free(&arena);
  GENERAL_NAMES_free(alt);
}

Test(general_name, in_a_constraint_have_a_mask)
{
  static const struct {
    const char *octets;
    size_t len;
    const char *want, *source;
  } rows[] = {
      {BYTES("\xc0\0\x02\0\xff\xff\xff\0"), "192.0.2.0/255.255.255.0",
       "RFC 5280, 4.2.1.10"},
      {BYTES("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0"
             "\0\0\0\0\0\0\0\0"),
       "2001:DB8:0:0:0:0:0:0/FFFF:FFFF:0:0:0:0:0:0", "RFC 5280, 4.2.1.10"},
      {BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
             "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
             "\xff"),
       "FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF/"
       "FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF",
       "the longest"},
      {BYTES("\xc0\0\x02\0"), "<invalid>", "no mask"},
      {BYTES("\xc0\0\x02\0\xff\xff\xff\0\0"), "<invalid>", "an octet more"},
      {BYTES("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0"), "<invalid>",
       "no mask"},
      {BYTES(""), "<invalid>", "nothing"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct stls_arena arena = {0};
    cr_expect_str_eq(base_text(&arena, rows[i].octets, rows[i].len),
                     rows[i].want, "%s", rows[i].source);
    stls_arena_free(&arena);
  }
}

Test(general_name, that_are_none_are_nothing)
{
  struct stls_general_names decoded = {99, NULL};
  struct stls_arena arena = {0};
  GENERAL_NAME *unset = GENERAL_NAME_new();
  size_t len = 99;

  cr_expect(stls_general_name_decode_all(&arena, NULL, &decoded));
  cr_expect_eq(decoded.count, 0);
  cr_expect_null(stls_general_name_decode(&arena, unset));
  cr_expect_eq(stls_general_name_kind_of(NULL), 0);
  cr_expect_null(stls_general_name_kind_name(NULL));
  cr_expect_null(stls_general_name_text(NULL, &len));
  cr_expect_eq(len, 0);
  len = 99;
  cr_expect_null(stls_general_name_bytes(NULL, &len));
  cr_expect_eq(len, 0);
  cr_expect_null(stls_general_name_text(NULL, NULL));
  cr_expect_null(stls_general_name_bytes(NULL, NULL));
  cr_expect_null(stls_general_name_directory(NULL));
  cr_expect_null(stls_general_name_oid(NULL));
  GENERAL_NAME_free(unset);
  stls_arena_free(&arena);
}

static void expect_row(size_t i, const stls_general_name *name)
{
  const char *label = names[i].source, *text, *oid;
  const char *want = names[i].bytes == NULL ? names[i].text : names[i].bytes;
  size_t len = 99, want_len = names[i].bytes == NULL ? names[i].text_len
                                                     : names[i].bytes_len;
  const uint8_t *bytes;

  cr_expect_eq(stls_general_name_kind_of(name), names[i].kind, "%s", label);
  cr_expect_eq(kinds[names[i].kind].kind, names[i].kind);
  cr_expect_str_eq(stls_general_name_kind_name(name),
                   kinds[names[i].kind].name);
  text = stls_general_name_text(name, &len);
  cr_assert_eq(len, names[i].text_len, "%s: %s", label, text);
  cr_expect_arr_eq(text, names[i].text, len + 1, "%s: %s", label, text);
  cr_expect_eq(stls_general_name_text(name, NULL), text);
  bytes = stls_general_name_bytes(name, &len);
  cr_assert_eq(len, want_len, "%s: %zu bytes", label, len);
  cr_expect_arr_eq(bytes, want, len, "%s", label);
  oid = stls_general_name_oid(name);
  cr_expect_eq(oid == NULL, names[i].oid == NULL, "%s", label);
  if (oid != NULL && names[i].oid != NULL)
    cr_expect_str_eq(oid, names[i].oid, "%s", label);
}

/* "kind:text", but for the kinds that CPython has in a form of its own. */
static void expect_text_of_openssl(GENERAL_NAME *name,
                                   const stls_general_name *decoded,
                                   const char *label)
{
  BIO *bio = BIO_new(BIO_s_mem());
  const char *kind = stls_general_name_kind_name(decoded);
  char *printed = NULL, text[1024];
  long len;

  GENERAL_NAME_print(bio, name);
  len = BIO_get_mem_data(bio, &printed);
  snprintf(text, sizeof text, "%s:%s", kind,
           stls_general_name_text(decoded, NULL));
  if (stls_general_name_kind_of(decoded) != STLS_GENERAL_NAME_DIRECTORY) {
    cr_assert_eq((size_t)len, strlen(text), "%s: %s", label, text);
    cr_expect_arr_eq(printed, text, (size_t)len, "%s: %s", label, text);
  }
  BIO_free(bio);
}

static GENERAL_NAMES *load(const char *file)
{
  char path[64];

  planted_errors_put(0);
  snprintf(path, sizeof path, "names/%s.pem", file);
  return data_file_alt_names(path);
}

static const char *base_text(struct stls_arena *arena, const void *octets,
                             size_t len)
{
  GENERAL_NAME *base = GENERAL_NAME_new();
  ASN1_OCTET_STRING *address = ASN1_OCTET_STRING_new();
  const stls_general_name *decoded;

  cr_assert(ASN1_OCTET_STRING_set(address, octets, (int)len));
  GENERAL_NAME_set0_value(base, GEN_IPADD, address);
  decoded = stls_general_name_decode_base(arena, base);
  GENERAL_NAME_free(base);
  cr_assert_not_null(decoded);
  return stls_general_name_text(decoded, NULL);
}
