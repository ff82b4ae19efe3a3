/* SPDX-License-Identifier: MIT */
/* test_configuration: endpoints that are described, and made from that. */
#include <stdio.h>
#include <string.h>

#include "description.h"
#include "lib/testing/configuration.h"
#include "lib/testing/setting.h"
#include "seeded_pair.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(configuration);

#define KEYS \
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" \
  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f" \
  "404142434445464748494a4b4c4d4e4f"
#define PSK_KEY \
  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
#define NAME "server-name: localhost\n"

static const struct {
  stls_role role;
  const char *text;
} rows[] = {
    {STLS_SERVER, ""},
    {STLS_CLIENT, NAME},
    {STLS_CLIENT, "server-name: 127.0.0.1\n"},
    {STLS_CLIENT, "server-name: 0:0:0:0:0:0:0:1\n"},
    {STLS_CLIENT, "versions: TLSv1.2 TLSv1.2\n" NAME},
    {STLS_SERVER, "versions: TLSv1.3 TLSv1.3\n"},
    {STLS_SERVER, "security-level: 3\n"},
    {STLS_CLIENT, "security-level: 0\n" NAME},
    {STLS_SERVER,
     "ciphers: ECDHE-ECDSA-AES256-GCM-SHA384:PSK-AES128-GCM-SHA256\n"},
    {STLS_CLIENT, "ciphersuites: TLS_AES_256_GCM_SHA384\n" NAME},
    {STLS_CLIENT, "groups: X25519:P-256\n" NAME},
    {STLS_SERVER, "sigalgs: ECDSA+SHA256\n"},
    {STLS_SERVER, "client-sigalgs: ed25519:ECDSA+SHA256\n"},
    {STLS_CLIENT, "alpn: h2 http/1.1\n" NAME},
    {STLS_SERVER, "alpn: a%20b%25 %c3%a4\nalpn-policy: refuse\n"},
    {STLS_CLIENT, "trust: none\n" NAME},
    {STLS_SERVER, "trust: ca\nverify-mode: required\n"},
    {STLS_SERVER, "trust: ca\nverify-mode: optional\n"},
    {STLS_CLIENT, "verify-mode: none\ncheck-hostname: no\n" NAME},
    {STLS_SERVER, "credential: rsa\n"},
    {STLS_SERVER, "credential: rsa ecdsa ed25519\n"},
    {STLS_SERVER, "credential: none\n"},
    {STLS_CLIENT, "credential: client\n" NAME},
    {STLS_CLIENT, "credential: chain\n" NAME},
    {STLS_SERVER, "auto-chain: yes\n"},
    {STLS_CLIENT, "verify-flags: 0x80000\n" NAME},
    {STLS_CLIENT, "verify-depth: 3\n" NAME},
    {STLS_CLIENT,
     "verify-flags: 0x880a0\nverify-policies: 1.2.3.4 2.5.29.32.0\n" NAME},
    {STLS_CLIENT, "check-hostname: no\n" NAME},
    {STLS_CLIENT, "hostflags: 0x4\n" NAME},
    {STLS_SERVER,
     "verify-mode: required\nexpected-client: client.example ::1\n"},
    {STLS_CLIENT, "stapling: ask\n" NAME},
    {STLS_CLIENT, "stapling: require\n" NAME},
    {STLS_CLIENT, "post-handshake-auth: yes\n" NAME},
    {STLS_SERVER, "post-handshake-auth: yes\n"},
    {STLS_SERVER, "require-ems: yes\n"},
    {STLS_SERVER, "tickets: 0\n"},
    {STLS_SERVER, "tickets: 5\nticket-timing: with-data\n"},
    {STLS_SERVER, "ticket-timing: never\n"},
    {STLS_SERVER, "ticket-keys: " KEYS "\n"},
    {STLS_SERVER, "session-timeout: 60\nsession-max-age: 600\n"},
    {STLS_CLIENT, "psk: somebody " PSK_KEY "\n" NAME},
    {STLS_SERVER, "psk: some%20body " PSK_KEY " sha384\n"},
    {STLS_CLIENT, "max-fragment-length: 1024\n" NAME},
    {STLS_SERVER, "record-padding: 512\n"},
    {STLS_SERVER, "records: libssl\n"},
    {STLS_CLIENT, "buffers: keep\n" NAME},
    {STLS_SERVER,
     "limit.key-updates: 5\nlimit.empty-records: 6\n"
     "limit.reply-bytes: 7000\nlimit.certificate-bytes: 8000\n"
     "limit.renegotiations: 9\nlimit.tickets: 10\n"},
    {STLS_SERVER, "choose-context: yes\n"},
    {STLS_SERVER,
     "versions: TLSv1.2 TLSv1.3\n"
     "ciphers: ECDHE-RSA-AES128-GCM-SHA256\ngroups: P-256\nalpn: x\n"
     "trust: ca\ncredential: ed25519\nverify-mode: required\ntickets: 1\n"
     "records: libssl\n"},
};

Test(configuration, what_is_made_of_a_description_has_the_same)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *text = rows[i].text;

    /* The default has no line. */
    if (strncmp(text, "versions: TLSv1.2 TLSv1.3\n", 26) == 0) text += 26;
    description_expect_identity(rows[i].role, text);
  }
}

/* They lower the security level, at which OpenSSL offers more suites. */
Test(configuration, insecure_versions)
{
  stls_testing *testing = description_world();
  stls_object *object = NULL;
  char text[4096];

  ASSERT_RETURNS(description_apply(testing, STLS_SERVER,
                                   "versions: TLSv1 TLSv1.3\n", &object, NULL),
                 STLS_OK);
  snprintf(text, sizeof text, "%s", description_of(object));
  cr_expect_eq(strncmp(text, "versions: TLSv1 TLSv1.3\n", 24), 0, "%s", text);
  description_expect_identity(STLS_SERVER, text);
  stls_object_free(object);
  stls_testing_free(testing);
}

Test(configuration, direct_records)
{
  pair_need_direct();
  description_expect_identity(STLS_SERVER, "records: direct\n");
}

Test(configuration, options)
{
  stls_testing *testing = description_world();
  stls_context *context = NULL;
  stls_object *object = NULL;
  char text[64];

  cr_assert_eq(stls_testing_context(testing, STLS_SERVER, &context, NULL),
               STLS_OK);
  snprintf(
      text, sizeof text, "options: 0x%llx\n",
      (unsigned long long)(stls_context_options(context) | STLS_OP_NO_TICKET));
  description_expect_identity(STLS_SERVER, text);
  stls_object_free(object);
  stls_context_free(context);
  stls_testing_free(testing);
}

/* test_configuration_custom has these. */
static bool is_custom_only(const char *name)
{
  return strcmp(name, "clock") == 0 || strcmp(name, "dh-params") == 0 ||
         strcmp(name, "ocsp-response") == 0 || strcmp(name, "openssl") == 0;
}

Test(configuration, each_setting_has_a_row)
{
  const struct stls_setting *setting;

  for (size_t i = 0; (setting = stls_setting_at(i)) != NULL; i++) {
    bool is_there = strcmp(setting->name, "options") == 0 ||
                    strcmp(setting->name, "session") == 0 ||
                    is_custom_only(setting->name);
    char line[64];

    snprintf(line, sizeof line, "%s: ", setting->name);
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++)
      is_there = is_there || strstr(rows[row].text, line) != NULL;
    cr_expect(is_there, "%s", setting->name);
    cr_expect(stls_configuration_has(setting->name));
  }
  cr_expect_not(stls_configuration_has("colour"));
}

Test(configuration, describing_draws_nothing)
{
  const seeded_options options = {.seed = 1};
  seeded_pair pair = seeded_pair_new(&options);
  uint64_t client, server;

  seeded_pair_make_contexts(&pair);
  seeded_pair_make_objects(&pair, NULL);
  client = stls_testing_num_drawn(pair.client.testing);
  server = stls_testing_num_drawn(pair.server.testing);
  cr_expect_str_eq(description_of(pair.client.object), NAME);
  cr_expect_str_eq(description_of(pair.server.object), "");
  cr_expect_eq(stls_testing_num_drawn(pair.client.testing), client);
  cr_expect_eq(stls_testing_num_drawn(pair.server.testing), server);
  seeded_pair_free(&pair);
}
