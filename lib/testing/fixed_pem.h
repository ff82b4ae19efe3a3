/* SPDX-License-Identifier: MIT */
/* fixed_pem: certificates and keys for tests, made by make-fixed-pem.sh. */
#ifndef STLS_LIB_FIXED_PEM_H
#define STLS_LIB_FIXED_PEM_H

/* The chain, leaf first, and its key. */
struct stls_fixed_pem {
  const char *name;
  const char *chain;
  const char *key;
};

/* It has no key. */
extern const struct stls_fixed_pem stls_fixed_pem_ca;

/* The last has no name. */
extern const struct stls_fixed_pem stls_fixed_pem_credentials[];

#endif
