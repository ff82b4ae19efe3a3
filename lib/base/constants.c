/* SPDX-License-Identifier: MIT */
/* constants: names the numeric constants of TLS and of this library. */
#include <sanstls/constants.h>
#include <sanstls/error.h>

#include "base/name_table.h"

static const struct stls_name_table roles[] = {
    {STLS_CLIENT, "client"},
    {STLS_SERVER, "server"},
};

static const struct stls_name_table purposes[] = {
    {STLS_PURPOSE_SERVER_AUTH, "SERVER_AUTH"},
    {STLS_PURPOSE_CLIENT_AUTH, "CLIENT_AUTH"},
};

static const struct stls_name_table versions[] = {
    {STLS_TLS_MINIMUM_SUPPORTED, "MINIMUM_SUPPORTED"},
    {STLS_TLS_MAXIMUM_SUPPORTED, "MAXIMUM_SUPPORTED"},
    {STLS_SSL_3_0, "SSLv3"},
    {STLS_TLS_1_0, "TLSv1"},
    {STLS_TLS_1_1, "TLSv1.1"},
    {STLS_TLS_1_2, "TLSv1.2"},
    {STLS_TLS_1_3, "TLSv1.3"},
};

static const struct stls_name_table verify_modes[] = {
    {STLS_VERIFY_NONE, "NONE"},
    {STLS_VERIFY_OPTIONAL, "OPTIONAL"},
    {STLS_VERIFY_REQUIRED, "REQUIRED"},
};

static const struct stls_name_table verify_flags[] = {
    {STLS_VERIFY_DEFAULT, "DEFAULT"},
    {STLS_VERIFY_CRL_CHECK_LEAF, "CRL_CHECK_LEAF"},
    {STLS_VERIFY_CRL_CHECK_CHAIN, "CRL_CHECK_CHAIN"},
    {STLS_VERIFY_X509_STRICT, "X509_STRICT"},
    {STLS_VERIFY_ALLOW_PROXY_CERTS, "ALLOW_PROXY_CERTS"},
    {STLS_VERIFY_X509_TRUSTED_FIRST, "X509_TRUSTED_FIRST"},
    {STLS_VERIFY_X509_PARTIAL_CHAIN, "X509_PARTIAL_CHAIN"},
};

static const struct stls_name_table hostflags[] = {
    {STLS_HOSTFLAG_ALWAYS_CHECK_SUBJECT, "ALWAYS_CHECK_SUBJECT"},
    {STLS_HOSTFLAG_NO_WILDCARDS, "NO_WILDCARDS"},
    {STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS, "NO_PARTIAL_WILDCARDS"},
    {STLS_HOSTFLAG_MULTI_LABEL_WILDCARDS, "MULTI_LABEL_WILDCARDS"},
    {STLS_HOSTFLAG_SINGLE_LABEL_SUBDOMAINS, "SINGLE_LABEL_SUBDOMAINS"},
    {STLS_HOSTFLAG_NEVER_CHECK_SUBJECT, "NEVER_CHECK_SUBJECT"},
};

static const struct stls_name_table content_types[] = {
    {STLS_CONTENT_CHANGE_CIPHER_SPEC, "change_cipher_spec"},
    {STLS_CONTENT_ALERT, "alert"},
    {STLS_CONTENT_HANDSHAKE, "handshake"},
    {STLS_CONTENT_APPLICATION_DATA, "application_data"},
    {STLS_CONTENT_HEADER, "header"},
    {STLS_CONTENT_INNER_TYPE, "inner_content_type"},
};

static const struct stls_name_table message_types[] = {
    {STLS_MESSAGE_HELLO_REQUEST, "hello_request"},
    {STLS_MESSAGE_CLIENT_HELLO, "client_hello"},
    {STLS_MESSAGE_SERVER_HELLO, "server_hello"},
    {STLS_MESSAGE_HELLO_VERIFY_REQUEST, "hello_verify_request"},
    {STLS_MESSAGE_NEW_SESSION_TICKET, "new_session_ticket"},
    {STLS_MESSAGE_END_OF_EARLY_DATA, "end_of_early_data"},
    {STLS_MESSAGE_HELLO_RETRY_REQUEST, "hello_retry_request"},
    {STLS_MESSAGE_ENCRYPTED_EXTENSIONS, "encrypted_extensions"},
    {STLS_MESSAGE_CERTIFICATE, "certificate"},
    {STLS_MESSAGE_SERVER_KEY_EXCHANGE, "server_key_exchange"},
    {STLS_MESSAGE_CERTIFICATE_REQUEST, "certificate_request"},
    {STLS_MESSAGE_SERVER_HELLO_DONE, "server_hello_done"},
    {STLS_MESSAGE_CERTIFICATE_VERIFY, "certificate_verify"},
    {STLS_MESSAGE_CLIENT_KEY_EXCHANGE, "client_key_exchange"},
    {STLS_MESSAGE_FINISHED, "finished"},
    {STLS_MESSAGE_CERTIFICATE_URL, "certificate_url"},
    {STLS_MESSAGE_CERTIFICATE_STATUS, "certificate_status"},
    {STLS_MESSAGE_SUPPLEMENTAL_DATA, "supplemental_data"},
    {STLS_MESSAGE_KEY_UPDATE, "key_update"},
    {STLS_MESSAGE_COMPRESSED_CERTIFICATE, "compressed_certificate"},
    {STLS_MESSAGE_NEXT_PROTOCOL, "next_protocol"},
    {STLS_MESSAGE_MESSAGE_HASH, "message_hash"},
    {STLS_MESSAGE_CHANGE_CIPHER_SPEC, "change_cipher_spec"},
};

static const struct stls_name_table alerts[] = {
    {STLS_ALERT_CLOSE_NOTIFY, "close_notify"},
    {STLS_ALERT_UNEXPECTED_MESSAGE, "unexpected_message"},
    {STLS_ALERT_BAD_RECORD_MAC, "bad_record_mac"},
    {STLS_ALERT_DECRYPTION_FAILED, "decryption_failed"},
    {STLS_ALERT_RECORD_OVERFLOW, "record_overflow"},
    {STLS_ALERT_DECOMPRESSION_FAILURE, "decompression_failure"},
    {STLS_ALERT_HANDSHAKE_FAILURE, "handshake_failure"},
    {STLS_ALERT_NO_CERTIFICATE, "no_certificate"},
    {STLS_ALERT_BAD_CERTIFICATE, "bad_certificate"},
    {STLS_ALERT_UNSUPPORTED_CERTIFICATE, "unsupported_certificate"},
    {STLS_ALERT_CERTIFICATE_REVOKED, "certificate_revoked"},
    {STLS_ALERT_CERTIFICATE_EXPIRED, "certificate_expired"},
    {STLS_ALERT_CERTIFICATE_UNKNOWN, "certificate_unknown"},
    {STLS_ALERT_ILLEGAL_PARAMETER, "illegal_parameter"},
    {STLS_ALERT_UNKNOWN_CA, "unknown_ca"},
    {STLS_ALERT_ACCESS_DENIED, "access_denied"},
    {STLS_ALERT_DECODE_ERROR, "decode_error"},
    {STLS_ALERT_DECRYPT_ERROR, "decrypt_error"},
    {STLS_ALERT_EXPORT_RESTRICTION, "export_restriction"},
    {STLS_ALERT_PROTOCOL_VERSION, "protocol_version"},
    {STLS_ALERT_INSUFFICIENT_SECURITY, "insufficient_security"},
    {STLS_ALERT_INTERNAL_ERROR, "internal_error"},
    {STLS_ALERT_INAPPROPRIATE_FALLBACK, "inappropriate_fallback"},
    {STLS_ALERT_USER_CANCELED, "user_canceled"},
    {STLS_ALERT_NO_RENEGOTIATION, "no_renegotiation"},
    {STLS_ALERT_MISSING_EXTENSION, "missing_extension"},
    {STLS_ALERT_UNSUPPORTED_EXTENSION, "unsupported_extension"},
    {STLS_ALERT_CERTIFICATE_UNOBTAINABLE, "certificate_unobtainable"},
    {STLS_ALERT_UNRECOGNIZED_NAME, "unrecognized_name"},
    {STLS_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE,
     "bad_certificate_status_response"},
    {STLS_ALERT_BAD_CERTIFICATE_HASH_VALUE, "bad_certificate_hash_value"},
    {STLS_ALERT_UNKNOWN_PSK_IDENTITY, "unknown_psk_identity"},
    {STLS_ALERT_CERTIFICATE_REQUIRED, "certificate_required"},
    {STLS_ALERT_NO_APPLICATION_PROTOCOL, "no_application_protocol"},
    {STLS_ALERT_ECH_REQUIRED, "ech_required"},
};

static const struct stls_name_table options[] = {
    {STLS_OP_NO_EXTENDED_MASTER_SECRET, "NO_EXTENDED_MASTER_SECRET"},
    {STLS_OP_CLEANSE_PLAINTEXT, "CLEANSE_PLAINTEXT"},
    {STLS_OP_LEGACY_SERVER_CONNECT, "LEGACY_SERVER_CONNECT"},
    {STLS_OP_ENABLE_KTLS, "ENABLE_KTLS"},
    {STLS_OP_TLSEXT_PADDING, "TLSEXT_PADDING"},
    {STLS_OP_SAFARI_ECDHE_ECDSA_BUG, "SAFARI_ECDHE_ECDSA_BUG"},
    {STLS_OP_IGNORE_UNEXPECTED_EOF, "IGNORE_UNEXPECTED_EOF"},
    {STLS_OP_ALLOW_CLIENT_RENEGOTIATION, "ALLOW_CLIENT_RENEGOTIATION"},
    {STLS_OP_DISABLE_TLSEXT_CA_NAMES, "DISABLE_TLSEXT_CA_NAMES"},
    {STLS_OP_ALLOW_NO_DHE_KEX, "ALLOW_NO_DHE_KEX"},
    {STLS_OP_DONT_INSERT_EMPTY_FRAGMENTS, "DONT_INSERT_EMPTY_FRAGMENTS"},
    {STLS_OP_NO_TICKET, "NO_TICKET"},
    {STLS_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION,
     "NO_SESSION_RESUMPTION_ON_RENEGOTIATION"},
    {STLS_OP_NO_COMPRESSION, "NO_COMPRESSION"},
    {STLS_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION,
     "ALLOW_UNSAFE_LEGACY_RENEGOTIATION"},
    {STLS_OP_NO_ENCRYPT_THEN_MAC, "NO_ENCRYPT_THEN_MAC"},
    {STLS_OP_ENABLE_MIDDLEBOX_COMPAT, "ENABLE_MIDDLEBOX_COMPAT"},
    {STLS_OP_PRIORITIZE_CHACHA, "PRIORITIZE_CHACHA"},
    {STLS_OP_CIPHER_SERVER_PREFERENCE, "CIPHER_SERVER_PREFERENCE"},
    {STLS_OP_TLS_ROLLBACK_BUG, "TLS_ROLLBACK_BUG"},
    {STLS_OP_NO_ANTI_REPLAY, "NO_ANTI_REPLAY"},
    {STLS_OP_NO_SSLv3, "NO_SSLv3"},
    {STLS_OP_NO_TLSv1, "NO_TLSv1"},
    {STLS_OP_NO_TLSv1_2, "NO_TLSv1_2"},
    {STLS_OP_NO_TLSv1_1, "NO_TLSv1_1"},
    {STLS_OP_NO_TLSv1_3, "NO_TLSv1_3"},
    {STLS_OP_NO_RENEGOTIATION, "NO_RENEGOTIATION"},
    {STLS_OP_CRYPTOPRO_TLSEXT_BUG, "CRYPTOPRO_TLSEXT_BUG"},
    {STLS_OP_NO_TX_CERTIFICATE_COMPRESSION, "NO_TX_CERTIFICATE_COMPRESSION"},
    {STLS_OP_NO_RX_CERTIFICATE_COMPRESSION, "NO_RX_CERTIFICATE_COMPRESSION"},
    {STLS_OP_ALL, "ALL"},
    {STLS_OP_NO_SSLv2, "NO_SSLv2"},
    {STLS_OP_SINGLE_DH_USE, "SINGLE_DH_USE"},
    {STLS_OP_SINGLE_ECDH_USE, "SINGLE_ECDH_USE"},
};

#define LENGTH(table) (sizeof(table) / sizeof(table)[0])

const char *stls_role_name(int value)
{
  return stls_name_table_name(roles, LENGTH(roles), value);
}

bool stls_role_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(roles, LENGTH(roles), name, out_value);
}

const char *stls_purpose_name(int value)
{
  return stls_name_table_name(purposes, LENGTH(purposes), value);
}

bool stls_purpose_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(purposes, LENGTH(purposes), name, out_value);
}

const char *stls_protocol_name(int value)
{
  return stls_name_table_name(versions, LENGTH(versions), value);
}

bool stls_protocol_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(versions, LENGTH(versions), name, out_value);
}

const char *stls_verify_mode_name(int value)
{
  return stls_name_table_name(verify_modes, LENGTH(verify_modes), value);
}

bool stls_verify_mode_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(verify_modes, LENGTH(verify_modes), name,
                             out_value);
}

const char *stls_verify_flag_name(int value)
{
  return stls_name_table_name(verify_flags, LENGTH(verify_flags), value);
}

bool stls_verify_flag_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(verify_flags, LENGTH(verify_flags), name,
                             out_value);
}

const char *stls_hostflag_name(int value)
{
  return stls_name_table_name(hostflags, LENGTH(hostflags), value);
}

bool stls_hostflag_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(hostflags, LENGTH(hostflags), name, out_value);
}

const char *stls_content_type_name(int value)
{
  return stls_name_table_name(content_types, LENGTH(content_types), value);
}

bool stls_content_type_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(content_types, LENGTH(content_types), name,
                             out_value);
}

const char *stls_message_type_name(int value)
{
  return stls_name_table_name(message_types, LENGTH(message_types), value);
}

bool stls_message_type_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(message_types, LENGTH(message_types), name,
                             out_value);
}

const char *stls_alert_name(int value)
{
  return stls_name_table_name(alerts, LENGTH(alerts), value);
}

bool stls_alert_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(alerts, LENGTH(alerts), name, out_value);
}

const char *stls_option_name(uint64_t value)
{
  return value > INT64_MAX
             ? "unknown"
             : stls_name_table_name(options, LENGTH(options), (int64_t)value);
}

bool stls_option_from_name(const char *name, uint64_t *out_value)
{
  const struct stls_name_table *found =
      stls_name_table_find(options, LENGTH(options), name);

  if (found == NULL || out_value == NULL) return false;
  *out_value = (uint64_t)found->value;
  return true;
}
