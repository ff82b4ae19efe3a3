/* SPDX-License-Identifier: MIT */
/* alpn: application protocols (RFC 7301): setters, policy and wire form. */
#ifndef SANSTLS_ALPN_H
#define SANSTLS_ALPN_H

#include <stddef.h>

#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/util.h>

STLS_BEGIN_DECLS

/*
 * Sets the ALPN protocols (RFC 7301), most wanted first: those that a client
 * offers, or those that a server accepts. If the two sides have none in common,
 * stls_context_set_alpn_policy decides. num_names 0 turns ALPN off. The names are
 * copied.
 *
 * STLS_ERROR_INPUT: a name is empty or longer than 255 bytes; the message gives
 *   its place.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_alpn(stls_context *context, const char *const *names,
                      size_t num_names, stls_error *err);

/* Returns how many ALPN protocols are set; 0 for NULL. */
STLS_EXPORT size_t stls_context_alpn_count(const stls_context *context);

/* Returns the protocol at `index`, in the order of stls_context_set_alpn; NULL
 * past the end and for a NULL context. Borrowed until the next
 * stls_context_set_alpn that succeeds, or until the context is freed. */
STLS_EXPORT const char *stls_context_alpn_at(const stls_context *context,
                                             size_t index);

/* What a server does if its client offers protocols, but none that the server has
 * (RFC 7301, 3.2). A client that offers none at all is always accepted. */
typedef enum stls_alpn_policy {
  /* The handshake continues without a protocol, as in CPython;
   * stls_conninfo_alpn is NULL on both sides. */
  STLS_ALPN_CONTINUE = 0,
  /* The handshake fails: on the server with STLS_ERROR_TLS, on the client with
   * STLS_ERROR_ALERT, no_application_protocol (120). */
  STLS_ALPN_REFUSE = 1
} stls_alpn_policy;

/* Server only: sets the policy, before or after stls_context_set_alpn. Results as
 * every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_alpn_policy(
    stls_context *context, stls_alpn_policy policy, stls_error *err);

/* Returns the policy of a server; STLS_ALPN_CONTINUE on a client, and for NULL. */
STLS_EXPORT stls_alpn_policy
stls_context_alpn_policy(const stls_context *context);

/*
 * Writes names as a ProtocolNameList without its length prefix (RFC 7301, 3.1;
 * what SSL_CTX_set_alpn_protos takes): each name after one byte with its
 * length. `NULL, 0` asks for the length (an output buffer: sanstls.h).
 *
 * STLS_OK.
 * STLS_ERROR_INPUT: there is no name, one has not 1 to 255 bytes (the message
 *   gives its place), or they are more than 65535 bytes.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_alpn_to_wire(const char *const *names, size_t num_names, void *out,
                  size_t out_cap, size_t *out_len, stls_error *err);

/*
 * Reads a ProtocolNameList without its length prefix. A name may have any bytes,
 * also NULs.
 *
 * STLS_OK: *out_names is the caller's, to be released with stls_string_list_free.
 * STLS_ERROR_INPUT: the list is empty, a name is empty, or the last one is cut off;
 *   the message gives the place.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_alpn_from_wire(const void *wire, size_t len, stls_string_list **out_names,
                    stls_error *err);

STLS_END_DECLS

#endif
