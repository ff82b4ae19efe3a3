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
 * Names, and all that their functions return, are borrowed from the
 * stls_certificate that they are read from. Any thread may read them. For NULL,
 * and for an index past the end, all functions return NULL, 0 or false. Text is
 * UTF-8 unless said otherwise, terminated, and may have NULs before *out_len,
 * which may be NULL.
 */

/*
 * A distinguished name (RFC 5280, 4.1.2.4): a list of RDNs, outermost first, each
 * with one attribute or, where they belong together, several.
 */
typedef struct stls_name stls_name;

STLS_EXPORT size_t stls_name_rdn_count(const stls_name *name);
STLS_EXPORT size_t stls_name_attribute_count(const stls_name *name, size_t rdn);

/* The attribute's type: OpenSSL's long name, such as "commonName", or the dotted
 * OID where it has none; and the dotted OID always. "<invalid>" stands for an OID
 * of more than 586 bytes (RFC 2578, 3.5). */
STLS_EXPORT const char *stls_name_attribute_type(const stls_name *name,
                                                 size_t rdn, size_t attribute);
STLS_EXPORT const char *stls_name_attribute_oid(const stls_name *name,
                                                size_t rdn, size_t attribute);

/* The attribute's value: text, or, where stls_name_attribute_is_bits says so,
 * the bytes of a BIT STRING. NULL where it is neither, such as a SEQUENCE, or
 * where OpenSSL cannot make text of it (ASN1_STRING_to_UTF8). */
STLS_EXPORT const char *stls_name_attribute_value(const stls_name *name,
                                                  size_t rdn, size_t attribute,
                                                  size_t *out_len);
STLS_EXPORT bool stls_name_attribute_is_bits(const stls_name *name, size_t rdn,
                                             size_t attribute);

/*
 * The whole name on one line as RFC 2253 has it, in OpenSSL's manner
 * (X509_NAME_print_ex with XN_FLAG_RFC2253): last RDN first; control characters
 * and all beyond ASCII are escaped, so that it is fit for a log. A value that is
 * no text, or whose type has no name, is "#" and the hexadecimal digits of its
 * DER. "" for an empty name.
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

typedef struct stls_general_name stls_general_name;

STLS_EXPORT stls_general_name_kind
stls_general_name_kind_of(const stls_general_name *name);

/* CPython's word for the kind: "DNS", "email", "URI", "DirName", "IP Address",
 * "Registered ID", "othername", "X400Name", "EdiPartyName". */
STLS_EXPORT const char *stls_general_name_kind_name(
    const stls_general_name *name);

/*
 * The name as text, in CPython's form (ssl.SSLSocket.getpeercert):
 *
 * - DNS, email, URI: the bytes as they are in the certificate, which need not
 *   be UTF-8 and may contain NULs;
 * - IP address: "192.0.2.1", or "2001:DB8:0:0:0:0:0:1" (upper-case, no "::");
 *   "<invalid>" where it has another length; in a name constraint address and
 *   mask, with a slash between them;
 * - registered ID: OpenSSL's long name or the dotted OID, or "<invalid>" where
 *   that has more than 586 bytes;
 * - directory name: stls_name_text;
 * - other name: "SmtpUTF8Mailbox:", "XmppAddr:", "SRVName:", "UPN:" or
 *   "NAIRealm:" and the name, as GENERAL_NAME_print, but whole, where that ends
 *   at a NUL; "<unsupported>" for others, and for one that is not of the string
 *   type that it has to be;
 * - X400Name and EdiPartyName: "<unsupported>".
 */
STLS_EXPORT const char *stls_general_name_text(const stls_general_name *name,
                                               size_t *out_len);

/* What the certificate has as bytes: the text of DNS, email and URI; the octets
 * of an IP address; the DER of a directory name, of a registered ID, and of the
 * value of an other name; the DER of the GeneralName for the two other kinds. */
STLS_EXPORT const uint8_t *stls_general_name_bytes(
    const stls_general_name *name, size_t *out_len);

/* The distinguished name, where the kind is STLS_GENERAL_NAME_DIRECTORY. */
STLS_EXPORT const stls_name *stls_general_name_directory(
    const stls_general_name *name);

/* The dotted OID of a registered ID, and of an other name's type. */
STLS_EXPORT const char *stls_general_name_oid(const stls_general_name *name);

STLS_END_DECLS

#endif
