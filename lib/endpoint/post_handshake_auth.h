/* SPDX-License-Identifier: MIT */
/* post_handshake_auth: requests a client's certificate after the handshake. */
#ifndef STLS_LIB_POST_HANDSHAKE_AUTH_H
#define STLS_LIB_POST_HANDSHAKE_AUTH_H

#include <sanstls/conninfo.h>
#include <sanstls/post_handshake_auth.h>

/* Zero-initialised: nothing was requested. */
struct stls_post_handshake_auth {
  stls_client_auth state;
  /* The facts after the last answer, owned; NULL for none. */
  stls_conninfo *info;
};

#endif
