/* SPDX-License-Identifier: MIT */
/* x509facts: asks a certificate of OpenSSL what most programs ask. */
#ifndef STLS_BENCH_X509FACTS_H
#define STLS_BENCH_X509FACTS_H

#include <openssl/x509.h>
#include <stddef.h>

/* Subject, issuer, serial number and alternative names as text, times, and key
 * usage; the result only keeps the compiler from leaving anything out. */
size_t x509facts_ask(X509 *x509);

#endif
