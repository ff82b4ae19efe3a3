/* SPDX-License-Identifier: MIT */
/* policy_set: the certificate policies that a chain may be valid under. */
#include "verify/policy_set.h"

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/string_list.h"

static stls_result add(const char *oid, stls_string_list *set, stls_error *err);
static bool push(STACK_OF(ASN1_OBJECT) * objects, const char *oid);

stls_result stls_policy_set_read(const char *const *oids, size_t num_oids,
                                 stls_string_list **out_set, stls_error *err)
{
  stls_string_list *set = NULL;
  stls_error_queue_guard guard;
  stls_result result;

  *out_set = NULL;
  if (num_oids == 0) return STLS_OK;
  if (oids == NULL) return stls_error_null(err, "oids");
  result = stls_string_list_new(&set, err);
  stls_error_queue_enter(&guard);
  for (size_t i = 0; result == STLS_OK && i < num_oids; i++)
    result = add(oids[i], set, err);
  stls_error_queue_leave(&guard);
  if (result == STLS_OK)
    *out_set = set;
  else
    stls_string_list_free(set);
  return result;
}

bool stls_policy_set_apply(const stls_string_list *set,
                           X509_VERIFY_PARAM *param)
{
  STACK_OF(ASN1_OBJECT) * objects;
  bool is_set;

  if (set == NULL) return true;
  objects = sk_ASN1_OBJECT_new_null();
  is_set = objects != NULL;
  for (size_t i = 0; is_set && i < stls_string_list_count(set); i++)
    is_set = push(objects, stls_string_list_at(set, i, NULL));
  is_set = is_set && X509_VERIFY_PARAM_set1_policies(param, objects) == 1;
  sk_ASN1_OBJECT_pop_free(objects, ASN1_OBJECT_free);
  return is_set;
}

static stls_result add(const char *oid, stls_string_list *set, stls_error *err)
{
  ASN1_OBJECT *object;

  if (oid == NULL) return stls_error_null(err, "an OID of oids");
  object = OBJ_txt2obj(oid, 1);
  if (object == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                                   "policy \"%.100s\" is no OID in dotted form",
                                   oid);
  ASN1_OBJECT_free(object);
  return stls_string_list_add(set, oid, strlen(oid), err);
}

static bool push(STACK_OF(ASN1_OBJECT) * objects, const char *oid)
{
  ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);

  if (object != NULL && sk_ASN1_OBJECT_push(objects, object) > 0) return true;
  ASN1_OBJECT_free(object);
  return false;
}
