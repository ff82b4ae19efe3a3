/* SPDX-License-Identifier: MIT */
/* x509_intact: whether a certificate was decoded with memory enough. */
#include "x509/x509_intact.h"

#include <openssl/x509v3.h>

/* Beside OpenSSL's EXFLAG_: no key that OpenSSL can read. */
#define NO_KEY 0x80000000U

static unsigned state_of(X509 *cert);

bool stls_x509_intact_is(X509 *cert)
{
  const unsigned suspicious = EXFLAG_INVALID | EXFLAG_NO_FINGERPRINT | NO_KEY;
  unsigned state = state_of(cert), state_again;
  X509 *again;

  if ((state & suspicious) == 0 &&
      ((state & EXFLAG_SI) == 0 || (state & EXFLAG_SS) != 0))
    return true;
  again = X509_dup(cert);
  if (again == NULL) return false;
  state_again = state_of(again);
  X509_free(again);
  return state == state_again;
}

X509 *stls_x509_intact_take(X509 *cert)
{
  if (!stls_x509_intact_is(cert)) return X509_dup(cert);
  X509_up_ref(cert);
  return cert;
}

bool stls_x509_intact_has_void_key(const X509 *cert)
{
  EVP_PKEY *key = cert == NULL ? NULL : X509_get0_pubkey(cert);

  return key != NULL && EVP_PKEY_get_size(key) <= 0;
}

/* What OpenSSL found out about extensions and key, which it does once. */
static unsigned state_of(X509 *cert)
{
  unsigned state = X509_get_extension_flags(cert) & ~(unsigned)NO_KEY;

  return X509_get0_pubkey(cert) != NULL ? state : state | NO_KEY;
}
