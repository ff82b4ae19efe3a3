/* SPDX-License-Identifier: MIT */
/* record_bypass: decides whether application data bypasses libssl. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "context/record_bypass.h"

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <string.h>

#include "base/version.h"

static bool is_wanted(const stls_context *context);
static bool may_change_keys(const SSL *ssl);
#ifndef STLS_NO_DIRECT_RECORDS
static bool has_cheap_keys(const stls_context *context);
static bool wants_fips(const stls_context *context);
static bool is_of_fips_module(const EVP_CIPHER *aead);
#endif

void stls_record_bypass_decide(stls_context *context)
{
  context->bypasses_libssl = is_wanted(context);
}

bool stls_record_bypass_needs_keylog(const stls_context *context)
{
  return context->bypasses_libssl && context->max_version == STLS_TLS_1_3;
}

bool stls_record_bypass_is_wanted(const stls_context *context, const SSL *ssl)
{
  return context->bypasses_libssl && SSL_get_current_compression(ssl) == NULL &&
         !may_change_keys(ssl);
}

static bool is_wanted(const stls_context *context)
{
  if (context->records != STLS_RECORDS_AUTO)
    return context->records == STLS_RECORDS_DIRECT;
#ifdef STLS_NO_DIRECT_RECORDS
  return false;
#else
  return has_cheap_keys(context) && !wants_fips(context);
#endif
}

/* The application can only have allowed that through stls_object_ssl or
 * stls_context_ssl_ctx. */
static bool may_change_keys(const SSL *ssl)
{
  return SSL_version(ssl) != TLS1_3_VERSION &&
         (SSL_get_options(ssl) & SSL_OP_NO_RENEGOTIATION) == 0;
}

#ifndef STLS_NO_DIRECT_RECORDS
/* Until OpenSSL 3.4 the key log calls sprintf for each byte of five secrets, which is
 * most of what keys cost there (openssl#24968). TLS 1.2 needs no key log. */
static bool has_cheap_keys(const stls_context *context)
{
#ifdef STLS_DIRECT_RECORDS_BY_DEFAULT
  (void)context;
  return true;
#else
  return context->max_version < STLS_TLS_1_3 ||
         stls_version_openssl_at_least(3, 4);
#endif
}

/* SP 800-38D wants the nonces of AES-GCM to be made within the module, and ours
 * are handed to it. */
static bool wants_fips(const stls_context *context)
{
  return EVP_default_properties_is_fips_enabled(context->libctx) == 1 ||
         (context->propq != NULL && strstr(context->propq, "fips") != NULL) ||
         is_of_fips_module(
             context->record_algorithms.aeads[STLS_RECORD_AES_128_GCM]);
}

/* Where no other provider was loaded, nothing has to ask: fips_module(7). */
static bool is_of_fips_module(const EVP_CIPHER *aead)
{
  const OSSL_PROVIDER *provider =
      aead == NULL ? NULL : EVP_CIPHER_get0_provider(aead);

  return provider != NULL &&
         strcmp(OSSL_PROVIDER_get0_name(provider), "fips") == 0;
}
#endif
