/* SPDX-License-Identifier: MIT */
/* credential_pkcs12: a credential out of PKCS #12 (RFC 7292). */
#ifndef STLS_LIB_CREDENTIAL_PKCS12_H
#define STLS_LIB_CREDENTIAL_PKCS12_H

#include "util/passphrase.h"
#include "x509/credential.h"
#include "x509/x509_pem.h"

/*
 * All certificates of a file, that of the key first, and its private key: the one
 * that `alias` names, or the first where it is NULL. parts->certs may be empty and
 * parts->key NULL on success. The caller guards the error queue.
 */
stls_result stls_credential_pkcs12_read(const struct stls_named_input *file,
                                        const char *alias,
                                        const struct stls_x509_scope *scope,
                                        struct stls_asking *asking,
                                        struct stls_credential_parts *parts,
                                        stls_error *err);

#endif
