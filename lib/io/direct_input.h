/* SPDX-License-Identifier: MIT */
/* direct_input: opens the peer's records, and shows libssl those of the protocol. */
#ifndef STLS_LIB_DIRECT_INPUT_H
#define STLS_LIB_DIRECT_INPUT_H

#include "io/ssl_call.h"

/* For connections with io->direct. Application data is opened to where the call
 * reads to; libssl is shown handshake messages and alerts, whatever the peer must
 * not send, and everything while it is in the middle of a message. */

/*
 * Selects what stls_direct_input_run runs next. STLS_OK; STLS_WANT_READ when there
 * is no whole record; STLS_ERROR_MEMORY with nothing changed.
 */
stls_result stls_direct_input_next(struct stls_ssl_bios *io,
                                   struct stls_ssl_call *call);

/* Returns the data that was opened, or runs libssl. Results as stls_ssl_call_run;
 * STLS_WANT_READ for a record without data. */
stls_result stls_direct_input_run(struct stls_ssl_bios *io,
                                  struct stls_ssl_call *call);

#endif
