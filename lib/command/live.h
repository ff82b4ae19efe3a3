/* SPDX-License-Identifier: MIT */
/* live: records a connection to a server on the network. */
#ifndef STLS_COMMAND_LIVE_H
#define STLS_COMMAND_LIVE_H

#include "command/options.h"

/* Connects to options->connect as a client that trusts the system's certificates, or
 * nobody's with options->insecure, sends options->send, listens, and closes.
 *
 * STLS_OK: *out_transcript is the caller's, however the connection ended.
 * STLS_ERROR_INPUT: there is no connection; the message says why. Other results: the
 * client could not be made. */
stls_result live_record(const struct options *options,
                        stls_transcript **out_transcript, stls_error *err);

#endif
