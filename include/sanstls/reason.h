/* SPDX-License-Identifier: MIT */
/* reason: numbers for failures that the library itself detects. */
#ifndef SANSTLS_REASON_H
#define SANSTLS_REASON_H

#include <sanstls/export.h>

STLS_BEGIN_DECLS

/*
 * Reasons of failures that the library itself detects. The numbers do not
 * change, and a newer library may have more. OpenSSL's numbers (lib, reason),
 * alerts and verification codes have members of their own in stls_error; if one
 * of these is sufficient, this is STLS_REASON_NONE.
 */
typedef enum stls_reason {
  STLS_REASON_NONE = 0,

  /* --- Arguments, and texts and bytes that were handed in --- */

  /* A pointer that has to be given is NULL. */
  STLS_REASON_NULL_ARGUMENT = 100,
  /* A number is not in its range. */
  STLS_REASON_OUT_OF_RANGE = 101,
  /* A number is no enumerator, flag or option of its kind. */
  STLS_REASON_UNKNOWN_VALUE = 102,
  /* A name is not in the list of its kind. */
  STLS_REASON_UNKNOWN_NAME = 103,
  /* The `size` of a struct is too small: use its _INIT. */
  STLS_REASON_SIZE_NOT_SET = 104,
  /* An output buffer is too short; its out_len says what is needed. */
  STLS_REASON_OUTPUT_TOO_SMALL = 105,
  /* A text, a list or a file is longer than its limit. */
  STLS_REASON_TOO_LONG = 106,
  /* A text, a list or a file has nothing in it. */
  STLS_REASON_EMPTY = 107,
  /* Arguments exclude each other, or one of two is needed. */
  STLS_REASON_CONFLICT = 108,
  /* Only a function with `insecure` in its name does this. */
  STLS_REASON_WEAKENS_SECURITY = 109,
  /* A client that checks the server's name was given none. */
  STLS_REASON_NO_SERVER_NAME = 110,
  /* This cannot be the name or the address of a host. */
  STLS_REASON_NAME_INVALID = 111,
  /* A text or bytes do not have the form of their kind. */
  STLS_REASON_MALFORMED = 112,
  /* OpenSSL finds nothing to use in a list of names. */
  STLS_REASON_LIST_REFUSED = 113,
  /* It is not what was recorded (libsanstls-testing). */
  STLS_REASON_MISMATCH = 114,

  /* --- The order of calls --- */

  /* An object was called from a callback of its own. */
  STLS_REASON_CALLED_FROM_CALLBACK = 200,
  /* Only the other of client and server can do this. */
  STLS_REASON_WRONG_ROLE = 201,
  /* The connection is not at the point for this. */
  STLS_REASON_WRONG_STATE = 202,
  /* The context is sealed, and nothing of it changes. */
  STLS_REASON_SEALED = 203,
  /* Another object is at work on the same bio. */
  STLS_REASON_IN_USE = 204,
  /* The end of the bio was written. */
  STLS_REASON_END_WRITTEN = 205,
  /* The object does not wait for this call. */
  STLS_REASON_NOT_WANTED = 206,
  /* Application data has to be read first. */
  STLS_REASON_DATA_WAITING = 207,
  /* The version of TLS in use does not have this. */
  STLS_REASON_WRONG_VERSION = 208,
  /* The peer did not say that it can do this. */
  STLS_REASON_NOT_OFFERED = 209,
  /* It needs the extension (RFC 7627) on TLS 1.2. */
  STLS_REASON_NO_EXTENDED_MASTER_SECRET = 210,
  /* The connection has no channel binding of this type. */
  STLS_REASON_NO_BINDING = 211,
  /* Room is reserved in the bio: commit it first. */
  STLS_REASON_RESERVED = 212,
  /* No room, or less, is reserved in the bio. */
  STLS_REASON_NOT_RESERVED = 213,
  /* A direction that is to be handed over still holds something. */
  STLS_REASON_NOT_DRAINED = 214,

  /* --- The machine, and the OpenSSL that runs --- */

  /* An allocation failed. */
  STLS_REASON_OUT_OF_MEMORY = 300,
  /* This OpenSSL, or its provider, cannot do it. */
  STLS_REASON_NOT_SUPPORTED = 301,
  /* Built for one major version, running with another. */
  STLS_REASON_OTHER_OPENSSL = 302,

  /* --- Files; `sys_errno` has the system's own number where it gave one --- */

  STLS_REASON_NO_SUCH_FILE = 400,
  STLS_REASON_IS_DIRECTORY = 401,
  /* The path, or a part of it, is no directory. */
  STLS_REASON_NOT_DIRECTORY = 402,
  /* A device, a FIFO or a socket. */
  STLS_REASON_NOT_REGULAR_FILE = 403,
  STLS_REASON_PERMISSION_DENIED = 404,
  /* Any other trouble with a file: see sys_errno. */
  STLS_REASON_FILE_ERROR = 405,
  /* No file of a directory has a hashed name. */
  STLS_REASON_NO_HASHED_FILE = 406,
  /* OpenSSL opens or reads no store for the URI. */
  STLS_REASON_URI_UNUSABLE = 407,

  /* --- What files and texts hold --- */

  /* There is no PEM block of the kind that is wanted. */
  STLS_REASON_NO_PEM_BLOCK = 500,
  /* A PEM block has no end, or bad base64. */
  STLS_REASON_PEM_BROKEN = 501,
  /* It looks like DER where PEM is wanted. */
  STLS_REASON_DER_GIVEN = 502,
  /* It looks like PEM where DER is wanted. */
  STLS_REASON_PEM_GIVEN = 503,
  /* A certificate, or its key, cannot be decoded. */
  STLS_REASON_CERTIFICATE_BROKEN = 504,
  /* A private key cannot be decoded. */
  STLS_REASON_KEY_BROKEN = 505,
  /* A CRL cannot be decoded. */
  STLS_REASON_CRL_BROKEN = 506,
  /* Parameters cannot be decoded, or are unfit. */
  STLS_REASON_PARAMETERS_BROKEN = 507,
  /* It is no PKCS #12, or its content is broken. */
  STLS_REASON_PKCS12_BROKEN = 508,
  /* It is no ClientHello. */
  STLS_REASON_CLIENT_HELLO_BROKEN = 509,
  /* There is something behind the end. */
  STLS_REASON_TRAILING_DATA = 510,
  /* It is no OCSP response with an answer. */
  STLS_REASON_OCSP_BROKEN = 511,

  /* --- Certificates and keys --- */

  /* There is no certificate in what was given. */
  STLS_REASON_NO_CERTIFICATE = 600,
  /* There is no private key in what was given. */
  STLS_REASON_NO_PRIVATE_KEY = 601,
  /* The private key is not that of the certificate. */
  STLS_REASON_KEY_MISMATCH = 602,
  /* The private key is that of a later certificate. */
  STLS_REASON_LEAF_NOT_FIRST = 603,
  /* There is more than the one certificate. */
  STLS_REASON_SECOND_CERTIFICATE = 604,
  /* It is encrypted, and there is no passphrase. */
  STLS_REASON_NO_PASSPHRASE = 605,
  /* The passphrase does not open it. */
  STLS_REASON_WRONG_PASSPHRASE = 606,
  /* OpenSSL refuses the certificate or the key. */
  STLS_REASON_CREDENTIAL_REFUSED = 607,
  /* The OCSP response is of another certificate. */
  STLS_REASON_OCSP_OTHER_CERTIFICATE = 608,

  /* --- Trust --- */

  /* No certificate was ever given to trust. */
  STLS_REASON_NO_TRUST = 700,
  /* The system's places have no certificate to trust. */
  STLS_REASON_SYSTEM_TRUST_EMPTY = 701,
  /* There is no CRL in what was given. */
  STLS_REASON_NO_CRL = 702,
  /* A delta CRL is no complete list. */
  STLS_REASON_DELTA_CRL = 703,

  /* --- Sessions that do not fit --- */

  /* The bytes cannot be decoded. */
  STLS_REASON_SESSION_BROKEN = 800,
  /* The session is not one of this library. */
  STLS_REASON_SESSION_FOREIGN = 801,
  /* The server gave nothing to resume it with. */
  STLS_REASON_SESSION_NOT_RESUMABLE = 802,
  STLS_REASON_SESSION_EXPIRED = 803,
  /* It was made with a server of another name. */
  STLS_REASON_SESSION_OTHER_SERVER = 804,
  /* It was made with a server that was not verified. */
  STLS_REASON_SESSION_NOT_VERIFIED = 805,
  /* It was made under another policy. */
  STLS_REASON_SESSION_OTHER_POLICY = 806,

  /* --- Connections that failed --- */

  /* The transport ended without close_notify. */
  STLS_REASON_TRANSPORT_ENDED = 900,
  /* The peer sent close_notify too early. */
  STLS_REASON_PEER_CLOSED = 901,
  /* The peer sent a fatal alert: see alert_received. */
  STLS_REASON_PEER_ALERT = 902,
  /* What the peer sends is no TLS. */
  STLS_REASON_PEER_NOT_TLS = 903,
  /* The server has no certificate to show. */
  STLS_REASON_NO_CREDENTIAL = 904,
  /* The two sides have no cipher suite in common. */
  STLS_REASON_NO_SHARED_CIPHER = 905,
  /* The two sides have no version in common. */
  STLS_REASON_NO_SHARED_VERSION = 906,
  /* The two sides have no ALPN protocol in common. */
  STLS_REASON_NO_SHARED_PROTOCOL = 907,
  /* The peer's certificate: see verify_code. */
  STLS_REASON_CERTIFICATE_REFUSED = 908,
  /* The client sent no certificate. */
  STLS_REASON_NO_PEER_CERTIFICATE = 909,
  /* The server's certificate was not verified. */
  STLS_REASON_NOT_VERIFIED = 910,
  /* The application rejected the peer. */
  STLS_REASON_REJECTED = 911,
  /* A limit of the context (stls_limit) was reached. */
  STLS_REASON_LIMIT_REACHED = 912,
  /* The look-up gave no pre-shared key that can be used. */
  STLS_REASON_PSK_UNUSABLE = 913,
  /* This form of ClientHello cannot be chosen for. */
  STLS_REASON_NO_CHOICE = 914,
  /* After a HelloRetryRequest the client asks for something else. */
  STLS_REASON_HELLO_CHANGED = 915,
  /* The context requires what the peer cannot (RFC 7627). */
  STLS_REASON_EXTENDED_MASTER_SECRET_MISSING = 916,
  /* The server's OCSP response, or that there is none: see verify_code. */
  STLS_REASON_OCSP_REFUSED = 917
} stls_reason;

/*
 * The enumerator's name without its prefix, such as "NO_SUCH_FILE"; "unknown"
 * for a number without one. Static text. Any thread.
 */
STLS_EXPORT const char *stls_reason_name(stls_reason reason);

STLS_END_DECLS

#endif
