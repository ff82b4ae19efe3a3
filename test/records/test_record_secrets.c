/* SPDX-License-Identifier: MIT */
/* test_record_secrets: secrets from lines of the key log. */
#include "lib/records/record_secrets.h"

#include <string.h>

#include "support/check.h"

SUITE(record_secrets);

#define RANDOM \
  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SECRET \
  "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504A5"

Test(record_secrets, come_from_two_lines)
{
  struct stls_record_secrets secrets = {.client_len = 0};

  stls_record_secrets_note(&secrets,
                           "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " SECRET);
  cr_expect_not(stls_record_secrets_are_complete(&secrets, 32));
  stls_record_secrets_note(&secrets,
                           "SERVER_TRAFFIC_SECRET_0 " RANDOM " " RANDOM);
  cr_expect(stls_record_secrets_are_complete(&secrets, 32));
  cr_expect_not(stls_record_secrets_are_complete(&secrets, 48));
  cr_expect_eq(secrets.client[0], 0x9e);
  cr_expect_eq(secrets.client[31], 0xa5);
  cr_expect_eq(secrets.server[1], 0x11);
}

/* NSS Key Log Format: the other labels, and what is not a line of it. */
Test(record_secrets, come_from_no_other_line)
{
  static const char *const lines[] = {
      "", " ", "CLIENT_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_0 ",
      "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " SECRET "0",
      "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " SECRET SECRET,
      /* 49 bytes, one more than a hash has. */
      "SERVER_TRAFFIC_SECRET_0 " RANDOM " " SECRET
      "9e40646ce79a7f9dc05af8889bce655287",
      "CLIENT_TRAFFIC_SECRET_0 " RANDOM " xy40646c",
      "CLIENT_TRAFFIC_SECRET_1 " RANDOM " " SECRET,
      "CLIENT_HANDSHAKE_TRAFFIC_SECRET " RANDOM " " SECRET,
      "CLIENT_EARLY_TRAFFIC_SECRET " RANDOM " " SECRET,
      "SERVER_HANDSHAKE_TRAFFIC_SECRET " RANDOM " " SECRET,
      "EXPORTER_SECRET " RANDOM " " SECRET,
      "CLIENT_RANDOM " RANDOM " " SECRET SECRET};

  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    struct stls_record_secrets secrets = {.client_len = 0};
    stls_record_secrets_note(&secrets, lines[i]);
    cr_expect_eq(secrets.client_len, 0, "%s", lines[i]);
    cr_expect_eq(secrets.server_len, 0, "%s", lines[i]);
  }
}
