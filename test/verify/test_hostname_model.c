/* SPDX-License-Identifier: MIT */
/* test_hostname_model: random names and patterns, compared with OpenSSL. */
#include "support/expect.h"
#include "support/hostname_oracle.h"

SUITE(hostname_model, .timeout = 300);

/* What names are made of; most of them are near to a match. */
static const char *const pieces[] = {
    "*",    "a", "b", "A",  ".",   ".",    ".",   "-",     "_",
    "xn--", "0", "1", "*.", "*.a", ".a.b", "a.b", "a.b.a", "\0x",
};
static const char *const stems[] = {"a.b.a",     "a.b",       "b.a.b",
                                    "xn--a.b.a", "a-b.a_b.a", "1.a.0"};

enum {
  TEXT_MAX = 64
};

struct text {
  char bytes[TEXT_MAX];
  size_t len;
};

static unsigned state;

static unsigned pick(unsigned num);
static void add(struct text *text, const char *bytes, size_t len);
static struct text make_reference(void);
static struct text make_presented(const struct text *reference);
static void set_alt_name(X509 *x509, const struct text *presented);
static hostname_verdict list_verdict(const char *reference,
                                     const struct text *presented);
static hostname_verdict minted_verdict(const char *reference,
                                       const struct text *presented);
static hostname_verdict host_verdict(X509 *x509, const char *reference);

Test(hostname_model, random_pairs_get_openssls_verdict)
{
  size_t num = check_quick() ? 300 : 20000, num_matches = 0, num_refused = 0;
  X509 *x509 = X509_new();

  for (size_t i = 0; i < num; i++) {
    struct text reference, presented;
    hostname_verdict listed, theirs, ours;
    state = (unsigned)i * 2654435761U + 1;
    reference = make_reference();
    presented = make_presented(&reference);
    set_alt_name(x509, &presented);
    listed = list_verdict(reference.bytes, &presented);
    theirs = host_verdict(x509, reference.bytes);
    /* Making a whole certificate takes its time. */
    ours = i % 16 == 0 ? minted_verdict(reference.bytes, &presented) : listed;
    cr_expect_eq(ours, listed, "\"%s\", \"%s\" (%zu)", reference.bytes,
                 presented.bytes, presented.len);
    if (listed != REFUSED)
      cr_expect_eq(listed, theirs, "\"%s\", \"%s\" (%zu): %s, OpenSSL %s",
                   reference.bytes, presented.bytes, presented.len,
                   hostname_oracle_name(listed), hostname_oracle_name(theirs));
    num_matches += listed == MATCH;
    num_refused += listed == REFUSED;
  }
  X509_free(x509);
  /* Or it has tested nothing. */
  cr_expect_gt(num_matches, num / 20);
  cr_expect_gt(num - num_matches - num_refused, num / 10);
  cr_expect_gt(num_refused, num / 50);
}

static unsigned pick(unsigned num)
{
  state = state * 1664525U + 1013904223U;
  return (state >> 8) % num;
}

static void add(struct text *text, const char *bytes, size_t len)
{
  if (len >= sizeof text->bytes - text->len) return;
  memcpy(text->bytes + text->len, bytes, len);
  text->len += len;
  text->bytes[text->len] = '\0';
}

static struct text make_reference(void)
{
  struct text made = {{0}, 0};

  if (pick(2) == 0) {
    const char *stem = stems[pick(sizeof stems / sizeof stems[0])];
    add(&made, stem, strlen(stem));
    return made;
  }
  for (unsigned i = pick(7); i > 0; i--) {
    const char *piece = pieces[pick(sizeof pieces / sizeof pieces[0])];
    add(&made, piece, strlen(piece));
  }
  return made;
}

/* The reference with a fault or two: a label becomes a star, a byte another. */
static struct text make_presented(const struct text *reference)
{
  struct text made = {{0}, 0};
  const char *dot = strchr(reference->bytes, '.');

  if (pick(3) > 0 && dot != NULL) {
    add(&made, "*", 1);
    add(&made, dot, strlen(dot));
  } else if (pick(2) == 0) {
    made = *reference;
  }
  for (unsigned i = pick(3); i > 0; i--) {
    const char *piece = pieces[pick(sizeof pieces / sizeof pieces[0])];
    size_t len = piece[0] == '\0' ? 2 : strlen(piece);
    if (pick(2) == 0 || made.len < len)
      add(&made, piece, len);
    else
      memcpy(made.bytes + pick((unsigned)(made.len - len + 1)), piece, len);
  }
  return made;
}

static void set_alt_name(X509 *x509, const struct text *presented)
{
  GENERAL_NAMES *names = GENERAL_NAMES_new();
  GENERAL_NAME *name = GENERAL_NAME_new();
  ASN1_STRING *bytes = ASN1_STRING_type_new(V_ASN1_IA5STRING);

  cr_assert(names != NULL && name != NULL && bytes != NULL);
  cr_assert_eq(ASN1_STRING_set(bytes, presented->bytes, (int)presented->len),
               1);
  GENERAL_NAME_set0_value(name, GEN_DNS, bytes);
  cr_assert_gt(sk_GENERAL_NAME_push(names, name), 0);
  cr_assert_eq(X509_add1_ext_i2d(x509, NID_subject_alt_name, names, 0,
                                 X509V3_ADD_REPLACE),
               1);
  GENERAL_NAMES_free(names);
}

static hostname_verdict list_verdict(const char *reference,
                                     const struct text *presented)
{
  const char *name = presented->bytes;
  bool matches = false;
  stls_result result = stls_hostname_match_names(
      reference, &name, &presented->len, 1, &matches, NULL);

  if (result == STLS_ERROR_INPUT) return REFUSED;
  ASSERT_RETURNS(result, STLS_OK);
  return matches ? MATCH : NO;
}

static hostname_verdict minted_verdict(const char *reference,
                                       const struct text *presented)
{
  const named_cert_alt_name names[] = {
      {GEN_DNS, presented->bytes, presented->len}, {0}};
  X509 *x509 = named_cert_new(&(named_cert_request){.alt_names = names});
  hostname_verdict got = hostname_oracle_library(x509, reference, 0);

  X509_free(x509);
  return got;
}

/* Without the root's dot, which ours do not compare. */
static hostname_verdict host_verdict(X509 *x509, const char *reference)
{
  char copy[TEXT_MAX];
  size_t len = strlen(reference);

  memcpy(copy, reference, len + 1);
  if (len > 1 && copy[len - 1] == '.') copy[len - 1] = '\0';
  return hostname_oracle_openssl(x509, copy, false);
}
