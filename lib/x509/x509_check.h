/* SPDX-License-Identifier: MIT */
/* x509_check: whether a certificate was decoded with memory enough. */
#ifndef STLS_LIB_X509_CHECK_H
#define STLS_LIB_X509_CHECK_H

#include <openssl/x509.h>
#include <stdbool.h>

/*
 * OpenSSL decodes a certificate's key and extensions at most once, and keeps
 * quiet about memory that it had none of: the certificate is then good for
 * nothing, and says so to nobody. False if that is what happened: where something
 * looks wrong, another decoding has to find the same. Needs an error queue of its
 * own, which the caller guards, and may leave entries in it.
 */
bool stls_x509_check_is_intact(X509 *cert);

/* A reference to it, or, where that is what happened, to a decoding of its own;
 * NULL when memory is short. */
X509 *stls_x509_check_take_intact(X509 *cert);

/* Whether its key has no size at all, as an RSA key with the modulus 0. */
bool stls_x509_check_has_empty_key(const X509 *cert);

/* Whether a certificate is valid at the time that a verification is for. */
bool stls_x509_check_is_in_time(const X509 *cert,
                                const X509_VERIFY_PARAM *param);

#endif
