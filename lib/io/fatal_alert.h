/* SPDX-License-Identifier: MIT */
/* fatal_alert: makes libssl send a fatal alert that it would not send by
 * itself. */
#ifndef STLS_LIB_FATAL_ALERT_H
#define STLS_LIB_FATAL_ALERT_H

#include "io/ssl_bios.h"

/* Sends a fatal alert if the handshake is done, the peer's last record was
 * read whole, and there is memory. The SSL must not be used afterwards. */
void stls_fatal_alert_send(struct stls_ssl_bios *io);

#endif
