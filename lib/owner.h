/* SPDX-License-Identifier: MIT */
/* owner (L4): which object an SSL belongs to. */
#ifndef STLS_OWNER_H
#define STLS_OWNER_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <stdbool.h>

struct stls_hellocheck;
struct stls_psk_run;

/* What callbacks of libssl need to know of an object. */
struct stls_owner {
  struct stls_object *object;
  /* Where the object has its context, whichever that is by now. */
  stls_context *const *context;
  struct stls_psk_run *psk;
  struct stls_hellocheck *hello;
};

/* Ties an SSL to its owner, which must outlive it. False: no memory. */
bool stls_owner_attach(struct stls_owner *owner, SSL *ssl);

/* NULL for an SSL that is nobody's. */
struct stls_owner *stls_owner_of(const SSL *ssl);

#endif
