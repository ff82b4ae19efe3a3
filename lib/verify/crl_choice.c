/* SPDX-License-Identifier: MIT */
/* crl_choice: selects the CRLs that their issuer's key has signed. */
#include "verify/crl_choice.h"

#include <stdbool.h>

enum {
  MAX_CHECKED = 64
};

void stls_crl_choice_add(X509_STORE_CTX *ctx, X509 *issuer, int *num_checked,
                         STACK_OF(X509_CRL) * out_crls)
{
  STACK_OF(X509_CRL) *crls =
      X509_STORE_CTX_get_lookup_crls(ctx)(ctx, X509_get_subject_name(issuer));
  const int before = sk_X509_CRL_num(out_crls), num = sk_X509_CRL_num(crls);
  EVP_PKEY *key = X509_get0_pubkey(issuer);
  bool all = num <= MAX_CHECKED - *num_checked;

  for (int i = 0; key != NULL && num > 1 && all && i < num; i++) {
    X509_CRL *crl = sk_X509_CRL_value(crls, i);
    ++*num_checked;
    if (X509_CRL_verify(crl, key) != 1) continue;
    all = sk_X509_CRL_push(out_crls, crl) > 0;
    if (all) X509_CRL_up_ref(crl);
  }
  while (!all && sk_X509_CRL_num(out_crls) > before)
    X509_CRL_free(sk_X509_CRL_pop(out_crls));
  sk_X509_CRL_pop_free(crls, X509_CRL_free);
}
