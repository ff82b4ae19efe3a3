/* SPDX-License-Identifier: MIT */
/* fatal_alert: a fatal alert for what libssl has nothing against. */
#ifndef STLS_LIB_FATAL_ALERT_H
#define STLS_LIB_FATAL_ALERT_H

#include "endpoint/ssl_bios.h"

/* Sends a fatal alert where the handshake is done, the peer's last record was
 * taken whole, and memory is not short. libssl is of no use afterwards. */
void stls_fatal_alert_send(struct stls_ssl_bios *io);

#endif
