/* SPDX-License-Identifier: MIT */
/* key_update: changes traffic keys, on request and at a key's limit. */
#ifndef STLS_LIB_KEY_UPDATE_H
#define STLS_LIB_KEY_UPDATE_H

#include "endpoint/object.h"

/* For a key that has reached its limit. TLS 1.3: sends a KeyUpdate,
 * STLS_OK. Earlier versions: STLS_OK until the key is overdue; then closes
 * our direction and returns STLS_CLOSED. Other results as
 * stls_object_key_update. */
stls_result stls_key_update_renew(stls_object *object);

/* Asks the peer to change its key, if a message can be sent now. Called after
 * a read, when the peer's key is due. */
void stls_key_update_ask(stls_object *object);

/* RFC 8446, 5.5: AES-GCM keeps its security margin for 2^24.5 full records
 * under one key; RFC 9147, 4.5.3: AES-CCM for 2^23. ChaCha20-Poly1305 has no
 * limit within reach. The limits here are lower: 2^24 and 2^22 records. */

/* How many records one key of the connection may protect. The handshake is
 * done. */
uint64_t stls_key_update_max_records(const SSL *ssl);

/* `is_due`: whether our write key has reached its limit. `is_overdue`: whether
 * it must not be used any more, on a version that cannot change it. */
static inline bool stls_key_update_is_due(const struct stls_ssl_bios *io)
{
  return io->monitor.records[STLS_RECORDS_OUT] -
             io->monitor.records_before_key[STLS_RECORDS_OUT] >=
         io->key_records;
}
bool stls_key_update_is_overdue(const struct stls_ssl_bios *io);

/* Whether the peer's key has passed its limit and the peer was not yet asked
 * to change it. */
static inline bool stls_key_update_is_due_from_peer(
    const struct stls_ssl_bios *io)
{
  return stls_message_monitor_is_key_worn(&io->monitor, io->key_records);
}

#endif
