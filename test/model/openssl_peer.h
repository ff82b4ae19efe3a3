/* SPDX-License-Identifier: MIT */
/* openssl_peer: performs the steps of a side that is plain OpenSSL. */
#ifndef STLS_MODEL_OPENSSL_PEER_H
#define STLS_MODEL_OPENSSL_PEER_H

#include "world.h"

/* Certificates and keys of test/data by their names; false where one cannot be
 * loaded. */
bool openssl_peer_load(const char *folder, const char *const *names, int num);
void openssl_peer_unload(void);

/* Its SSL_CTX; `credential` is the place of its name, -1 for none. */
void openssl_peer_open(struct world_side *side, int credential);
void openssl_peer_close(struct world_side *side);

/* Its SSL, and the end of it. */
void openssl_peer_connect(struct world_side *side);
void openssl_peer_disconnect(struct world_side *side);

/* Performs a step; one that does not apply to this side does nothing. */
void openssl_peer_do(struct world_side *side, const struct script_step *step);

/* Drives the handshake as far as the received bytes allow. */
void openssl_peer_drive(struct world_side *side);

/* Sends close_notify; returns whether it was sent. */
bool openssl_peer_shut(struct world_side *side);

#endif
