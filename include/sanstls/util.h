/* SPDX-License-Identifier: MIT */
/* util: lists of strings, PEM, object identifiers, certificate times and random
 * bytes. */
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

/* Returns the number of strings; 0 for NULL. */
STLS_EXPORT size_t stls_string_list_count(const stls_string_list *list);

/* Returns the text at `index`, terminated, borrowed until the list is freed; NULL
 * past the end. *out_len is its length in bytes, 0 for no text. out_len may be
 * NULL. */
STLS_EXPORT const char *stls_string_list_at(const stls_string_list *list,
                                            size_t index, size_t *out_len);

/* Frees the list and its texts. NULL is fine. */
STLS_EXPORT void stls_string_list_free(stls_string_list *list);

/* --- PEM --- */

/*
 * The loaders of credentials, trust and parameters read PEM texts (RFC 7468) as
 * OpenSSL's PEM_read_bio(3) does. Text may stand before, between and after the
 * blocks. Lines end with LF or CRLF, and may have blanks, control bytes and NULs at
 * their ends. Lines of base64 may have any length. A UTF-8 byte order mark may stand
 * before the first line, and directly after a block. Text in which OpenSSL would
 * silently ignore or damage a block is refused with STLS_ERROR_INPUT, and the
 * message names the line:
 *
 * - "-----BEGIN" or "-----END", in upper or lower case, anywhere but in a BEGIN or
 *   END line: indented, after other text, followed by other text, with too few
 *   dashes, or with CR as the only line end. Between blocks a line that begins with
 *   "#" may contain them, if it has no more than 250 bytes;
 * - a BEGIN line within a block, or an END line outside of a block;
 * - a BEGIN or END line of more than 250 bytes;
 * - a label that RFC 7468, 3 does not allow: with a control byte, a NUL, a byte
 *   above 0x7e, or blanks or dashes at its ends or in a row;
 * - UTF-16.
 *
 * stls_pem_encode_certificate and stls_pem_decode_certificate are for one
 * certificate, and are stricter. They only convert the form (RFC 7468), and do not
 * check that the DER is a certificate.
 */

/*
 * DER to PEM, as ssl.DER_cert_to_PEM_cert: "-----BEGIN CERTIFICATE-----",
 * base64 in lines of 64 columns, "-----END CERTIFICATE-----", each line ended
 * by LF. `NULL, 0` asks for the length (an output buffer: sanstls.h); `out` must not
 * overlap the input.
 *
 * STLS_OK: *out_len is the length of the text.
 * STLS_ERROR_INPUT: der_len is 0, or more than half of SIZE_MAX.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_pem_encode_certificate(const void *der, size_t der_len, char *out,
                            size_t out_cap, size_t *out_len, stls_error *err);

/*
 * PEM to DER, as ssl.PEM_cert_to_DER_cert, but strict: the text is exactly one
 * certificate.
 *
 * - The text begins with the BEGIN line. Nothing may stand before it, not even white
 *   space.
 * - Lines end with LF; the last line may end without it. Spaces, tabs and CRs at
 *   the end of a line are skipped. Lines of base64 may have any length but 0.
 * - Only white space may follow the END line.
 *
 * Base64 must be in the canonical form of RFC 4648, 3.5: padded, padding only
 * at its end, unused bits zero. `NULL, 0` asks for the length (an output buffer:
 * sanstls.h); `out` must not overlap the input.
 *
 * STLS_OK: *out_len is the number of bytes.
 * STLS_ERROR_INPUT: no block, or several; a label that is not CERTIFICATE in
 *   both lines; headers, other text, wrong padding, no data. The message gives the
 *   reason, and the line and column (in bytes), both counted from 1.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_pem_decode_certificate(const void *pem, size_t pem_len, uint8_t *out,
                            size_t out_cap, size_t *out_len, stls_error *err);

/* --- object identifiers --- */

/*
 * One object that OpenSSL knows (ssl._ASN1Object). The caller starts from
 * STLS_OID_INIT. Functions write it only if they return STLS_OK.
 */
typedef struct stls_oid {
  size_t size;
  /* OpenSSL's number of the object, such as 129. */
  int nid;
  /* "serverAuth" and "TLS Web Server Authentication"; "" for none. They belong
   * to OpenSSL and live until the process cleans it up. */
  const char *short_name;
  const char *long_name;
  /* "1.3.6.1.5.5.7.3.1"; "" if OpenSSL has a number and names for the object, but
   * no OID (CPython: None). */
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
 * Only stls_oid_from_name accepts names. It looks for a short name first, then for a
 * long one, in exact spelling. As CPython, it reads a text that is not a name as a
 * dotted form. Dotted forms are strict: "1.3", but not "1 3", "1.03" or "1.3.",
 * which OpenSSL also reads.
 *
 * STLS_OK: *out_oid is set.
 * STLS_ERROR_INPUT: the running OpenSSL has no such object, even if the OID is well
 *   formed; the NID is negative or 0; or the object was added to OpenSSL by the
 *   application, and its dotted form has more than 127 characters. The message
 *   quotes the argument.
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

/* The size of a buffer for any text of stls_timestamp_format, with its NUL. */
#define STLS_TIMESTAMP_SIZE 25

/*
 * Reads "Mon DD HH:MM:SS YYYY GMT", such as "Jan  5 09:34:43 2018 GMT", as
 * seconds since 1970-01-01 00:00:00 UTC (ssl.cert_time_to_seconds). Earlier times
 * are negative. Locale, time zone and libc's calendar have no influence. As in
 * CPython:
 *
 * - letters may be of either case, and one or more spaces separate the fields;
 * - day, hour, minute and second have one digit or two, the year has four;
 * - the second may be 60 or 61, which is second 0 or 1 of the next minute;
 * - any month may have a day up to 31; a day past the month's end is in the next
 *   month: Feb 30 is Mar 1 in a leap year, and Mar 2 in another year.
 *
 * Other white space and non-ASCII digits are refused; CPython accepts them, because
 * strptime does.
 *
 * STLS_OK: *out_seconds is set.
 * STLS_ERROR_INPUT: the text has another form, or a field is out of range (the first
 *   year is 0001). The message quotes the text and names the field.
 * STLS_ERROR_MISUSE: a NULL argument. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_timestamp_parse(const char *text,
                                                          int64_t *out_seconds,
                                                          stls_error *err);

/*
 * Writes a time as text: 24 characters with English month names, the day padded
 * with a space, the year with zeros. stls_timestamp_parse converts the text back to
 * the same number. `NULL, 0` asks for the length (an output buffer: sanstls.h).
 *
 * STLS_OK: *out_len is the length of the text.
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
 * STLS_OK: `out` has `len` random bytes; len may be 0.
 * STLS_ERROR_UNSUPPORTED: the library context has no random generator, or the
 *   generator has no entropy. `out` is all zeroes.
 * STLS_ERROR_MISUSE: `out` is NULL, but len is not 0.
 * STLS_ERROR_MEMORY: `out` is all zeroes.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_random_bytes(OSSL_LIB_CTX *libctx,
                                                       void *out, size_t len,
                                                       stls_error *err);

/* Returns whether the generator of the default library context is seeded
 * (ssl.RAND_status). The generator seeds itself. Any thread. */
STLS_EXPORT bool stls_random_status(void);

/*
 * Mixes bytes into the generator of the default library context (ssl.RAND_add).
 * At most `entropy` of them are unpredictable. This call is not
 * needed, because OpenSSL seeds itself. Any thread.
 *
 * STLS_OK: mixed in.
 * STLS_ERROR_MISUSE: `data` is NULL, but len is not 0; `len` is above INT_MAX;
 *   `entropy` is negative, above len, or not a number.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_random_add(const void *data,
                                                     size_t len, double entropy,
                                                     stls_error *err);

STLS_END_DECLS

#endif
