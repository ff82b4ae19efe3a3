/* SPDX-License-Identifier: MIT */
/* post_handshake_auth: client authentication after the handshake (RFC 8446,
 * 4.6.2). */
#ifndef SANSTLS_POST_HANDSHAKE_AUTH_H
#define SANSTLS_POST_HANDSHAKE_AUTH_H

#include <stdbool.h>

#include <sanstls/conninfo.h>
#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/object.h>

STLS_BEGIN_DECLS

/*
 * Sets whether post-handshake authentication is on (RFC 8446, 4.6.2; CPython's
 * post_handshake_auth). It is off by default. A client with it offers the extension,
 * and replies to certificate requests by itself during reads. A server with it does
 * not request a certificate in the handshake, whatever its verify mode is, but in
 * stls_object_verify_client. The verify mode decides whether a reply without a
 * certificate is refused (STLS_VERIFY_REQUIRED) or accepted. TLS 1.2 does not have
 * it: there the server requests the certificate in the handshake. Results as every
 * setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_post_handshake_auth(
    stls_context *context, bool is_on, stls_error *err);

/* Returns whether post-handshake authentication is on; false for NULL. */
STLS_EXPORT bool stls_context_post_handshake_auth(const stls_context *context);

/*
 * Server: requests the client's certificate. The request is in `outgoing` when the
 * call returns, after pending replies of OpenSSL. Later reads process the client's
 * reply, between application data. No read returns data from before and after the
 * client's authentication together. If the certificate is refused the
 * connection fails with STLS_ERROR_CERTIFICATE. After a reply the server may
 * request again.
 *
 * STLS_OK: requested.
 * STLS_WANT_WRITE: `outgoing` is at its limit.
 * STLS_WANT_READ: the peer has sent only a part of a message.
 * STLS_CLOSED: the transport takes no more.
 * STLS_ERROR_MISUSE: object is NULL; a call from a callback; a client; a
 *   connection that is not open both ways, or not TLS 1.3; the context
 *   requests no certificate; the client did not offer this; a reply is outstanding.
 *   The message says which; the connection continues.
 * Other failures as stls_object_read.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_verify_client(stls_object *object);

typedef enum stls_client_auth {
  /* No request after the handshake. */
  STLS_CLIENT_AUTH_NONE = 0,
  /* Requested; no reply yet, or the connection ended without one. */
  STLS_CLIENT_AUTH_REQUESTED = 1,
  /* The certificate was verified. */
  STLS_CLIENT_AUTH_VERIFIED = 2,
  /* The reply had no certificate, which the verify mode allows. */
  STLS_CLIENT_AUTH_DECLINED = 3,
  /* The reply was refused, and the connection has failed. */
  STLS_CLIENT_AUTH_REFUSED = 4
} stls_client_auth;

/* The state of the server's last request; STLS_CLIENT_AUTH_NONE on a client. */
STLS_EXPORT stls_client_auth stls_object_client_auth(const stls_object *object);

/*
 * Facts about the connection since the last reply: the client's certificates and
 * whether they were verified. The rest is as in stls_object_conninfo, which still
 * describes the handshake alone. Borrowed until the next
 * stls_object_verify_client on the object that returns STLS_OK. NULL before a
 * reply. After a refusal it has what was refused.
 */
STLS_EXPORT const stls_conninfo *stls_object_client_auth_conninfo(
    const stls_object *object);

STLS_END_DECLS

#endif
