/* SPDX-License-Identifier: MIT */
/* key_update: new traffic keys on a connection that is open. */
#ifndef STLS_LIB_KEY_UPDATE_H
#define STLS_LIB_KEY_UPDATE_H

#include "endpoint/object.h"

/* Where our key has protected as much as it should: changes it, and STLS_OK; or,
 * where that is not possible and no more is left, closes our direction, and
 * STLS_CLOSED. Other results as stls_object_key_update. */
stls_result stls_key_update_renew(stls_object *object);

/* After a read: asks the peer to change its key, where that has protected more
 * than it should, and where a message can go out now. */
void stls_key_update_ask(stls_object *object);

/*
 * RFC 8446, 5.5: AES-GCM keeps its margin for 2^24.5 records of full size under
 * one key; RFC 9147, 4.5.3: AES-CCM for 2^23. ChaCha20-Poly1305 has no limit that
 * is within reach. Here a key ends well before: at 2^24, and 2^22.
 */

/* Records for each key of the connection, whose handshake is done. */
uint64_t stls_key_update_max_records(const SSL *ssl);

/* Whether the key that we write with should be changed: TLS 1.3 can; and whether
 * it must not be used any more, where it cannot be changed. */
static inline bool stls_key_update_is_due(const struct stls_ssl_bios *io)
{
  return io->monitor.records[STLS_RECORDS_OUT] -
             io->monitor.records_before_key[STLS_RECORDS_OUT] >=
         io->key_records;
}
bool stls_key_update_is_overdue(const struct stls_ssl_bios *io);

/* Whether the peer should be asked to change its key, which it has not done by
 * itself, and was not asked to. */
static inline bool stls_key_update_is_due_from_peer(
    const struct stls_ssl_bios *io)
{
  const struct stls_message_monitor *monitor = &io->monitor;
  uint64_t records = monitor->records[STLS_RECORDS_IN] -
                     monitor->records_before_key[STLS_RECORDS_IN];

  return records > io->key_records && !monitor->has_asked_for_key;
}

#endif
