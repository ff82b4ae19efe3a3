/* SPDX-License-Identifier: MIT */
/* any_label_names: a certificate's DNS names, for a name with any labels. */
#include "verify/any_label_names.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "util/hostname.h"

static bool covers(const GENERAL_NAME *presented, const char *name);

bool stls_any_label_names_match(const X509 *cert, const char *name)
{
  GENERAL_NAMES *names =
      X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
  bool matches = false;

  for (int i = 0; i < sk_GENERAL_NAME_num(names) && !matches; i++)
    matches = covers(sk_GENERAL_NAME_value(names, i), name);
  GENERAL_NAMES_free(names);
  return matches;
}

static bool covers(const GENERAL_NAME *presented, const char *name)
{
  const ASN1_IA5STRING *text = presented->d.dNSName;

  return presented->type == GEN_DNS &&
         stls_hostname_covers((const char *)ASN1_STRING_get0_data(text),
                              (size_t)ASN1_STRING_length(text), name,
                              strlen(name), true);
}
