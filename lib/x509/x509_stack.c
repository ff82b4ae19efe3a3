/* SPDX-License-Identifier: MIT */
/* x509_stack: copies and frees lists of certificates. */
#include "x509/x509_stack.h"

#include <openssl/x509_vfy.h>

STACK_OF(X509) * stls_x509_stack_copy(X509 *leaf, const STACK_OF(X509) * certs)
{
  int num = certs == NULL ? 0 : sk_X509_num(certs);
  bool is_led = leaf == NULL || (num > 0 && sk_X509_value(certs, 0) == leaf);
  STACK_OF(X509) *chain = sk_X509_new_reserve(NULL, num + 1);

  if (chain == NULL) return NULL;
  /* Neither call fails: the stack has room, and the reference count does not
   * overflow below 2^31. */
  if (!is_led && sk_X509_push(chain, leaf) > 0) X509_up_ref(leaf);
  for (int i = 0; i < num; i++)
    if (sk_X509_push(chain, sk_X509_value(certs, i)) > 0)
      X509_up_ref(sk_X509_value(certs, i));
  return chain;
}

void stls_x509_stack_free(STACK_OF(X509) * chain)
{
  sk_X509_pop_free(chain, X509_free);
}
