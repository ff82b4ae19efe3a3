/* SPDX-License-Identifier: MIT */
/* openssl_build: says what the build of an OpenSSL changes in a handshake. */
#include "testing/openssl_build.h"

#include <openssl/crypto.h>
#include <sanstls/sanstls.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/error_queue.h"
#include "wire/record_header.h"

static bool describe(char out[STLS_OPENSSL_BUILD_SIZE]);
static bool read_hello(stls_object *client, OSSL_LIB_CTX *libctx,
                       char out[STLS_OPENSSL_BUILD_SIZE]);
static bool describe_hello(const stls_client_hello *hello,
                           char out[STLS_OPENSSL_BUILD_SIZE]);

bool stls_openssl_build_describe(char out[STLS_OPENSSL_BUILD_SIZE])
{
  /* It takes milliseconds, and does not change in a process. */
  static char known[STLS_OPENSSL_BUILD_SIZE];
  static atomic_int state;
  enum {
    UNKNOWN,
    WRITING,
    KNOWN
  };
  stls_error_queue_guard guard;
  int expected = UNKNOWN;
  bool is_made;

  if (atomic_load(&state) == KNOWN) {
    memcpy(out, known, sizeof known);
    return true;
  }
  stls_error_queue_enter(&guard);
  is_made = describe(out);
  stls_error_queue_leave(&guard);
  if (is_made && atomic_compare_exchange_strong(&state, &expected, WRITING)) {
    memcpy(known, out, sizeof known);
    atomic_store(&state, KNOWN);
  }
  return is_made;
}

bool stls_openssl_build_is_same(const char *openssl, const char *build)
{
  const char *running = OpenSSL_version(OPENSSL_VERSION_STRING);
  char own[STLS_OPENSSL_BUILD_SIZE];
  unsigned major, minor, own_major, own_minor;

  if (openssl == NULL || sscanf(openssl, "%u.%u", &major, &minor) != 2 ||
      sscanf(running, "%u.%u", &own_major, &own_minor) != 2 ||
      major != own_major || minor != own_minor)
    return false;
  return build == NULL ||
         (stls_openssl_build_describe(own) && strcmp(own, build) == 0);
}

/* A library context of its own, so that no other one is drawn from. */
static bool describe(char out[STLS_OPENSSL_BUILD_SIZE])
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  stls_context *context = NULL;
  stls_object *client = NULL;
  const bool is_made =
      libctx != NULL &&
      stls_context_new_insecure_client(libctx, NULL, &context, NULL) ==
          STLS_OK &&
      stls_object_new(context, NULL, NULL, NULL, &client, NULL) == STLS_OK &&
      stls_object_handshake(client) == STLS_WANT_READ &&
      read_hello(client, libctx, out);

  stls_object_free(client);
  stls_context_free(context);
  OSSL_LIB_CTX_free(libctx);
  return is_made;
}

static bool read_hello(stls_object *client, OSSL_LIB_CTX *libctx,
                       char out[STLS_OPENSSL_BUILD_SIZE])
{
  const stls_span record = stls_bio_peek(stls_object_outgoing(client));
  stls_client_hello *hello = NULL;
  bool is_made;

  if (record.len <= STLS_RECORD_HEADER_LEN ||
      stls_client_hello_new(
          (const uint8_t *)record.data + STLS_RECORD_HEADER_LEN,
          record.len - STLS_RECORD_HEADER_LEN, libctx, &hello, NULL) != STLS_OK)
    return false;
  is_made = describe_hello(hello, out);
  stls_client_hello_free(hello);
  return is_made;
}

static bool describe_hello(const stls_client_hello *hello,
                           char out[STLS_OPENSSL_BUILD_SIZE])
{
  char ja3[STLS_JA3_HASH_SIZE], ja4[STLS_JA4_SIZE];
  size_t len;

  if (stls_client_hello_ja3_hash(hello, ja3, sizeof ja3, &len, NULL) !=
          STLS_OK ||
      stls_client_hello_ja4(hello, ja4, sizeof ja4, &len, NULL) != STLS_OK)
    return false;
  snprintf(out, STLS_OPENSSL_BUILD_SIZE, "ja3 %s, ja4 %s, compressions %zu",
           ja3, ja4, stls_client_hello_compression_methods(hello).len);
  return true;
}
