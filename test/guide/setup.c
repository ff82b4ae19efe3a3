/* SPDX-License-Identifier: MIT */
/* setup: contexts by hand: credentials, trust and settings from many sources. */
/*
 * cc -o setup setup.c $(pkg-config --cflags --libs sanstls)
 */
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/sanstls.h>

/* A server whose key is encrypted, which speaks HTTP/2 before HTTP/1.1. */
static stls_result make_server(stls_context **out_context, stls_error *err)
{
  static const char *const protocols[] = {"h2", "http/1.1"};
  stls_passphrase passphrase = STLS_PASSPHRASE_INIT;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_context *context = NULL;
  passphrase.data = "secret";
  passphrase.len = strlen("secret");
  source.chain_file = "a.example.pem";
  source.key_file = "encrypted.key";
  source.passphrase = &passphrase;
  stls_result result =
      stls_credential_new_pem(&source, NULL, NULL, &credential, err);
  if (result == STLS_OK)
    result = stls_context_new_server(NULL, NULL, &context, err);
  if (result == STLS_OK)
    result = stls_context_set_credential(context, credential, err);
  if (result == STLS_OK)
    result = stls_context_set_alpn(context, protocols, 2, err);
  if (result == STLS_OK)
    result = stls_context_set_alpn_policy(context, STLS_ALPN_REFUSE, err);
  if (result == STLS_OK)
    result =
        stls_context_set_versions(context, STLS_TLS_1_3, STLS_TLS_1_3, err);
  if (result == STLS_OK) result = stls_context_seal(context, err);
  stls_credential_free(credential); /* The context keeps what it needs. */
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}

/* A client that trusts the system's CAs and one of its own, and checks CRLs. */
static stls_result make_client(const char *crl_path, stls_context **out_context,
                               stls_error *err)
{
  stls_context *context = NULL;
  stls_result result = stls_context_new_client(NULL, NULL, &context, err);
  stls_trust *trust = stls_context_trust(context); /* Borrowed. */
  if (result == STLS_OK) result = stls_trust_add_file(trust, "ca.pem", err);
  if (result == STLS_OK && crl_path != NULL)
    result = stls_trust_add_crl_file(trust, crl_path, err);
  if (result == STLS_OK && crl_path != NULL)
    result = stls_context_set_verify_flags(
        context,
        stls_context_verify_flags(context) | STLS_VERIFY_CRL_CHECK_LEAF, err);
  if (result == STLS_OK) result = stls_context_seal(context, err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}

int main(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = NULL, *server = NULL;
  stls_result result = make_server(&server, &err);
  if (result == STLS_OK) result = make_client(NULL, &client, &err);
  if (result != STLS_OK) fprintf(stderr, "%s\n", err.message);
  if (result == STLS_OK && make_client("crl.pem", &client, &err) != STLS_OK)
    printf("%s\n", err.message);
  stls_context_free(client);
  stls_context_free(server);
  return result == STLS_OK ? 0 : 1;
}
