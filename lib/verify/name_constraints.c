/* SPDX-License-Identifier: MIT */
/* name_constraints: checks a DNS name against the name constraints of a
 * chain. */
#include "verify/name_constraints.h"

#include <openssl/x509v3.h>
#include <stdbool.h>
#include <string.h>

#include "util/hostname.h"

static int check_one(const X509 *ca, const char *name);
static bool has_dns_base(const STACK_OF(GENERAL_SUBTREE) * subtrees);
static bool is_within(const STACK_OF(GENERAL_SUBTREE) * subtrees,
                      const char *name);

int stls_name_constraints_check(const STACK_OF(X509) * chain, const char *name)
{
  int code = X509_V_OK;

  for (int i = 1; code == X509_V_OK && i < sk_X509_num(chain); i++)
    code = check_one(sk_X509_value(chain, i), name);
  return code;
}

static int check_one(const X509 *ca, const char *name)
{
  const int is_absent = -1;
  int code = X509_V_OK, state;
  NAME_CONSTRAINTS *constraints =
      X509_get_ext_d2i(ca, NID_name_constraints, &state, NULL);

  if (constraints == NULL)
    return state == is_absent ? X509_V_OK : X509_V_ERR_OUT_OF_MEM;
  if (is_within(constraints->excludedSubtrees, name))
    code = X509_V_ERR_EXCLUDED_VIOLATION;
  else if (has_dns_base(constraints->permittedSubtrees) &&
           !is_within(constraints->permittedSubtrees, name))
    code = X509_V_ERR_PERMITTED_VIOLATION;
  NAME_CONSTRAINTS_free(constraints);
  return code;
}

static bool has_dns_base(const STACK_OF(GENERAL_SUBTREE) * subtrees)
{
  bool has = false;

  for (int i = 0; !has && i < sk_GENERAL_SUBTREE_num(subtrees); i++)
    has = sk_GENERAL_SUBTREE_value(subtrees, i)->base->type == GEN_DNS;
  return has;
}

static bool is_within(const STACK_OF(GENERAL_SUBTREE) * subtrees,
                      const char *name)
{
  bool is = false;

  for (int i = 0; !is && i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
    const GENERAL_NAME *base = sk_GENERAL_SUBTREE_value(subtrees, i)->base;
    is = base->type == GEN_DNS &&
         stls_hostname_is_within(
             name, strlen(name),
             (const char *)ASN1_STRING_get0_data(base->d.dNSName),
             (size_t)ASN1_STRING_length(base->d.dNSName));
  }
  return is;
}
