/* SPDX-License-Identifier: MIT */
/* scenario: connections with a name, to be recorded. */
#include "command/scenario.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/script.h"

#define V12 STLS_TLS_1_2
#define V13 STLS_TLS_1_3
#define REQUIRED "trust: ca\nverify-mode: required\n"
#define TICKET_KEYS \
  "ticket-keys: " \
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" \
  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f" \
  "404142434445464748494a4b4c4d4e4f\n"
#define PSK \
  "psk: somebody " \
  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f\n"
#define PSK12 PSK "ciphers: PSK-AES128-GCM-SHA256\n"
/* A short talk, ended by both. */
#define TALK "c.write:ping s.write:pong c.close s.close"

/* 2027-01-15T08:00:00Z */
#define SCENARIO_TIME 1800000000

static const struct scenario scenarios[] = {
    {"tls13-full", "TLS 1.3", V13, "", "", TALK, NULL},
    {"tls12-full", "TLS 1.2", V12, "", "", TALK, NULL},
    {"tls13-echo", "TLS 1.3, the server answers with what it was told", V13, "",
     "", "c.write:ping s.write:ping c.close s.close", NULL},
    {"tls13-rsa", "TLS 1.3, a certificate with an RSA key", V13, "",
     "credential: rsa\n", TALK, NULL},
    {"tls12-rsa", "TLS 1.2, a certificate with an RSA key", V12, "",
     "credential: rsa\n", TALK, NULL},
    {"tls13-retry", "TLS 1.3 with a HelloRetryRequest", V13,
     "groups: X25519:P-256\n", "groups: P-256\n", TALK, NULL},
    {"tls13-resumed", "TLS 1.3, a session is resumed", V13, "", TICKET_KEYS,
     TALK, TALK},
    {"tls12-resumed", "TLS 1.2, a session is resumed", V12, "", TICKET_KEYS,
     TALK, TALK},
    {"tls13-client-certificate", "TLS 1.3, the client has a certificate", V13,
     "credential: client\n", REQUIRED, TALK, NULL},
    {"tls12-client-certificate", "TLS 1.2, the client has a certificate", V12,
     "credential: client\n", REQUIRED, TALK, NULL},
    {"tls13-late-certificate", "TLS 1.3, the client is asked later", V13,
     "credential: client\npost-handshake-auth: yes\n",
     REQUIRED "post-handshake-auth: yes\n", "s.ask " TALK, NULL},
    {"tls13-psk", "TLS 1.3 with a pre-shared key", V13, PSK, PSK, TALK, NULL},
    {"tls12-psk", "TLS 1.2 with a pre-shared key", V12, PSK12, PSK12, TALK,
     NULL},
    {"tls13-key-update", "TLS 1.3, keys change in both directions", V13, "", "",
     "c.write:ping c.key_update_both s.write:pong s.key_update c.write:ping "
     "s.write:pong c.close s.close",
     NULL},
    {"tls13-half-close", "TLS 1.3, the client ends first, the server goes on",
     V13, "", "", "c.write:ping c.close s.write:pong s.write:more s.close",
     NULL},
    {"tls12-half-close", "TLS 1.2, the client ends first, the server goes on",
     V12, "", "", "c.write:ping c.close s.write:pong s.write:more s.close",
     NULL},
    {"tls13-bulk", "TLS 1.3, records of full size", V13, "", "",
     "c.write:ping s.fill:16400 c.close s.close", NULL},
    {"tls13-alpn", "TLS 1.3, a protocol is agreed on", V13,
     "alpn: h2 http/1.1\n", "alpn: http/1.1\n", TALK, NULL},
    {"tls13-alpn-refused", "TLS 1.3, there is no common protocol", V13,
     "alpn: h2\n", "alpn: http/1.1\nalpn-policy: refuse\n", "", NULL},
    {"tls13-name-refused", "TLS 1.3, the server does not know the name", V13,
     "", "choose-context: yes\n", "s.reject:112", NULL},
    {"tls13-no-cipher", "TLS 1.3, there is no common cipher suite", V13,
     "ciphersuites: TLS_AES_128_GCM_SHA256\n",
     "ciphersuites: TLS_AES_256_GCM_SHA384\n", "", NULL},
    {"tls13-no-version", "there is no common version", V13, "",
     "versions: TLSv1.2 TLSv1.2\n", "", NULL},
    {"tls13-expired", "TLS 1.3, the certificate has expired", V13, "",
     "credential: expired\n", "", NULL},
    {"tls12-expired", "TLS 1.2, the certificate has expired", V12, "",
     "credential: expired\n", "", NULL},
    {"tls13-unknown-ca", "TLS 1.3, nobody knows the CA", V13, "",
     "credential: unknown-ca\n", "", NULL},
    {"tls13-wrong-name", "TLS 1.3, a certificate for another name", V13, "",
     "credential: wrong-name\n", "", NULL},
    {"tls13-no-client-certificate", "TLS 1.3, the client has none", V13, "",
     REQUIRED, "", NULL},
    {"tls12-no-client-certificate", "TLS 1.2, the client has none", V12, "",
     REQUIRED, "", NULL},
    {"tls13-cut-in-handshake", "TLS 1.3, the transport ends in the handshake",
     V13, "", "", "c.cut:200 s.cut:700", NULL},
    {"tls12-cut-in-handshake", "TLS 1.2, the transport ends in the handshake",
     V12, "", "", "c.cut:200 s.cut:400", NULL},
    {"tls13-truncated", "TLS 1.3, the transport ends without close_notify", V13,
     "", "", "c.write:ping s.write:pong c.end s.end", NULL},
    {"tls12-truncated", "TLS 1.2, the transport ends without close_notify", V12,
     "", "", "c.write:ping s.write:pong c.end s.end", NULL},
};

enum {
  NUM_SCENARIOS = sizeof scenarios / sizeof scenarios[0]
};

static stls_result describe(const struct scenario *scenario, uint64_t seed,
                            const char *session,
                            stls_transcript **out_description, stls_error *err);
static void put_lines(FILE *text, const char *prefix, const char *lines);

const struct scenario *scenario_at(size_t index)
{
  return index < NUM_SCENARIOS ? &scenarios[index] : NULL;
}

const struct scenario *scenario_find(const char *name)
{
  for (size_t i = 0; i < NUM_SCENARIOS; i++)
    if (strcmp(scenarios[i].name, name) == 0) return &scenarios[i];
  return NULL;
}

stls_result scenario_record(const struct scenario *scenario, stls_role role,
                            uint64_t seed, stls_transcript **out_transcript,
                            stls_error *err)
{
  stls_transcript *description = NULL, *before = NULL;
  char *session = NULL;
  stls_result result = STLS_OK;

  if (scenario->before != NULL) {
    result = describe(scenario, seed + 2, NULL, &description, err);
    if (result == STLS_OK)
      result = script_run(description, scenario->before, STLS_CLIENT, &before,
                          &session, err);
    stls_transcript_free(description);
    stls_transcript_free(before);
    description = NULL;
  }
  if (result == STLS_OK)
    result = describe(scenario, seed, session, &description, err);
  if (result == STLS_OK)
    result = script_run(description, scenario->script, role, out_transcript,
                        NULL, err);
  stls_transcript_free(description);
  free(session);
  return result;
}

/* A transcript without steps, which says how both ends are made. */
static stls_result describe(const struct scenario *scenario, uint64_t seed,
                            const char *session,
                            stls_transcript **out_description, stls_error *err)
{
  const char *const version = stls_protocol_name(scenario->version);
  stls_result result = STLS_ERROR_MEMORY;
  char *data = NULL;
  size_t len = 0;
  FILE *text = open_memstream(&data, &len);

  if (text == NULL) return STLS_ERROR_MEMORY;
  fprintf(text,
          "sanstls-transcript 1\nopenssl: unknown\nrole: client\n"
          "seed: %" PRIu64
          "\ntime: %d\n"
          "config.server-name: localhost\n"
          "peer.seed: %" PRIu64 "\npeer.time: %d\n",
          2 * seed, SCENARIO_TIME, 2 * seed + 1, SCENARIO_TIME);
  if (strstr(scenario->client, "versions: ") == NULL)
    fprintf(text, "config.versions: %s %s\n", version, version);
  if (strstr(scenario->server, "versions: ") == NULL)
    fprintf(text, "peer.config.versions: %s %s\n", version, version);
  put_lines(text, "config.", scenario->client);
  put_lines(text, "peer.config.", scenario->server);
  if (session != NULL) fprintf(text, "config.session: %s\n", session);
  fputs("\nend\n", text);
  if (fclose(text) == 0)
    result =
        stls_transcript_parse(data, len, scenario->name, out_description, err);
  free(data);
  return result;
}

static void put_lines(FILE *text, const char *prefix, const char *lines)
{
  while (*lines != '\0') {
    const size_t len = strcspn(lines, "\n") + 1;
    fprintf(text, "%s%.*s", prefix, (int)len, lines);
    lines += len;
  }
}
