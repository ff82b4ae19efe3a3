/* SPDX-License-Identifier: MIT */
/* record_secrets: collects the traffic secrets that libssl's key log tells. */
#ifndef STLS_LIB_RECORD_SECRETS_H
#define STLS_LIB_RECORD_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "records/record_suite.h"

/* The first application traffic secrets of a TLS 1.3 connection. Zeroes have none.
 * Holders wipe it. */
struct stls_record_secrets {
  uint8_t client[STLS_RECORD_SECRET_MAX];
  uint8_t server[STLS_RECORD_SECRET_MAX];
  /* 0 until the line was seen. */
  size_t client_len;
  size_t server_len;
};

/* Takes the secret of a line of SSL_CTX_set_keylog_callback(3), if it is one of
 * these. Other lines are ignored. */
void stls_record_secrets_note(struct stls_record_secrets *secrets,
                              const char *line);

/* Whether both secrets are there, of this length. */
bool stls_record_secrets_are_complete(const struct stls_record_secrets *secrets,
                                      size_t len);

#endif
