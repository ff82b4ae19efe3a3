/* SPDX-License-Identifier: MIT */
/* mem: allocates through OpenSSL's hooks, and wipes. */
#include "base/mem.h"

#include <openssl/crypto.h>
#include <string.h>

/* From OpenSSL 3.2 on the OPENSSL_ macros put an entry into the thread's error
 * queue when they fail; without file and line nothing is put there. */
void *stls_mem_alloc(size_t len)
{
  return CRYPTO_malloc(len > 0 ? len : 1, NULL, 0);
}

void *stls_mem_zalloc(size_t len)
{
  return CRYPTO_zalloc(len > 0 ? len : 1, NULL, 0);
}

void *stls_mem_dup(const void *data, size_t len)
{
  void *copy = stls_mem_alloc(len);
  if (copy != NULL && len > 0) memcpy(copy, data, len);
  return copy;
}

char *stls_mem_strdup(const char *text)
{
  return stls_mem_dup(text, strlen(text) + 1);
}

void stls_mem_wipe(void *data, size_t len)
{
  OPENSSL_cleanse(data, len);
}

void stls_mem_free(void *data)
{
  OPENSSL_free(data);
}

void stls_mem_free_clear(void *data, size_t len)
{
  OPENSSL_clear_free(data, len);
}
