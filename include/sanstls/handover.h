/* SPDX-License-Identifier: MIT */
/* handover: another record engine, such as the kernel's, takes over records. */
#ifndef SANSTLS_HANDOVER_H
#define SANSTLS_HANDOVER_H

#include <stddef.h>
#include <stdint.h>

#include <sanstls/error.h>
#include <sanstls/object.h>
#include <sanstls/trace.h>

STLS_BEGIN_DECLS

/*
 * Once a connection is established, an engine can seal or open its records in place
 * of the object: Linux kTLS (<linux/tls.h>), a network card, a record layer of the
 * program's own, or another process. Each direction is handed over by itself:
 *
 * 1. stls_object_export_insecure_record_state gives the engine the key of a
 *    direction. From then on the object neither seals nor opens records of that
 *    direction, and reads or writes of application data in it are
 *    STLS_ERROR_MISUSE. The other direction goes on as before.
 * 2. Receiving: what the engine opens and is not application data, it passes to
 *    stls_object_receive_control. Tickets, KeyUpdates, alerts and whatever the peer
 *    must not send are judged as ever, and sessions arrive (stls_object_take_session).
 * 3. Sending: what the protocol has to send (replies to KeyUpdates, close_notify,
 *    alerts, tickets) waits as content that the engine has to seal:
 *    stls_object_peek_control, stls_object_consume_control. After every call on the
 *    object, look for it.
 * 4. When a key has changed, the same export gives the new one: see
 *    STLS_INTEREST_KEY_IN and STLS_INTEREST_KEY_OUT of stls_object_wants.
 * 5. stls_object_count_data tells the object how much data the engine moved. The
 *    limits of keys and floods need it, and counters are right by it.
 *
 * close_write, unwrap, key_update, describe and the facts of the connection are as
 * before. The end of the transport is told as before, too: stls_bio_write_eof of
 * `incoming`, and stls_object_unwrap says what it means.
 *
 * To move a connection to another process, export both directions and send both
 * states there. Either that process passes control records back to this one, or it
 * handles KeyUpdates itself, with the secrets of the states.
 */

/* The AEADs of records; the numbers are those of <linux/tls.h> (TLS_CIPHER_*). */
typedef enum stls_aead {
  STLS_AEAD_AES_128_GCM = 51,
  STLS_AEAD_AES_256_GCM = 52,
  STLS_AEAD_CHACHA20_POLY1305 = 54
} stls_aead;

/* The greatest lengths of a key, of an IV and of a traffic secret. */
#define STLS_RECORD_STATE_KEY_MAX 32
#define STLS_RECORD_STATE_IV_LEN 12
#define STLS_RECORD_STATE_SECRET_MAX 48

/*
 * All that is needed to seal or open the records of one direction (RFC 8446, 5.3;
 * RFC 5246, 6.1). It is secret: whoever has it reads the direction, and can forge it.
 * Wipe it with stls_record_state_wipe, and so every copy.
 */
typedef struct stls_record_state {
  size_t size;
  /* STLS_TLS_1_2 or STLS_TLS_1_3. */
  stls_protocol version;
  stls_aead aead;
  size_t key_len;
  uint8_t key[STLS_RECORD_STATE_KEY_MAX];
  /* TLS 1.3, and ChaCha20-Poly1305 in TLS 1.2 (RFC 7905, 2): the static IV. AES-GCM
   * in TLS 1.2 (RFC 5288, 3): 4 bytes of salt, and for sending the explicit nonce of
   * the next record, from which the following ones count up; for receiving zeroes,
   * because each record has its own. */
  uint8_t iv[STLS_RECORD_STATE_IV_LEN];
  /* The number of the next record. */
  uint64_t seq;
  /* How many records the key may protect: see stls_object_key_update. UINT64_MAX:
   * no limit within reach. */
  uint64_t max_records;
  /* TLS 1.3: the traffic secret of the key, from which the next one is derived (RFC
   * 8446, 7.2), by SHA-256 or, with 48 bytes, SHA-384. Only who handles KeyUpdates
   * himself needs it. TLS 1.2: 0 bytes. */
  size_t secret_len;
  uint8_t secret[STLS_RECORD_STATE_SECRET_MAX];
} stls_record_state;

#define STLS_RECORD_STATE_INIT \
  { \
    sizeof(stls_record_state), STLS_TLS_1_3, STLS_AEAD_AES_128_GCM, 0, {0}, \
        {0}, 0, 0, 0, \
    { \
      0 \
    } \
  }

/*
 * Hands one direction over: STLS_RECORDS_IN or STLS_RECORDS_OUT. Later calls for the
 * direction give the next key, once after each KeyUpdate, because two engines with
 * one key would use a nonce twice.
 *
 * The records have to be the library's (stls_conninfo_direct_records, see
 * stls_context_set_records), and the direction has to be drained:
 * - IN: no bytes are in `incoming` or reserved there; the object holds no part of a
 *   record, no data to read (stls_object_pending), and no part of a message. What the
 *   transport has delivered, but was not given to the object, is the engine's.
 * - OUT: `outgoing` is empty: all was given to the transport; no cork.
 * Tickets that a server still owes, and the reply to a KeyUpdate, are the first
 * control records after the hand-over.
 *
 * There is no way back. Find out before whether the engine can do it: with kTLS by
 * the option TCP_ULP, and whether it knows the AEAD, which
 * stls_conninfo_cipher_name tells.
 *
 * STLS_OK: *out_state is set, and the direction, or its new key, is the engine's.
 * STLS_ERROR_UNSUPPORTED: libssl protects the records of this connection.
 * STLS_ERROR_MISUSE: a NULL or meaningless argument, or a size that is not set; a
 *   call from a callback; the handshake is not done; the direction is closed, or not
 *   drained, and the message says by what; its key was exported, and no KeyUpdate
 *   has changed it since; or a KeyUpdate of ours was not sent yet.
 * STLS_ERROR_MEMORY: out of memory; nothing has changed.
 * After a failure of the connection the call returns the same failure.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_export_insecure_record_state(
    stls_object *object, stls_flow flow, stls_record_state *out_state,
    stls_error *err);

/* Overwrites the state with zeroes, but for its size. NULL is fine. */
STLS_EXPORT void stls_record_state_wipe(stls_record_state *state);

/*
 * Writes the state as <linux/tls.h> wants it for setsockopt(SOL_TLS, TLS_TX) or
 * TLS_RX: a struct tls12_crypto_info_aes_gcm_128, _aes_gcm_256 or
 * _chacha20_poly1305, in any build. `NULL, 0` asks for the length (an output buffer:
 * sanstls.h). It is as secret as the state.
 *
 * STLS_OK: *out_len is the number of bytes.
 * STLS_ERROR_MISUSE: an argument is NULL, a size is not set, the state has an AEAD
 *   or a key_len that this library does not know, or out_cap is too small.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_record_state_crypto_info(const stls_record_state *state, void *out,
                              size_t out_cap, size_t *out_len, stls_error *err);

/* Room for any result of stls_record_state_crypto_info. */
#define STLS_CRYPTO_INFO_MAX 64

/*
 * Takes the content of one record that the engine opened and that is not application
 * data: `content_type` is the type within the protection, and `data` all of the
 * content, without padding. Each record is one call, in the order of arrival, and
 * before each, stls_object_count_data counts the data that came before it. For
 * directions that were handed over (STLS_RECORDS_IN).
 *
 * STLS_OK: taken. STLS_INTEREST_KEY_IN says that it was a KeyUpdate: export the new
 *   key before another record is opened. (Linux stops until it has it: EKEYEXPIRED.)
 * STLS_WANT_READ: taken, and the next record must continue the message. If it is
 *   application data, pass that here, too: the peer is told unexpected_message.
 * STLS_WANT_WRITE: not taken. A control record waits to be sent, or our new key to be
 *   exported: do that first.
 * STLS_CLOSED: close_notify. Records behind it are nobody's.
 * STLS_ERROR_TLS, _ALERT, _CERTIFICATE: the connection has failed; the alert is the
 *   next control record.
 * STLS_ERROR_MISUSE: a NULL or meaningless argument; application data, other than
 *   above; more than 16384 bytes; the direction was not handed over; the key behind
 *   the last KeyUpdate was not exported; a call from a callback.
 * STLS_ERROR_MEMORY: nothing has changed, or a failure of the connection
 *   (stls_object_error).
 * After close_notify of the peer: STLS_CLOSED.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_receive_control(
    stls_object *object, int content_type, const void *data, size_t len);

/*
 * Returns the content of the next control record to send, and its content type in
 * *out_type: the engine seals it, whole, as one record, before any data that is
 * written afterwards. Empty if there is none, also for NULL. Borrowed until
 * stls_object_consume_control.
 */
STLS_EXPORT stls_span stls_object_peek_control(const stls_object *object,
                                               int *out_type);

/*
 * Removes the record that stls_object_peek_control returns: the engine has sealed
 * it. If it was a KeyUpdate, STLS_INTEREST_KEY_OUT is set: export the new key, and
 * seal nothing before the engine has it.
 *
 * STLS_OK: removed.
 * STLS_ERROR_MISUSE: object is NULL, or there is no such record; nothing changed.
 */
STLS_EXPORT stls_result stls_object_consume_control(stls_object *object);

/*
 * Counts application data that the engine moved in a direction since the last call:
 * `num_records` records with `len` bytes. Where the number of records is not known, 0
 * stands for the least that can hold so many bytes.
 *
 * It takes the part that reads and writes have in the limits: received data ends a
 * row of KeyUpdates or tickets (stls_limit), and before a key has protected too many
 * records a KeyUpdate waits to be sent, or is asked of the peer, or, in TLS 1.2,
 * close_notify waits (stls_object_key_update). A program that never calls it has its
 * connection ended by the 33rd KeyUpdate of the peer.
 *
 * STLS_OK: counted.
 * STLS_CLOSED: counted; the key of TLS 1.2 has reached its limit, nothing more may be
 *   sent, and close_notify waits.
 * STLS_ERROR_TLS: too many empty records in a row; the connection has failed.
 * STLS_ERROR_MISUSE: object is NULL; a call from a callback; the direction was not
 *   handed over; a number above 2^62.
 * STLS_ERROR_MEMORY: counted; or a failure of the connection.
 * After a failure of the connection the call returns the same failure.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_count_data(
    stls_object *object, stls_flow flow, uint64_t num_records, uint64_t len);

STLS_END_DECLS

#endif
