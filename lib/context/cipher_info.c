/* SPDX-License-Identifier: MIT */
/* cipher_info: describes the cipher suites of a context. */
#include <openssl/objects.h>
#include <sanstls/ciphers.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "context/context.h"

/* SSL_CIPHER_description asks for at least 128. */
#define DESCRIPTION_SIZE 256

/* `suite` is a constant of libssl. */
struct stls_cipher {
  const SSL_CIPHER *suite;
  char description[DESCRIPTION_SIZE];
};

struct stls_cipher_list {
  size_t count;
  stls_cipher ciphers[];
};

static stls_result describe(const STACK_OF(SSL_CIPHER) * suites,
                            stls_cipher_list **out_ciphers, stls_error *err);
static const char *long_name(int nid);

stls_result stls_context_ciphers(const stls_context *context,
                                 stls_cipher_list **out_ciphers,
                                 stls_error *err)
{
  stls_error_queue_guard guard;
  stls_result result;
  SSL *ssl;

  if (context == NULL) return stls_error_null(err, "context");
  if (out_ciphers == NULL) return stls_error_null(err, "out_ciphers");
  stls_error_queue_enter(&guard);
  /* Only an SSL has the suites of TLS 1.3 in their order. */
  ssl = SSL_new(context->ssl_ctx);
  result = ssl == NULL ? stls_error_memory(err)
                       : describe(SSL_get_ciphers(ssl), out_ciphers, err);
  SSL_free(ssl);
  stls_error_queue_leave(&guard);
  return result;
}

size_t stls_cipher_list_count(const stls_cipher_list *list)
{
  return list == NULL ? 0 : list->count;
}

const stls_cipher *stls_cipher_list_at(const stls_cipher_list *list,
                                       size_t index)
{
  return index < stls_cipher_list_count(list) ? &list->ciphers[index] : NULL;
}

void stls_cipher_list_free(stls_cipher_list *list)
{
  stls_mem_free(list);
}

uint32_t stls_cipher_id(const stls_cipher *cipher)
{
  return cipher == NULL ? 0 : SSL_CIPHER_get_id(cipher->suite);
}

const char *stls_cipher_name(const stls_cipher *cipher)
{
  return cipher == NULL ? NULL : SSL_CIPHER_get_name(cipher->suite);
}

const char *stls_cipher_standard_name(const stls_cipher *cipher)
{
  return cipher == NULL ? NULL : SSL_CIPHER_standard_name(cipher->suite);
}

const char *stls_cipher_protocol(const stls_cipher *cipher)
{
  return cipher == NULL ? NULL : SSL_CIPHER_get_version(cipher->suite);
}

const char *stls_cipher_description(const stls_cipher *cipher)
{
  return cipher == NULL ? NULL : cipher->description;
}

int stls_cipher_strength_bits(const stls_cipher *cipher)
{
  return cipher == NULL ? 0 : SSL_CIPHER_get_bits(cipher->suite, NULL);
}

int stls_cipher_alg_bits(const stls_cipher *cipher)
{
  int bits = 0;

  if (cipher != NULL) SSL_CIPHER_get_bits(cipher->suite, &bits);
  return bits;
}

bool stls_cipher_aead(const stls_cipher *cipher)
{
  return cipher != NULL && SSL_CIPHER_is_aead(cipher->suite) == 1;
}

const char *stls_cipher_symmetric(const stls_cipher *cipher)
{
  if (cipher == NULL) return NULL;
  return long_name(SSL_CIPHER_get_cipher_nid(cipher->suite));
}

const char *stls_cipher_digest(const stls_cipher *cipher)
{
  if (cipher == NULL) return NULL;
  return long_name(SSL_CIPHER_get_digest_nid(cipher->suite));
}

const char *stls_cipher_kea(const stls_cipher *cipher)
{
  if (cipher == NULL) return NULL;
  return long_name(SSL_CIPHER_get_kx_nid(cipher->suite));
}

const char *stls_cipher_auth(const stls_cipher *cipher)
{
  if (cipher == NULL) return NULL;
  return long_name(SSL_CIPHER_get_auth_nid(cipher->suite));
}

static stls_result describe(const STACK_OF(SSL_CIPHER) * suites,
                            stls_cipher_list **out_ciphers, stls_error *err)
{
  int num = sk_SSL_CIPHER_num(suites);
  size_t count = num < 0 ? 0 : (size_t)num;
  stls_cipher_list *list =
      stls_mem_zalloc(sizeof *list + count * sizeof list->ciphers[0]);

  if (list == NULL) return stls_error_memory(err);
  list->count = count;
  for (size_t i = 0; i < count; i++) {
    stls_cipher *cipher = &list->ciphers[i];
    cipher->suite = sk_SSL_CIPHER_value(suites, (int)i);
    if (SSL_CIPHER_description(cipher->suite, cipher->description,
                               DESCRIPTION_SIZE) == NULL)
      cipher->description[0] = '\0';
    cipher->description[strcspn(cipher->description, "\n")] = '\0';
  }
  *out_ciphers = list;
  return STLS_OK;
}

/* OpenSSL's built-in names are static. */
static const char *long_name(int nid)
{
  return nid == NID_undef ? NULL : OBJ_nid2ln(nid);
}
