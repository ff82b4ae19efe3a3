/* SPDX-License-Identifier: MIT */
/* record_size: how large records are: their maximal content, and padding. */
#ifndef SANSTLS_RECORD_SIZE_H
#define SANSTLS_RECORD_SIZE_H

#include <stddef.h>

#include <sanstls/conninfo.h>
#include <sanstls/context.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * Client only: asks servers for records with at most `len` bytes of content, in both
 * directions (max_fragment_length, RFC 6066, 4;
 * SSL_CTX_set_tlsext_max_fragment_length). For a peer with little memory, or a link on
 * which a large record takes long. `len` is 512, 1024, 2048 or 4096; 0 does not ask,
 * which is the default. A server of this library always agrees; another one need not:
 * see stls_conninfo_max_fragment_length. libssl keeps the records of a connection on
 * which a length was agreed (stls_context_set_records), and a resumed session keeps its
 * length.
 *
 * STLS_ERROR_MISUSE: also another length.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_max_fragment_length(
    stls_context *context, size_t len, stls_error *err);

/* Returns that length; 0 where none is asked for, and for NULL. */
STLS_EXPORT size_t
stls_context_max_fragment_length(const stls_context *context);

/* Returns the length that client and server have agreed on; 0 where they have agreed
 * on none, and for NULL. */
STLS_EXPORT size_t
stls_conninfo_max_fragment_length(const stls_conninfo *info);

/*
 * Pads each record that is sent, so that its content and the byte of its type are a
 * multiple of `block_size` bytes, and an observer learns less of the lengths of messages (RFC 8446, 5.4;
 * SSL_CTX_set_block_padding). TLS 1.3 only; records of TLS 1.2 are not padded. At most
 * 16384, which makes all records equally long; 0 and 1 do not pad, which is the default.
 * libssl keeps the records of such a connection (stls_context_set_records). A write
 * counts the padding against the limit of `outgoing`.
 *
 * STLS_ERROR_MISUSE: also a block_size above 16384.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_record_padding(
    stls_context *context, size_t block_size, stls_error *err);

/* Returns that size; 0 where records are not padded, and for NULL. */
STLS_EXPORT size_t stls_context_record_padding(const stls_context *context);

STLS_END_DECLS

#endif
