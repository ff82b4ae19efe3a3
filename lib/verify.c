/* SPDX-License-Identifier: MIT */
/* verify (L3): what a handshake's check of the peer's chain found. */
#include "verify.h"

#include <openssl/crypto.h>
#include <sanstls/context.h>

/* An index of our own leaves SSL_set_app_data to whoever uses the escape
 * hatch. */
static CRYPTO_ONCE index_once = CRYPTO_ONCE_STATIC_INIT;
static int verify_index = -1;

static void make_index(void);

bool stls_verify_attach(struct stls_verify *verify, SSL *ssl)
{
  verify->code = X509_V_OK;
  verify->depth = -1;
  return CRYPTO_THREAD_run_once(&index_once, make_index) == 1 &&
         verify_index >= 0 && SSL_set_ex_data(ssl, verify_index, verify) == 1;
}

int stls_verify_note(int accepted, X509_STORE_CTX *store)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data(
      store, SSL_get_ex_data_X509_STORE_CTX_idx());
  struct stls_verify *verify =
      ssl == NULL || verify_index < 0 ? NULL
                                      : SSL_get_ex_data(ssl, verify_index);

  if (!accepted && verify != NULL && verify->code == X509_V_OK) {
    verify->code = X509_STORE_CTX_get_error(store);
    verify->depth = X509_STORE_CTX_get_error_depth(store);
  }
  return accepted;
}

int stls_verify_ssl_mode(int mode)
{
  switch (mode) {
    case STLS_VERIFY_OPTIONAL:
      return SSL_VERIFY_PEER;
    case STLS_VERIFY_REQUIRED:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    default:
      return SSL_VERIFY_NONE;
  }
}

static void make_index(void)
{
  verify_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}
