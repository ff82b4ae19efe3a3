/* SPDX-License-Identifier: MIT */
/* expected_client: compares a client's certificate with the names that it may have. */
#include "context/expected_client.h"

#include <openssl/x509v3.h>
#include <sanstls/verify.h>
#include <string.h>

#include "base/error.h"
#include "base/string_list.h"
#include "context/context.h"
#include "util/idna.h"
#include "verify/name_constraints.h"

static stls_result add(const char *name, stls_string_list *list,
                       stls_error *err);
static bool is_address(const char *name);
static int check(const char *name, X509 *leaf, const STACK_OF(X509) * chain);

stls_result stls_expected_client_resolve(const char *const *names,
                                         size_t num_names,
                                         stls_string_list **out_list,
                                         stls_error *err)
{
  stls_string_list *list = NULL;
  stls_result result;

  *out_list = NULL;
  if (num_names == 0) return STLS_OK;
  if (names == NULL) return stls_error_null(err, "names");
  result = stls_string_list_new(&list, err);
  for (size_t i = 0; result == STLS_OK && i < num_names; i++)
    result = add(names[i], list, err);
  if (result == STLS_OK)
    *out_list = list;
  else
    stls_string_list_free(list);
  return result;
}

size_t stls_context_expected_client_count(const stls_context *context)
{
  return context == NULL ? 0
                         : stls_string_list_count(context->expected_clients);
}

const char *stls_context_expected_client_at(const stls_context *context,
                                            size_t index)
{
  return context == NULL
             ? NULL
             : stls_string_list_at(context->expected_clients, index, NULL);
}

int stls_expected_client_check(const stls_context *context,
                               X509_STORE_CTX *store)
{
  const size_t count = stls_context_expected_client_count(context);
  X509 *leaf = X509_STORE_CTX_get0_cert(store);
  bool are_addresses = true;
  int refused = X509_V_OK;

  for (size_t i = 0; i < count; i++) {
    const char *name = stls_context_expected_client_at(context, i);
    int code = check(name, leaf, X509_STORE_CTX_get0_chain(store));

    if (code == X509_V_OK) return X509_V_OK;
    if (code != X509_V_ERR_HOSTNAME_MISMATCH) refused = code;
    are_addresses = are_addresses && is_address(name);
  }
  if (count == 0 || refused != X509_V_OK) return refused;
  return are_addresses ? X509_V_ERR_IP_ADDRESS_MISMATCH
                       : X509_V_ERR_HOSTNAME_MISMATCH;
}

static stls_result add(const char *name, stls_string_list *list,
                       stls_error *err)
{
  struct stls_reference found;
  stls_result result;

  if (name == NULL) return stls_error_null(err, "a name of names");
  result = stls_idna_resolve(name, "expected client", false, &found, err);
  if (result != STLS_OK) return result;
  if (found.kind != STLS_HOSTNAME_ADDRESS) stls_hostname_lower(found.text);
  return stls_string_list_add(list, found.text, found.len, err);
}

static bool is_address(const char *name)
{
  uint8_t octets[16];

  return stls_hostname_parse_address(name, octets) > 0;
}

/* OpenSSL compares the constraints with the names in the leaf alone: see
 * name_constraints.h. */
static int check(const char *name, X509 *leaf, const STACK_OF(X509) * chain)
{
  const unsigned flags = STLS_HOSTFLAGS_DEFAULT;

  if (leaf == NULL) return X509_V_ERR_HOSTNAME_MISMATCH;
  if (is_address(name))
    return X509_check_ip_asc(leaf, name, flags) == 1
               ? X509_V_OK
               : X509_V_ERR_HOSTNAME_MISMATCH;
  if (X509_check_host(leaf, name, 0, flags, NULL) != 1)
    return X509_V_ERR_HOSTNAME_MISMATCH;
  return stls_name_constraints_check(chain, name);
}
