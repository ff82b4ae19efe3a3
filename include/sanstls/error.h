/* SPDX-License-Identifier: MIT */
/* error: results and errors of all calls. */
#ifndef SANSTLS_ERROR_H
#define SANSTLS_ERROR_H

#include <stddef.h>

#include <sanstls/reason.h>

STLS_BEGIN_DECLS

/*
 * An stls_result of zero is success, a positive one is a wait or a clean end (never
 * an error), a negative one is a failure. Callers test the sign first and the value
 * second; the details are in an stls_error.
 *
 * The numbers do not change. A newer library may have more of them, and the
 * signs keep their meaning. An unknown positive result is a wait: the caller
 * moves records and calls again. Results from 16 on need an action of the
 * application first; they occur only for features that the program has turned
 * on. An unknown negative result is a failure.
 */
typedef enum stls_result {
  /* Done. */
  STLS_OK = 0,
  /* From a read: the peer closed its direction with close_notify (RFC 8446, 6.1).
   * From a call that would send something: our direction has ended, because the
   * transport takes no more (stls_object_write). */
  STLS_CLOSED = 1,
  /* Nothing more can happen until records arrive in `incoming`. */
  STLS_WANT_READ = 2,
  /* `outgoing` is at its limit: drain it, then call again. */
  STLS_WANT_WRITE = 3,

  /* Suspensions: the handshake waits for a decision of the application. */

  /* The ClientHello has arrived at a server: choose a context or reject the client,
   * then call again (stls_object_set_context). Only with choose_context. */
  STLS_WANT_CONTEXT = 16,

  /* The transport ended without close_notify: data may be missing. */
  STLS_ERROR_TRUNCATED = -1,
  /* The peer violated the protocol, or the two sides have nothing in common. */
  STLS_ERROR_TLS = -2,
  /* The peer's certificate was not accepted. */
  STLS_ERROR_CERTIFICATE = -3,
  /* The peer sent a fatal alert. */
  STLS_ERROR_ALERT = -4,
  /* Input cannot be used: PEM, passphrase, cipher list, name. */
  STLS_ERROR_INPUT = -5,
  /* The call is not legal now, or an argument is wrong. Nothing changed. */
  STLS_ERROR_MISUSE = -6,
  /* The running OpenSSL cannot do this. */
  STLS_ERROR_UNSUPPORTED = -7,
  /* Out of memory. */
  STLS_ERROR_MEMORY = -8
} stls_result;

/* The enumerator's name, such as "STLS_WANT_READ"; "unknown result" for a number
 * that this library does not know. Static text. Any thread. */
STLS_EXPORT const char *stls_result_name(stls_result result);

/*
 * An stls_error is a failure by value. `size` must be set before the struct is
 * handed to any call (STLS_ERROR_INIT does it): a call writes the members that lie wholly
 * within `size` bytes, so that a program built with an older or a newer header
 * stays safe. No size is refused, because that could not be reported. A size of 0
 * means the first version of the struct, which ends with the member
 * reason_mnemonic, so that `stls_error err = {0}` works, too. If the size is
 * too small for any member, nothing is written. Calls do not change the size,
 * and write the struct on failure only.
 */
typedef struct stls_error {
  size_t size;
  stls_result result;
  /* OpenSSL's ERR_GET_LIB and ERR_GET_REASON numbers; 0 if OpenSSL reported
   * none. */
  int lib;
  int reason;
  /* X509_V_ERR_* of <openssl/x509_vfy.h>, which this header does not include: the
   * first failed check, and where in the chain it was (0 is the leaf); 0 and -1
   * when no certificate was refused. */
  long verify_code;
  int verify_depth;
  /* The alerts (RFC 8446, 6) that were sent and received; -1 for none.
   * stls_alert_name in constants.h returns their names. */
  int alert_sent;
  int alert_received;
  /* OpenSSL's texts for lib, reason and verify_code; "" for none. */
  char lib_name[32];
  char reason_name[80];
  char verify_text[96];
  /* One printable line: what was attempted, on which item, and why it failed.
   * Control characters in quoted text are replaced by '?'. ERRORS.md, which is
   * installed beside the guide, has causes and remedies. */
  char message[320];
  /* The reason that the library itself found. */
  stls_reason own_reason;
  /* errno if a system call failed; else 0. */
  int sys_errno;
  /* The names of OpenSSL's constants for lib and reason, without their prefixes, as
   * in CPython's SSLError: "SSL" and "CERTIFICATE_VERIFY_FAILED". "" for none. The
   * second is derived from reason_name at run time; for a few constants, five of
   * libssl (SRP, GOST and Suite B), OpenSSL's text differs from the name. If
   * OpenSSL 4.0 has two names for a number, this is the new one:
   * TLS_ALERT_HANDSHAKE_FAILURE for SSLV3_ALERT_HANDSHAKE_FAILURE; the numbers
   * are the same. */
  char lib_mnemonic[16];
  char reason_mnemonic[80];
} stls_error;

#define STLS_ERROR_INIT \
  { \
    sizeof(stls_error), STLS_OK, 0, 0, 0, -1, -1, -1, "", "", "", "", \
        STLS_REASON_NONE, 0, "", "" \
  }

STLS_END_DECLS

#endif
