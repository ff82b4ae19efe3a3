/* SPDX-License-Identifier: MIT */
/* util: PEM, object identifiers, certificate times, random bytes, lists of
 * strings. */
#ifndef SANSTLS_UTIL_H
#define SANSTLS_UTIL_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/* --- lists of strings --- */

/* A list of strings. Immutable; any thread may read it. */
typedef struct stls_string_list stls_string_list;

/* 0 for NULL. */
STLS_EXPORT size_t stls_string_list_count(const stls_string_list *list);

/* The text at `index`, terminated, until the list is freed; NULL past the end.
 * *out_len, which may be NULL, is its length in bytes, 0 for none. */
STLS_EXPORT const char *stls_string_list_at(const stls_string_list *list,
                                            size_t index, size_t *out_len);

/* NULL is fine. */
STLS_EXPORT void stls_string_list_free(stls_string_list *list);

/* --- PEM --- */

/*
 * Loaders of credentials, trust and parameters read PEM texts (RFC 7468) as
 * OpenSSL's PEM_read_bio(3) does: text may stand before, between and behind the
 * blocks; lines end with LF or CRLF, may have blanks, control bytes and NULs at
 * their ends, and lines of base64 any length; a UTF-8 byte order mark may stand
 * before the first line, and directly behind a block. Text in which
 * OpenSSL would silently ignore or damage a block is STLS_ERROR_INPUT, and the
 * message names the line:
 *
 * - "-----BEGIN" or "-----END", in letters of any case, anywhere but in a BEGIN or
 *   END line: indented, behind text, with something behind it, with too few
 *   dashes, CR as the only end of lines. Between blocks a line that begins with
 *   "#" may contain them, if it has no more than 250 bytes;
 * - a BEGIN line within a block, and an END line outside of one;
 * - a BEGIN or END line of more than 250 bytes;
 * - a label that RFC 7468, 3 does not allow: with a control byte, a NUL, a byte
 *   above 0x7e, or blanks or dashes at its ends or in a row;
 * - UTF-16.
 *
 * The two functions below are for one certificate, and stricter. They convert the
 * form only (RFC 7468), and do not check that the DER is a certificate. Both
 * have an output buffer, which must not overlap the input.
 *
 * STLS_OK.
 * STLS_ERROR_INPUT: see each function.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 *
 * Any thread.
 */

/*
 * DER to PEM, as ssl.DER_cert_to_PEM_cert: "-----BEGIN CERTIFICATE-----",
 * base64 in lines of 64 columns, "-----END CERTIFICATE-----", each line ended
 * by LF.
 *
 * STLS_ERROR_INPUT: der_len is 0, or more than half of what a size_t can say.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_pem_encode_certificate(const void *der, size_t der_len, char *out,
                            size_t out_cap, size_t *out_len, stls_error *err);

/*
 * PEM to DER, as ssl.PEM_cert_to_DER_cert, but strictly: the text is one
 * certificate, and nothing in it is skipped but white space in these places.
 *
 * - The text begins with the BEGIN line: before it there is nothing, not even
 *   white space.
 * - Lines end with LF, which the last one may lack; spaces, tabs and CRs at the
 *   end of a line are skipped. Lines of base64 may have any length but 0.
 * - Behind the END line there may be white space.
 *
 * Base64 must be in the canonical form of RFC 4648, 3.5: padded, padding only
 * at its end, unused bits zero.
 *
 * STLS_ERROR_INPUT: no block, or several; a label that is not CERTIFICATE in
 *   both lines; headers, junk, wrong padding, no data. The message says what,
 *   and at which line and column (counted in bytes), both from 1.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_pem_decode_certificate(const void *pem, size_t pem_len, uint8_t *out,
                            size_t out_cap, size_t *out_len, stls_error *err);

/* --- object identifiers --- */

/*
 * One object that OpenSSL knows: ssl._ASN1Object. Start from STLS_OID_INIT: a
 * call writes it on STLS_OK only.
 */
typedef struct stls_oid {
  size_t size;
  /* OpenSSL's number for it, such as 129. */
  int nid;
  /* "serverAuth" and "TLS Web Server Authentication"; "" for none. They belong
   * to OpenSSL and live until the process cleans it up. */
  const char *short_name;
  const char *long_name;
  /* "1.3.6.1.5.5.7.3.1"; "" where OpenSSL has a number and names, but no OID,
   * where CPython says None. */
  char text[128];
} stls_oid;

#define STLS_OID_INIT \
  { \
    sizeof(stls_oid), 0, "", "", "" \
  }

/*
 * Finds an object by its OID in dotted form (ssl._ASN1Object, _ssl.txt2obj), by
 * its name (ssl._ASN1Object.fromname, _ssl.txt2obj with name=True), or by its
 * NID (ssl._ASN1Object.fromnid, _ssl.nid2obj).
 *
 * Only stls_oid_from_name knows names: short before long ones, in their exact
 * spelling; a text that is no name it takes for a dotted form, as CPython does.
 * Dotted forms are strict: "1.3", but not "1 3", "1.03" or "1.3.", which OpenSSL
 * also reads.
 *
 * STLS_OK: *out_oid is set.
 * STLS_ERROR_INPUT: no such object in the running OpenSSL, also where the OID
 *   itself is well formed; a negative NID, or 0; an object that somebody added
 *   to OpenSSL's with a dotted form of more than 127 characters. The message
 *   quotes what was asked for.
 * STLS_ERROR_MISUSE: a NULL argument, or out_oid->size is not set.
 * STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_oid_from_text(const char *text,
                                                        stls_oid *out_oid,
                                                        stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_oid_from_name(const char *name,
                                                        stls_oid *out_oid,
                                                        stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_oid_from_nid(int nid,
                                                       stls_oid *out_oid,
                                                       stls_error *err);

/* --- certificate times --- */

/* Room for any text of stls_timestamp_format with its terminating NUL. */
#define STLS_TIMESTAMP_SIZE 25

/*
 * Reads "Mon DD HH:MM:SS YYYY GMT", such as "Jan  5 09:34:43 2018 GMT", as
 * seconds since 1970-01-01 00:00:00 UTC, which are negative for earlier times:
 * ssl.cert_time_to_seconds. Locale, time zone and libc's calendar have no part
 * in it. As in CPython:
 *
 * - letters may be of either case, and one or more spaces separate the fields;
 * - day, hour, minute and second have one digit or two, the year has four;
 * - the second may be 60 or 61, which is the next minute's first or second;
 * - any month may have a day up to 31, which counts on into the next month: of
 *   Feb 30 comes Mar 1 in a leap year, Mar 2 in another.
 *
 * Other white space and digits outside of ASCII, which CPython takes because
 * its strptime does, are refused.
 *
 * STLS_OK: *out_seconds is set.
 * STLS_ERROR_INPUT: another form, or a field out of range (years begin with
 *   0001); the message quotes the text and names the field.
 * STLS_ERROR_MISUSE: a NULL argument. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_timestamp_parse(const char *text,
                                                          int64_t *out_seconds,
                                                          stls_error *err);

/*
 * Writes a time as text: 24 characters with English month names, the day padded
 * with a space, the year with zeros. What it writes, stls_timestamp_parse reads as
 * the same number. An output buffer.
 *
 * STLS_OK.
 * STLS_ERROR_INPUT: the year is not 1 to 9999; the message names the number.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_timestamp_format(int64_t seconds,
                                                           char *out,
                                                           size_t out_cap,
                                                           size_t *out_len,
                                                           stls_error *err);

/* --- random bytes --- */

/*
 * Fills `out` with random bytes (ssl.RAND_bytes, RAND_bytes_ex) from a library
 * context, NULL for the default one. Any thread.
 *
 * STLS_OK: all of them, none for len 0.
 * STLS_ERROR_UNSUPPORTED: the library context has no random generator, or it has
 *   no entropy; `out` is all zeroes.
 * STLS_ERROR_MISUSE: `out` is NULL, though len is not 0. STLS_ERROR_MEMORY, and
 *   `out` is all zeroes.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_random_bytes(OSSL_LIB_CTX *libctx,
                                                       void *out, size_t len,
                                                       stls_error *err);

/* Whether the default library context's generator is seeded, which it does by
 * itself (ssl.RAND_status). Any thread. */
STLS_EXPORT bool stls_random_status(void);

/*
 * Mixes bytes into the default library context's generator, of which at most
 * `entropy` are unpredictable (ssl.RAND_add). OpenSSL seeds itself, so that this
 * call is not needed. Any thread.
 *
 * STLS_OK. STLS_ERROR_MISUSE: `data` is NULL, though len is not 0; `len` is above
 *   INT_MAX; `entropy` is negative, above len, or no number.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_random_add(const void *data,
                                                     size_t len, double entropy,
                                                     stls_error *err);

STLS_END_DECLS

#endif
