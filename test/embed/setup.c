/* SPDX-License-Identifier: MIT */
/* setup: makes the sealed contexts of the embeddings. */
#include "setup.h"

#include <stdio.h>

#include <sanstls/alpn.h>
#include <sanstls/trace.h>

static const char *const protocols[] = {"http/1.1"};

/* Says what went wrong; then there is no context. */
static stls_context *give_up(const char *program, stls_context *context,
                             const stls_error *error)
{
  fprintf(stderr, "%s: %s\n", program, error->message);
  stls_context_free(context);
  return NULL;
}

stls_context *setup_server(const server_options *options)
{
  stls_error error = STLS_ERROR_INIT;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_context *context = NULL;
  stls_protocol newest = options->max_tls12 ? STLS_TLS_1_2 : STLS_TLS_1_3;
  source.chain_file = options->cert_file;
  source.key_file = options->key_file;
  if (stls_credential_new_pem(&source, NULL, NULL, &credential, &error) < 0 ||
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context,
                                     &error) < 0 ||
      stls_context_set_credential(context, credential, &error) < 0 ||
      stls_context_set_versions(context, STLS_TLS_1_2, newest, &error) < 0 ||
      stls_context_set_alpn(context, protocols, 1, &error) < 0 ||
      stls_context_seal(context, &error) < 0) {
    context = give_up(options->program, context, &error);
  }
  stls_credential_free(credential); /* The context keeps its own reference. */
  return context;
}

/* A context that trusts one file instead of the system. */
static stls_result trust_file(const char *path, stls_context **out_context,
                              stls_error *error)
{
  stls_trust *trust = NULL;
  stls_result result = stls_trust_new(NULL, NULL, &trust, error);
  if (result == STLS_OK) result = stls_trust_add_file(trust, path, error);
  if (result == STLS_OK) {
    result = stls_context_new_without_trust(STLS_CLIENT, NULL, NULL,
                                            out_context, error);
  }
  if (result == STLS_OK) {
    result = stls_context_set_trust(*out_context, trust, error);
  }
  stls_trust_free(trust);
  return result;
}

stls_context *setup_client(const client_options *options, stls_trace_fn trace)
{
  stls_error error = STLS_ERROR_INIT;
  stls_context *context = NULL;
  stls_result result =
      options->ca_file != NULL
          ? trust_file(options->ca_file, &context, &error)
          : stls_context_new_client(NULL, NULL, &context, &error);
  if (result < 0 || stls_context_set_alpn(context, protocols, 1, &error) < 0 ||
      (options->trace &&
       stls_context_set_trace(context, trace, NULL, &error) < 0) ||
      stls_context_seal(context, &error) < 0) {
    return give_up(options->program, context, &error);
  }
  return context;
}
