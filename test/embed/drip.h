/* SPDX-License-Identifier: MIT */
/* drip: peers that send a byte now and then, and never all. */
#ifndef EMBED_DRIP_H
#define EMBED_DRIP_H

#include <stdbool.h>

#include "peer.h"

/* Each says whether the other side has ended the connection before that. */

/* A ClientHello. */
bool drip_handshake(peer *p);

/* One record of application data. */
bool drip_record(peer *p);

/* The head of a request, in whole records. */
bool drip_request(peer *p);

/* Its body. */
bool drip_body(peer *p);

/* What a server says to a ClientHello. */
bool drip_answer(peer *p);

#endif
