/* SPDX-License-Identifier: MIT */
/* credential_pkcs12: loads a credential from PKCS #12 (RFC 7292). */
#ifndef STLS_LIB_CREDENTIAL_PKCS12_H
#define STLS_LIB_CREDENTIAL_PKCS12_H

#include "util/passphrase.h"
#include "x509/credential.h"
#include "x509/x509_pem.h"

/*
 * Reads all certificates of a PKCS #12, the certificate of the key first, and
 * one private key: the one with the friendlyName `alias`, or the first when
 * `alias` is NULL. On success parts->certs may be empty and parts->key NULL.
 * STLS_ERROR_INPUT; STLS_ERROR_MEMORY. The caller guards the error queue.
 */
stls_result stls_credential_pkcs12_read(const struct stls_named_input *file,
                                        const char *alias,
                                        const struct stls_x509_scope *scope,
                                        struct stls_passphrase_prompt *prompt,
                                        struct stls_credential_parts *parts,
                                        stls_error *err);

#endif
