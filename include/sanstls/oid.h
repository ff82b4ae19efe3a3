/* SPDX-License-Identifier: MIT */
/* oid: object identifiers, and what OpenSSL calls them. */
#ifndef SANSTLS_OID_H
#define SANSTLS_OID_H

#include <stddef.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

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

STLS_END_DECLS

#endif
