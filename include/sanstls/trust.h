/* SPDX-License-Identifier: MIT */
/* trust: the certificates that a peer's chain may end in. */
#ifndef SANSTLS_TRUST_H
#define SANSTLS_TRUST_H

#include <openssl/types.h>
#include <stddef.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * A set of trust anchors, reference-counted: loaded once, shared by any number
 * of contexts. Add to it from one thread, before contexts that use it verify.
 */
typedef struct stls_trust stls_trust;

/*
 * Makes an empty set. `libctx` and `propq` may be NULL for OpenSSL's default.
 *
 * STLS_OK: *out_trust is the caller's, to be released with stls_trust_free.
 * STLS_ERROR_MEMORY, STLS_ERROR_MISUSE (out_trust is NULL).
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_new(OSSL_LIB_CTX *libctx,
                                                    const char *propq,
                                                    stls_trust **out_trust,
                                                    stls_error *err);

/* Gives back one reference. NULL is fine. */
STLS_EXPORT void stls_trust_free(stls_trust *trust);

/* Takes one more reference and returns `trust`. NULL gives NULL. */
STLS_EXPORT stls_trust *stls_trust_up_ref(stls_trust *trust);

/*
 * Adds every certificate of a PEM text or file; text between the blocks is
 * allowed, and a certificate that is there already is not an error. All or
 * nothing: on failure the set is as before.
 *
 * STLS_OK: added.
 * STLS_ERROR_INPUT: no certificate in it ("no start line: …"), a broken block
 *   (the message names file, line and item), or the file cannot be read.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_pem(stls_trust *trust,
                                                        const void *pem,
                                                        size_t pem_len,
                                                        stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_file(stls_trust *trust,
                                                         const char *path,
                                                         stls_error *err);

/*
 * Adds the system's trust: OpenSSL's default file and directory, or where
 * SSL_CERT_FILE and SSL_CERT_DIR point (X509_STORE_set_default_paths_ex).
 *
 * STLS_OK: added. As in OpenSSL, a default place that does not exist or cannot
 *   be parsed adds nothing, and the directory is searched when it is needed.
 * STLS_ERROR_MISUSE (trust is NULL), STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_add_system(stls_trust *trust,
                                                           stls_error *err);

STLS_END_DECLS

#endif
