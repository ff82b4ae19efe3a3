/* SPDX-License-Identifier: MIT */
/* direct_output: seals application data and alerts, and sends what libssl wrote. */
#ifndef STLS_LIB_DIRECT_OUTPUT_H
#define STLS_LIB_DIRECT_OUTPUT_H

#include "io/ssl_bios.h"

/* For connections with io->direct. */

/* Seals one record of application data, `len` bytes from `offset` on of the spans,
 * and queues it. STLS_OK, or STLS_ERROR_MEMORY with nothing changed. */
stls_result stls_direct_output_write(struct stls_ssl_bios *io,
                                     const stls_span *spans, size_t offset,
                                     size_t len);

/* Queues a fatal alert, or drops it where nothing is sent any more. false when
 * memory is short; nothing has changed then. */
bool stls_direct_output_alert(struct stls_ssl_bios *io, int alert);

/* Queues what libssl wrote, sealed again. Called after each libssl call, under a
 * guarded error queue. false when memory is short: nothing more is sent then, and
 * the connection has to fail. */
bool stls_direct_output_collect(struct stls_ssl_bios *io, size_t *out_len);

#endif
