/* SPDX-License-Identifier: MIT */
/* verify_policies: sets the certificate policies that chains may be valid under. */
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <sanstls/verify.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/string_list.h"
#include "context/context.h"
#include "context/setter.h"

static stls_result set(stls_context *context, const char *const *oids,
                       size_t num_oids, stls_string_list *list,
                       stls_error *err);
static stls_result add(STACK_OF(ASN1_OBJECT) * objects, stls_string_list *list,
                       const char *oid, stls_error *err);

stls_result stls_context_set_verify_policies(stls_context *context,
                                             const char *const *oids,
                                             size_t num_oids, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  stls_string_list *list = NULL;
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  if (oids == NULL && num_oids > 0) return stls_error_null(err, "oids");
  if (num_oids > 0) result = stls_string_list_new(&list, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = set(context, oids, num_oids, list, err);
  stls_error_queue_leave(&guard);
  if (result == STLS_OK) {
    stls_string_list_free(context->verify_policies);
    context->verify_policies = list;
  } else {
    stls_string_list_free(list);
  }
  return result;
}

size_t stls_context_verify_policy_count(const stls_context *context)
{
  return context == NULL ? 0 : stls_string_list_count(context->verify_policies);
}

const char *stls_context_verify_policy_at(const stls_context *context,
                                          size_t index)
{
  return context == NULL
             ? NULL
             : stls_string_list_at(context->verify_policies, index, NULL);
}

/* OpenSSL copies the objects, and keeps the old ones where that fails. */
static stls_result set(stls_context *context, const char *const *oids,
                       size_t num_oids, stls_string_list *list, stls_error *err)
{
  X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context->ssl_ctx);
  STACK_OF(ASN1_OBJECT) *objects =
      num_oids == 0 ? NULL : sk_ASN1_OBJECT_new_null();
  stls_result result = STLS_OK;

  if (num_oids > 0 && objects == NULL) return stls_error_memory(err);
  for (size_t i = 0; result == STLS_OK && i < num_oids; i++)
    result = add(objects, list, oids[i], err);
  if (result == STLS_OK && X509_VERIFY_PARAM_set1_policies(param, objects) != 1)
    result = stls_error_memory(err);
  sk_ASN1_OBJECT_pop_free(objects, ASN1_OBJECT_free);
  return result;
}

static stls_result add(STACK_OF(ASN1_OBJECT) * objects, stls_string_list *list,
                       const char *oid, stls_error *err)
{
  stls_result result;
  ASN1_OBJECT *object;

  if (oid == NULL) return stls_error_null(err, "an OID of oids");
  object = OBJ_txt2obj(oid, 1);
  if (object == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                                   "policy \"%.100s\" is no OID in dotted form",
                                   oid);
  result = stls_string_list_add(list, oid, strlen(oid), err);
  if (result == STLS_OK && sk_ASN1_OBJECT_push(objects, object) <= 0)
    result = stls_error_memory(err);
  else if (result == STLS_OK)
    return STLS_OK;
  ASN1_OBJECT_free(object);
  return result;
}
