/* SPDX-License-Identifier: MIT */
/* counters: how much has passed through an object. */
#ifndef SANSTLS_COUNTERS_H
#define SANSTLS_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include <sanstls/object.h>

STLS_BEGIN_DECLS

/*
 * The four flows since the object was made. Records in count when libssl takes
 * them, not when they are put into `incoming`; records out when they are put into
 * `outgoing`; plaintext in when it was sealed into records, not while it is
 * corked; plaintext out when it was read. Bytes count everything on the wire,
 * headers and the handshake, too.
 */
typedef struct stls_counters {
  size_t size;
  uint64_t bytes_in;
  uint64_t bytes_out;
  uint64_t records_in;
  uint64_t records_out;
  uint64_t plaintext_in;
  uint64_t plaintext_out;
} stls_counters;

#define STLS_COUNTERS_INIT \
  { \
    sizeof(stls_counters), 0, 0, 0, 0, 0, 0 \
  }

/*
 * From a callback, too: what is being worked on counts then as far as it has
 * come.
 *
 * STLS_OK. STLS_ERROR_MISUSE: an argument is NULL, or the size is not set.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_counters(const stls_object *object, stls_counters *out_counters,
                     stls_error *err);

/* Room for any text of stls_object_describe with a terminating NUL. */
#define STLS_DESCRIPTION_MAX ((size_t)1024)

/*
 * Writes one line about the connection for a log, without line feed: role,
 * protocol, cipher suite and group, alpn= and sni= (the server's name or address)
 * as far as there are any, whether the handshake verified the peer or resumed a
 * session, auth= with what became of a client that was asked later, where the
 * connection stands, and its bytes on the wire. Words are separated by a space; a
 * word that is not known is left out. There is no secret in it, and whatever the
 * peer had a say in is printable: other bytes, spaces and quotes are replaced by
 * '?'. For people: the words may change.
 *
 * An output buffer.
 *
 * STLS_OK. STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_object_describe(const stls_object *object, char *out, size_t out_cap,
                     size_t *out_len, stls_error *err);

STLS_END_DECLS

#endif
