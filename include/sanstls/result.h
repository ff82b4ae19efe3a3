/* SPDX-License-Identifier: MIT */
/* result: the one enum that every call which can wait or fail returns. */
#ifndef SANSTLS_RESULT_H
#define SANSTLS_RESULT_H

#include <sanstls/export.h>

STLS_BEGIN_DECLS

/*
 * Zero is success, positive values are waiting or a clean end (never an
 * error), negative values are failures. Callers branch on the sign first and
 * on the class second; the detail is in an stls_error.
 *
 * The numbers stay. A newer library may have more of them, of which each sign
 * keeps its meaning: a positive result that is not known here is a wait (the
 * caller moves records and calls again; from 16 on something has to be answered
 * first, which only what the program turned on asks for), and a negative one that
 * is not known is a failure.
 */
typedef enum stls_result {
  STLS_OK = 0,
  /* A read: the peer closed its direction with close_notify (RFC 8446, 6.1). A
   * call that would send something: our direction has ended, as the transport
   * takes no more (stls_object_write). */
  STLS_CLOSED = 1,
  /* Starved: nothing more can happen until records arrive in `incoming`. */
  STLS_WANT_READ = 2,
  /* `outgoing` is at its limit: drain it, then call again. */
  STLS_WANT_WRITE = 3,

  /* Suspensions: the handshake waits for an answer of the application. */

  /* A server's ClientHello is here: choose a context, or reject it, then call
   * again (stls_object_set_context). Only where that was asked for. */
  STLS_WANT_CONTEXT = 16,

  /* The transport ended without close_notify: data may be missing. */
  STLS_ERROR_TRUNCATED = -1,
  /* The peer broke the protocol, or nothing in common could be negotiated. */
  STLS_ERROR_TLS = -2,
  /* The peer's certificate was not accepted. */
  STLS_ERROR_CERTIFICATE = -3,
  /* The peer sent a fatal alert. */
  STLS_ERROR_ALERT = -4,
  /* Data from outside is unusable: PEM, password, cipher list, name. */
  STLS_ERROR_INPUT = -5,
  /* The call is not legal now, or an argument is wrong. Nothing changed. */
  STLS_ERROR_MISUSE = -6,
  /* The OpenSSL at hand cannot do this. */
  STLS_ERROR_UNSUPPORTED = -7,
  /* Out of memory. */
  STLS_ERROR_MEMORY = -8
} stls_result;

/* The enumerator's name, such as "STLS_WANT_READ"; "unknown result" for a number
 * that this library does not know. Static text. Any thread. */
STLS_EXPORT const char *stls_result_name(stls_result result);

STLS_END_DECLS

#endif
