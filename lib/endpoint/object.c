/* SPDX-License-Identifier: MIT */
/* object: creates and frees an endpoint. */
#include "endpoint/object.h"

#include <openssl/ssl.h>
#include <sanstls/trace.h>
#include <sanstls/verify.h>

#include "base/cold.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/sized_struct.h"
#include "context/keylog.h"
#include "context/peer_name.h"
#include "context/policy_digest.h"
#include "endpoint/observer.h"
#include "util/idna.h"
#include "wire/trace.h"

STLS_SIZED_STRUCT(options_layout, stls_object_options,
                  STLS_SIZED_END(stls_object_options, server_name),
                  STLS_SIZED_END(stls_object_options, user_data),
                  STLS_SIZED_END(stls_object_options, choose_context),
                  STLS_SIZED_END(stls_object_options, session),
                  STLS_SIZED_END(stls_object_options, refuse_unfit_session));

static stls_result check_options(const stls_context *context,
                                 const stls_bio *incoming,
                                 const stls_bio *outgoing,
                                 const stls_object_options *options,
                                 stls_error *err);
static stls_result open_object(stls_object *object, stls_context *context,
                               stls_bio *incoming, stls_bio *outgoing,
                               const stls_object_options *options,
                               stls_error *err);
static stls_result offer_session(stls_object *object,
                                 const stls_object_options *options,
                                 stls_error *err);
static stls_result share_bio(stls_bio *given, stls_bio **out_bio,
                             stls_error *err);
static stls_result set_server_name(stls_object *object, SSL *ssl,
                                   const char *name, stls_error *err);
static stls_result new_hello_buffer(stls_object *object, stls_error *err);
static void on_message(int write_p, int version, int content_type,
                       const void *data, size_t len, SSL *ssl, void *arg);
STLS_COLD static void observe_message(int write_p, int version,
                                      int content_type, const void *data,
                                      size_t len, SSL *ssl, void *arg);
static void set_spare(stls_object *object, const stls_context *context);
static bool attach_owner(stls_object *object, SSL *ssl);
static void free_later(stls_object *object);
static void destroy(stls_object *object);
static void free_hello_buffer(stls_object *object);

stls_result stls_object_new(stls_context *context, stls_bio *incoming,
                            stls_bio *outgoing,
                            const stls_object_options *options,
                            stls_object **out_object, stls_error *err)
{
  stls_object_options own = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object;
  stls_error_queue_guard guard;
  stls_result result = STLS_OK;

  if (out_object == NULL) return stls_error_null(err, "out_object");
  if (options != NULL)
    result =
        stls_sized_struct_read(&options_layout, options, "options", &own, err);
  if (result == STLS_OK)
    result = check_options(context, incoming, outgoing, &own, err);
  if (result != STLS_OK) return result;
  object = stls_mem_zalloc(sizeof *object);
  if (object == NULL) return stls_error_memory(err);
  stls_error_queue_enter(&guard);
  result = open_object(object, context, incoming, outgoing, &own, err);
  if (result == STLS_OK)
    *out_object = object;
  else
    destroy(object);
  stls_error_queue_leave(&guard);
  return result;
}

void stls_object_free(stls_object *object)
{
  stls_error_queue_guard guard;

  if (object == NULL) return;
  if (stls_object_is_busy(object)) {
    free_later(object);
    return;
  }
  stls_error_queue_enter(&guard);
  destroy(object);
  stls_error_queue_leave(&guard);
}

void stls_object_trim(stls_object *object)
{
  stls_error_queue_guard guard;

  if (object == NULL || stls_object_is_busy(object)) return;
  /* The caller may be receiving into its reserved room. */
  if (object->incoming->queue.reserved == 0) stls_bio_trim(object->incoming);
  stls_bio_trim(object->outgoing);
  if (object->cork.len == 0) stls_cork_buffer_close(&object->cork);
  stls_error_queue_enter(&guard);
  stls_ssl_bios_trim(&object->io);
  stls_error_queue_leave(&guard);
}

stls_result stls_object_open_ssl(stls_object *object, stls_context *context,
                                 stls_error *err)
{
  stls_result result;
  SSL *ssl = SSL_new(context->ssl_ctx);

  if (ssl == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_MEMORY,
                                   STLS_REASON_OUT_OF_MEMORY, "SSL_new");
  if (stls_ssl_bios_open(&object->io, ssl, context->limits) != STLS_OK)
    return stls_error_memory(err);
  if (!attach_owner(object, ssl) || !stls_psk_callbacks_install(ssl, context)) {
    stls_ssl_bios_close(&object->io);
    return stls_error_memory(err);
  }
  result =
      stls_policy_digest_bind(context, ssl, object->hello_check.policy, err);
  if (result != STLS_OK) {
    stls_ssl_bios_close(&object->io);
    return result;
  }
  /* Other threads may use a sealed one. */
  if (!context->sealed) stls_keylog_install(context);
  set_spare(object, context);
  /* Its sessions belong to this trust store, also when the context gets
   * another. */
  SSL_set1_verify_cert_store(ssl, SSL_CTX_get_cert_store(context->ssl_ctx));
  SSL_set_msg_callback(ssl, on_message);
  SSL_set_msg_callback_arg(ssl, object);
  object->io.on_message = on_message;
  object->io.on_message_arg = object;
  object->io.trace = stls_observer_trace(object->observer, context);
  object->io.may_bypass = context->bypasses_libssl;
  object->io.keeps_buffers = context->buffers == STLS_BUFFERS_KEEP;
  if (context->role == STLS_SERVER)
    SSL_set_accept_state(ssl);
  else
    SSL_set_connect_state(ssl);
  /* Only a client sends the first message. */
  object->io.is_primed = context->role == STLS_CLIENT;
  return STLS_OK;
}

void stls_object_observe(stls_object *object, const stls_trace_event *event)
{
  stls_trace_fn trace = *object->io.trace;
  stls_error_queue_guard guard;

  stls_message_monitor_note(&object->io.monitor, event->flow,
                            event->content_type, event->message_type);
  if (event->content_type == SSL3_RT_HANDSHAKE &&
      event->flow == STLS_RECORDS_IN &&
      stls_state_is_established(object->state))
    stls_message_monitor_note_post_handshake(&object->io.monitor,
                                             event->message_type);
  if (trace == NULL) return;
  /* An entry that the trace callback leaves would be taken for libssl's. */
  stls_error_queue_enter(&guard);
  trace(object, event, object->context->trace_data);
  stls_error_queue_leave(&guard);
}

static stls_result check_options(const stls_context *context,
                                 const stls_bio *incoming,
                                 const stls_bio *outgoing,
                                 const stls_object_options *options,
                                 stls_error *err)
{
  if (context == NULL) return stls_error_null(err, "context");
  if (incoming != NULL && incoming == outgoing)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                           "incoming and outgoing are the same bio");
  if (context->role == STLS_SERVER && options->server_name != NULL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_ROLE,
                           "server_name is given on a server");
  if (context->role == STLS_CLIENT && options->choose_context)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_ROLE,
                           "choose_context is given on a client");
  if (context->role == STLS_SERVER && options->session != NULL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_ROLE,
                           "session is given on a server");
  if (stls_context_check_hostname(context) && options->server_name == NULL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NO_SERVER_NAME,
                           "server_name is NULL, but the context checks the "
                           "server's name");
  return STLS_OK;
}

static stls_result open_object(stls_object *object, stls_context *context,
                               stls_bio *incoming, stls_bio *outgoing,
                               const stls_object_options *options,
                               stls_error *err)
{
  stls_result result = share_bio(incoming, &object->incoming, err);

  if (result == STLS_OK) result = share_bio(outgoing, &object->outgoing, err);
  if (result != STLS_OK) return result;
  object->context = stls_context_up_ref(context);
  object->user_data = options->user_data;
  stls_ssl_bios_init(&object->io, object->incoming, object->outgoing);
  object->io.trace = stls_observer_trace(NULL, context);
  stls_peer_verify_init(&object->verify);
  if (options->choose_context) return new_hello_buffer(object, err);
  result = stls_object_open_ssl(object, context, err);
  if (result == STLS_OK && options->server_name != NULL)
    result = set_server_name(object, object->io.ssl, options->server_name, err);
  if (result == STLS_OK && options->session != NULL)
    result = offer_session(object, options, err);
  return result;
}

/* Without the session, a full handshake verifies the server. */
static stls_result offer_session(stls_object *object,
                                 const stls_object_options *options,
                                 stls_error *err)
{
  const bool is_fatal = options->refuse_unfit_session;
  stls_result result = stls_resumption_offer(
      &object->owner, object->io.ssl, options->session, is_fatal ? err : NULL);

  if (result == STLS_ERROR_INPUT && !is_fatal) return STLS_OK;
  return result == STLS_OK || is_fatal ? result : stls_error_memory(err);
}

static stls_result new_hello_buffer(stls_object *object, stls_error *err)
{
  object->hello_buffer = stls_mem_zalloc(sizeof *object->hello_buffer);
  return object->hello_buffer == NULL ? stls_error_memory(err) : STLS_OK;
}

static stls_result share_bio(stls_bio *given, stls_bio **out_bio,
                             stls_error *err)
{
  if (given == NULL) return stls_bio_new(out_bio, err);
  *out_bio = stls_bio_up_ref(given);
  return STLS_OK;
}

static stls_result set_server_name(stls_object *object, SSL *ssl,
                                   const char *name, stls_error *err)
{
  struct stls_reference found;
  stls_result result = stls_idna_resolve(
      name, "server_name",
      (object->context->hostflags & STLS_HOSTFLAG_ANY_LABEL) != 0, &found, err);
  bool is_address;

  if (result != STLS_OK) return result;
  is_address = found.kind == STLS_HOSTNAME_ADDRESS;
  object->server_name = stls_mem_strdup(found.text);
  if (object->server_name == NULL) return stls_error_memory(err);
  if (!is_address) stls_hostname_lower(object->server_name);
  if (!is_address && SSL_set_tlsext_host_name(ssl, object->server_name) != 1)
    return stls_error_memory(err);
  if (!stls_context_check_hostname(object->context)) return STLS_OK;
  return stls_peer_name_set(&object->verify, ssl, object->server_name,
                            is_address, object->context->hostflags, err);
}

/* Most events tell of a record, which only needs counting. */
static void on_message(int write_p, int version, int content_type,
                       const void *data, size_t len, SSL *ssl, void *arg)
{
  stls_object *object = arg;

  if (stls_ssl_io_hides(&object->io, write_p != 0)) return;
  if (stls_message_monitor_is_of_record(content_type) && len > 0 &&
      *object->io.trace == NULL)
    stls_message_monitor_note_record(
        &object->io.monitor, write_p ? STLS_RECORDS_OUT : STLS_RECORDS_IN,
        content_type, *(const uint8_t *)data);
  else
    observe_message(write_p, version, content_type, data, len, ssl, arg);
}

static void observe_message(int write_p, int version, int content_type,
                            const void *data, size_t len, SSL *ssl, void *arg)
{
  stls_object *object = arg;
  stls_trace_event event;

  stls_trace_event_init(&event, write_p, version, content_type, data, len);
  if (content_type == SSL3_RT_HANDSHAKE &&
      !stls_state_is_established(object->state))
    stls_client_hello_check_observe(&object->hello_check, object->context,
                                    event.flow, data, len);
  if (content_type == SSL3_RT_HANDSHAKE && !write_p &&
      event.message_type == SSL3_MT_FINISHED && SSL_is_server(ssl) == 1) {
    /* The tickets of a TLS 1.3 handshake are the first records of a key. */
    if (!stls_state_is_established(object->state))
      stls_message_monitor_note_key(&object->io.monitor, STLS_RECORDS_OUT);
    stls_resumption_schedule_tickets(&object->owner, ssl, object->outgoing);
  }
  stls_object_observe(object, &event);
}

static void set_spare(stls_object *object, const stls_context *context)
{
  size_t max = context->buffers == STLS_BUFFERS_KEEP ? STLS_BIO_SPARE_LARGE
                                                     : STLS_BIO_SPARE_SMALL;

  object->incoming->queue.spare_max = max;
  object->outgoing->queue.spare_max = max;
}

static bool attach_owner(stls_object *object, SSL *ssl)
{
  object->owner =
      (struct stls_ssl_owner){.object = object,
                              .context = &object->context,
                              .server_name = &object->server_name,
                              .peer_verify = &object->verify,
                              .resumption = &object->resumption,
                              .psk_callbacks = &object->psk,
                              .hello_check = &object->hello_check,
                              .stapling = &object->stapling,
                              .record_secrets = &object->io.secrets};
  return stls_ssl_owner_attach(&object->owner, ssl);
}

/* An observer is told of the end of the running call before. */
static void free_later(stls_object *object)
{
  struct stls_object_observer *observer = object->observer;

  if (observer != NULL && observer->own.call != NULL)
    observer->has_freed = true;
  else
    object->free_when_idle = true;
}

static void destroy(stls_object *object)
{
  free_hello_buffer(object);
  stls_ssl_bios_close(&object->io);
  stls_peer_verify_clear(&object->verify);
  stls_psk_callbacks_clear(&object->psk);
  stls_client_hello_check_clear(&object->hello_check);
  stls_stapling_clear(&object->stapling);
  stls_resumption_clear(&object->resumption);
  stls_cork_buffer_close(&object->cork);
  stls_conninfo_free(object->info);
  stls_conninfo_free(object->auth.info);
  stls_bio_free(object->incoming);
  stls_bio_free(object->outgoing);
  stls_context_free(object->context);
  stls_mem_free(object->server_name);
  if (object->observer != NULL) stls_observer_free(object->observer);
  stls_mem_free(object);
}

/* Another object may still use records that libssl has not read. */
static void free_hello_buffer(stls_object *object)
{
  if (object->hello_buffer == NULL) return;
  if (object->state != STLS_STATE_FAILED && !object->incoming->busy)
    stls_hello_buffer_restore(object->hello_buffer, &object->incoming->queue);
  else
    stls_hello_buffer_clear(object->hello_buffer);
  stls_mem_free(object->hello_buffer);
}
