/* SPDX-License-Identifier: MIT */
/* record_secrets: collects the traffic secrets that libssl's key log tells. */
#include "records/record_secrets.h"

#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"

static size_t decode(const char *hex, uint8_t *out);

void stls_record_secrets_note(struct stls_record_secrets *secrets,
                              const char *line)
{
  static const char client[] = "CLIENT_TRAFFIC_SECRET_0 ";
  static const char server[] = "SERVER_TRAFFIC_SECRET_0 ";
  const char *hex = strrchr(line, ' ');

  if (hex == NULL) return;
  if (strncmp(line, client, strlen(client)) == 0)
    secrets->client_len = decode(hex + 1, secrets->client);
  else if (strncmp(line, server, strlen(server)) == 0)
    secrets->server_len = decode(hex + 1, secrets->server);
}

bool stls_record_secrets_are_complete(const struct stls_record_secrets *secrets,
                                      size_t len)
{
  return secrets->client_len == len && secrets->server_len == len;
}

/* Returns the number of bytes, 0 for a text that is not a secret. */
static size_t decode(const char *hex, uint8_t *out)
{
  const size_t len = strlen(hex) / 2;

  if (len > STLS_RECORD_SECRET_MAX || hex[2 * len] != '\0') return 0;
  for (size_t i = 0; i < 2 * len; i++) {
    if (!stls_ascii_is_hex_digit(hex[i])) return 0;
    out[i / 2] =
        (uint8_t)((unsigned)out[i / 2] << 4 | stls_ascii_hex_value(hex[i]));
  }
  return len;
}
