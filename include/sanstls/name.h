/* SPDX-License-Identifier: MIT */
/* name: distinguished names and general names of a certificate. */
#ifndef SANSTLS_NAME_H
#define SANSTLS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/export.h>

STLS_BEGIN_DECLS

/*
 * Names, and everything that their functions return, are borrowed: they live as
 * long as the stls_certificate that they belong to. Any thread may read them. For
 * NULL, and for an index past the end, all functions return NULL, 0 or false.
 * Text is UTF-8 unless the function says otherwise. It is terminated by a NUL,
 * and may contain other NULs: *out_len is its length without the last one.
 * out_len may be NULL.
 */

/*
 * A distinguished name (RFC 5280, 4.1.2.4): a list of RDNs, outermost first. An
 * RDN has one attribute, or several.
 */
typedef struct stls_name stls_name;

/* Return the number of RDNs, and the number of attributes of one RDN. */
STLS_EXPORT size_t stls_name_rdn_count(const stls_name *name);
STLS_EXPORT size_t stls_name_attribute_count(const stls_name *name, size_t rdn);

/* Return the type of an attribute, borrowed from the certificate. _type returns
 * OpenSSL's long name, such as "commonName", or the dotted OID if OpenSSL has no
 * name. _oid always returns the dotted OID. Both return "<invalid>" for an OID of
 * more than 586 bytes (RFC 2578, 3.5). */
STLS_EXPORT const char *stls_name_attribute_type(const stls_name *name,
                                                 size_t rdn, size_t attribute);
STLS_EXPORT const char *stls_name_attribute_oid(const stls_name *name,
                                                size_t rdn, size_t attribute);

/* Returns the value of an attribute, borrowed from the certificate: text, or the
 * bytes of a BIT STRING if stls_name_attribute_is_bits returns true. NULL if the
 * value is of another type, such as a SEQUENCE, or if OpenSSL cannot convert it to
 * text (ASN1_STRING_to_UTF8). */
STLS_EXPORT const char *stls_name_attribute_value(const stls_name *name,
                                                  size_t rdn, size_t attribute,
                                                  size_t *out_len);

/* Returns whether the value of an attribute is a BIT STRING. */
STLS_EXPORT bool stls_name_attribute_is_bits(const stls_name *name, size_t rdn,
                                             size_t attribute);

/*
 * Returns the whole name on one line in the form of RFC 2253, as OpenSSL writes
 * it (X509_NAME_print_ex with XN_FLAG_RFC2253). The last RDN comes first. Control
 * characters and non-ASCII characters are escaped, so the text can be logged. A
 * value that is not text, or whose type has no name, is written as "#" and its
 * DER in hexadecimal. "" for an empty name. Borrowed from the certificate.
 */
STLS_EXPORT const char *stls_name_text(const stls_name *name);

/* The kinds of GeneralName (RFC 5280, 4.2.1.6), by the tag's number. */
typedef enum stls_general_name_kind {
  STLS_GENERAL_NAME_OTHER = 0,
  STLS_GENERAL_NAME_EMAIL = 1,
  STLS_GENERAL_NAME_DNS = 2,
  STLS_GENERAL_NAME_X400 = 3,
  STLS_GENERAL_NAME_DIRECTORY = 4,
  STLS_GENERAL_NAME_EDI = 5,
  STLS_GENERAL_NAME_URI = 6,
  STLS_GENERAL_NAME_IP = 7,
  STLS_GENERAL_NAME_REGISTERED_ID = 8
} stls_general_name_kind;

/* A general name (RFC 5280, 4.2.1.6), such as one of subjectAltName. */
typedef struct stls_general_name stls_general_name;

/* Returns the kind of a name; STLS_GENERAL_NAME_OTHER for NULL. */
STLS_EXPORT stls_general_name_kind
stls_general_name_kind_of(const stls_general_name *name);

/* Returns CPython's name of the kind: "DNS", "email", "URI", "DirName", "IP Address",
 * "Registered ID", "othername", "X400Name", "EdiPartyName". Static text. */
STLS_EXPORT const char *stls_general_name_kind_name(
    const stls_general_name *name);

/*
 * Returns the name as text, borrowed from the certificate, in CPython's form
 * (ssl.SSLSocket.getpeercert):
 *
 * - DNS, email, URI: the bytes of the certificate. They may contain NULs and need
 *   not be UTF-8.
 * - IP address: "192.0.2.1", or "2001:DB8:0:0:0:0:0:1" (upper case, no "::");
 *   "<invalid>" if it has another length. In a name constraint: the address, a
 *   slash and the mask.
 * - Registered ID: OpenSSL's long name or the dotted OID; "<invalid>" if the OID
 *   has more than 586 bytes.
 * - Directory name: as stls_name_text.
 * - Other name: "SmtpUTF8Mailbox:", "XmppAddr:", "SRVName:", "UPN:" or
 *   "NAIRealm:" and the name, as GENERAL_NAME_print writes it, but not cut off at
 *   a NUL. "<unsupported>" for other types, and for a value of the wrong string
 *   type.
 * - X400Name and EdiPartyName: "<unsupported>".
 */
STLS_EXPORT const char *stls_general_name_text(const stls_general_name *name,
                                               size_t *out_len);

/* Returns the bytes of the name, borrowed from the certificate: for DNS, email and
 * URI the text; for an IP address its octets; for a directory name and a registered
 * ID the DER; for an otherName the DER of its value; for X400Name and EdiPartyName
 * the DER of the GeneralName. */
STLS_EXPORT const uint8_t *stls_general_name_bytes(
    const stls_general_name *name, size_t *out_len);

/* Returns the distinguished name, borrowed from the certificate, if the kind is
 * STLS_GENERAL_NAME_DIRECTORY; NULL for other kinds. */
STLS_EXPORT const stls_name *stls_general_name_directory(
    const stls_general_name *name);

/* Returns the dotted OID of a registered ID, or of the type of an otherName,
 * borrowed from the certificate; NULL for other kinds. */
STLS_EXPORT const char *stls_general_name_oid(const stls_general_name *name);

STLS_END_DECLS

#endif
