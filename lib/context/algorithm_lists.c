/* SPDX-License-Identifier: MIT */
/* algorithm_lists: lists the groups and signature algorithms of OpenSSL. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <openssl/safestack.h>
#include <sanstls/ciphers.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/feature.h"
#include "base/string_list.h"
#include "context/context.h"

static stls_result fill_groups(SSL_CTX *ssl_ctx, bool include_aliases,
                               stls_string_list *list, stls_error *err);
static stls_result fill_sigalgs(OSSL_LIB_CTX *libctx, stls_string_list *list,
                                stls_error *err);
static stls_result finish(stls_result result, stls_string_list *list,
                          stls_string_list **out_names);

stls_result stls_context_groups(const stls_context *context,
                                bool include_aliases,
                                stls_string_list **out_names, stls_error *err)
{
  stls_string_list *list = NULL;
  stls_error_queue_guard guard;
  stls_result result;

  if (context == NULL) return stls_error_null(err, "context");
  if (out_names == NULL) return stls_error_null(err, "out_names");
  result =
      stls_feature_check(STLS_FEATURE_GROUP_LIST, "the list of groups", err);
  if (result == STLS_OK) result = stls_string_list_new(&list, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = fill_groups(context->ssl_ctx, include_aliases, list, err);
  stls_error_queue_leave(&guard);
  return finish(result, list, out_names);
}

stls_result stls_signature_algorithms(OSSL_LIB_CTX *libctx,
                                      stls_string_list **out_names,
                                      stls_error *err)
{
  stls_string_list *list = NULL;
  stls_error_queue_guard guard;
  stls_result result;

  if (out_names == NULL) return stls_error_null(err, "out_names");
  result = stls_feature_check(STLS_FEATURE_SIGALG_LIST,
                              "the list of signature algorithms", err);
  if (result == STLS_OK) result = stls_string_list_new(&list, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = fill_sigalgs(libctx, list, err);
  stls_error_queue_leave(&guard);
  return finish(result, list, out_names);
}

#if HAVE_DECL_SSL_CTX_GET0_IMPLEMENTED_GROUPS
static stls_result fill_groups(SSL_CTX *ssl_ctx, bool include_aliases,
                               stls_string_list *list, stls_error *err)
{
  STACK_OF(OPENSSL_CSTRING) *names = sk_OPENSSL_CSTRING_new_null();
  stls_result result = STLS_OK;

  if (names == NULL) return stls_error_memory(err);
  if (SSL_CTX_get0_implemented_groups(ssl_ctx, include_aliases, names) != 1)
    result = stls_error_fail_openssl(err, STLS_ERROR_MEMORY,
                                     STLS_REASON_OUT_OF_MEMORY,
                                     "SSL_CTX_get0_implemented_groups");
  for (int i = 0; result == STLS_OK && i < sk_OPENSSL_CSTRING_num(names); i++) {
    const char *name = sk_OPENSSL_CSTRING_value(names, i);
    result = stls_string_list_add(list, name, strlen(name), err);
  }
  sk_OPENSSL_CSTRING_free(names);
  return result;
}
#else
static stls_result fill_groups(SSL_CTX *ssl_ctx, bool include_aliases,
                               stls_string_list *list, stls_error *err)
{
  (void)ssl_ctx;
  (void)include_aliases;
  (void)list;
  return stls_feature_check(STLS_FEATURE_GROUP_LIST, "the list of groups", err);
}
#endif

#ifdef HAVE_SSL_GET1_BUILTIN_SIGALGS
static stls_result fill_sigalgs(OSSL_LIB_CTX *libctx, stls_string_list *list,
                                stls_error *err)
{
  char *names = SSL_get1_builtin_sigalgs(libctx);
  stls_result result;

  if (names == NULL) return stls_error_memory(err);
  result = stls_string_list_split(list, names, ':', err);
  OPENSSL_free(names);
  return result;
}
#else
static stls_result fill_sigalgs(OSSL_LIB_CTX *libctx, stls_string_list *list,
                                stls_error *err)
{
  (void)libctx;
  (void)list;
  return stls_feature_check(STLS_FEATURE_SIGALG_LIST,
                            "the list of signature algorithms", err);
}
#endif

static stls_result finish(stls_result result, stls_string_list *list,
                          stls_string_list **out_names)
{
  if (result == STLS_OK)
    *out_names = list;
  else
    stls_string_list_free(list);
  return result;
}
