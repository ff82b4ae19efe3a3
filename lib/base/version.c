/* SPDX-License-Identifier: MIT */
/* version: the versions of the library and of the OpenSSL that is running. */
#include "base/version.h"

#include <openssl/crypto.h>
#include <openssl/opensslv.h>

#include "base/error.h"

#define TEXT(number) #number
#define DOTTED(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

int stls_version_number(void)
{
  return STLS_VERSION_NUMBER;
}

const char *stls_version_text(void)
{
  return DOTTED(STLS_VERSION_MAJOR, STLS_VERSION_MINOR, STLS_VERSION_PATCH);
}

const char *stls_version_openssl_running(void)
{
  return OpenSSL_version(OPENSSL_VERSION);
}

const char *stls_version_openssl_built(void)
{
  return OPENSSL_VERSION_TEXT;
}

stls_result stls_version_check(int header_version, stls_error *err)
{
  stls_result result = stls_version_match("libsanstls", header_version / 10000,
                                          STLS_VERSION_MAJOR, err);
  if (result != STLS_OK) return result;
  return stls_version_check_openssl(err);
}

stls_result stls_version_check_openssl(stls_error *err)
{
  return stls_version_match("OpenSSL", OPENSSL_VERSION_MAJOR,
                            (int)OPENSSL_version_major(), err);
}

bool stls_version_openssl_at_least(unsigned major, unsigned minor)
{
  const unsigned running = OPENSSL_version_major();

  return running > major ||
         (running == major && OPENSSL_version_minor() >= minor);
}

stls_result stls_version_match(const char *what, int built_major,
                               int running_major, stls_error *err)
{
  if (built_major == running_major) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_UNSUPPORTED, STLS_REASON_OTHER_OPENSSL,
                         "%s: built for major version %d, running with %d",
                         what, built_major, running_major);
}
