/* SPDX-License-Identifier: MIT */
/* error: results and errors of all calls. */
#ifndef SANSTLS_ERROR_H
#define SANSTLS_ERROR_H

#include <stddef.h>

#include <sanstls/reason.h>

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

/*
 * A failure by value. `size` must be set before the struct is handed to any
 * call (STLS_ERROR_INIT does it): a call writes the members that lie wholly
 * within `size` bytes, so that a program built with an older or a newer header
 * stays safe. As there is nobody to tell an error about the error, no size is
 * refused: one of 0 stands for the first version of the struct, which ends with
 * the member reason_mnemonic, so that `stls_error err = {0}` works, too; of one
 * that is too small for any member nothing is written. The size stays as it is.
 * Calls write the struct on failure only.
 */
typedef struct stls_error {
  size_t size;
  stls_result result;
  /* OpenSSL's ERR_GET_LIB and ERR_GET_REASON numbers; 0 when not from there. */
  int lib;
  int reason;
  /* X509_V_ERR_* of the first failed check, and where in the chain it was (0
   * is the leaf); 0 and -1 when no certificate was refused. */
  long verify_code;
  int verify_depth;
  /* Alert descriptions (RFC 8446, 6) that went out and came in; -1 for none. */
  int alert_sent;
  int alert_received;
  /* OpenSSL's own words for lib, reason and verify_code; "" for none. */
  char lib_name[32];
  char reason_name[80];
  char verify_text[96];
  /* One printable line that says what was attempted, on which item, and why it
   * failed. Control characters of what it quotes are replaced by '?'. */
  char message[320];
  /* What the library itself found wrong. */
  stls_reason own_reason;
  /* The system's errno where a call of the system failed; else 0. */
  int sys_errno;
  /* What OpenSSL calls its constants for lib and reason, without their prefixes,
   * as CPython's SSLError has them: "SSL" and "CERTIFICATE_VERIFY_FAILED". The
   * latter comes from the words above at run time; OpenSSL has other words for a
   * few constants, of libssl for five (SRP, GOST and Suite B). Where OpenSSL 4.0
   * has two names for a number this is the new one, TLS_ALERT_HANDSHAKE_FAILURE
   * for SSLV3_ALERT_HANDSHAKE_FAILURE; the numbers stay. "" for none. */
  char lib_mnemonic[16];
  char reason_mnemonic[80];
} stls_error;

#define STLS_ERROR_INIT \
  { \
    sizeof(stls_error), STLS_OK, 0, 0, 0, -1, -1, -1, "", "", "", "", \
        STLS_REASON_NONE, 0, "", "" \
  }

/*
 * The name of an alert description as RFC 8446 spells it, such as
 * "unknown_ca"; "unknown" for a number without one. Static text. Any thread.
 */
STLS_EXPORT const char *stls_alert_name(int alert);

STLS_END_DECLS

#endif
