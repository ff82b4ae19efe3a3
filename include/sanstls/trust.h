/* SPDX-License-Identifier: MIT */
/* trust: trust anchors and certificate revocation lists. */
#ifndef SANSTLS_TRUST_H
#define SANSTLS_TRUST_H

#include <openssl/types.h>
#include <stddef.h>

#include <sanstls/certificate.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * A set of trust anchors and of certificate revocation lists (CRLs),
 * reference-counted: loaded once, shared by any number of contexts. Items can
 * only be added. To remove one make another set, and set that on a new context.
 *
 * Any thread may call all functions here at any time, also while contexts
 * verify with the set. An added item takes effect for every object that is made
 * after the call, also if its context is sealed; a handshake in progress may
 * use it or not. This is how a server renews its CRLs: of several by one issuer
 * OpenSSL uses the newest valid one. It examines each of them, so a server that
 * renews often should make a new set from time to time. Thousands of
 * certificates are added in milliseconds, and looked up as fast as a few.
 * (OpenSSL's list in the X509_STORE, X509_STORE_get0_objects, is empty: the
 * store looks into the set.) Resumed sessions are not verified again.
 *
 * Only the calls that name a file or directory, and stls_trust_add_system, read
 * the file system. Handshakes never do.
 */
typedef struct stls_trust stls_trust;

/*
 * Makes an empty set. `libctx` and `propq` may be NULL for OpenSSL's default. The
 * library context must outlive the set and every SSL_CTX that it was set on.
 *
 * STLS_OK: *out_trust is the caller's, to be released with stls_trust_free.
 * STLS_ERROR_MISUSE: out_trust is NULL. STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_new(OSSL_LIB_CTX *libctx,
                                                    const char *propq,
                                                    stls_trust **out_trust,
                                                    stls_error *err);

/* Releases one reference. NULL is fine. */
STLS_EXPORT void stls_trust_free(stls_trust *trust);

/* Takes one more reference and returns `trust`. NULL returns NULL. */
STLS_EXPORT stls_trust *stls_trust_up_ref(stls_trust *trust);

/*
 * Adds every certificate ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED
 * CERTIFICATE") and every CRL ("X509 CRL") of a PEM text or file, which may look
 * as <sanstls/util.h> says, also of PKCS #7 without content ("PKCS7", "CMS":
 * RFC 5652, 5.1). Blocks of other kinds are ignored. Something that
 * is there already is not an error and is not added twice; of one certificate the
 * trust settings that came first count ("TRUSTED CERTIFICATE" has some, even to
 * reject a purpose). All or nothing, as in every call below: on failure the set
 * is as before.
 *
 * A chain may end in a certificate that is no root where the context's verify
 * flags have X509_V_FLAG_PARTIAL_CHAIN, as the default ones do.
 *
 * STLS_OK: added.
 * STLS_ERROR_INPUT: neither kind in it ("no start line: ..."; the message says
 *   if it looks like DER), a broken block (the message names file, line and
 *   item), or the file cannot be read.
 * STLS_ERROR_MISUSE: a NULL argument, other than a text of no bytes.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_pem(stls_trust *trust,
                                                        const void *pem,
                                                        size_t pem_len,
                                                        stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_file(stls_trust *trust,
                                                         const char *path,
                                                         stls_error *err);

/*
 * Adds certificates in DER form, one behind the other (load_verify_locations
 * with bytes for cadata), or certificates and CRLs of PKCS #7 without content.
 *
 * STLS_ERROR_INPUT: der_len is 0 ("not enough data: ..."), or an item is broken
 *   or followed by something else: the message says which item, counted from 1,
 *   and the byte that it starts at, counted from 0.
 * Other results as stls_trust_add_pem.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_der(stls_trust *trust,
                                                        const void *der,
                                                        size_t der_len,
                                                        stls_error *err);

/*
 * Adds one certificate.
 *
 * STLS_OK: added, or it was there already.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_certificate(
    stls_trust *trust, const stls_certificate *certificate, stls_error *err);

/*
 * Adds CRLs alone: all of a PEM text, in which other blocks are ignored, or in
 * DER form one behind the other. They are used when the context's verify flags
 * have X509_V_FLAG_CRL_CHECK, and then one is needed of each issuer that is
 * checked. Nothing is verified here: a CRL is used if its issuer signed it, also
 * if there is a newer one with a wrong signature. (With more than 64 CRLs by
 * the issuers of a chain only the newest of an issuer may be used, and a wrong
 * signature then refuses the peer.)
 *
 * STLS_ERROR_INPUT: no CRL in it, or a broken one, named as above. Also a
 *   CRL with an extension about its scope (of the CRL, not of an entry) that
 *   cannot be decoded, because OpenSSL would treat it as a complete list; and a
 *   delta CRL (RFC 5280, 5.2.4) for the same reason, from every source.
 * Other results as stls_trust_add_pem.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_crl(stls_trust *trust,
                                                        const void *crl,
                                                        size_t crl_len,
                                                        stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_crl_file(stls_trust *trust,
                                                             const char *path,
                                                             stls_error *err);

/*
 * Reads a directory now: of the files whose names "openssl rehash" makes, the
 * certificates of `hhhhhhhh.N` (PEM) and the CRLs of `hhhhhhhh.rN` (PEM or DER),
 * in the order of the names. Other files are ignored, and so are empty ones
 * and broken links. Files that are added to the directory later have no effect.
 *
 * STLS_ERROR_INPUT: there is no such directory, it cannot be read, or it has no
 *   file with such a name and something in it (run "openssl rehash"); or one of
 *   them is broken, which the message names.
 * Other results as stls_trust_add_pem.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_directory(stls_trust *trust,
                                                              const char *path,
                                                              stls_error *err);

/*
 * Adds the system's trust, as SSL_CTX_set_default_verify_paths: what is in
 * OpenSSL's default file and directory, or where SSL_CERT_FILE and SSL_CERT_DIR
 * point; the latter may be several directories with colons between. A program
 * that runs with more rights than its user ignores both variables. Unlike
 * there, the directory is read now, not in handshakes; its certificates are not
 * opened if the file already has one with the same subject.
 *
 * STLS_OK: added. As in OpenSSL, a default place that does not exist adds
 *   nothing, nor does a broken file. In a directory, files that this process
 *   may not read add nothing, and a broken file adds what precedes the fault.
 *   stls_trust_count returns how much there is.
 * STLS_ERROR_INPUT: a place exists, but cannot be read, for example without
 *   permission or descriptors; the message names it. Nothing is added.
 * STLS_ERROR_MISUSE: trust is NULL. STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_system(stls_trust *trust,
                                                           stls_error *err);

/* Where the system's trust is (ssl.get_default_verify_paths). Start from
 * STLS_TRUST_PATHS_INIT. */
typedef struct stls_trust_paths {
  size_t size;
  /* What stls_trust_add_system reads: the environment's or OpenSSL's; "" if
   * there is no such file, or none of the directories. Copied. */
  char cafile[4096];
  char capath[4096];
  /* Names of the environment's variables, and OpenSSL's own places. Static. */
  const char *openssl_cafile_env;
  const char *openssl_cafile;
  const char *openssl_capath_env;
  const char *openssl_capath;
} stls_trust_paths;

#define STLS_TRUST_PATHS_INIT \
  { \
    sizeof(stls_trust_paths), "", "", STLS_NULL, STLS_NULL, STLS_NULL, \
        STLS_NULL \
  }

/*
 * Finds out where the system's trust is, in the environment and the file system, at
 * the moment of the call. Any thread, while none changes the environment.
 *
 * STLS_OK: *out_paths is set.
 * STLS_ERROR_INPUT: a path is longer than the struct has room for.
 * STLS_ERROR_MISUSE: out_paths is NULL or its size is not set.
 * STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_trust_default_paths(stls_trust_paths *out_paths, stls_error *err);

/* How much is in a set (SSLContext.cert_store_stats). Start from
 * STLS_TRUST_COUNTS_INIT. */
typedef struct stls_trust_counts {
  size_t size;
  /* Certificates, CRLs, and those of the certificates that are a CA's
   * (X509_check_ca, which also takes old forms for one). */
  size_t x509;
  size_t crl;
  size_t x509_ca;
} stls_trust_counts;

#define STLS_TRUST_COUNTS_INIT \
  { \
    sizeof(stls_trust_counts), 0, 0, 0 \
  }

/*
 * Counts what is in a set.
 *
 * STLS_OK: *out_counts is set.
 * STLS_ERROR_MISUSE: a NULL argument, or the size is not set.
 */
STLS_EXPORT stls_result stls_trust_count(const stls_trust *trust,
                                         stls_trust_counts *out_counts,
                                         stls_error *err);

/*
 * The CAs among its certificates, in the order in which they were added
 * (SSLContext.get_ca_certs).
 *
 * STLS_OK: *out_list is the caller's, to be released with
 *   stls_certificate_list_free; it may be empty.
 * STLS_ERROR_INPUT: a certificate cannot be decoded (see
 *   stls_certificate_new_x509).
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_ca_certificates(
    const stls_trust *trust, stls_certificate_list **out_list, stls_error *err);

STLS_END_DECLS

#endif
