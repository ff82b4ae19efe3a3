/* SPDX-License-Identifier: MIT */
/* object_getters: returns what an object knows, without changing it. */
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/stapling.h>
#include <sanstls/trace.h>

#include "base/byte_reader.h"
#include "base/sized_struct.h"
#include "endpoint/object.h"

STLS_SIZED_STRUCT(counters_layout, stls_counters,
                  STLS_SIZED_END(stls_counters, bytes_in),
                  STLS_SIZED_END(stls_counters, bytes_out),
                  STLS_SIZED_END(stls_counters, records_in),
                  STLS_SIZED_END(stls_counters, records_out),
                  STLS_SIZED_END(stls_counters, plaintext_in),
                  STLS_SIZED_END(stls_counters, plaintext_out));

static const SSL_CIPHER *find_shared_cipher(const stls_object *object,
                                            size_t index, size_t *out_num);
static bool is_offered(const unsigned char *offered, size_t len,
                       const SSL_CIPHER *cipher);

stls_bio *stls_object_incoming(const stls_object *object)
{
  return object == NULL ? NULL : object->incoming;
}

stls_bio *stls_object_outgoing(const stls_object *object)
{
  return object == NULL ? NULL : object->outgoing;
}

stls_context *stls_object_context(const stls_object *object)
{
  return object == NULL ? NULL : object->context;
}

void *stls_object_user_data(const stls_object *object)
{
  return object == NULL ? NULL : object->user_data;
}

const stls_conninfo *stls_object_conninfo(const stls_object *object)
{
  return object == NULL ? NULL : object->info;
}

stls_result stls_object_take_session(stls_object *object,
                                     stls_session **out_session,
                                     stls_error *err)
{
  if (object == NULL) return stls_error_null(err, "object");
  if (out_session == NULL) return stls_error_null(err, "out_session");
  if (stls_object_is_busy(object))
    return stls_error_fail(err, STLS_ERROR_MISUSE,
                           STLS_REASON_CALLED_FROM_CALLBACK,
                           "called from a callback");
  *out_session = stls_resumption_take(&object->resumption);
  return STLS_OK;
}

stls_ocsp_verdict stls_object_stapling_verdict(const stls_object *object)
{
  return object == NULL ? STLS_OCSP_NONE : object->stapling.verdict;
}

stls_span stls_object_stapled_response(const stls_object *object)
{
  const stls_ocsp_response *response =
      object == NULL ? NULL : object->stapling.response;
  stls_span span = {NULL, 0};

  if (response == NULL) return span;
  span.data = response->data;
  span.len = response->len;
  return span;
}

SSL *stls_object_ssl(const stls_object *object)
{
  return object == NULL ? NULL : object->io.ssl;
}

size_t stls_object_pending(const stls_object *object)
{
  const struct stls_ssl_bios *io;

  if (object == NULL || object->io.ssl == NULL) return 0;
  io = &object->io;
  return (size_t)SSL_pending(io->ssl) +
         (io->direct == NULL ? 0 : stls_direct_records_pending(io->direct));
}

size_t stls_object_corked(const stls_object *object)
{
  return object == NULL ? 0 : object->cork.len;
}

int stls_object_alert_sent(const stls_object *object)
{
  return object == NULL ? -1 : object->io.monitor.alert_sent;
}

int stls_object_alert_received(const stls_object *object)
{
  return object == NULL ? -1 : object->io.monitor.alert_received;
}

stls_result stls_object_counters(const stls_object *object,
                                 stls_counters *out_counters, stls_error *err)
{
  const struct stls_io_budget *budget;
  const struct stls_message_monitor *monitor;
  stls_counters now = STLS_COUNTERS_INIT;
  stls_result result;

  if (object == NULL) return stls_error_null(err, "object");
  result = stls_sized_struct_check(&counters_layout, out_counters,
                                   "out_counters", err);
  if (result != STLS_OK) return result;
  budget = &object->io.budget;
  monitor = &object->io.monitor;
  now.bytes_in = budget->bytes_in;
  now.bytes_out = budget->bytes_out;
  now.records_in = monitor->records[STLS_RECORDS_IN];
  now.records_out = monitor->records[STLS_RECORDS_OUT];
  now.plaintext_in = budget->plaintext_in;
  now.plaintext_out = budget->plaintext_out;
  stls_sized_struct_write(&counters_layout, out_counters, &now);
  return STLS_OK;
}

size_t stls_object_shared_cipher_count(const stls_object *object)
{
  size_t num = 0;

  find_shared_cipher(object, SIZE_MAX, &num);
  return num;
}

const char *stls_object_shared_cipher(const stls_object *object, size_t index,
                                      const char **out_protocol, int *out_bits)
{
  size_t num = 0;
  const SSL_CIPHER *cipher = find_shared_cipher(object, index, &num);

  if (cipher == NULL) return NULL;
  if (out_protocol != NULL) *out_protocol = SSL_CIPHER_get_version(cipher);
  if (out_bits != NULL) *out_bits = SSL_CIPHER_get_bits(cipher, NULL);
  return SSL_CIPHER_get_name(cipher);
}

/* Returns the shared cipher at `index`, or NULL; *out_num counts those
 * before it. For a resumed TLS 1.2 connection libssl keeps the offer only
 * as bytes. */
static const SSL_CIPHER *find_shared_cipher(const stls_object *object,
                                            size_t index, size_t *out_num)
{
  const STACK_OF(SSL_CIPHER) * allowed;
  unsigned char *offered = NULL;
  size_t len;
  int num_allowed;

  if (object == NULL || object->context->role != STLS_SERVER ||
      object->io.ssl == NULL)
    return NULL;
  len = (size_t)SSL_get0_raw_cipherlist(object->io.ssl, &offered);
  allowed = SSL_get_ciphers(object->io.ssl);
  num_allowed = offered == NULL ? 0 : sk_SSL_CIPHER_num(allowed);
  for (int i = 0; i < num_allowed; i++) {
    const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(allowed, i);
    if (is_offered(offered, len, cipher) && (*out_num)++ == index)
      return cipher;
  }
  return NULL;
}

/* Compares two-byte cipher numbers. */
static bool is_offered(const unsigned char *offered, size_t len,
                       const SSL_CIPHER *cipher)
{
  const uint16_t number = SSL_CIPHER_get_protocol_id(cipher);

  for (size_t i = 0; i + 1 < len; i += 2)
    if (stls_byte_reader_u16(offered + i) == number) return true;
  return false;
}
