/* SPDX-License-Identifier: MIT */
/* feature: tells which optional features this build and this OpenSSL have. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/feature.h"

#include <openssl/crypto.h>
#include <openssl/opensslconf.h>

#include "base/error.h"
#include "base/name_table.h"

#ifdef OPENSSL_NO_TLS1
#define HAS_TLS_1_0 false
#else
#define HAS_TLS_1_0 true
#endif
#ifdef OPENSSL_NO_TLS1_1
#define HAS_TLS_1_1 false
#else
#define HAS_TLS_1_1 true
#endif
#ifdef OPENSSL_NO_TLS1_2
#define HAS_TLS_1_2 false
#else
#define HAS_TLS_1_2 true
#endif
#ifdef OPENSSL_NO_TLS1_3
#define HAS_TLS_1_3 false
#else
#define HAS_TLS_1_3 true
#endif
#ifdef OPENSSL_NO_PSK
#define HAS_PSK false
#else
#define HAS_PSK true
#endif
#ifdef HAVE_LIBIDN2
#define HAS_IDN true
#else
#define HAS_IDN false
#endif
#if HAVE_DECL_SSL_CTX_GET0_IMPLEMENTED_GROUPS
#define HAS_GROUP_LIST true
#else
#define HAS_GROUP_LIST false
#endif
#ifdef HAVE_SSL_GET1_BUILTIN_SIGALGS
#define HAS_SIGALG_LIST true
#else
#define HAS_SIGALG_LIST false
#endif
#if HAVE_DECL_SSL_GET0_SIGNATURE_NAME
#define HAS_SIGALG_NAME true
#else
#define HAS_SIGALG_NAME false
#endif

static const struct capability {
  const char *needs;
  bool is_built;
  /* The first OpenSSL 3 that has it. */
  unsigned minor;
} capabilities[] = {
    [STLS_FEATURE_TLS_1_0] = {"OpenSSL with TLS 1.0", HAS_TLS_1_0, 0},
    [STLS_FEATURE_TLS_1_1] = {"OpenSSL with TLS 1.1", HAS_TLS_1_1, 0},
    [STLS_FEATURE_TLS_1_2] = {"OpenSSL with TLS 1.2", HAS_TLS_1_2, 0},
    [STLS_FEATURE_TLS_1_3] = {"OpenSSL with TLS 1.3", HAS_TLS_1_3, 0},
    [STLS_FEATURE_PSK] = {"OpenSSL with PSK", HAS_PSK, 0},
    [STLS_FEATURE_IDN] = {"a build with libidn2", HAS_IDN, 0},
    [STLS_FEATURE_GROUP_LIST] = {"OpenSSL 3.5 or newer", HAS_GROUP_LIST, 5},
    [STLS_FEATURE_SIGALG_LIST] = {"OpenSSL 3.4 or newer", HAS_SIGALG_LIST, 4},
    [STLS_FEATURE_SIGALG_NAME] = {"OpenSSL 3.5 or newer", HAS_SIGALG_NAME, 5},
};

#define NUM_CAPABILITIES (sizeof capabilities / sizeof capabilities[0])

static const struct stls_name_table names[] = {
    {STLS_FEATURE_TLS_1_0, "TLS_1_0"},
    {STLS_FEATURE_TLS_1_1, "TLS_1_1"},
    {STLS_FEATURE_TLS_1_2, "TLS_1_2"},
    {STLS_FEATURE_TLS_1_3, "TLS_1_3"},
    {STLS_FEATURE_PSK, "PSK"},
    {STLS_FEATURE_IDN, "IDN"},
    {STLS_FEATURE_GROUP_LIST, "GROUP_LIST"},
    {STLS_FEATURE_SIGALG_LIST, "SIGALG_LIST"},
    {STLS_FEATURE_SIGALG_NAME, "SIGALG_NAME"},
};

#define NUM_NAMES (sizeof names / sizeof names[0])

static stls_feature feature_of(int version);

bool stls_feature_available(stls_feature feature)
{
  const struct capability *capability;

  if ((unsigned)feature >= NUM_CAPABILITIES) return false;
  capability = &capabilities[feature];
  /* Where OpenSSL has a macro, the linker did not check the running version. */
  return capability->is_built && (OPENSSL_version_major() > 3 ||
                                  OPENSSL_version_minor() >= capability->minor);
}

const char *stls_feature_name(int value)
{
  return stls_name_table_name(names, NUM_NAMES, value);
}

bool stls_feature_from_name(const char *name, int *out_value)
{
  return stls_name_table_int(names, NUM_NAMES, name, out_value);
}

const char *stls_feature_needs(stls_feature feature)
{
  return (unsigned)feature < NUM_CAPABILITIES ? capabilities[feature].needs
                                              : "";
}

stls_result stls_feature_check(stls_feature feature, const char *what,
                               stls_error *err)
{
  if (stls_feature_available(feature)) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
                         "%s: it needs %s", what, stls_feature_needs(feature));
}

stls_result stls_feature_check_versions(stls_protocol min, stls_protocol max,
                                        stls_error *err)
{
  stls_result result = STLS_OK;

  /* RFC 5246, E.1: a client names its newest version, and means all before it. */
  for (int i = (int)min; i <= (int)max && result == STLS_OK; i++)
    result = stls_feature_check(feature_of(i), stls_protocol_name(i), err);
  return result;
}

stls_protocol stls_feature_oldest(stls_protocol floor)
{
  for (int i = (int)floor; i <= STLS_TLS_1_3; i++)
    if (stls_feature_available(feature_of(i))) return (stls_protocol)i;
  return floor;
}

static stls_feature feature_of(int version)
{
  return (stls_feature)(STLS_FEATURE_TLS_1_0 + version - STLS_TLS_1_0);
}
