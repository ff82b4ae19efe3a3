/* SPDX-License-Identifier: MIT */
/* stapling: OCSP responses that a server sends with its certificate. */
#ifndef SANSTLS_STAPLING_H
#define SANSTLS_STAPLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/bio.h>
#include <sanstls/context.h>
#include <sanstls/credential.h>
#include <sanstls/error.h>
#include <sanstls/object.h>

STLS_BEGIN_DECLS

/*
 * An OCSP response (RFC 6960) is a CA's signed statement that a certificate is, or is
 * not, revoked. A server fetches one from its CA every few hours or days, and sends it to
 * each client that asks (RFC 6066, 8; RFC 8446, 4.4.2.1): clients then need not ask the
 * CA. The library fetches nothing. The response is of the server's own certificate only,
 * not of those above it; clients send none.
 */

/* The longest response that stls_credential_set_ocsp_response takes: libssl as a client
 * of TLS 1.2 refuses longer ones. */
#define STLS_OCSP_RESPONSE_MAX 16380

/*
 * Server: sets the response, in DER, that is sent with the credential's certificate, in
 * place of the previous one. The bytes are copied. NULL and 0 set none.
 *
 * Unlike other settings, it may change at any time: also while connections run, and
 * after contexts with the credential were sealed. Each handshake sends one whole
 * response, and those that begin after the call returned, the new one. A response whose
 * nextUpdate has passed by the context's clock is not sent. With choose_context the
 * credential is that of the chosen context.
 *
 * The form is verified, and that the response has a status of the certificate; not the
 * signature, for which a server may lack the certificates, nor that the status is good.
 *
 * STLS_OK. STLS_ERROR_MISUSE: credential is NULL, or only one of der and der_len is
 *   zero.
 * STLS_ERROR_INPUT: no OCSP response in DER, and nothing but it; one of a responder that
 *   had no answer, such as tryLater; one without a status of the credential's
 *   certificate; or longer than STLS_OCSP_RESPONSE_MAX. The previous one stays.
 * STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_credential_set_ocsp_response(stls_credential *credential, const void *der,
                                  size_t der_len, stls_error *err);

/*
 * Returns until when the credential's response is sent (nextUpdate), in seconds since
 * the epoch: fetch a new one well before. INT64_MAX if it does not say; -1 if there is
 * no response, and for NULL. Any thread.
 */
STLS_EXPORT int64_t
stls_credential_ocsp_next_update(const stls_credential *credential);

/* Server: returns whether a credential of the context has a response; false for NULL and
 * for a client. Any thread, if the context is sealed. */
STLS_EXPORT bool stls_context_has_ocsp_response(const stls_context *context);

/* What a client does about OCSP responses. */
typedef enum stls_stapling {
  /* It does not ask for one. The default. */
  STLS_STAPLING_OFF = 0,
  /* It asks. A handshake fails if the response says that the certificate is revoked, or
   * if the certificate requires a response (must-staple, RFC 7633) and there is no good
   * one. Otherwise it goes on: stls_object_stapling_verdict has the verdict. */
  STLS_STAPLING_ASK = 1,
  /* It asks, and a handshake fails without a good one, as RFC 6066 wants for those that
   * are not good. */
  STLS_STAPLING_REQUIRE = 2
} stls_stapling;

/*
 * Client only: sets what it does about OCSP responses. A handshake that fails for one
 * returns STLS_ERROR_CERTIFICATE, with a verification code, the reason
 * STLS_REASON_OCSP_REFUSED, and the alert bad_certificate_status_response.
 *
 * A handshake that resumes a session gets no response, and needs none: the session was
 * made under the same setting, with a response where that was required. A new session is
 * made at the latest after stls_context_session_max_age. A server that shows a pre-shared
 * key instead of a certificate needs none either.
 *
 * Where certificates are not verified (stls_context_set_insecure_verify_none), ASK
 * refuses nothing; REQUIRE still does. The setting uses SSL_CTX_set_tlsext_status_cb
 * and SSL_CTX_set_tlsext_status_type, which the application then must not set.
 *
 * STLS_ERROR_MISUSE also: stapling is not an stls_stapling.
 * Other results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_stapling(
    stls_context *context, stls_stapling stapling, stls_error *err);

/* Returns the setting; STLS_STAPLING_OFF for NULL and for a server. */
STLS_EXPORT stls_stapling stls_context_stapling(const stls_context *context);

/* What a client knows of the server's certificate by a stapled response. */
typedef enum stls_ocsp_verdict {
  /* There is no response: none was asked for or sent, or none is needed, as when a
   * session is resumed; or the handshake has not come to it. On a server, always. */
  STLS_OCSP_NONE = 0,
  /* Not revoked. */
  STLS_OCSP_GOOD = 1,
  /* Revoked; also by a response that is too old. */
  STLS_OCSP_REVOKED = 2,
  /* The responder does not know the certificate. */
  STLS_OCSP_UNKNOWN = 3,
  /* It is no response, or not of this certificate; or it is not signed by the issuer of
   * the certificate or a responder that this has authorized (RFC 6960, 4.2.2.2), or with
   * a digest below the security level; or its time has not begun; or the certificate
   * itself was not verified. */
  STLS_OCSP_UNVERIFIABLE = 4,
  /* Its nextUpdate has passed; or it has none, and is older than a day. */
  STLS_OCSP_TOO_OLD = 5
} stls_ocsp_verdict;

/*
 * Client: returns the verdict on the server's certificate: OpenSSL verifies the response
 * with the verified chain, by the clock of the context (clock.h), which may differ from
 * the responder's by five minutes. Known after the handshake, also after one that failed
 * for it. STLS_OCSP_NONE for NULL.
 */
STLS_EXPORT stls_ocsp_verdict
stls_object_stapling_verdict(const stls_object *object);

/*
 * Returns the response, in DER, as a client received it, whatever the verdict, or as a
 * server sent it. NULL and 0 if there is none. Borrowed: valid until the object is
 * freed.
 */
STLS_EXPORT stls_span stls_object_stapled_response(const stls_object *object);

STLS_END_DECLS

#endif
