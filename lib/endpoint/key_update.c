/* SPDX-License-Identifier: MIT */
/* key_update: changes traffic keys, on request and at a key's limit. */
#include "endpoint/key_update.h"

#include <sanstls/conninfo.h>

#include "endpoint/call.h"
#include "endpoint/observation.h"
#include "wire/record_header.h"

static bool is_tls_1_3(const stls_object *object);
static stls_result end_writing(stls_object *object);
static stls_result update(stls_object *object, const char *call, int how);

stls_result stls_object_key_update(stls_object *object, bool request_peer)
{
  stls_result result = stls_call_enter(object, __func__);
  bool run;

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it =
        stls_observation_of(object, __func__, request_peer);
    return stls_observation_end(
        &it, stls_object_key_update(object, request_peer), NULL);
  }
  if (result != STLS_OK) return result;
  result = stls_call_admit(object, STLS_CALL_WRITE, __func__, &run);
  if (run && !is_tls_1_3(object))
    result = stls_call_misuse(object, __func__, STLS_REASON_WRONG_VERSION,
                              "only TLS 1.3 can change its keys");
  else if (run)
    result = update(
        object, __func__,
        request_peer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED);
  return stls_call_leave(object, result);
}

stls_result stls_key_update_renew(stls_object *object)
{
  if (is_tls_1_3(object))
    return update(object, __func__, SSL_KEY_UPDATE_NOT_REQUESTED);
  return stls_key_update_is_overdue(&object->io) ? end_writing(object)
                                                 : STLS_OK;
}

/* As it answers a peer, `outgoing` may have no room for it; a later read tries
 * again. */
void stls_key_update_ask(stls_object *object)
{
  const struct stls_ssl_bios *io = &object->io;

  if (object->state != STLS_STATE_OPEN || !is_tls_1_3(object) ||
      io->is_mid_message || !stls_record_output_takes(&io->output))
    return;
  if (update(object, __func__, SSL_KEY_UPDATE_REQUESTED) == STLS_OK)
    object->io.monitor.has_asked_for_key = true;
}

uint64_t stls_key_update_max_records(const SSL *ssl)
{
  const uint64_t gcm = (uint64_t)1 << 24, ccm = (uint64_t)1 << 22;
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

  if (cipher == NULL || SSL_CIPHER_is_aead(cipher) != 1) return UINT64_MAX;
  switch (SSL_CIPHER_get_cipher_nid(cipher)) {
    case NID_chacha20_poly1305:
      return UINT64_MAX;
    case NID_aes_128_ccm:
    case NID_aes_256_ccm:
      return ccm;
    default:
      return gcm;
  }
}

/* The limit is one of blocks. TLS 1.2 cannot change its key, so it may use the
 * key for as many bytes as that number of full records. */
bool stls_key_update_is_overdue(const struct stls_ssl_bios *io)
{
  return stls_key_update_is_due(io) && SSL_version(io->ssl) != TLS1_3_VERSION &&
         io->budget.bytes_out / STLS_RECORD_HEADER_PLAINTEXT_MAX >=
             io->key_records;
}

static bool is_tls_1_3(const stls_object *object)
{
  return stls_conninfo_version(object->info) == STLS_TLS_1_3;
}

static stls_result end_writing(stls_object *object)
{
  stls_result result =
      stls_call_settle(object, stls_ssl_io_close_notify(&object->io));

  return result == STLS_OK ? STLS_CLOSED : result;
}

static stls_result update(stls_object *object, const char *call, int how)
{
  int reason = 0;
  stls_result result;

  if (!stls_record_output_takes(&object->io.output)) return STLS_CLOSED;
  if (stls_bio_room(object->outgoing) == 0) return STLS_WANT_WRITE;
  result = stls_ssl_io_send(&object->io, SSL_key_update, how, &reason);
  if (result == STLS_ERROR_MISUSE)
    return stls_call_misuse(object, call, STLS_REASON_WRONG_STATE,
                            "OpenSSL refuses it now");
  return stls_call_settle(object, result);
}
