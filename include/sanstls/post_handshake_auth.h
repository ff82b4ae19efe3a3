/* SPDX-License-Identifier: MIT */
/* post_handshake_auth: client authentication after the handshake (RFC 8446, 4.6.2). */
#ifndef SANSTLS_POST_HANDSHAKE_AUTH_H
#define SANSTLS_POST_HANDSHAKE_AUTH_H

#include <stdbool.h>

#include <sanstls/conninfo.h>
#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/object.h>

STLS_BEGIN_DECLS

/*
 * Post-handshake authentication (RFC 8446, 4.6.2; CPython's post_handshake_auth):
 * off by default. A client with it offers to be asked for its certificate later,
 * and answers by itself, while it reads. A server with it does not ask in the
 * handshake, whatever its verify mode, but when stls_object_verify_client says
 * so; the verify mode then decides whether an answer without a certificate is
 * refused (STLS_VERIFY_REQUIRED) or accepted. TLS 1.2 has none: a server asks in
 * the handshake there.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_post_handshake_auth(
    stls_context *context, bool on, stls_error *err);
STLS_EXPORT bool stls_context_post_handshake_auth(const stls_context *context);

/*
 * Server: asks the client for its certificate. The request is in `outgoing` when
 * the call returns, behind what OpenSSL owed the client before; the answer is
 * taken by the reads that follow, between application data. No read returns data
 * from before the client's authentication together with data from after it. An
 * answer that is refused ends the connection with STLS_ERROR_CERTIFICATE. May be
 * asked again after an answer.
 *
 * STLS_OK: asked.
 * STLS_WANT_WRITE: `outgoing` is at its limit.
 * STLS_WANT_READ: the peer is in the middle of a message.
 * STLS_CLOSED: the transport takes no more.
 * STLS_ERROR_MISUSE: object is NULL; a call from a callback; a client; a
 *   connection that is not open both ways, or not TLS 1.3; the context asks
 *   for no certificate; the client did not offer this; it has not answered yet.
 *   The message says which; the connection goes on.
 * Other failures as stls_object_read.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_verify_client(stls_object *object);

typedef enum stls_client_auth {
  /* Never asked after the handshake. */
  STLS_CLIENT_AUTH_NONE = 0,
  /* Asked, and not answered, which stays so when the connection ends. */
  STLS_CLIENT_AUTH_REQUESTED = 1,
  /* Answered with a certificate that was verified. */
  STLS_CLIENT_AUTH_VERIFIED = 2,
  /* Answered without a certificate, which the verify mode allows. */
  STLS_CLIENT_AUTH_DECLINED = 3,
  /* The answer was refused, which has ended the connection. */
  STLS_CLIENT_AUTH_REFUSED = 4
} stls_client_auth;

/* What became of the last request of a server; NONE on a client. */
STLS_EXPORT stls_client_auth stls_object_client_auth(const stls_object *object);

/*
 * The facts about the connection as they are since the last request was
 * answered: the client's certificates and whether they were verified; the rest as
 * in stls_object_conninfo, which goes on telling of the handshake alone. Borrowed
 * until the next stls_object_verify_client on the object that returns STLS_OK.
 * NULL before an answer. After a refusal, what was refused.
 */
STLS_EXPORT const stls_conninfo *stls_object_client_auth_conninfo(
    const stls_object *object);

STLS_END_DECLS

#endif
