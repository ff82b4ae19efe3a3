/* SPDX-License-Identifier: MIT */
/* post_handshake_auth: what became of a client that was asked after its handshake. */
#ifndef STLS_LIB_POST_HANDSHAKE_AUTH_H
#define STLS_LIB_POST_HANDSHAKE_AUTH_H

#include <sanstls/conninfo.h>
#include <sanstls/post_handshake_auth.h>

#include "context/peer_verify.h"
#include "endpoint/conninfo.h"
#include "endpoint/ssl_io.h"

/* Zero-initialised is never asked. */
struct stls_post_handshake_auth {
  stls_client_auth state;
  stls_conninfo *info;
};

/* The client has been asked: forgets the answer before. */
void stls_post_handshake_auth_begin(struct stls_post_handshake_auth *auth,
                                    struct stls_ssl_bios *io,
                                    struct stls_peer_verify *verify);

/* Whether the client has answered by now, and what. The handshake's snapshot is
 * `info`. Where there is no memory it has not answered yet, and the next look
 * finds it. */
void stls_post_handshake_auth_settle(struct stls_post_handshake_auth *auth,
                                     struct stls_ssl_bios *io,
                                     const struct stls_peer_verify *verify,
                                     const stls_conninfo *info);

void stls_post_handshake_auth_close(struct stls_post_handshake_auth *auth);

#endif
