/* SPDX-License-Identifier: MIT */
/* postauth (L5): what became of a client that was asked after its handshake. */
#ifndef STLS_POSTAUTH_H
#define STLS_POSTAUTH_H

#include <sanstls/clientauth.h>

#include "conninfo.h"
#include "drive.h"
#include "verify.h"

/* Zero-initialised is never asked. */
struct stls_postauth {
  stls_client_auth state;
  stls_conninfo *info;
};

/* The client has been asked: forgets the answer before. */
void stls_postauth_begin(struct stls_postauth *auth, struct stls_drive *drive,
                         struct stls_verify *verify);

/* Whether the client has answered by now, and what. The handshake's snapshot is
 * `info`. Where there is no memory it has not answered yet, and the next look
 * finds it. */
void stls_postauth_settle(struct stls_postauth *auth, struct stls_drive *drive,
                          const struct stls_verify *verify,
                          const stls_conninfo *info);

void stls_postauth_close(struct stls_postauth *auth);

#endif
