/* SPDX-License-Identifier: MIT */
/* test_hostname: syntax of reference host names. */
#include "lib/util/hostname.h"

#include <string.h>

#include "support/check.h"

SUITE(hostname);

#define L63 "a23456789-123456789-123456789-123456789-123456789-123456789-1bc"
#define L64 L63 "d"
#define L61 "a23456789-123456789-123456789-123456789-123456789-123456789-1"
#define N253 L63 "." L63 "." L63 "." L61
#define N254 N253 "e"

#define DNS STLS_HOSTNAME_DNS
#define ADDRESS STLS_HOSTNAME_ADDRESS
#define INVALID STLS_HOSTNAME_INVALID

static const struct {
  const char *text;
  stls_hostname_kind want;
  /* How many bytes are cut from the end. */
  size_t want_cut;
  const char *source;
} rows[] = {
    {"example.com", DNS, 0, "RFC 1034, 3.5"},
    {"localhost", DNS, 0, "RFC 6761, 6.3: one label is a name"},
    {"EXAMPLE.com", DNS, 0, "RFC 4343, 3: case does not matter"},
    {"a", DNS, 0, "RFC 1035, 2.3.1: a label of one letter"},
    {"3com.com", DNS, 0, "RFC 1123, 2.1: a digit may come first"},
    {"123.example", DNS, 0, "RFC 1123, 2.1: a label may be all digits"},
    {"example.1a", DNS, 0, "RFC 1123, 2.1: the last one has a letter"},
    {"a-b.example", DNS, 0, "RFC 1035, 2.3.1: hyphens inside"},
    {"a--b.example", DNS, 0, "RFC 952: also several"},
    {"xn--bcher-kva.example", DNS, 0, "RFC 5890, 2.3.2.1: an A-label"},
    {"_sip._tcp.example", DNS, 0, "RFC 2782: underscores are in use"},
    {"my_host.example", DNS, 0, "RFC 2181, 11: DNS itself allows them"},
    {"_", DNS, 0, "RFC 2181, 11"},

    {"example.com.", DNS, 1, "RFC 1034, 3.1: the root's dot"},
    {"localhost.", DNS, 1, "RFC 1034, 3.1"},
    {".", INVALID, 0, "RFC 1034, 3.1: the root is no host"},
    {"", INVALID, 0, "RFC 1035, 2.3.4: a label has an octet or more"},
    {".example.com", INVALID, 0, "RFC 1035, 2.3.4"},
    {"a..b", INVALID, 0, "RFC 1035, 2.3.4"},
    {"example.com..", INVALID, 0, "RFC 1035, 2.3.4"},
    {"..", INVALID, 0, "RFC 1035, 2.3.4"},

    {L63, DNS, 0, "RFC 1035, 2.3.4: labels of 63 octets"},
    {L63 ".example", DNS, 0, "RFC 1035, 2.3.4"},
    {L64, INVALID, 0, "RFC 1035, 2.3.4: and no more"},
    {"example." L64, INVALID, 0, "RFC 1035, 2.3.4"},
    {N253, DNS, 0, "RFC 1035, 3.1: 255 octets on the wire are 253 here"},
    {N253 ".", DNS, 1, "RFC 1035, 3.1: the root's dot is one of the 255"},
    {N254, INVALID, 0, "RFC 1035, 2.3.4"},
    {N254 ".", INVALID, 0, "RFC 1035, 2.3.4"},

    {"-a.example", INVALID, 0, "RFC 952: no hyphen first"},
    {"a-.example", INVALID, 0, "RFC 952: nor last"},
    {"a.-", INVALID, 0, "RFC 952"},
    {"exam ple.com", INVALID, 0, "RFC 952: no blanks"},
    {" example.com", INVALID, 0, "RFC 952"},
    {"example.com ", INVALID, 0, "RFC 952"},
    {"example.com\n", INVALID, 0, "RFC 952"},
    {"exam\tple", INVALID, 0, "RFC 952"},
    {"exam\177ple", INVALID, 0, "RFC 952"},
    {"b\303\274cher.example", INVALID, 0, "RFC 6066, 3: A-labels only"},
    {"b\374cher.example", INVALID, 0, "RFC 6066, 3"},
    {"\343\200\202", INVALID, 0, "RFC 3490, 3.1: not the dot that is meant"},
    {"*.example.com", INVALID, 0, "RFC 6125, 6.4: wildcards are presented"},
    {"example.com:443", INVALID, 0, "RFC 3986, 3.2: an authority, not a name"},
    {"user@example.com", INVALID, 0, "RFC 3986, 3.2.1"},
    {"https://example.com", INVALID, 0, "RFC 3986, 3.1"},
    {"example.com/", INVALID, 0, "RFC 3986, 3.3"},
    {"exa%6dple.com", INVALID, 0, "RFC 3986, 2.1"},
    {"example,com", INVALID, 0, "RFC 952"},

    {"1.2.3.4", ADDRESS, 0, "RFC 6943, 3.1.1: the strict form"},
    {"0.0.0.0", ADDRESS, 0, "RFC 6943, 3.1.1"},
    {"255.255.255.255", ADDRESS, 0, "RFC 6943, 3.1.1"},
    {"256.1.1.1", INVALID, 0, "RFC 6943, 3.1.1: not above 255"},
    {"1.1.1.256", INVALID, 0, "RFC 6943, 3.1.1"},
    {"1.2.3.4.5", INVALID, 0, "RFC 1123, 2.1: all digits is no last label"},
    {"1.2.3", INVALID, 0, "RFC 6943, 3.1.1: the loose forms"},
    {"127.1", INVALID, 0, "RFC 6943, 3.1.1"},
    {"2130706433", INVALID, 0, "RFC 6943, 3.1.1"},
    {"0", INVALID, 0, "RFC 6943, 3.1.1"},
    {"0x7f000001", INVALID, 0, "RFC 6943, 3.1.1: also in hexadecimal"},
    {"0X7F.1", INVALID, 0, "RFC 6943, 3.1.1"},
    {"1.0x1", INVALID, 0, "RFC 6943, 3.1.1"},
    {"example.0x", INVALID, 0, "WHATWG URL: a name that ends in a number"},
    {"0x7f.example", DNS, 0, "RFC 1123, 2.1: only the last label matters"},
    {"0xg", DNS, 0, "RFC 1123, 2.1: no number"},
    {"1.2.3.04", INVALID, 0, "RFC 6943, 3.1.1: might be octal"},
    {"1.2.3.4.", INVALID, 0, "RFC 1123, 2.1: an address has no root"},
    {"example.123", INVALID, 0, "RFC 1123, 2.1"},
    {"1.2.3.-4", INVALID, 0, "RFC 6943, 3.1.1"},
    {"+1.2.3.4", INVALID, 0, "RFC 6943, 3.1.1"},
    {" 1.2.3.4", INVALID, 0, "RFC 6943, 3.1.1"},
    {"1.2.3.4 ", INVALID, 0, "RFC 6943, 3.1.1"},

    {"::1", ADDRESS, 0, "RFC 4291, 2.2"},
    {"::", ADDRESS, 0, "RFC 4291, 2.2"},
    {"2001:db8::1", ADDRESS, 0, "RFC 4291, 2.2"},
    {"2001:DB8:0:0:0:0:0:1", ADDRESS, 0, "RFC 4291, 2.2"},
    {"::ffff:1.2.3.4", ADDRESS, 0, "RFC 4291, 2.5.5.2"},
    {"[::1]", INVALID, 0, "RFC 3986, 3.2.2: brackets are the URI's"},
    {"[1.2.3.4]", INVALID, 0, "RFC 3986, 3.2.2"},
    {"fe80::1%eth0", INVALID, 0, "RFC 4007, 11: a zone is not in certificates"},
    {"::1.", INVALID, 0, "RFC 4291, 2.2"},
    {":::1", INVALID, 0, "RFC 4291, 2.2"},
    {"1::2::3", INVALID, 0, "RFC 4291, 2.2: :: once"},
    {"1:2:3:4:5:6:7", INVALID, 0, "RFC 4291, 2.2: eight groups"},
    {"1:2:3:4:5:6:7:8:9", INVALID, 0, "RFC 4291, 2.2"},
    {"::12345", INVALID, 0, "RFC 4291, 2.2: four digits"},
    {"::g", INVALID, 0, "RFC 4291, 2.2"},
    {"::1/64", INVALID, 0, "RFC 4291, 2.3: a prefix"},
};

Test(hostname, tells_names_from_addresses_from_the_rest)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *why = "untouched";
    size_t len = 4711;
    stls_hostname_kind got = stls_hostname_classify(rows[i].text, &len, &why);
    cr_expect_eq(got, rows[i].want, "\"%s\" (%s): %d (%s)", rows[i].text,
                 rows[i].source, (int)got, why ? why : "-");
    if (got == INVALID) continue;
    cr_expect_eq(len, strlen(rows[i].text) - rows[i].want_cut,
                 "\"%s\" (%s): %zu bytes", rows[i].text, rows[i].source, len);
  }
}

Test(hostname, says_why_and_only_when_there_is_a_why)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *why = "untouched";
    size_t len = 0;
    stls_hostname_kind got = stls_hostname_classify(rows[i].text, &len, &why);
    if (got == INVALID)
      cr_expect(why != NULL && why[0] != '\0' && strcmp(why, "untouched") != 0,
                "\"%s\"", rows[i].text);
    else
      cr_expect_null(why, "\"%s\"", rows[i].text);
  }
}

Test(hostname, takes_just_the_characters_of_names)
{
  static const char allowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

  for (int c = 1; c <= 255; c++) {
    char text[] = {'a', (char)c, 'b', '\0'};
    bool is_allowed = strchr(allowed, c) != NULL;
    const char *why;
    size_t len;
    cr_expect_eq(stls_hostname_classify(text, &len, &why),
                 is_allowed ? DNS : INVALID, "character %d", c);
  }
}

Test(hostname, takes_any_length_without_reading_on)
{
  static char text[100000];
  const char *why;
  size_t len;

  memset(text, 'a', sizeof text - 1);
  cr_expect_eq(stls_hostname_classify(text, &len, &why), INVALID);
  for (size_t i = 1; i < sizeof text - 1; i += 2) text[i] = '.';
  cr_expect_eq(stls_hostname_classify(text, &len, &why), INVALID);
}
