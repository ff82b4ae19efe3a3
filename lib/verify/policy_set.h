/* SPDX-License-Identifier: MIT */
/* policy_set: the certificate policies that a chain may be valid under. */
#ifndef STLS_LIB_POLICY_SET_H
#define STLS_LIB_POLICY_SET_H

#include <openssl/x509_vfy.h>
#include <sanstls/error.h>
#include <sanstls/util.h>

/* Stores OIDs in dotted form; NULL for none. The list is the caller's. Results as
 * stls_context_set_verify_policies. */
stls_result stls_policy_set_read(const char *const *oids, size_t num_oids,
                                 stls_string_list **out_set, stls_error *err);

/* Sets them for one verification. NULL changes nothing. false when memory is short: it
 * must not go on then, because any policy would do. The caller guards the error queue. */
bool stls_policy_set_apply(const stls_string_list *set,
                           X509_VERIFY_PARAM *param);

#endif
