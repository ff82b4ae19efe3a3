/* SPDX-License-Identifier: MIT */
/* stapling: sends OCSP responses as a server, and judges them as a client. */
#ifndef STLS_LIB_STAPLING_H
#define STLS_LIB_STAPLING_H

#include <sanstls/reason.h>
#include <sanstls/stapling.h>

#include "context/context.h"
#include "x509/ocsp_response.h"

/* What one connection knows. Zeroes are the initial state. */
struct stls_stapling_state {
  /* The response that was received or sent: a counted reference, or NULL. */
  stls_ocsp_response *response;
  stls_ocsp_verdict verdict;
  /* Why the handshake failed; STLS_OK if it did not. Static text. */
  stls_result result;
  const char *problem;
};

/* Makes the SSLs of a server's SSL_CTX send responses. */
void stls_stapling_install_server(SSL_CTX *ctx);

void stls_stapling_clear(struct stls_stapling_state *state);

/* Makes room for one more credential, and stores it, which cannot fail then, in
 * place of one of the same type. A client's context stores none. false when memory
 * is short. */
bool stls_stapling_reserve(stls_context *context);
void stls_stapling_keep(stls_context *context, stls_credential *credential);

/* Frees what a context stores. */
void stls_stapling_forget(stls_context *context);

#endif
