/* SPDX-License-Identifier: MIT */
/* crl_choice: selects the CRLs that their issuer's key has signed. */
#ifndef STLS_LIB_CRL_CHOICE_H
#define STLS_LIB_CRL_CHOICE_H

#include <openssl/x509_vfy.h>

/*
 * When `ctx` finds several CRLs with the issuer's name, appends those that its
 * key has signed to `out_crls`. OpenSSL chooses the newest CRL and checks the
 * signature only of that one. On failure none is appended: in an incomplete
 * list an older CRL would be the newest. *num_checked counts the verified
 * signatures of all calls for one verification; beyond 64 none is appended. The
 * caller guards the error queue.
 */
void stls_crl_choice_add(X509_STORE_CTX *ctx, X509 *issuer, int *num_checked,
                         STACK_OF(X509_CRL) * out_crls);

#endif
