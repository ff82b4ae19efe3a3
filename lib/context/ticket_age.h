/* SPDX-License-Identifier: MIT */
/* ticket_age: sets the age of the session that a client offers. */
#ifndef STLS_LIB_TICKET_AGE_H
#define STLS_LIB_TICKET_AGE_H

#include <openssl/ssl.h>

#include "util/clock.h"

/*
 * Called while libssl writes a ClientHello: sets the time of the offered
 * session, which was made at `made`, so that libssl, which goes by the system's
 * time, tells the age that it has by this clock (RFC 8446, 4.2.11.1).
 */
void stls_ticket_age_set(SSL *ssl, const struct stls_clock *clock,
                         int64_t made);

#endif
