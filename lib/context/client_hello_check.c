/* SPDX-License-Identifier: MIT */
/* client_hello_check: checks hello messages before libssl acts on them. */
#include "context/client_hello_check.h"

#include <openssl/ssl3.h>
#include <openssl/tls1.h>
#include <string.h>

#include <sanstls/trace.h>

#include "base/byte_reader.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "context/session_binding.h"
#include "context/ssl_owner.h"
#include "wire/server_name.h"

static int on_client_hello(SSL *ssl, int *alert, void *arg);
static int on_server_hello(SSL *ssl, int *alert, void *arg);
static int check_client_hello(const struct stls_ssl_owner *owner, SSL *ssl);
static bool is_sslv2_form(SSL *ssl);
static bool meets_extended_master_secret(struct stls_client_hello_check *check,
                                         const stls_context *context, SSL *ssl);
static bool take_server_name(struct stls_client_hello_check *check, SSL *ssl);
static stls_result compare_second(struct stls_client_hello_check *check,
                                  const stls_context *context);
static int refuse(struct stls_client_hello_check *check, stls_result result,
                  stls_reason reason, const char *problem, int alert);
static void observe_server_hello(struct stls_client_hello_check *check,
                                 const stls_context *context, stls_flow flow,
                                 struct stls_byte_reader message);
static void check_server_hello(struct stls_client_hello_check *check,
                               const stls_context *context,
                               struct stls_byte_reader body);
static void keep_message(struct stls_client_hello_check *check,
                         const void *message, size_t len);
static void drop_message(struct stls_client_hello_check *check);
static void keep_digest(struct stls_client_hello_check *check,
                        const stls_context *context);
static bool is_retry(struct stls_byte_reader random);
static bool has_extension(struct stls_byte_reader body, unsigned wanted);

static const char no_ems[] =
    "the peer has no extended master secret, which the context requires";

void stls_client_hello_check_install_server(SSL_CTX *ctx)
{
  SSL_CTX_set_client_hello_cb(ctx, on_client_hello, NULL);
}

void stls_client_hello_check_install_client(SSL_CTX *ctx)
{
  SSL_CTX_set_tlsext_servername_callback(ctx, on_server_hello);
}

void stls_client_hello_check_observe(struct stls_client_hello_check *check,
                                     const stls_context *context,
                                     stls_flow flow, const void *message,
                                     size_t len)
{
  const struct stls_byte_reader reader = {message, len};

  if (len == 0) return;
  if (reader.at[0] == SSL3_MT_SERVER_HELLO)
    observe_server_hello(check, context, flow, reader);
  else if (reader.at[0] == SSL3_MT_CLIENT_HELLO && flow == STLS_RECORDS_IN)
    keep_message(check, message, len);
}

void stls_client_hello_check_clear(struct stls_client_hello_check *check)
{
  drop_message(check);
  stls_mem_free(check->first_digest);
  stls_mem_free(check->server_name);
  memset(check, 0, sizeof *check);
}

/* libssl has parsed the message, and has not acted on it yet. */
static int on_client_hello(SSL *ssl, int *alert, void *arg)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);

  (void)arg;
  if (owner == NULL) return SSL_CLIENT_HELLO_SUCCESS;
  *alert = check_client_hello(owner, ssl);
  return *alert < 0 ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
}

/* On a client, libssl calls it for the extensions of a ServerHello, or in TLS
 * 1.3 of EncryptedExtensions, with or without a server name among them. */
static int on_server_hello(SSL *ssl, int *alert, void *arg)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);

  (void)arg;
  if (owner == NULL || owner->hello_check->result == STLS_OK)
    return SSL_TLSEXT_ERR_NOACK;
  *alert = SSL_AD_HANDSHAKE_FAILURE;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Returns the alert that refuses it, or -1. */
static int check_client_hello(const struct stls_ssl_owner *owner, SSL *ssl)
{
  struct stls_client_hello_check *check = owner->hello_check;
  const stls_context *context = *owner->context;
  static const char no_memory[] = "no memory to check the ClientHello";
  const char *unchosen =
      "the ClientHello came in a form for which no context is chosen";
  stls_result result = STLS_OK;
  const unsigned char *data;
  size_t len;

  /* RFC 8446, D.5, and RFC 6176: SSL 2.0 is not supported. Other such messages
   * are valid, but the records around them are not. */
  if (check->has_no_choice)
    return refuse(check, STLS_ERROR_TLS, STLS_REASON_NO_CHOICE, unchosen,
                  is_sslv2_form(ssl) ? SSL_AD_PROTOCOL_VERSION
                                     : SSL_AD_UNEXPECTED_MESSAGE);
  check->offers_post_handshake_auth =
      SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_post_handshake_auth, &data,
                                &len) == 1;
  if (check->first_digest != NULL || check->is_incomplete)
    result = compare_second(check, context);
  if (result == STLS_OK &&
      (!take_server_name(check, ssl) ||
       !stls_session_binding_apply(context, ssl, check->policy,
                                   check->server_name)))
    result = STLS_ERROR_MEMORY;
  if (result == STLS_OK && !meets_extended_master_secret(check, context, ssl))
    return refuse(check, STLS_ERROR_TLS,
                  STLS_REASON_EXTENDED_MASTER_SECRET_MISSING, no_ems,
                  SSL_AD_HANDSHAKE_FAILURE);
  if (result == STLS_ERROR_MEMORY)
    return refuse(check, result, STLS_REASON_OUT_OF_MEMORY, no_memory,
                  SSL_AD_INTERNAL_ERROR);
  return result == STLS_OK ? -1 : SSL_AD_ILLEGAL_PARAMETER;
}

/* OpenSSL 4.0 refuses the form itself, and the question is deprecated. */
static bool is_sslv2_form(SSL *ssl)
{
#if OPENSSL_VERSION_MAJOR >= 4
  (void)ssl;
  return false;
#else
  return SSL_client_hello_isv2(ssl) == 1;
#endif
}

/* Whether the client offers what the context requires (RFC 7627, 5.2). */
static bool meets_extended_master_secret(struct stls_client_hello_check *check,
                                         const stls_context *context, SSL *ssl)
{
  struct stls_byte_reader extension;

  check->has_extended_master_secret =
      (SSL_get_options(ssl) & SSL_OP_NO_EXTENDED_MASTER_SECRET) == 0 &&
      SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_extended_master_secret,
                                &extension.at, &extension.len) == 1;
  return check->has_extended_master_secret ||
         !context->requires_extended_master_secret ||
         stls_session_binding_expects_tls_1_3(context, ssl);
}

/* Returns false when memory is short. */
static bool take_server_name(struct stls_client_hello_check *check, SSL *ssl)
{
  char name[STLS_HOSTNAME_MAX + 1];
  struct stls_byte_reader extension = {NULL, 0};
  bool is_there =
      SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &extension.at,
                                &extension.len) == 1 &&
      stls_server_name_read(extension, name);

  stls_mem_free(check->server_name);
  check->server_name = is_there ? stls_mem_strdup(name) : NULL;
  return !is_there || check->server_name != NULL;
}

/* RFC 8446, 4.1.2. */
static stls_result compare_second(struct stls_client_hello_check *check,
                                  const stls_context *context)
{
  struct stls_client_hello_digest second;
  const char *difference;
  stls_result result;

  if (check->is_incomplete || check->message == NULL) return STLS_ERROR_MEMORY;
  result = stls_client_hello_digest_compute(&second, check->message,
                                            check->message_len, context);
  if (result == STLS_ERROR_MEMORY) return result;
  difference = result == STLS_OK ? stls_client_hello_digest_difference(
                                       check->first_digest, &second)
                                 : "the second ClientHello is malformed";
  stls_mem_free(check->first_digest);
  check->first_digest = NULL;
  if (difference == NULL) return STLS_OK;
  (void)refuse(check, STLS_ERROR_TLS, STLS_REASON_HELLO_CHANGED, difference,
               SSL_AD_ILLEGAL_PARAMETER);
  return STLS_ERROR_TLS;
}

static int refuse(struct stls_client_hello_check *check, stls_result result,
                  stls_reason reason, const char *problem, int alert)
{
  check->result = result;
  check->reason = reason;
  check->problem = problem;
  return alert;
}

static void observe_server_hello(struct stls_client_hello_check *check,
                                 const stls_context *context, stls_flow flow,
                                 struct stls_byte_reader message)
{
  struct stls_byte_reader random, head;

  /* The message's type and length, and the version. */
  if (!stls_byte_reader_take(&message, 6, &head) ||
      !stls_byte_reader_take(&message, SSL3_RANDOM_SIZE, &random))
    return;
  check->has_key_share = has_extension(message, TLSEXT_TYPE_key_share);
  if (flow == STLS_RECORDS_IN) {
    check_server_hello(check, context, message);
    return;
  }
  if (is_retry(random)) keep_digest(check, context);
  drop_message(check);
}

/* RFC 7627, 5.2. Only TLS 1.3 has the extension supported_versions in its
 * ServerHello, and it needs no extended master secret. */
static void check_server_hello(struct stls_client_hello_check *check,
                               const stls_context *context,
                               struct stls_byte_reader body)
{
  if (context->requires_extended_master_secret &&
      !has_extension(body, TLSEXT_TYPE_supported_versions) &&
      !has_extension(body, TLSEXT_TYPE_extended_master_secret))
    (void)refuse(check, STLS_ERROR_TLS,
                 STLS_REASON_EXTENDED_MASTER_SECRET_MISSING, no_ems, -1);
}

static void keep_message(struct stls_client_hello_check *check,
                         const void *message, size_t len)
{
  drop_message(check);
  check->message = stls_mem_dup(message, len);
  check->message_len = len;
  check->is_incomplete = check->is_incomplete || check->message == NULL;
}

static void drop_message(struct stls_client_hello_check *check)
{
  stls_mem_free(check->message);
  check->message = NULL;
}

static void keep_digest(struct stls_client_hello_check *check,
                        const stls_context *context)
{
  stls_error_queue_guard guard;

  /* libssl would take an entry that is left for its own failure. */
  stls_error_queue_enter(&guard);
  check->first_digest = stls_mem_alloc(sizeof *check->first_digest);
  check->is_incomplete =
      check->first_digest == NULL || check->message == NULL ||
      stls_client_hello_digest_compute(check->first_digest, check->message,
                                       check->message_len, context) != STLS_OK;
  stls_error_queue_leave(&guard);
}

/* RFC 8446, 4.1.3: the SHA-256 digest of "HelloRetryRequest". */
static bool is_retry(struct stls_byte_reader random)
{
  static const uint8_t value[SSL3_RANDOM_SIZE] = {
      0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
      0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
      0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

  return memcmp(random.at, value, sizeof value) == 0;
}

/* `body` begins after the random value. */
static bool has_extension(struct stls_byte_reader body, unsigned wanted)
{
  struct stls_byte_reader list, part;
  size_t type;

  /* The session id; the cipher suite and compression method. */
  if (!stls_byte_reader_prefixed(&body, 1, &part) ||
      !stls_byte_reader_take(&body, 3, &part) ||
      !stls_byte_reader_all_prefixed(body, 2, &list))
    return false;
  while (stls_byte_reader_number(&list, 2, &type) &&
         stls_byte_reader_prefixed(&list, 2, &part))
    if (type == wanted) return true;
  return false;
}
