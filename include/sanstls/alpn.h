/* SPDX-License-Identifier: MIT */
/* alpn: application protocols (RFC 7301): setters, policy and wire form. */
#ifndef SANSTLS_ALPN_H
#define SANSTLS_ALPN_H

#include <stddef.h>

#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/util.h>

STLS_BEGIN_DECLS

/* What a server does when its client offers protocols, and none of its own
 * (RFC 7301, 3.2). A client that offers none at all is always served. */
typedef enum stls_alpn_policy {
  /* The handshake goes on without a protocol, as in CPython; the client finds
   * none in its stls_conninfo_alpn. */
  STLS_ALPN_CONTINUE = 0,
  /* It fails: here with STLS_ERROR_TLS, and at the client with
   * STLS_ERROR_ALERT, no_application_protocol (120). */
  STLS_ALPN_REFUSE = 1
} stls_alpn_policy;

/* Server only: see stls_context_set_alpn, which may come before or after. The
 * results are those of context.h. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_alpn_policy(
    stls_context *context, stls_alpn_policy policy, stls_error *err);

/*
 * Writes names as a ProtocolNameList without its length prefix (RFC 7301, 3.1;
 * what SSL_CTX_set_alpn_protos takes): each name behind a byte that is its
 * length. An output buffer.
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
 * The same back. A name may have any bytes, NULs also.
 *
 * STLS_OK: *out_names is the caller's, to be released with stls_string_list_free.
 * STLS_ERROR_INPUT: no such list: there is nothing, a name is empty, or the last
 *   one is cut off; the message gives the place.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_alpn_from_wire(const void *wire, size_t len, stls_string_list **out_names,
                    stls_error *err);

/*
 * Sets the ALPN protocols (RFC 7301): on a client what it offers, most wanted
 * first; on a server what it accepts, in its own order of preference. Without
 * overlap the handshake goes on without a protocol, as in CPython, unless
 * stls_context_set_alpn_policy (alpn.h) says otherwise. num_names 0 turns ALPN
 * off. The names are copied.
 *
 * STLS_ERROR_INPUT: a name is empty or longer than 255 bytes; the message gives
 *   its place.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_alpn(stls_context *context, const char *const *names,
                      size_t num_names, stls_error *err);

STLS_END_DECLS

#endif
