/* SPDX-License-Identifier: MIT */
/* context: certificates, trust and policy that objects are made from. */
#ifndef SANSTLS_CONTEXT_H
#define SANSTLS_CONTEXT_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <sanstls/constants.h>
#include <sanstls/credential.h>
#include <sanstls/error.h>
#include <sanstls/trace.h>
#include <sanstls/trust.h>

STLS_BEGIN_DECLS

/*
 * Shared configuration: CPython's ssl.SSLContext, for one role.
 *
 * A context is configured by one thread and then sealed: from then on its
 * setters answer STLS_ERROR_MISUSE, and any number of threads may make objects
 * from it. Reference-counted; every object keeps its context alive.
 *
 * Unless said otherwise, a setter returns STLS_OK, or, having changed nothing:
 * STLS_ERROR_MISUSE (a NULL or meaningless argument, which the message names;
 * a sealed context; a setter of the other role), STLS_ERROR_INPUT (a text that
 * OpenSSL does not understand, which the message quotes), STLS_ERROR_MEMORY.
 */
typedef struct stls_context stls_context;

/*
 * Bounds on what a peer may make an object do. All have safe defaults. They are
 * looked at after each record. One that ends the connection tells the peer so
 * with a fatal alert: unexpected_message in TLS 1.3; record_overflow in TLS 1.2,
 * where OpenSSL can be made to send no better one (stls_object_alert_sent). Behind
 * our close_notify nothing is sent.
 */
typedef enum stls_limit {
  /* KeyUpdates received in a row; one more ends the connection with
   * STLS_ERROR_TLS. Application data that is received ends the row, and so do
   * 1,024 records of it that are sent: a peer that takes much and gives nothing
   * changes keys, too. On a client that offers post-handshake authentication, the
   * same for requests of its certificate, each of which costs a signature.
   * Default 32. */
  STLS_LIMIT_KEY_UPDATES = 0,
  /* Empty application data records received in a row, which data that is received
   * ends; one more ends the connection. Default 32, above which OpenSSL ends the
   * connection by itself, whatever is set here. */
  STLS_LIMIT_EMPTY_RECORDS = 1,
  /* Bytes of answers to the peer that reads leave in `outgoing`; at
   * this many a read answers STLS_WANT_WRITE until some are drained. Default
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
 * matches its server name; a server asks for none. What openssl.cnf says about
 * any of these is not heeded.
 *
 * `libctx` and `propq` may be NULL for OpenSSL's default library context. They
 * are borrowed: the library context must outlive the context and all its
 * objects; `propq` is copied.
 *
 * STLS_OK: *out_context is the caller's, to be released with stls_context_free.
 * STLS_ERROR_MISUSE, STLS_ERROR_MEMORY.
 * STLS_ERROR_UNSUPPORTED: the running OpenSSL has another major version than
 *   the library was built for, or `libctx` with `propq` has no TLS.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_new(stls_role role, OSSL_LIB_CTX *libctx, const char *propq,
                 stls_context **out_context, stls_error *err);

/*
 * The same with the defaults of ssl.create_default_context (3.13 and newer):
 * X509_V_FLAG_PARTIAL_CHAIN and X509_V_FLAG_X509_STRICT, and for
 * STLS_SERVER_AUTH, which makes a client, the system's trust. Loading that
 * takes tens of milliseconds: make one context and keep it, or make an
 * stls_trust once and set it on contexts made with stls_context_new. A system
 * that has none is no failure here; connections then fail of
 * STLS_REASON_SYSTEM_TRUST_EMPTY.
 *
 * Results as stls_context_new, and STLS_ERROR_INPUT when the system's trust
 * cannot be read.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_new_default(
    stls_purpose purpose, OSSL_LIB_CTX *libctx, const char *propq,
    stls_context **out_context, stls_error *err);

/*
 * A client that encrypts, and believes whoever answers: without verification,
 * without trust, under any name (ssl._create_unverified_context). For tests and
 * for peers that are authenticated in another way. What is set later can turn
 * verification on. Results as stls_context_new.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_new_insecure_unverified(
    OSSL_LIB_CTX *libctx, const char *propq, stls_context **out_context,
    stls_error *err);

/* Gives back one reference. NULL is fine. */
STLS_EXPORT void stls_context_free(stls_context *context);

/* Takes one more reference and returns `context`. NULL gives NULL. */
STLS_EXPORT stls_context *stls_context_up_ref(stls_context *context);

/* Ends configuration: no setter works any more. May be repeated. */
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
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_credential(
    stls_context *context, stls_credential *credential, stls_error *err);

/*
 * Sets whether a credential of one certificate, without a chain, is sent with
 * issuers that are found in the context's trust, up to a root. The default is
 * false, on clients and servers: what is trusted and what is shown are two things,
 * and each handshake would look for the chain anew. OpenSSL's default, and
 * CPython's, is true (SSL_MODE_NO_AUTO_CHAIN). Holds for objects made afterwards.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_auto_chain(stls_context *context, bool is_on, stls_error *err);

/* false for NULL. */
STLS_EXPORT bool stls_context_auto_chain(const stls_context *context);

/*
 * Server only: sets the group for cipher suites with ephemeral finite-field
 * Diffie-Hellman in TLS 1.2 (ssl.SSLContext.load_dh_params,
 * SSL_CTX_set0_tmp_dh_pkey), as PEM or DER, from memory or from a file.
 * Without one, a server does not choose such a suite, and a client that offers
 * nothing else is refused; nor is one among the default ciphers. TLS 1.3 has
 * groups of its own.
 *
 * STLS_ERROR_INPUT: there are none, they are broken, or they are too weak for
 *   the security level (below 2048 bits at level 2). The message names file and
 *   line. That the prime is one is not checked.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_dh_params(
    stls_context *context, const void *data, size_t len, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_dh_params_file(
    stls_context *context, const char *path, stls_error *err);

/* Sets the trust anchors of objects made afterwards (SSL_CTX_set1_cert_store),
 * in place of those before. What it needs of the trust it keeps. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_trust(
    stls_context *context, stls_trust *trust, stls_error *err);

/*
 * Sets the oldest and newest protocol version to negotiate. Versions before TLS
 * 1.2, and min > max, are refused with STLS_ERROR_MISUSE.
 * STLS_TLS_MINIMUM_SUPPORTED is TLS 1.2 here and in the next function the oldest
 * that this OpenSSL has, TLS 1.0 as a rule; STLS_TLS_MAXIMUM_SUPPORTED is TLS 1.3.
 *
 * All versions in between are negotiated, too: there are no ranges with holes,
 * which no ClientHello before TLS 1.3 can tell (RFC 5246, E.1). The bits
 * SSL_OP_NO_TLSv1_2 and so on, which could make them, are refused by
 * stls_context_set_options.
 *
 * STLS_ERROR_UNSUPPORTED: this OpenSSL was built without one of them.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_versions(
    stls_context *context, stls_version min, stls_version max, stls_error *err);

/*
 * The same down to TLS 1.0. A `min` below TLS 1.2 also lowers OpenSSL's security
 * level to 0 and, unless a cipher list was set, allows the SHA-1 suites that
 * these versions need, until a later call raises `min` again. Deprecated by RFC
 * 8996.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_versions(
    stls_context *context, stls_version min, stls_version max, stls_error *err);

STLS_EXPORT stls_version stls_context_min_version(const stls_context *context);
STLS_EXPORT stls_version stls_context_max_version(const stls_context *context);

/*
 * Sets the TLS 1.2 cipher list, in OpenSSL's notation (openssl-ciphers(1)). The
 * default is ECDHE with AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305, most wanted
 * first; "ECDHE+AES:!SHA1" adds CBC, "DHE+AESGCM" finite fields. A list is judged
 * by what it selects: STLS_ERROR_INPUT, and the message names the suite, where one
 * does not authenticate or encrypt, has a key exchange without forward secrecy
 * (static RSA, plain PSK, RSA-PSK), or a MAC with SHA-1 (RFC 9325, 4.1 and 4.2);
 * also where @SECLEVEL is lower than the context's.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ciphers(
    stls_context *context, const char *ciphers, stls_error *err);

/* The same without that check. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_ciphers(
    stls_context *context, const char *ciphers, stls_error *err);

/* Sets the TLS 1.3 cipher suites: colon-separated names, most wanted first; at
 * least one. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ciphersuites(
    stls_context *context, const char *ciphersuites, stls_error *err);

/*
 * Sets the key-exchange groups: colon-separated names, most wanted first, such
 * as "X25519:P-256" or, with OpenSSL 3.5, "P-256/X25519MLKEM768" (see
 * SSL_CTX_set1_groups_list(3) of the version that runs). The default, which
 * "DEFAULT" alone brings back with any version, is X25519:P-256:P-384:P-521, and
 * with OpenSSL 3.5 and newer X25519MLKEM768 before these, as far as the library
 * context has them. A client then sends key shares of X25519MLKEM768 and of
 * X25519. A server prefers, in this order, X25519MLKEM768, X25519 or P-256, and
 * the others, even if it has to ask for a key share (HelloRetryRequest).
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_groups(
    stls_context *context, const char *groups, stls_error *err);

/*
 * What is verified: the chain to an anchor of the trust (RFC 5280), its times,
 * purposes and keys at the security level, the server's name, and CRLs where the
 * verify flags ask for them. Not verified: OCSP responses, stapled or fetched.
 * A certificate that demands a stapled response (must-staple, RFC 7633) is
 * accepted without one: stls_certificate_must_staple tells which those are.
 */

/*
 * Sets whether a server asks for a client certificate, and whether it insists.
 * On a client REQUIRED and OPTIONAL both mean required; NONE is refused with
 * STLS_ERROR_MISUSE: see stls_context_set_insecure_verify_none.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_mode(
    stls_context *context, stls_verify_mode mode, stls_error *err);
STLS_EXPORT stls_verify_mode
stls_context_verify_mode(const stls_context *context);

/* Client only: accepts any server certificate, unverified, under any name. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_verify_none(stls_context *context, stls_error *err);

/*
 * Client only: requires that the certificate matches the object's server name,
 * which is the default wherever certificates are verified, and ends
 * stls_context_set_insecure_hostname_any. As in CPython, raises a verify mode of
 * NONE to REQUIRED.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_check_hostname(stls_context *context, stls_error *err);

/* Client only: verifies the chain, but accepts it under any name. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_hostname_any(stls_context *context, stls_error *err);

/* Whether objects check the server's name. */
STLS_EXPORT bool stls_context_check_hostname(const stls_context *context);

/* Sets X509_V_FLAG_* bits (ssl.SSLContext.verify_flags), replacing all. Refuses
 * NO_CHECK_TIME, IGNORE_CRITICAL and ALLOW_PROXY_CERTS with STLS_ERROR_MISUSE. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_flags(
    stls_context *context, unsigned long flags, stls_error *err);

/* The same without that check. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_verify_flags(
    stls_context *context, unsigned long flags, stls_error *err);

STLS_EXPORT unsigned long stls_context_verify_flags(
    const stls_context *context);

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

/* Sets or reads one limit; 0 is refused. Holds for objects that exist, too, but
 * for STLS_LIMIT_CERTIFICATE_BYTES. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_limit(
    stls_context *context, stls_limit limit, size_t value, stls_error *err);
STLS_EXPORT size_t stls_context_limit(const stls_context *context,
                                      stls_limit limit);

/* What a connection does with the memory that records pass through: 33 KB in
 * libssl, and what its bios held, up to their default limit. */
typedef enum stls_buffers {
  /* Gives it back after each record: for many connections of which few are at
   * work. The default. */
  STLS_BUFFERS_RELEASE = 0,
  /* Keeps it: faster where records are small and connections few. What idles is
   * made small by stls_object_trim. */
  STLS_BUFFERS_KEEP = 1
} stls_buffers;

/* Holds for objects that are made afterwards, and their bios. (The former is
 * SSL_MODE_RELEASE_BUFFERS.) */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_buffers(
    stls_context *context, stls_buffers buffers, stls_error *err);

/* STLS_BUFFERS_RELEASE for NULL. */
STLS_EXPORT stls_buffers stls_context_buffers(const stls_context *context);

struct stls_object;

/*
 * An observer of messages. `object` is the one at work: calls that drive it
 * answer STLS_ERROR_MISUSE in here, and stls_object_free takes effect when the
 * call at work returns. Runs in the thread of that call.
 */
typedef void (*stls_trace_fn)(struct stls_object *object,
                              const stls_trace_event *event, void *user_data);

/* Sets the observer of all the context's objects; NULL for none. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_trace(stls_context *context, stls_trace_fn trace,
                       void *user_data, stls_error *err);

/*
 * Escape hatch: the SSL_CTX, borrowed for the context's life. What is changed
 * through it is outside of this library's promises.
 */
STLS_EXPORT SSL_CTX *stls_context_ssl_ctx(const stls_context *context);

STLS_END_DECLS

#endif
