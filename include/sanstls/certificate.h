/* SPDX-License-Identifier: MIT */
/* certificate: the fields and extensions of one X.509 certificate. */
#ifndef SANSTLS_CERTIFICATE_H
#define SANSTLS_CERTIFICATE_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/error.h>
#include <sanstls/name.h>

STLS_BEGIN_DECLS

/*
 * One certificate (RFC 5280). Immutable and reference-counted: any number of
 * threads may read it. Reading does not verify it.
 *
 * Extensions are decoded when the first of them is read, or by
 * stls_certificate_decode; the rest when the certificate is made. If there is
 * no memory to decode them, stls_certificate_extension returns
 * STLS_EXTENSION_MALFORMED, and the other getters return the same as for a
 * malformed extension; the next call tries again.
 *
 * What getters return is borrowed from the certificate. All functions take
 * NULL, and return NULL, 0, false or -1 for it. A list has a count and a getter
 * by index, which returns NULL past the end. Text is terminated and may have
 * NULs before *out_len, which may be NULL.
 */
typedef struct stls_certificate stls_certificate;

/*
 * Reads one certificate: its DER; or a text with one PEM block of it (labelled
 * CERTIFICATE, X509 CERTIFICATE or TRUSTED CERTIFICATE), around which other text
 * and blocks of other kinds may stand; or takes one of OpenSSL's, of which it
 * keeps a reference (or a copy, where OpenSSL lacked memory when it decoded it)
 * and which must not change from then on. `libctx` and `propq`
 * may be NULL for OpenSSL's default; the library context must outlive the
 * certificate.
 *
 * Malformed extensions or times, and unknown keys, are accepted; getters report
 * them.
 *
 * STLS_OK: *out_certificate is the caller's; release it with
 *   stls_certificate_free.
 * STLS_ERROR_INPUT: it is not a certificate; or something follows it (PEM:
 *   there are several). The message gives the place in bytes of DER or lines of
 *   PEM.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_certificate_new_der(
    const void *der, size_t der_len, OSSL_LIB_CTX *libctx, const char *propq,
    stls_certificate **out_certificate, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_certificate_new_pem(
    const void *pem, size_t pem_len, OSSL_LIB_CTX *libctx, const char *propq,
    stls_certificate **out_certificate, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_certificate_new_x509(
    X509 *x509, stls_certificate **out_certificate, stls_error *err);

/*
 * Decodes what is not decoded yet. Getters need no memory afterwards.
 *
 * STLS_OK: all is decoded.
 * STLS_ERROR_MISUSE: certificate is NULL. STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_certificate_decode(const stls_certificate *certificate, stls_error *err);

/* Releases one reference. NULL is fine. */
STLS_EXPORT void stls_certificate_free(stls_certificate *certificate);

/* Takes one more reference and returns `certificate`. NULL returns NULL. */
STLS_EXPORT stls_certificate *stls_certificate_up_ref(
    stls_certificate *certificate);

/* Returns OpenSSL's certificate, an escape hatch: borrowed, not to be changed. */
STLS_EXPORT X509 *stls_certificate_x509(const stls_certificate *certificate);

/* --- the whole certificate --- */

/* The DER form, byte for byte as it was read; a part that was BER only is as
 * OpenSSL encodes it (i2d_X509). Borrowed from the certificate. */
STLS_EXPORT const uint8_t *stls_certificate_der(
    const stls_certificate *certificate, size_t *out_len);

/*
 * Writes the PEM form, as stls_pem_encode_certificate. `NULL, 0` asks for the length
 * (an output buffer: sanstls.h).
 *
 * STLS_OK: *out_len is the length of the text.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_certificate_to_pem(const stls_certificate *certificate, char *out,
                        size_t out_cap, size_t *out_len, stls_error *err);

/*
 * The dictionary of ssl.SSLSocket.getpeercert as one line of JSON (RFC 8259), in
 * CPython's order of fields: subject, issuer, version, serialNumber, notBefore,
 * notAfter, and, where they are there, subjectAltName, OCSP, caIssuers,
 * crlDistributionPoints. Tuples are arrays; bytes (a BIT STRING in a name) are a
 * string of one character for each byte, as latin-1. All beyond ASCII is escaped.
 * It differs from CPython's on purpose in these: a serial number is never cut, nor
 * an otherName at a NUL, a line's end or 2046 characters; a BIT STRING without
 * bits is ""; an OID of more than 586 bytes is "<invalid>"; a malformed field is
 * refused; a distribution point named relative to its issuer is no URI.
 *
 * `NULL, 0` asks for the length (an output buffer: sanstls.h).
 *
 * STLS_OK: *out_len is the length of the text.
 * STLS_ERROR_INPUT: one of these fields is malformed (see
 *   stls_certificate_extension), or a name that must be UTF-8 is not; the message
 *   names it.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_certificate_to_json(const stls_certificate *certificate, char *out,
                         size_t out_cap, size_t *out_len, stls_error *err);

/* Whether both are the same certificate, byte for byte; NULL equals NULL. */
STLS_EXPORT bool stls_certificate_equal(const stls_certificate *a,
                                        const stls_certificate *b);

/* SHA-1 and SHA-256 digests of the DER form: 20 and 32 bytes, borrowed from the
 * certificate; NULL where the library context does not provide the digest. */
STLS_EXPORT const uint8_t *stls_certificate_sha1(
    const stls_certificate *certificate);
STLS_EXPORT const uint8_t *stls_certificate_sha256(
    const stls_certificate *certificate);

/* --- fields --- */

/* The version: 1, 2 or 3; another number where the certificate has it, 0 where an
 * int has no room for it. */
STLS_EXPORT int stls_certificate_version(const stls_certificate *certificate);

/* The serial number in upper-case hexadecimal, an even number of digits, "-"
 * before them if it is negative, "00" for zero; of any length. Borrowed from the
 * certificate. */
STLS_EXPORT const char *stls_certificate_serial(
    const stls_certificate *certificate);

/* The distinguished names of the subject and of the issuer, borrowed from the
 * certificate. */
STLS_EXPORT const stls_name *stls_certificate_subject(
    const stls_certificate *certificate);
STLS_EXPORT const stls_name *stls_certificate_issuer(
    const stls_certificate *certificate);

/* The hash of the subject by which OpenSSL names files in a directory
 * (X509_subject_name_hash); 0 where the library context that the certificate was
 * read in has no SHA-1 (for certificates that other calls hand out: OpenSSL's
 * default one). */
STLS_EXPORT unsigned long stls_certificate_subject_hash(
    const stls_certificate *certificate);

/*
 * The times from and until which it is valid (ASN1_TIME_to_tm): as borrowed text that
 * stls_timestamp_parse reads, such as "Jan  5 09:34:43 2018 GMT", and in seconds
 * since 1970-01-01 00:00:00 UTC, negative before that. NULL and false where it
 * is no time, or in no year from 1 to 9999; out_seconds may be NULL, and is set
 * with true only.
 *
 * A time in a form that RFC 5280, 4.1.2.5, forbids is read too, though no such
 * certificate is verified: without seconds, with an offset from UTC, which is
 * applied, or with fractions, which are dropped.
 */
STLS_EXPORT const char *stls_certificate_not_before_text(
    const stls_certificate *certificate);
STLS_EXPORT const char *stls_certificate_not_after_text(
    const stls_certificate *certificate);
STLS_EXPORT bool stls_certificate_not_before(
    const stls_certificate *certificate, int64_t *out_seconds);
STLS_EXPORT bool stls_certificate_not_after(const stls_certificate *certificate,
                                            int64_t *out_seconds);

/* The algorithm of the signature, as OpenSSL's long name, such as
 * "sha256WithRSAEncryption", or the dotted OID. Borrowed from the certificate. */
STLS_EXPORT const char *stls_certificate_signature_algorithm(
    const stls_certificate *certificate);

/*
 * The public key: OpenSSL's name for its type, such as "RSA", "EC", "ED25519" or
 * "ML-DSA-65" (EVP_PKEY_get0_type_name); the name of an EC key's curve, such as
 * "prime256v1", or NULL; its length and its strength in bits (EVP_PKEY_get_bits,
 * EVP_PKEY_get_security_bits). Texts are borrowed from the certificate. NULL and 0
 * where OpenSSL, with the providers of the library context, cannot read the key.
 */
STLS_EXPORT const char *stls_certificate_key_type(
    const stls_certificate *certificate);
STLS_EXPORT const char *stls_certificate_key_curve(
    const stls_certificate *certificate);
STLS_EXPORT int stls_certificate_key_bits(const stls_certificate *certificate);
STLS_EXPORT int stls_certificate_key_security_bits(
    const stls_certificate *certificate);

/* The DER of its SubjectPublicKeyInfo: what is pinned (RFC 7469, 2.4). OpenSSL
 * encodes it again, which makes a difference only where it was not DER. Borrowed
 * from the certificate. */
STLS_EXPORT const uint8_t *stls_certificate_spki(
    const stls_certificate *certificate, size_t *out_len);

/* --- extensions --- */

/* The extensions that are decoded, by the sections of RFC 5280, RFC 6962 and RFC
 * 7633 that define them. */
typedef enum stls_extension {
  STLS_EXTENSION_SUBJECT_ALT_NAME = 0,
  STLS_EXTENSION_KEY_USAGE = 1,
  STLS_EXTENSION_EXTENDED_KEY_USAGE = 2,
  STLS_EXTENSION_BASIC_CONSTRAINTS = 3,
  STLS_EXTENSION_SUBJECT_KEY_IDENTIFIER = 4,
  STLS_EXTENSION_AUTHORITY_KEY_IDENTIFIER = 5,
  STLS_EXTENSION_AUTHORITY_INFO_ACCESS = 6,
  STLS_EXTENSION_CRL_DISTRIBUTION_POINTS = 7,
  STLS_EXTENSION_CERTIFICATE_POLICIES = 8,
  STLS_EXTENSION_NAME_CONSTRAINTS = 9,
  STLS_EXTENSION_SCT_LIST = 10,
  STLS_EXTENSION_TLS_FEATURE = 11
} stls_extension;

/* What a certificate has of an extension. */
typedef enum stls_extension_state {
  STLS_EXTENSION_ABSENT = 0,
  STLS_EXTENSION_PRESENT = 1,
  STLS_EXTENSION_CRITICAL = 2,
  /* It cannot be decoded, has bytes behind its value, or occurs twice. Its getters
   * return the same as for an absent one: check the state if absence permits
   * more. */
  STLS_EXTENSION_MALFORMED = 3
} stls_extension_state;

/* Returns whether a certificate has an extension; STLS_EXTENSION_ABSENT for NULL. */
STLS_EXPORT stls_extension_state stls_certificate_extension(
    const stls_certificate *certificate, stls_extension extension);

/* The name of an extension, such as "subjectAltName", OpenSSL's short name; NULL for
 * another number. Static text. */
STLS_EXPORT const char *stls_extension_name(stls_extension extension);

/* The names of subjectAltName, borrowed from the certificate. */
STLS_EXPORT size_t
stls_certificate_alt_name_count(const stls_certificate *certificate);
STLS_EXPORT const stls_general_name *stls_certificate_alt_name(
    const stls_certificate *certificate, size_t index);

/* The URIs of authorityInfoAccess: OCSP responders, and where the issuer's
 * certificate is. Borrowed from the certificate. As bytes: a URI may have NULs and
 * need not be ASCII. */
STLS_EXPORT size_t
stls_certificate_ocsp_uri_count(const stls_certificate *certificate);
STLS_EXPORT const char *stls_certificate_ocsp_uri(
    const stls_certificate *certificate, size_t index, size_t *out_len);
STLS_EXPORT size_t
stls_certificate_ca_issuers_uri_count(const stls_certificate *certificate);
STLS_EXPORT const char *stls_certificate_ca_issuers_uri(
    const stls_certificate *certificate, size_t index, size_t *out_len);

/* The URIs in the full names of cRLDistributionPoints, borrowed from the
 * certificate. */
STLS_EXPORT size_t
stls_certificate_crl_uri_count(const stls_certificate *certificate);
STLS_EXPORT const char *stls_certificate_crl_uri(
    const stls_certificate *certificate, size_t index, size_t *out_len);

/* Bits of keyUsage (RFC 5280, 4.2.1.3): 1 << the bit's number. */
typedef enum stls_key_usage {
  STLS_KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
  STLS_KEY_USAGE_NON_REPUDIATION = 1 << 1,
  STLS_KEY_USAGE_KEY_ENCIPHERMENT = 1 << 2,
  STLS_KEY_USAGE_DATA_ENCIPHERMENT = 1 << 3,
  STLS_KEY_USAGE_KEY_AGREEMENT = 1 << 4,
  STLS_KEY_USAGE_KEY_CERT_SIGN = 1 << 5,
  STLS_KEY_USAGE_CRL_SIGN = 1 << 6,
  STLS_KEY_USAGE_ENCIPHER_ONLY = 1 << 7,
  STLS_KEY_USAGE_DECIPHER_ONLY = 1 << 8
} stls_key_usage;

/* Stores the bits of keyUsage and returns true; false without the extension, which
 * then restricts nothing. out_bits may be NULL, and is set with true only. */
STLS_EXPORT bool stls_certificate_key_usage(const stls_certificate *certificate,
                                            unsigned *out_bits);

/* The purposes of extendedKeyUsage: dotted OIDs, such as "1.3.6.1.5.5.7.3.1";
 * stls_oid_from_text knows their names. Borrowed from the certificate. */
STLS_EXPORT size_t
stls_certificate_key_purpose_count(const stls_certificate *certificate);
STLS_EXPORT const char *stls_certificate_key_purpose(
    const stls_certificate *certificate, size_t index);

/* Whether it is a CA, and how many intermediate certificates may follow
 * (basicConstraints), -1 for any number. A number that is negative or above LONG_MAX
 * makes it malformed. */
STLS_EXPORT bool stls_certificate_is_ca(const stls_certificate *certificate);
STLS_EXPORT long stls_certificate_path_length(
    const stls_certificate *certificate);

/* subjectKeyIdentifier, and the three parts of authorityKeyIdentifier; the
 * serial number in the form of stls_certificate_serial. Borrowed from the
 * certificate. */
STLS_EXPORT const uint8_t *stls_certificate_subject_key_id(
    const stls_certificate *certificate, size_t *out_len);
STLS_EXPORT const uint8_t *stls_certificate_authority_key_id(
    const stls_certificate *certificate, size_t *out_len);
STLS_EXPORT size_t
stls_certificate_authority_name_count(const stls_certificate *certificate);
STLS_EXPORT const stls_general_name *stls_certificate_authority_name(
    const stls_certificate *certificate, size_t index);
STLS_EXPORT const char *stls_certificate_authority_serial(
    const stls_certificate *certificate);

/* The policies of certificatePolicies: dotted OIDs, borrowed from the certificate. */
STLS_EXPORT size_t
stls_certificate_policy_count(const stls_certificate *certificate);
STLS_EXPORT const char *stls_certificate_policy(
    const stls_certificate *certificate, size_t index);

/* The bases of the subtrees in which names below a CA have to be, or must not be
 * (nameConstraints). Borrowed from the certificate. */
STLS_EXPORT size_t
stls_certificate_permitted_name_count(const stls_certificate *certificate);
STLS_EXPORT const stls_general_name *stls_certificate_permitted_name(
    const stls_certificate *certificate, size_t index);
STLS_EXPORT size_t
stls_certificate_excluded_name_count(const stls_certificate *certificate);
STLS_EXPORT const stls_general_name *stls_certificate_excluded_name(
    const stls_certificate *certificate, size_t index);

/* Whether the certificate demands a stapled OCSP response (RFC 7633). The library
 * does not enforce this. */
STLS_EXPORT bool stls_certificate_must_staple(
    const stls_certificate *certificate);

/*
 * One signed certificate timestamp (RFC 6962, 3.2) that is embedded in the
 * certificate: version (0 is v1), the log's key id, milliseconds since the
 * epoch, extensions, and the signature with its hash and signature algorithms
 * (RFC 5246, 7.4.1.4.1). It is not verified. For other versions than v1
 * the getters of other fields return NULL, 0, or, for the algorithms, -1.
 */
typedef struct stls_sct stls_sct;

/* The signed certificate timestamps, borrowed from the certificate. */
STLS_EXPORT size_t
stls_certificate_sct_count(const stls_certificate *certificate);
STLS_EXPORT const stls_sct *stls_certificate_sct(
    const stls_certificate *certificate, size_t index);

/* The fields of a timestamp (RFC 6962, 3.2), borrowed from the certificate; NULL, 0
 * or -1 for NULL. */
STLS_EXPORT int stls_sct_version(const stls_sct *sct);
STLS_EXPORT const uint8_t *stls_sct_log_id(const stls_sct *sct,
                                           size_t *out_len);
STLS_EXPORT uint64_t stls_sct_timestamp(const stls_sct *sct);
STLS_EXPORT const uint8_t *stls_sct_extensions(const stls_sct *sct,
                                               size_t *out_len);
STLS_EXPORT int stls_sct_hash_algorithm(const stls_sct *sct);
STLS_EXPORT int stls_sct_signature_algorithm(const stls_sct *sct);
STLS_EXPORT const uint8_t *stls_sct_signature(const stls_sct *sct,
                                              size_t *out_len);

/* --- lists of certificates --- */

/*
 * An ordered list of certificates, such as a chain. It belongs to the caller.
 * It owns its certificates; take a reference to keep one.
 */
typedef struct stls_certificate_list stls_certificate_list;

/* Frees the list and gives its references back. NULL is fine. */
STLS_EXPORT void stls_certificate_list_free(stls_certificate_list *list);

/* Returns the number of certificates; 0 for NULL. */
STLS_EXPORT size_t
stls_certificate_list_count(const stls_certificate_list *list);

/* Returns one certificate, borrowed until the list is freed; NULL past the end. */
STLS_EXPORT stls_certificate *stls_certificate_list_at(
    const stls_certificate_list *list, size_t index);

STLS_END_DECLS

#endif
