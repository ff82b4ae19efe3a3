/* SPDX-License-Identifier: MIT */
/* crl_choice: of several CRLs those that their issuer has signed. */
#ifndef STLS_LIB_CRL_CHOICE_H
#define STLS_LIB_CRL_CHOICE_H

#include <openssl/x509_vfy.h>

/*
 * Where `ctx` finds several CRLs with the issuer's name, adds those to `out_crls`
 * that its key has signed. OpenSSL looks at one of them, the newest, and only then
 * at its signature. All that are right are added, or none: among some of them an
 * older one would be the newest. *num_checked counts signatures, over all calls
 * for one verification; beyond 64 none are added. The caller guards the error
 * queue.
 */
void stls_crl_choice_add(X509_STORE_CTX *ctx, X509 *issuer, int *num_checked,
                         STACK_OF(X509_CRL) * out_crls);

#endif
