/* SPDX-License-Identifier: MIT */
/* own_ca: trust in a CA without key usage, and in one certificate alone. */
/*
 * cc -o own_ca own_ca.c memory_pair.c $(pkg-config --cflags --libs sanstls)
 */
#include <openssl/x509_vfy.h>
#include <stdio.h>

#include "memory_pair.h"

static void try_it(const char *what, stls_context *client, stls_context *server)
{
  memory_pair pair = pair_new(client, server, NULL);
  stls_result result = pair_handshake(&pair);
  say(what, result, pair.client);
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
}

static stls_context *trusting(const char *path)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = NULL;
  must(stls_context_new_client_from_files(path, &context, &err), &err);
  return context;
}

static stls_context *plain_server(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = NULL;
  must(stls_context_new_server_from_files("plain.pem", "plain.key", &context,
                                          &err),
       &err);
  return context;
}

/* Without the checks that RFC 5280 demands of a CA, but with all others. */
static void be_lenient(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;
  unsigned long flags = stls_context_verify_flags(context);
  flags &= ~(unsigned long)STLS_VERIFY_X509_STRICT;
  must(stls_context_set_verify_flags(context, flags, &err), &err);
}

int main(void)
{
  stls_context *lenient = trusting("plain-ca.pem");
  be_lenient(lenient);
  try_it("strict", trusting("plain-ca.pem"), plain_server());
  try_it("lenient", lenient, plain_server());
  try_it("this certificate alone", trusting("a.example.pem"), server_context());
  try_it("another certificate", trusting("b.example.pem"), server_context());
  return 0;
}
