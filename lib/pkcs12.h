/* SPDX-License-Identifier: MIT */
/* pkcs12 (L3): a credential out of PKCS #12 (RFC 7292). */
#ifndef STLS_PKCS12_H
#define STLS_PKCS12_H

#include "credential.h"
#include "passphrase.h"
#include "x509pem.h"

/*
 * All certificates of a file, that of the key first, and its private key: the one
 * that `alias` names, or the first where it is NULL. parts->certs may be empty and
 * parts->key NULL on success. The caller guards the error queue.
 */
stls_result stls_pkcs12_read(const struct stls_pem_text *file,
                             const char *alias,
                             const struct stls_x509pem_scope *scope,
                             struct stls_asking *asking,
                             struct stls_credential_parts *parts,
                             stls_error *err);

#endif
