/* SPDX-License-Identifier: MIT */
/* x509_check: checks an X509 for faults that OpenSSL does not report. */
#include "x509/x509_check.h"

#include <openssl/x509v3.h>

/* A flag in addition to OpenSSL's EXFLAG_ values: OpenSSL could not decode the
 * key. */
#define NO_KEY 0x80000000U

static unsigned state_of(X509 *cert);

bool stls_x509_check_is_intact(X509 *cert)
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

X509 *stls_x509_check_take_intact(X509 *cert)
{
  if (!stls_x509_check_is_intact(cert)) return X509_dup(cert);
  X509_up_ref(cert);
  return cert;
}

bool stls_x509_check_has_empty_key(const X509 *cert)
{
  EVP_PKEY *key = cert == NULL ? NULL : X509_get0_pubkey(cert);

  return key != NULL && EVP_PKEY_get_size(key) <= 0;
}

bool stls_x509_check_is_in_time(const X509 *cert,
                                const X509_VERIFY_PARAM *param)
{
#if OPENSSL_VERSION_MAJOR >= 4
  return X509_check_certificate_times(param, cert, NULL) == 1;
#else
  return X509_cmp_timeframe(param, X509_get0_notBefore(cert),
                            X509_get0_notAfter(cert)) == 0;
#endif
}

/* The result of decoding extensions and key, which OpenSSL does once. */
static unsigned state_of(X509 *cert)
{
  unsigned state = X509_get_extension_flags(cert) & ~(unsigned)NO_KEY;

  return X509_get0_pubkey(cert) != NULL ? state : state | NO_KEY;
}
