/* SPDX-License-Identifier: MIT */
/* record_forger: records of a TLS 1.3 peer that libssl would never write. */
#ifndef STLS_TEST_RECORD_FORGER_H
#define STLS_TEST_RECORD_FORGER_H

#include "pair.h"

/* An open pair whose client is forged from here on, and whose server takes any
 * number of records. One such pair at a time. */
test_pair record_forger_open(void (*tune_server)(stls_context *));

/* Seals one record with the client's next key and nonce, and puts it into the
 * server's incoming. At most 199 bytes. */
void record_forger_send(stls_object *server, unsigned char type,
                        const void *data, size_t len);

/* What follows is sealed with the keys behind a KeyUpdate. */
void record_forger_next_keys(void);

/* A KeyUpdate that asks for an answer; what follows is sealed with new keys. */
void record_forger_send_key_update(stls_object *server);

#endif
