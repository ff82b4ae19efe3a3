/* SPDX-License-Identifier: MIT */
/* pem: one certificate between its DER and its PEM form. */
#ifndef SANSTLS_PEM_H
#define SANSTLS_PEM_H

#include <stddef.h>
#include <stdint.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * Loaders of credentials, trust and parameters read PEM texts (RFC 7468) as
 * OpenSSL's PEM_read_bio(3) does: text may stand before, between and behind the
 * blocks; lines end with LF or CRLF, may have blanks, control bytes and NULs at
 * their ends, and lines of base64 any length; a UTF-8 byte order mark may stand
 * before the first line, and directly behind a block. What OpenSSL passes over
 * or mixes up without a word, so that a block is lost, is STLS_ERROR_INPUT there,
 * naming the line:
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
 * The two calls below are for one certificate, and stricter.
 */

/*
 * Both calls only change the form (RFC 7468): neither looks at what the bytes
 * say, so that DER which is no certificate passes. Both have an
 * output buffer, which must not overlap the input.
 *
 * STLS_OK.
 * STLS_ERROR_INPUT: said at each call.
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

STLS_END_DECLS

#endif
