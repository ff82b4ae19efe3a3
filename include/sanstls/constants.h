/* SPDX-License-Identifier: MIT */
/* constants: the numeric constants of TLS and OpenSSL, and their names. */
#ifndef SANSTLS_CONSTANTS_H
#define SANSTLS_CONSTANTS_H

#include <stdbool.h>
#include <stdint.h>

#include <sanstls/export.h>

STLS_BEGIN_DECLS

/*
 * Each enum has two functions. x_name returns the name of a value as static
 * text, or "unknown" if the value has no name. x_from_name stores the value of a
 * name in *out_value and returns true; upper and lower case are the same. It
 * returns false for an unknown name and for a NULL argument, and *out_value then
 * does not change. Any thread.
 *
 * Names are those of the RFC ("client_hello"), OpenSSL's names of protocols
 * ("TLSv1.3"), or else CPython's members without their prefix ("NO_TICKET" for
 * OP_NO_TICKET, "REQUIRED" for CERT_REQUIRED). If several flags are 0, x_name
 * returns the name of the first one.
 */

/* Which side of a connection a context is for. */
typedef enum stls_role {
  STLS_CLIENT = 1,
  STLS_SERVER = 2
} stls_role;

/* The purpose of the peer's certificate (ssl.Purpose): a client verifies
 * SERVER_AUTH, a server verifies CLIENT_AUTH. The values are OpenSSL's NIDs. */
typedef enum stls_purpose {
  STLS_PURPOSE_SERVER_AUTH = 129,
  STLS_PURPOSE_CLIENT_AUTH = 130
} stls_purpose;

/* The numbers of ProtocolVersion (RFC 8446, 4.1.2), as ssl.TLSVersion. */
typedef enum stls_protocol {
  /* The oldest and the newest version that the setter accepts. */
  STLS_TLS_MINIMUM_SUPPORTED = -2,
  STLS_TLS_MAXIMUM_SUPPORTED = -1,
  /* Only for names in a trace: no context negotiates it. */
  STLS_SSL_3_0 = 0x0300,
  STLS_TLS_1_0 = 0x0301,
  STLS_TLS_1_1 = 0x0302,
  STLS_TLS_1_2 = 0x0303,
  STLS_TLS_1_3 = 0x0304
} stls_protocol;

/* ssl.VerifyMode. On a client, OPTIONAL and REQUIRED have the same meaning. */
typedef enum stls_verify_mode {
  STLS_VERIFY_NONE = 0,
  STLS_VERIFY_OPTIONAL = 1,
  STLS_VERIFY_REQUIRED = 2
} stls_verify_mode;

/* ssl.VerifyFlags: X509_V_FLAG_*. */
typedef enum stls_verify_flag {
  STLS_VERIFY_DEFAULT = 0,
  STLS_VERIFY_CRL_CHECK_LEAF = 0x4,
  STLS_VERIFY_CRL_CHECK_CHAIN = 0xc,
  STLS_VERIFY_X509_STRICT = 0x20,
  STLS_VERIFY_ALLOW_PROXY_CERTS = 0x40,
  STLS_VERIFY_X509_TRUSTED_FIRST = 0x8000,
  STLS_VERIFY_X509_PARTIAL_CHAIN = 0x80000
} stls_verify_flag;

/* CPython's HOSTFLAG_*: X509_CHECK_FLAG_*. */
typedef enum stls_hostflag {
  STLS_HOSTFLAG_ALWAYS_CHECK_SUBJECT = 0x1,
  STLS_HOSTFLAG_NO_WILDCARDS = 0x2,
  STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS = 0x4,
  STLS_HOSTFLAG_MULTI_LABEL_WILDCARDS = 0x8,
  STLS_HOSTFLAG_SINGLE_LABEL_SUBDOMAINS = 0x10,
  STLS_HOSTFLAG_NEVER_CHECK_SUBJECT = 0x20
} stls_hostflag;

/* ContentType (RFC 8446, 5.1), and the pseudo types of OpenSSL and CPython:
 * HEADER and INNER_TYPE. */
typedef enum stls_content_type {
  STLS_CONTENT_CHANGE_CIPHER_SPEC = 20,
  STLS_CONTENT_ALERT = 21,
  STLS_CONTENT_HANDSHAKE = 22,
  STLS_CONTENT_APPLICATION_DATA = 23,
  STLS_CONTENT_HEADER = 0x100,
  STLS_CONTENT_INNER_TYPE = 0x101
} stls_content_type;

/* HandshakeType (RFC 8446, B.3, and earlier RFCs). The last value is CPython's
 * number for a ChangeCipherSpec, which is not a handshake message. */
typedef enum stls_message_type {
  STLS_MESSAGE_HELLO_REQUEST = 0,
  STLS_MESSAGE_CLIENT_HELLO = 1,
  STLS_MESSAGE_SERVER_HELLO = 2,
  STLS_MESSAGE_HELLO_VERIFY_REQUEST = 3,
  STLS_MESSAGE_NEW_SESSION_TICKET = 4,
  STLS_MESSAGE_END_OF_EARLY_DATA = 5,
  STLS_MESSAGE_HELLO_RETRY_REQUEST = 6,
  STLS_MESSAGE_ENCRYPTED_EXTENSIONS = 8,
  STLS_MESSAGE_CERTIFICATE = 11,
  STLS_MESSAGE_SERVER_KEY_EXCHANGE = 12,
  STLS_MESSAGE_CERTIFICATE_REQUEST = 13,
  STLS_MESSAGE_SERVER_HELLO_DONE = 14,
  STLS_MESSAGE_CERTIFICATE_VERIFY = 15,
  STLS_MESSAGE_CLIENT_KEY_EXCHANGE = 16,
  STLS_MESSAGE_FINISHED = 20,
  STLS_MESSAGE_CERTIFICATE_URL = 21,
  STLS_MESSAGE_CERTIFICATE_STATUS = 22,
  STLS_MESSAGE_SUPPLEMENTAL_DATA = 23,
  STLS_MESSAGE_KEY_UPDATE = 24,
  STLS_MESSAGE_COMPRESSED_CERTIFICATE = 25,
  STLS_MESSAGE_NEXT_PROTOCOL = 67,
  STLS_MESSAGE_MESSAGE_HASH = 254,
  STLS_MESSAGE_CHANGE_CIPHER_SPEC = 0x101
} stls_message_type;

/* AlertDescription (RFC 8446, 6, and earlier RFCs). */
typedef enum stls_alert {
  STLS_ALERT_CLOSE_NOTIFY = 0,
  STLS_ALERT_UNEXPECTED_MESSAGE = 10,
  STLS_ALERT_BAD_RECORD_MAC = 20,
  STLS_ALERT_DECRYPTION_FAILED = 21,
  STLS_ALERT_RECORD_OVERFLOW = 22,
  STLS_ALERT_DECOMPRESSION_FAILURE = 30,
  STLS_ALERT_HANDSHAKE_FAILURE = 40,
  STLS_ALERT_NO_CERTIFICATE = 41,
  STLS_ALERT_BAD_CERTIFICATE = 42,
  STLS_ALERT_UNSUPPORTED_CERTIFICATE = 43,
  STLS_ALERT_CERTIFICATE_REVOKED = 44,
  STLS_ALERT_CERTIFICATE_EXPIRED = 45,
  STLS_ALERT_CERTIFICATE_UNKNOWN = 46,
  STLS_ALERT_ILLEGAL_PARAMETER = 47,
  STLS_ALERT_UNKNOWN_CA = 48,
  STLS_ALERT_ACCESS_DENIED = 49,
  STLS_ALERT_DECODE_ERROR = 50,
  STLS_ALERT_DECRYPT_ERROR = 51,
  STLS_ALERT_EXPORT_RESTRICTION = 60,
  STLS_ALERT_PROTOCOL_VERSION = 70,
  STLS_ALERT_INSUFFICIENT_SECURITY = 71,
  STLS_ALERT_INTERNAL_ERROR = 80,
  STLS_ALERT_INAPPROPRIATE_FALLBACK = 86,
  STLS_ALERT_USER_CANCELED = 90,
  STLS_ALERT_NO_RENEGOTIATION = 100,
  STLS_ALERT_MISSING_EXTENSION = 109,
  STLS_ALERT_UNSUPPORTED_EXTENSION = 110,
  STLS_ALERT_CERTIFICATE_UNOBTAINABLE = 111,
  STLS_ALERT_UNRECOGNIZED_NAME = 112,
  STLS_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE = 113,
  STLS_ALERT_BAD_CERTIFICATE_HASH_VALUE = 114,
  STLS_ALERT_UNKNOWN_PSK_IDENTITY = 115,
  STLS_ALERT_CERTIFICATE_REQUIRED = 116,
  STLS_ALERT_NO_APPLICATION_PROTOCOL = 120,
  STLS_ALERT_ECH_REQUIRED = 121
} stls_alert;

/* OpenSSL's SSL_OP_* bits, with those of ssl.Options. They are macros, because
 * some are too large for an enum. */
#define STLS_OP_NO_EXTENDED_MASTER_SECRET (UINT64_C(1) << 0)
#define STLS_OP_CLEANSE_PLAINTEXT (UINT64_C(1) << 1)
#define STLS_OP_LEGACY_SERVER_CONNECT (UINT64_C(1) << 2)
#define STLS_OP_ENABLE_KTLS (UINT64_C(1) << 3)
#define STLS_OP_TLSEXT_PADDING (UINT64_C(1) << 4)
#define STLS_OP_SAFARI_ECDHE_ECDSA_BUG (UINT64_C(1) << 6)
#define STLS_OP_IGNORE_UNEXPECTED_EOF (UINT64_C(1) << 7)
#define STLS_OP_ALLOW_CLIENT_RENEGOTIATION (UINT64_C(1) << 8)
#define STLS_OP_DISABLE_TLSEXT_CA_NAMES (UINT64_C(1) << 9)
#define STLS_OP_ALLOW_NO_DHE_KEX (UINT64_C(1) << 10)
#define STLS_OP_DONT_INSERT_EMPTY_FRAGMENTS (UINT64_C(1) << 11)
#define STLS_OP_NO_TICKET (UINT64_C(1) << 14)
#define STLS_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION (UINT64_C(1) << 16)
#define STLS_OP_NO_COMPRESSION (UINT64_C(1) << 17)
#define STLS_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION (UINT64_C(1) << 18)
#define STLS_OP_NO_ENCRYPT_THEN_MAC (UINT64_C(1) << 19)
#define STLS_OP_ENABLE_MIDDLEBOX_COMPAT (UINT64_C(1) << 20)
#define STLS_OP_PRIORITIZE_CHACHA (UINT64_C(1) << 21)
#define STLS_OP_CIPHER_SERVER_PREFERENCE (UINT64_C(1) << 22)
#define STLS_OP_TLS_ROLLBACK_BUG (UINT64_C(1) << 23)
#define STLS_OP_NO_ANTI_REPLAY (UINT64_C(1) << 24)
#define STLS_OP_NO_SSLv3 (UINT64_C(1) << 25)
#define STLS_OP_NO_TLSv1 (UINT64_C(1) << 26)
#define STLS_OP_NO_TLSv1_2 (UINT64_C(1) << 27)
#define STLS_OP_NO_TLSv1_1 (UINT64_C(1) << 28)
#define STLS_OP_NO_TLSv1_3 (UINT64_C(1) << 29)
#define STLS_OP_NO_RENEGOTIATION (UINT64_C(1) << 30)
#define STLS_OP_CRYPTOPRO_TLSEXT_BUG (UINT64_C(1) << 31)
/* OpenSSL 3.2 and newer (RFC 8879). */
#define STLS_OP_NO_TX_CERTIFICATE_COMPRESSION (UINT64_C(1) << 32)
#define STLS_OP_NO_RX_CERTIFICATE_COMPRESSION (UINT64_C(1) << 33)
/* OpenSSL's SSL_OP_ALL: workarounds for faults of other implementations. */
#define STLS_OP_ALL UINT64_C(0x80000050)
/* These have no effect in OpenSSL 3. */
#define STLS_OP_NO_SSLv2 UINT64_C(0)
#define STLS_OP_SINGLE_DH_USE UINT64_C(0)
#define STLS_OP_SINGLE_ECDH_USE UINT64_C(0)

/* Return the name of an stls_role (static text, "unknown" for another number), and
 * store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_role_name(int value);
STLS_EXPORT bool stls_role_from_name(const char *name, int *out_value);

/* Return the name of an stls_purpose (static text, "unknown" for another number), and
 * store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_purpose_name(int value);
STLS_EXPORT bool stls_purpose_from_name(const char *name, int *out_value);

/* Return the name of an stls_protocol (static text, "unknown" for another number), and
 * store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_protocol_name(int value);
STLS_EXPORT bool stls_protocol_from_name(const char *name, int *out_value);

/* Return the name of an stls_verify_mode (static text, "unknown" for another
 * number), and store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_verify_mode_name(int value);
STLS_EXPORT bool stls_verify_mode_from_name(const char *name, int *out_value);

/* Return the name of an stls_verify_flag (static text, "unknown" for another
 * number), and store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_verify_flag_name(int value);
STLS_EXPORT bool stls_verify_flag_from_name(const char *name, int *out_value);

/* Return the name of an stls_hostflag (static text, "unknown" for another number), and
 * store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_hostflag_name(int value);
STLS_EXPORT bool stls_hostflag_from_name(const char *name, int *out_value);

/* Return the name of an stls_content_type (static text, "unknown" for another
 * number), and store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_content_type_name(int value);
STLS_EXPORT bool stls_content_type_from_name(const char *name, int *out_value);

/* Return the name of an stls_message_type (static text, "unknown" for another
 * number), and store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_message_type_name(int value);
STLS_EXPORT bool stls_message_type_from_name(const char *name, int *out_value);

/* Return the name of an stls_alert, also of alert_sent and alert_received of
 * stls_error (static text, "unknown" for another number), and store the value of a
 * name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_alert_name(int value);
STLS_EXPORT bool stls_alert_from_name(const char *name, int *out_value);

/* Return the name of an option, one of STLS_OP_* (static text, "unknown" for another
 * number), and store the value of a name: true, or false for an unknown name. */
STLS_EXPORT const char *stls_option_name(uint64_t value);
STLS_EXPORT bool stls_option_from_name(const char *name, uint64_t *out_value);

/* Return the name of a verify code (stls_error.verify_code), such as
 * "CERT_HAS_EXPIRED" for X509_V_ERR_CERT_HAS_EXPIRED and "OK" for X509_V_OK (static
 * text, "unknown" for another number), and store the value of a name: true, or false
 * for an unknown name. */
STLS_EXPORT const char *stls_verify_code_name(int value);
STLS_EXPORT bool stls_verify_code_from_name(const char *name, int *out_value);

/* Returns OpenSSL's description of a verify code
 * (X509_verify_cert_error_string). Static text. */
STLS_EXPORT const char *stls_verify_code_text(int value);

STLS_END_DECLS

#endif
