/* SPDX-License-Identifier: MIT */
/* random: random bytes from OpenSSL's generator. */
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sanstls/util.h>

#include "base/error.h"
#include "base/error_queue.h"

stls_result stls_random_bytes(OSSL_LIB_CTX *libctx, void *out, size_t len,
                              stls_error *err)
{
  stls_result result = STLS_OK;
  stls_error_queue_guard guard;

  if (len == 0) return STLS_OK;
  if (out == NULL) return stls_error_null(err, "out");
  stls_error_queue_enter(&guard);
  if (RAND_bytes_ex(libctx, out, len, 0) != 1) {
    OPENSSL_cleanse(out, len);
    result = stls_error_fail_openssl(err, STLS_ERROR_UNSUPPORTED,
                                     STLS_REASON_NOT_SUPPORTED,
                                     "OpenSSL has no %zu random bytes", len);
  }
  stls_error_queue_leave(&guard);
  return result;
}

bool stls_random_status(void)
{
  stls_error_queue_guard guard;
  bool is_seeded;

  stls_error_queue_enter(&guard);
  is_seeded = RAND_status() == 1;
  stls_error_queue_leave(&guard);
  return is_seeded;
}

stls_result stls_random_add(const void *data, size_t len, double entropy,
                            stls_error *err)
{
  stls_error_queue_guard guard;

  if (data == NULL && len > 0) return stls_error_null(err, "data");
  if (len > INT_MAX)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "len is above INT_MAX");
  /* Written so that NaN fails, too. */
  if (!(entropy >= 0 && entropy <= (double)len))
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "entropy is not 0 to len");
  if (len == 0) return STLS_OK;
  stls_error_queue_enter(&guard);
  RAND_add(data, (int)len, entropy);
  stls_error_queue_leave(&guard);
  return STLS_OK;
}
