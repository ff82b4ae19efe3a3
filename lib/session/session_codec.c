/* SPDX-License-Identifier: MIT */
/* session_codec: serializes a session to bytes and back. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <limits.h>
#include <openssl/crypto.h>
#include <string.h>

#include <sanstls/session.h>

#include "base/byte_reader.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "base/out_buffer.h"
#include "base/sha256.h"
#include "session/session.h"
#include "util/hostname.h"

/*
 * The format: the magic number, 7 bytes; its version, 1 byte; flags, 1 byte; the
 * two times of a stls_session_lifetime, 8 bytes each; the length of the server
 * name, 1 byte, and the name; the length of OpenSSL's encoding, 4 bytes, and the
 * encoding; FNV-1a of all bytes before, 8 bytes. Numbers are in network order. The
 * digest of the policy is the session-id context in OpenSSL's encoding. Version 1
 * lacked the time when the certificates expire, and had another digest.
 */
#define MAGIC "STLSSES"
#define MAGIC_LEN ((size_t)7)
#define FORMAT_VERSION 2
#define HEADER_LEN (MAGIC_LEN + 1 + 1 + 8 + 8 + 1)
#define DER_LEN_LEN 4
#define CHECKSUM_LEN 8

enum flag {
  PEER_VERIFIED = 1,
  HAS_NAME = 2,
  IS_BY_PSK = 4
};

struct parts {
  bool peer_verified;
  bool has_name;
  bool is_by_psk;
  struct stls_session_lifetime lifetime;
  size_t name_len;
  const unsigned char *name;
  size_t der_len;
  const unsigned char *der;
};

static bool write_format(const stls_session *session, unsigned char *out,
                         size_t len, size_t der_len);
static const char *read_format(const unsigned char *data, size_t len,
                               struct parts *out_parts);
static const char *read_header(const unsigned char *data, size_t len,
                               struct parts *out_parts);
static stls_result decode(const struct parts *parts, OSSL_LIB_CTX *libctx,
                          const char *propq, stls_session **out_session,
                          stls_error *err);
static SSL_SESSION *decode_der(const struct parts *parts, OSSL_LIB_CTX *libctx,
                               const char *propq);
static bool is_usable(const SSL_SESSION *session);
static uint64_t checksum(const unsigned char *data, size_t len);

stls_result stls_session_serialize(const stls_session *session, void *out,
                                   size_t out_cap, size_t *out_len,
                                   stls_error *err)
{
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);
  stls_error_queue_guard guard;
  size_t len = 0;
  int der_len;

  if (result != STLS_OK) return result;
  if (session == NULL) return stls_error_null(err, "session");
  stls_error_queue_enter(&guard);
  der_len = i2d_SSL_SESSION(session->ssl_session, NULL);
  if (der_len > 0) {
    len = HEADER_LEN + DER_LEN_LEN + (size_t)der_len + CHECKSUM_LEN;
    if (session->server_name != NULL) len += strlen(session->server_name);
    result = stls_out_buffer_fit(len, out, out_cap, out_len, err);
  }
  if (der_len <= 0 || (result == STLS_OK && out != NULL &&
                       !write_format(session, out, len, (size_t)der_len))) {
    *out_len = 0;
    result = stls_error_memory(err);
  }
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_session_new_serialized(const void *data, size_t len,
                                        OSSL_LIB_CTX *libctx, const char *propq,
                                        stls_session **out_session,
                                        stls_error *err)
{
  stls_error_queue_guard guard;
  struct parts parts;
  const char *fault;
  stls_result result;

  if (data == NULL) return stls_error_null(err, "data");
  if (out_session == NULL) return stls_error_null(err, "out_session");
  fault = read_format(data, len, &parts);
  if (fault != NULL)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_SESSION_BROKEN,
                           "the session %s", fault);
  stls_error_queue_enter(&guard);
  result = decode(&parts, libctx, propq, out_session, err);
  stls_error_queue_leave(&guard);
  return result;
}

static bool write_format(const stls_session *session, unsigned char *out,
                         size_t len, size_t der_len)
{
  const char *name = session->server_name;
  size_t name_len = name == NULL ? 0 : strlen(name);
  unsigned flags = (session->peer_verified ? PEER_VERIFIED : 0U) |
                   (name != NULL ? HAS_NAME : 0U) |
                   (session->is_by_psk ? IS_BY_PSK : 0U);
  unsigned char *at = out;

  memcpy(at, MAGIC, MAGIC_LEN);
  at = stls_byte_reader_put(at + MAGIC_LEN, FORMAT_VERSION, 1);
  at = stls_byte_reader_put(at, flags, 1);
  at =
      stls_byte_reader_put(at, (uint64_t)session->lifetime.authenticated_at, 8);
  at = stls_byte_reader_put(at, (uint64_t)session->lifetime.expires_at, 8);
  at = stls_byte_reader_put(at, name_len, 1);
  if (name_len > 0) memcpy(at, name, name_len);
  at = stls_byte_reader_put(at + name_len, der_len, DER_LEN_LEN);
  if (i2d_SSL_SESSION(session->ssl_session, &at) != (int)der_len) {
    OPENSSL_cleanse(out, len);
    return false;
  }
  stls_byte_reader_put(at, checksum(out, len - CHECKSUM_LEN), CHECKSUM_LEN);
  return true;
}

/* Returns NULL, or what is wrong, as a static text. */
static const char *read_format(const unsigned char *data, size_t len,
                               struct parts *out_parts)
{
  const char *fault = read_header(data, len, out_parts);
  size_t rest;

  if (fault != NULL) return fault;
  rest = len - HEADER_LEN - out_parts->name_len;
  if (rest < DER_LEN_LEN + CHECKSUM_LEN) return "ends too early";
  out_parts->der = out_parts->name + out_parts->name_len + DER_LEN_LEN;
  out_parts->der_len =
      (size_t)stls_byte_reader_uint(out_parts->der - DER_LEN_LEN, DER_LEN_LEN);
  rest -= DER_LEN_LEN + CHECKSUM_LEN;
  if (out_parts->der_len > rest) return "ends too early";
  if (out_parts->der_len < rest) return "has something behind its end";
  if (out_parts->der_len == 0 || out_parts->der_len > INT_MAX)
    return "is empty or too long";
  if (stls_byte_reader_uint(data + len - CHECKSUM_LEN, CHECKSUM_LEN) !=
      checksum(data, len - CHECKSUM_LEN))
    return "is damaged: its checksum is wrong";
  return NULL;
}

static const char *read_header(const unsigned char *data, size_t len,
                               struct parts *out_parts)
{
  unsigned flags;

  if (len < MAGIC_LEN || memcmp(data, MAGIC, MAGIC_LEN) != 0)
    return "is none: its first bytes are wrong";
  if (len == MAGIC_LEN) return "ends too early";
  if (data[MAGIC_LEN] < FORMAT_VERSION)
    return "is written in an older form, which is not read any more: get a new "
           "session";
  if (data[MAGIC_LEN] > FORMAT_VERSION)
    return "is written in a form that is not known here";
  if (len < HEADER_LEN) return "ends too early";
  flags = data[MAGIC_LEN + 1];
  out_parts->peer_verified = (flags & PEER_VERIFIED) != 0;
  out_parts->has_name = (flags & HAS_NAME) != 0;
  out_parts->is_by_psk = (flags & IS_BY_PSK) != 0;
  out_parts->lifetime.authenticated_at =
      (int64_t)stls_byte_reader_uint(data + MAGIC_LEN + 2, 8);
  out_parts->lifetime.expires_at =
      (int64_t)stls_byte_reader_uint(data + MAGIC_LEN + 10, 8);
  out_parts->name_len = data[HEADER_LEN - 1];
  out_parts->name = data + HEADER_LEN;
  if (flags > (PEER_VERIFIED | HAS_NAME | IS_BY_PSK))
    return "has unknown flags";
  if (len - HEADER_LEN < out_parts->name_len) return "ends too early";
  if (out_parts->name_len > STLS_HOSTNAME_MAX ||
      out_parts->has_name != (out_parts->name_len > 0) ||
      memchr(out_parts->name, '\0', out_parts->name_len) != NULL)
    return "has a broken name";
  return NULL;
}

static stls_result decode(const struct parts *parts, OSSL_LIB_CTX *libctx,
                          const char *propq, stls_session **out_session,
                          stls_error *err)
{
  char name[STLS_HOSTNAME_MAX + 1] = {0};
  const struct stls_session_facts facts = {parts->has_name ? name : NULL,
                                           parts->peer_verified,
                                           parts->is_by_psk,
                                           parts->lifetime,
                                           {NULL, NULL}};
  SSL_SESSION *ssl_session = decode_der(parts, libctx, propq);
  stls_session *session;

  if (ssl_session == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_SESSION_BROKEN,
                                   "the session cannot be decoded");
  if (!is_usable(ssl_session)) {
    SSL_SESSION_free(ssl_session);
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_SESSION_FOREIGN,
                           "the session is none of a client of this library");
  }
  memcpy(name, parts->name, parts->name_len);
  session = stls_session_new(ssl_session, &facts);
  if (session == NULL) {
    SSL_SESSION_free(ssl_session);
    return stls_error_memory(err);
  }
  *out_session = session;
  return STLS_OK;
}

static SSL_SESSION *decode_der(const struct parts *parts, OSSL_LIB_CTX *libctx,
                               const char *propq)
{
  const unsigned char *at = parts->der;
  SSL_SESSION *session;

#ifdef HAVE_D2I_SSL_SESSION_EX
  session = d2i_SSL_SESSION_ex(NULL, &at, (long)parts->der_len, libctx, propq);
#else
  (void)libctx;
  (void)propq;
  session = d2i_SSL_SESSION(NULL, &at, (long)parts->der_len);
#endif
  if (session != NULL && at != parts->der + parts->der_len) {
    SSL_SESSION_free(session);
    session = NULL;
  }
  return session;
}

/* Whether libssl can resume it: with other sessions libssl fails with an internal
 * error. */
static bool is_usable(const SSL_SESSION *session)
{
  const int version = SSL_SESSION_get_protocol_version(session);
  unsigned len = 0;

  SSL_SESSION_get0_id_context(session, &len);
  return version >= TLS1_VERSION && version <= TLS1_3_VERSION &&
         len == STLS_SHA256_LEN &&
         SSL_SESSION_get_master_key(session, NULL, 0) > 0 &&
         SSL_SESSION_get0_cipher(session) != NULL;
}

/* FNV-1a with 64 bits detects each change of a single byte. */
static uint64_t checksum(const unsigned char *data, size_t len)
{
  uint64_t sum = 0xcbf29ce484222325U;

  for (size_t i = 0; i < len; i++) sum = (sum ^ data[i]) * 0x100000001b3U;
  return sum;
}
