/* SPDX-License-Identifier: MIT */
/* setup: makes the sealed contexts of the embeddings. */
#ifndef EMBED_SETUP_H
#define EMBED_SETUP_H

#include <sanstls/sanstls.h>

#include "options.h"

/* NULL after a line on stderr that says what is wrong. */
stls_context *setup_server(const server_options *options);

/* The same for a client, with `trace` observing its objects if asked for. */
stls_context *setup_client(const client_options *options, stls_trace_fn trace);

#endif
