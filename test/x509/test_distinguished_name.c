/* SPDX-License-Identifier: MIT */
/* test_distinguished_name: distinguished names, and their text of RFC 2253. */
#include <sanstls/name.h>
#include <string.h>

#include "lib/x509/distinguished_name.h"
#include "support/check.h"
#include "support/data_files.h"
#include "support/planted_errors.h"

SUITE(distinguished_name, .timeout = 60);

/* A name of OpenSSL's, and what was made of it. */
struct sample {
  X509 *x509;
  struct stls_arena arena;
  const stls_name *name;
};

static struct sample begin(const char *file);
static void end(struct sample *sample);
static const stls_name *decode(struct stls_arena *arena, const X509_NAME *name);
static void expect_openssl_text(const X509_NAME *name, const char *text,
                                const char *label);
static X509_NAME *one_value(int type, const void *value, int len);

/* Forty arcs in all, see make-names.sh. */
#define ARC "4294967295."
#define TEN_ARCS ARC ARC ARC ARC ARC ARC ARC ARC ARC ARC

static const struct {
  const char *file;
  size_t rdn, attribute;
  const char *type, *oid, *value;
  size_t value_len;
  bool is_bits;
  const char *source;
} attributes[] = {
    {"subject-multi", 0, 0, "domainComponent", "0.9.2342.19200300.100.1.25",
     "org", 3, false, "RFC 4519, 2.4; X.690, 11.6: DER sorts a set"},
    {"subject-multi", 0, 1, "domainComponent", "0.9.2342.19200300.100.1.25",
     "example", 7, false, "one RDN of two"},
    {"subject-multi", 1, 0, "organizationName", "2.5.4.10", "First", 5, false,
     "RFC 5280, 4.1.2.4"},
    {"subject-multi", 2, 0, "commonName", "2.5.4.3", "name", 4, false,
     "one RDN of three"},
    {"subject-multi", 2, 1, "serialNumber", "2.5.4.5", "4711", 4, false,
     "one RDN of three"},
    {"subject-multi", 2, 2, "organizationalUnitName", "2.5.4.11", "Unit", 4,
     false, "one RDN of three"},
    {"subject-multi", 3, 0, "organizationName", "2.5.4.10", "First", 5, false,
     "the same again is another RDN"},
    {"subject-multi", 4, 0, "emailAddress", "1.2.840.113549.1.9.1",
     "user@example.org", 16, false, "RFC 5280, 4.1.2.6"},
    {"subject-strings", 0, 0, "commonName", "2.5.4.3", "Zo\xc3\xab", 4, false,
     "BMPString"},
    {"subject-strings", 1, 0, "commonName", "2.5.4.3", "Zo\xc3\xab", 4, false,
     "T61String, which OpenSSL takes for latin-1"},
    {"subject-strings", 2, 0, "commonName", "2.5.4.3",
     "Zo\xc3\xab\xf0\x9f\x94\x91", 8, false, "UniversalString"},
    {"subject-strings", 3, 0, "commonName", "2.5.4.3",
     "Zo\xc3\xab\xf0\x9f\x94\x91", 8, false, "UTF8String"},
    {"subject-strings", 4, 0, "commonName", "2.5.4.3", "1 23", 4, false,
     "NumericString"},
    {"subject-strings", 5, 0, "commonName", "2.5.4.3", "Zo\xc3\xab", 4, false,
     "IA5String that is none"},
    {"subject-strings", 6, 0, "commonName", "2.5.4.3", "", 0, false, "empty"},
    {"subject-nul", 0, 0, "commonName", "2.5.4.3",
     "www.bank.example\0.evil.example", 30, false, "CVE-2009-2408"},
    {"subject-nul", 1, 0, "organizationName", "2.5.4.10", "A\0B", 3, false,
     "CVE-2009-2408, in a BMPString"},
    {"subject-oids", 0, 0, "1.3.6.1.4.1.99999.1", "1.3.6.1.4.1.99999.1",
     "unknown", 7, false, "CPython: the OID where there is no name"},
    {"subject-oids", 1, 0, "2.25.340282366920938463463374607431768211455",
     "2.25.340282366920938463463374607431768211455", "uuid", 4, false,
     "X.667: an arc of 128 bits"},
    {"subject-oids", 2, 0,
     "1.3.6.1.4.1." TEN_ARCS TEN_ARCS TEN_ARCS TEN_ARCS "7",
     "1.3.6.1.4.1." TEN_ARCS TEN_ARCS TEN_ARCS TEN_ARCS "7", "long", 4, false,
     "CPython: of any length"},
    {"subject-oid-too-long", 0, 0, "<invalid>", "<invalid>", "text", 4, false,
     "CVE-2023-2650"},
    {"subject-bits", 1, 0, "x500UniqueIdentifier", "2.5.4.45", "\0\xff\x41\xe9",
     4, true, "X.520, 6.2.7"},
    {"subject-bits", 2, 0, "x500UniqueIdentifier", "2.5.4.45", "\x44", 1, true,
     "bits 1 and 5"},
    {"subject-bits-empty", 0, 0, "x500UniqueIdentifier", "2.5.4.45", "", 0,
     true, "no bits"},
    {"subject-sequence", 0, 0, "commonName", "2.5.4.3", NULL, 0, false,
     "RFC 5280, 4.1.2.4: AttributeValue is ANY"},
    {"subject-sequence", 1, 0, "organizationName", "2.5.4.10", "behind", 6,
     false, "and what follows is there"},
};

static const struct {
  const char *file, *text, *source;
} texts[] = {
    {"subject-empty", "", "RFC 5280, 4.1.2.6"},
    {"subject-multi",
     "emailAddress=user@example.org,O=First,OU=Unit+serialNumber=4711+CN=name,"
     "O=First,DC=example+DC=org",
     "RFC 2253, 2.1 and 2.2"},
    {"subject-nul", "O=A\\00B,CN=www.bank.example\\00.evil.example",
     "CVE-2009-2408"},
    {"subject-strings",
     "CN=,CN=Zo\\C3\\AB,CN=1 23,CN=Zo\\C3\\AB\\F0\\9F\\94\\91,"
     "CN=Zo\\C3\\AB\\F0\\9F\\94\\91,CN=Zo\\C3\\AB,CN=Zo\\C3\\AB",
     "RFC 2253, 2.4, everything in ASCII"},
    {"subject-bits",
     "x500UniqueIdentifier=#03020244,x500UniqueIdentifier=#03050000FF41E9,"
     "CN=bits",
     "RFC 2253, 2.4: no string is in hexadecimal"},
    {"subject-oids",
     "1.3.6.1.4.1." TEN_ARCS TEN_ARCS TEN_ARCS TEN_ARCS "7=#0C046C6F6E67,"
     "2.25.340282366920938463463374607431768211455=#0C0475756964,"
     "1.3.6.1.4.1.99999.1=#0C07756E6B6E6F776E",
     "RFC 2253, 2.4: nor is one whose type has no name"},
    {"subject-sequence",
     "O=behind,CN=#30090C047465787402"
     "0101",
     "RFC 2253, 2.4"},
};

Test(distinguished_name, have_attributes_in_rdns)
{
  for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
    size_t rdn = attributes[i].rdn, at = attributes[i].attribute, len = 99;
    const char *label = attributes[i].source, *value;
    struct sample sample = begin(attributes[i].file);
    cr_assert_lt(at, stls_name_attribute_count(sample.name, rdn), "%s", label);
    cr_expect_str_eq(stls_name_attribute_type(sample.name, rdn, at),
                     attributes[i].type, "%s", label);
    cr_expect_str_eq(stls_name_attribute_oid(sample.name, rdn, at),
                     attributes[i].oid, "%s", label);
    value = stls_name_attribute_value(sample.name, rdn, at, &len);
    cr_expect_eq(len, attributes[i].value_len, "%s: %zu", label, len);
    cr_expect_eq(value == NULL, attributes[i].value == NULL, "%s", label);
    if (value != NULL && len == attributes[i].value_len)
      cr_expect_arr_eq(value, attributes[i].value, len + 1, "%s", label);
    cr_expect_eq(stls_name_attribute_is_bits(sample.name, rdn, at),
                 attributes[i].is_bits, "%s", label);
    end(&sample);
  }
}

Test(distinguished_name, count_rdns_and_attributes)
{
  static const size_t want[] = {2, 1, 3, 1, 1, 0};
  struct sample sample = begin("subject-multi"), empty = begin("subject-empty");

  cr_expect_eq(stls_name_rdn_count(sample.name), 5);
  for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
    cr_expect_eq(stls_name_attribute_count(sample.name, i), want[i], "%zu", i);
  cr_expect_eq(stls_name_rdn_count(empty.name), 0);
  cr_expect_eq(stls_name_attribute_count(empty.name, 0), 0);
  end(&sample);
  end(&empty);
}

Test(distinguished_name, have_a_line_of_text)
{
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    struct sample sample = begin(texts[i].file);
    cr_expect_str_eq(stls_name_text(sample.name), texts[i].text, "%s",
                     texts[i].source);
    end(&sample);
  }
}

Test(distinguished_name, have_the_text_that_openssl_prints)
{
  static const char *const files[] = {
      "subject-empty", "subject-multi",    "subject-nul",     "subject-strings",
      "subject-bits",  "subject-sequence", "subject-special",
  };

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    struct sample sample = begin(files[i]);
    expect_openssl_text(X509_get_subject_name(sample.x509),
                        stls_name_text(sample.name), files[i]);
    expect_openssl_text(X509_get_issuer_name(sample.x509),
                        "CN=libsanstls test names", files[i]);
    end(&sample);
  }
}

/* OpenSSL prints it as it is, which RFC 2253, 2.4, does not allow. */
Test(distinguished_name, escape_a_number_sign_that_is_alone)
{
  X509_NAME *name = one_value(V_ASN1_UTF8STRING, "#", 1);
  struct stls_arena arena = {0};

  cr_expect_str_eq(stls_name_text(decode(&arena, name)), "CN=\\#");
  stls_arena_free(&arena);
  X509_NAME_free(name);
}

/* A certificate that is read has no such names, for d2i_X509 refuses them; one
 * that a program made may. */
Test(distinguished_name, that_are_broken_are_there_without_their_value)
{
  static const struct {
    int type, len;
    const char *value, *text, *source;
  } rows[] = {
      {V_ASN1_BMPSTRING, 2, "\xd8\0", "CN=#1E02D800", "half a pair"},
      {V_ASN1_UNIVERSALSTRING, 4, "\0\x11\0\0", "CN=#1C0400110000",
       "RFC 3629, 3: there are no more than 10FFFF"},
      {V_ASN1_UTF8STRING, 2, "A\xff", "CN=#0C0241FF", "RFC 3629"},
      {V_ASN1_UTF8STRING, 3, "\xed\xa0\x80", "CN=#0C03EDA080", "RFC 3629, 3"},
      {V_ASN1_UTF8STRING, 2, "\xc0\x80", "CN=#0C02C080", "RFC 3629, 3"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    X509_NAME *name = one_value(rows[i].type, rows[i].value, rows[i].len);
    struct stls_arena arena = {0};
    const stls_name *got = decode(&arena, name);
    cr_expect_eq(stls_name_attribute_count(got, 0), 1, "%s", rows[i].source);
    cr_expect_null(stls_name_attribute_value(got, 0, 0, NULL), "%s",
                   rows[i].source);
    cr_expect_str_eq(stls_name_attribute_type(got, 0, 0), "commonName");
    cr_expect_str_eq(stls_name_text(got), rows[i].text, "%s", rows[i].source);
    stls_arena_free(&arena);
    X509_NAME_free(name);
  }
}

/* One of the entries says that memory ran out. */
Test(distinguished_name, do_not_fail_for_what_failed_before)
{
  struct sample sample = begin("subject-sequence");

  planted_errors_put(15);
  cr_expect_not_null(stls_distinguished_name_decode(
      &sample.arena, X509_get_subject_name(sample.x509)));
  planted_errors_expect(0, "emptied");
  end(&sample);
}

Test(distinguished_name, past_the_end_are_nothing)
{
  struct sample sample = begin("subject-multi");
  const struct {
    const stls_name *name;
    size_t rdn, attribute;
  } rows[] = {
      {NULL, 0, 0},
      {sample.name, 5, 0},
      {sample.name, 0, 2},
      {sample.name, 4, 1},
      {sample.name, SIZE_MAX, 0},
      {sample.name, 0, SIZE_MAX},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    size_t rdn = rows[i].rdn, at = rows[i].attribute, len = 99;
    cr_expect_null(stls_name_attribute_type(rows[i].name, rdn, at));
    cr_expect_null(stls_name_attribute_oid(rows[i].name, rdn, at));
    cr_expect_null(stls_name_attribute_value(rows[i].name, rdn, at, &len));
    cr_expect_eq(len, 0);
    cr_expect_not(stls_name_attribute_is_bits(rows[i].name, rdn, at));
  }
  cr_expect_eq(stls_name_rdn_count(NULL), 0);
  cr_expect_eq(stls_name_attribute_count(NULL, 0), 0);
  cr_expect_null(stls_name_text(NULL));
  end(&sample);
}

static struct sample begin(const char *file)
{
  struct sample sample = {0};
  char path[64];

  snprintf(path, sizeof path, "names/%s.pem", file);
  sample.x509 = data_file_x509(path);
  sample.name = decode(&sample.arena, X509_get_subject_name(sample.x509));
  return sample;
}

static void end(struct sample *sample)
{
  stls_arena_free(&sample->arena);
  X509_free(sample->x509);
}

static const stls_name *decode(struct stls_arena *arena, const X509_NAME *name)
{
  const stls_name *decoded;

  planted_errors_put(0);
  decoded = stls_distinguished_name_decode(arena, name);
  cr_assert_not_null(decoded);
  planted_errors_expect(0, "a name");
  return decoded;
}

static void expect_openssl_text(const X509_NAME *name, const char *text,
                                const char *label)
{
  BIO *bio = BIO_new(BIO_s_mem());
  char *want = NULL;
  long len;

  cr_assert_geq(X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253), 0);
  len = BIO_get_mem_data(bio, &want);
  cr_expect_eq((size_t)len, strlen(text), "%s: %.*s", label, (int)len, want);
  if (len > 0 && (size_t)len == strlen(text))
    cr_expect_arr_eq(want, text, (size_t)len, "%s: %.*s", label, (int)len,
                     want);
  BIO_free(bio);
}

static X509_NAME *one_value(int type, const void *value, int len)
{
  X509_NAME *name = X509_NAME_new();

  cr_assert(X509_NAME_add_entry_by_NID(name, NID_commonName, type, value, len,
                                       -1, 0));
  return name;
}
