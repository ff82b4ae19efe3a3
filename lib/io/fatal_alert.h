/* SPDX-License-Identifier: MIT */
/* fatal_alert: ends an established connection with a fatal alert. */
#ifndef STLS_LIB_FATAL_ALERT_H
#define STLS_LIB_FATAL_ALERT_H

#include "io/ssl_bios.h"

/* Whether any alert can be sent. Otherwise libssl determines which. */
static inline bool stls_fatal_alert_is_free(const struct stls_ssl_bios *io)
{
  return io->direct != NULL;
}

/*
 * Queues a fatal alert, or drops it where nothing is sent any more. The handshake
 * is done, the peer's last record was read whole, and the connection has to fail:
 * the SSL must not be used afterwards. `alert` is a number of stls_alert; where
 * stls_fatal_alert_is_free is false libssl sends what it can. false when memory is
 * short: nothing has changed then if stls_fatal_alert_is_free.
 */
bool stls_fatal_alert_send(struct stls_ssl_bios *io, int alert);

#endif
