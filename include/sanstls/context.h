/* SPDX-License-Identifier: MIT */
/* context: the configuration of connections. */
#ifndef SANSTLS_CONTEXT_H
#define SANSTLS_CONTEXT_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/constants.h>
#include <sanstls/credential.h>
#include <sanstls/error.h>
#include <sanstls/trust.h>

STLS_BEGIN_DECLS

/*
 * An stls_context is the configuration of connections of one role (ssl.SSLContext).
 *
 * A context is configured by one thread and then sealed. From then on its setters
 * return STLS_ERROR_MISUSE, and any number of threads may make objects from it.
 * Reference-counted; every object keeps its context alive.
 *
 * The results of a setter are these; after a failure nothing has changed:
 *
 * STLS_OK: set.
 * STLS_ERROR_MISUSE: the context is NULL, sealed, or one of the other role; or an
 *   argument has no meaning, or is NULL where the setter needs it, and the message
 *   names it.
 * STLS_ERROR_INPUT: the setter takes a text, and OpenSSL cannot use it; the message
 *   quotes it.
 * STLS_ERROR_MEMORY: out of memory.
 */
typedef struct stls_context stls_context;

/*
 * Limits on what a peer can cause. All have safe defaults. They are checked
 * after each record. A limit that ends the connection sends the fatal alert
 * unexpected_message; where libssl protects the records of TLS 1.2 it has nothing
 * better than record_overflow. After our close_notify nothing is sent.
 */
typedef enum stls_limit {
  /* KeyUpdates received in a row; one more ends the connection with
   * STLS_ERROR_TLS. Received application data ends the row, and so do 1,024 sent
   * records of it, because a peer that only receives changes keys, too. On a client
   * that offers post-handshake authentication the limit also holds for certificate
   * requests, each of which costs a signature. Default 32. */
  STLS_LIMIT_KEY_UPDATES = 0,
  /* Empty application data records received in a row; one more ends the connection.
   * Received data ends the row. Default 32; where libssl protects the records, it
   * ends the connection above this by itself, whatever is set here. */
  STLS_LIMIT_EMPTY_RECORDS = 1,
  /* Bytes of replies to the peer that reads leave in `outgoing`; from this
   * number on a read returns STLS_WANT_WRITE until some are drained. Default
   * 16384. */
  STLS_LIMIT_REPLY_BYTES = 2,
  /* Bytes of the peer's certificate list (SSL_CTX_set_max_cert_list). Default
   * 102400. */
  STLS_LIMIT_CERTIFICATE_BYTES = 3,
  /* Requests to renegotiate (TLS 1.2), which are always refused: one more ends
   * the connection with STLS_ERROR_TLS. Default 4. */
  STLS_LIMIT_RENEGOTIATIONS = 4,
  /* Session tickets received in a row, as KeyUpdates are (TLS 1.3, client); one
   * more ends the connection with STLS_ERROR_TLS. Default 256: a server may give
   * 255 at once (stls_context_set_num_tickets). */
  STLS_LIMIT_TICKETS = 5
} stls_limit;

/*
 * Makes a context of one role with safe defaults and no trust, like
 * ssl.SSLContext(PROTOCOL_TLS_CLIENT or PROTOCOL_TLS_SERVER): TLS 1.2 and 1.3,
 * cipher suites with forward secrecy and authenticated encryption at security
 * level 2 (of TLS 1.3 the one with AES-128 first, which costs a handshake 5 %
 * less than OpenSSL's order), no compression, of certificates neither (RFC 8879,
 * CVE-2025-66199), no renegotiation. A client requires a certificate that
 * matches its server name; a server asks for none. openssl.cnf has no
 * influence on any of these.
 *
 * `libctx` and `propq` may be NULL for OpenSSL's default library context. They
 * are borrowed: the library context must outlive the context and all its
 * objects; `propq` is copied.
 *
 * STLS_OK: *out_context is the caller's, to be released with stls_context_free.
 * STLS_ERROR_MISUSE: out_context is NULL, or `role` is not an stls_role.
 * STLS_ERROR_MEMORY: out of memory.
 * STLS_ERROR_UNSUPPORTED: the running OpenSSL has another major version than
 *   the library was built for, or `libctx` with `propq` has no TLS.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_new_without_trust(
    stls_role role, OSSL_LIB_CTX *libctx, const char *propq,
    stls_context **out_context, stls_error *err);

/*
 * Makes a context of one role with the defaults of ssl.create_default_context
 * (3.13 and newer): those of stls_context_new_without_trust, and
 * X509_V_FLAG_PARTIAL_CHAIN and X509_V_FLAG_X509_STRICT. A client also has the
 * system's trust. Loading that takes tens of milliseconds: make one context and
 * keep it, or make an stls_trust once and set it on contexts made with
 * stls_context_new_without_trust. If the system has no trust the call succeeds, and
 * connections fail with STLS_REASON_SYSTEM_TRUST_EMPTY.
 *
 * Results as stls_context_new_without_trust, and STLS_ERROR_INPUT when the
 * system's trust cannot be read.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_new_client(OSSL_LIB_CTX *libctx, const char *propq,
                        stls_context **out_context, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result
stls_context_new_server(OSSL_LIB_CTX *libctx, const char *propq,
                        stls_context **out_context, stls_error *err);

/*
 * Makes a client context that accepts any server: no verification, no trust,
 * any name (ssl._create_unverified_context). For tests, and for peers that are
 * authenticated in another way. Setters can turn verification on later. Results
 * as stls_context_new_without_trust.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_new_insecure_client(OSSL_LIB_CTX *libctx, const char *propq,
                                 stls_context **out_context, stls_error *err);

/*
 * Makes a server context that presents a certificate chain and its key from PEM
 * files: stls_context_new_server, stls_credential_new_pem (which says what a file
 * may look like) and stls_context_set_credential in one call
 * (ssl.SSLContext.load_cert_chain). If `key_path` is NULL, the key is read from the
 * chain's file. The files are read during the call.
 *
 * Uses OpenSSL's default library context. The context is not sealed: further
 * setters may follow, and then stls_context_seal.
 *
 * STLS_OK: *out_context is the caller's, to be released with stls_context_free.
 * STLS_ERROR_INPUT: a file cannot be read or is broken; the key is missing, or not
 *   that of the first certificate; OpenSSL refuses the certificate or key. The
 *   message names the file. An encrypted key is refused with
 *   STLS_REASON_NO_PASSPHRASE: stls_credential_new_pem takes a passphrase.
 * STLS_ERROR_MISUSE: chain_path or out_context is NULL.
 * STLS_ERROR_UNSUPPORTED: as stls_context_new_without_trust.
 * STLS_ERROR_MEMORY.
 * On failure *out_context is as before. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_new_server_from_files(
    const char *chain_path, const char *key_path, stls_context **out_context,
    stls_error *err);

/*
 * Makes a client context that trusts the certificates of a PEM file, and those only
 * (ssl.create_default_context with cafile): CAs, or certificates of servers
 * themselves. CRLs in the file are added, too. If `ca_path` is NULL, the context has
 * the system's trust, and the call is stls_context_new_client. The verify flags are
 * the same in both cases. X509_V_FLAG_X509_STRICT, which is among them, refuses a CA
 * without keyUsage, for instance; stls_context_set_verify_flags clears it.
 *
 * Uses OpenSSL's default library context. The context is not sealed.
 *
 * STLS_OK: *out_context is the caller's, to be released with stls_context_free.
 * STLS_ERROR_INPUT: the file cannot be read, a block in it is broken, or there is
 *   no certificate in it; the message names the file. Or the system's trust cannot
 *   be read.
 * STLS_ERROR_MISUSE: out_context is NULL.
 * STLS_ERROR_UNSUPPORTED: as stls_context_new_without_trust.
 * STLS_ERROR_MEMORY.
 * On failure *out_context is as before. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_new_client_from_files(const char *ca_path,
                                   stls_context **out_context, stls_error *err);

/* Releases one reference. NULL is fine. */
STLS_EXPORT void stls_context_free(stls_context *context);

/* Takes one more reference and returns `context`. NULL returns NULL. */
STLS_EXPORT stls_context *stls_context_up_ref(stls_context *context);

/* Ends configuration: no setter works any more. May be repeated.
 *
 * STLS_OK: sealed, by this call or an earlier one.
 * STLS_ERROR_MISUSE: context is NULL.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_seal(stls_context *context,
                                                       stls_error *err);

/* Whether stls_context_seal was called; false for NULL. */
STLS_EXPORT bool stls_context_is_sealed(const stls_context *context);

/* The role that the context was made for. */
STLS_EXPORT stls_role stls_context_role(const stls_context *context);

/*
 * Sets the certificate chain and key that objects present
 * (SSL_CTX_use_cert_and_key), in place of the one of the same key type: a context
 * has at most one for each of RSA, ECDSA and so on, as in CPython. What it needs
 * of the credential it keeps. On failure all is as before.
 *
 * STLS_ERROR_INPUT: OpenSSL refuses the certificate or key, for instance
 *   because it is too weak for the security level; or the key is on a curve with
 *   explicit parameters, or on none of P-256, P-384, P-521 (RFC 8422, 5.1.1) and
 *   brainpool's r1 curves (RFC 7027, RFC 8734: for peers that have been told to
 *   use them), with which no handshake would get anywhere.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_credential(
    stls_context *context, stls_credential *credential, stls_error *err);

/*
 * Sets whether a credential of one certificate, without a chain, is sent with
 * issuers that are found in the context's trust, up to a root. The default is
 * false, on clients and servers: what is trusted and what is shown are two things,
 * and each handshake would look for the chain anew. OpenSSL's default, and
 * CPython's, is true (SSL_MODE_NO_AUTO_CHAIN). Holds for objects made afterwards.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_auto_chain(stls_context *context, bool is_on, stls_error *err);

/* Returns what stls_context_set_auto_chain set; false for NULL. */
STLS_EXPORT bool stls_context_auto_chain(const stls_context *context);

/* Sets the trust anchors of objects made afterwards (SSL_CTX_set1_cert_store),
 * in place of those before. The context keeps what it needs of the trust.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_trust(
    stls_context *context, stls_trust *trust, stls_error *err);

/* Returns the trust that was set, or that of stls_context_new_client; NULL if
 * there is none. Borrowed until another one is set or the context is freed:
 * stls_trust_up_ref keeps it longer. */
STLS_EXPORT stls_trust *stls_context_trust(const stls_context *context);

/*
 * Sets the oldest and newest protocol version to negotiate. Versions before TLS
 * 1.2, and min > max, are refused with STLS_ERROR_MISUSE.
 * STLS_TLS_MINIMUM_SUPPORTED is TLS 1.2 here and in the next function the oldest
 * that this OpenSSL has, TLS 1.0 as a rule; STLS_TLS_MAXIMUM_SUPPORTED is TLS 1.3.
 *
 * All versions in between are negotiated, too. A range cannot have holes, because a
 * ClientHello before TLS 1.3 cannot express them (RFC 5246, E.1);
 * stls_context_set_options refuses SSL_OP_NO_TLSv1_2 and the like, which could make
 * them.
 *
 * STLS_ERROR_UNSUPPORTED: this OpenSSL was built without one of them.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_versions(stls_context *context, stls_protocol min,
                          stls_protocol max, stls_error *err);

/*
 * As stls_context_set_versions, down to TLS 1.0. A `min` below TLS 1.2 also lowers
 * OpenSSL's security level to 0 and, unless a cipher list was set, allows the SHA-1
 * suites that these versions need, until a later call raises `min` again. Deprecated
 * by RFC 8996.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_versions(stls_context *context, stls_protocol min,
                                   stls_protocol max, stls_error *err);

/* Return the oldest and the newest protocol version of the context; 0 for NULL. */
STLS_EXPORT stls_protocol stls_context_min_version(const stls_context *context);
STLS_EXPORT stls_protocol stls_context_max_version(const stls_context *context);

/* Sets one limit; 0 is refused. A new value also holds for existing
 * objects, except STLS_LIMIT_CERTIFICATE_BYTES.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_limit(
    stls_context *context, stls_limit limit, size_t value, stls_error *err);

/* Returns one limit; 0 for NULL. */
STLS_EXPORT size_t stls_context_limit(const stls_context *context,
                                      stls_limit limit);

/* What a connection does with unused buffers: 33 KB in libssl, and those of its
 * bios, up to their default limit. */
typedef enum stls_buffers {
  /* Frees them after each record, or several that a call reads: for many connections
   * of which few are active. Behind a handshake of TLS 1.3 also its ephemeral keys (14 KB
   * of both ends with X25519MLKEM768), which SSL_get_tmp_key and SSL_get_peer_tmp_key
   * find empty: stls_conninfo_group_name tells the group. The default. */
  STLS_BUFFERS_RELEASE = 0,
  /* Keeps them: faster with small records and few connections. stls_object_trim
   * frees those of an idle connection. */
  STLS_BUFFERS_KEEP = 1
} stls_buffers;

/* Sets what becomes of unused buffers of objects that are made afterwards, and their
 * bios.
 * (STLS_BUFFERS_RELEASE is SSL_MODE_RELEASE_BUFFERS, once a call.)
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_buffers(
    stls_context *context, stls_buffers buffers, stls_error *err);

/* Returns what stls_context_set_buffers set; STLS_BUFFERS_RELEASE for NULL. */
STLS_EXPORT stls_buffers stls_context_buffers(const stls_context *context);

/* Who protects the records of application data once a handshake is done. The
 * handshake, alerts and later messages are libssl's in any case. */
typedef enum stls_records {
  /* The default, by what keys cost: STLS_RECORDS_DIRECT with OpenSSL 3.4 and newer,
   * and where the context's newest version is TLS 1.2; else STLS_RECORDS_LIBSSL. It is
   * the latter, too, where the context's property query, or the default of its library
   * context, is about FIPS, or AES comes from the module: that is to make the nonces of
   * AES-GCM (NIST SP 800-38D, 8.2), and direct records compute them outside of it. */
  STLS_RECORDS_AUTO = 0,
  /* libssl. */
  STLS_RECORDS_LIBSSL = 1,
  /* The library itself, with OpenSSL's AEADs, without libssl's copies: with
   * AES-GCM and ChaCha20-Poly1305 in TLS 1.2 and 1.3. libssl keeps connections with
   * other cipher suites or a negotiated maximal fragment length, and those for which
   * it was told more, through stls_context_ssl_ctx or openssl.cnf: to read ahead, in
   * TLS 1.3 padding (SSL_CTX_set_block_padding) or a key log callback, in TLS 1.2
   * renegotiation. stls_conninfo_direct_records tells which it was. */
  STLS_RECORDS_DIRECT = 2
} stls_records;

/*
 * Sets who protects the records of objects made afterwards; libssl keeps those of an
 * object whose handshake is not done yet. Results, errors, alerts and limits are alike,
 * but for what stls_limit and stls_object_reject say.
 *
 * Which to choose, by CPU time with AES-128-GCM:
 * STLS_RECORDS_DIRECT where connections carry data: a record of 64 bytes takes less
 *   than half of the time (OpenSSL 3.5: a third), one of 16 KiB 0.8 (3.5: 0.6).
 * STLS_RECORDS_LIBSSL where most connections carry one or a few messages, or where
 *   memory is scarcer than time: a connection in use holds 3 kB more for each end,
 *   0.5 kB after stls_object_trim.
 * With TLS 1.3 and OpenSSL before 3.4, which writes secrets as text, a connection of one
 * exchange costs 4 to 9 % more with direct records; 40 exchanges of 64 bytes each way or
 * 14 of 16 KiB earn that. Else it costs at most 5 %, which 20 or 5 exchanges earn.
 *
 * Results as every setter of stls_context, and
 * STLS_ERROR_UNSUPPORTED: STLS_RECORDS_DIRECT, and the library was built with
 *   --disable-direct-records.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_records(
    stls_context *context, stls_records records, stls_error *err);

/* Returns what stls_context_set_records set; STLS_RECORDS_AUTO for NULL. */
STLS_EXPORT stls_records stls_context_records(const stls_context *context);

/*
 * Returns the SSL_CTX, an escape hatch: borrowed for the context's life. The
 * contracts here do not hold for what is changed through it.
 *
 * SSL_CTX_set_max_send_fragment, and padding of application data alone, need
 * STLS_RECORDS_LIBSSL: direct records do not know of them.
 */
STLS_EXPORT SSL_CTX *stls_context_ssl_ctx(const stls_context *context);

/*
 * Sets SSL_OP_* bits (ssl.SSLContext.options), replacing all: to add a bit, pass
 * those of stls_context_options and that bit. STLS_OP_* are OpenSSL's numbers;
 * SSL_OP_* of a newer OpenSSL are accepted if this library knows them.
 *
 * STLS_ERROR_MISUSE, and the message names the bit: one that weakens security
 *   by being changed (LEGACY_SERVER_CONNECT, IGNORE_UNEXPECTED_EOF or
 *   NO_ENCRYPT_THEN_MAC set, NO_COMPRESSION or NO_RX_CERTIFICATE_COMPRESSION
 *   cleared and so on); one that
 *   belongs to stls_context_set_versions (NO_TLSv1_2); one that an object requires
 *   (NO_RENEGOTIATION) or cannot support (ENABLE_KTLS); an unknown one.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_options(
    stls_context *context, uint64_t options, stls_error *err);

/* As stls_context_set_options, and accepts bits that weaken security. With
 * IGNORE_UNEXPECTED_EOF the end of the transport between two records is STLS_CLOSED,
 * as if the peer had sent close_notify. Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_options(
    stls_context *context, uint64_t options, stls_error *err);

/* Returns the SSL_OP_* bits that are set; 0 for NULL. */
STLS_EXPORT uint64_t stls_context_options(const stls_context *context);

/*
 * Sets whether TLS 1.2 requires the extended master secret, which depends on
 * the whole handshake (RFC 7627). Without it an attacker who relays two
 * handshakes can give both the same secret. TLS 1.3 always has the same
 * property. Off by default, for peers from before 2015.
 *
 * A server refuses the ClientHello, and a client the ServerHello, with
 * handshake_failure (RFC 7627, 5.2), whatever the verify mode is. The error is
 * STLS_ERROR_TLS with the reason STLS_REASON_EXTENDED_MASTER_SECRET_MISSING.
 *
 * Independently of this setting, neither side resumes a session without it (RFC
 * 7627, 5.3): the handshake is a full one.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_require_extended_master_secret(stls_context *context,
                                                bool is_on, stls_error *err);

/* Returns whether the extended master secret is required; false for NULL. */
STLS_EXPORT bool stls_context_require_extended_master_secret(
    const stls_context *context);

STLS_END_DECLS

#endif
