/* SPDX-License-Identifier: MIT */
/* peer (L5): the certificates in a connection's snapshot. */
#include "certificate.h"
#include "conninfo.h"
#include "error.h"

static stls_result give_one(X509 *cert, stls_certificate **out,
                            stls_error *err);
static stls_result give_list(const STACK_OF(X509) * chain, bool is_lost,
                             stls_certificate_list **out, stls_error *err);

stls_result stls_conninfo_peer_certificate(const stls_conninfo *info,
                                           stls_certificate **out_certificate,
                                           stls_error *err)
{
  if (out_certificate == NULL) return stls_error_null(err, "out_certificate");
  return give_one(info == NULL ? NULL : info->peer, out_certificate, err);
}

stls_result stls_conninfo_failed_certificate(const stls_conninfo *info,
                                             stls_certificate **out_certificate,
                                             stls_error *err)
{
  if (out_certificate == NULL) return stls_error_null(err, "out_certificate");
  return give_one(info == NULL ? NULL : info->failed, out_certificate, err);
}

stls_result stls_conninfo_presented_chain(const stls_conninfo *info,
                                          stls_certificate_list **out_list,
                                          stls_error *err)
{
  if (out_list == NULL) return stls_error_null(err, "out_list");
  return give_list(info == NULL ? NULL : info->presented,
                   info != NULL && info->lost_presented, out_list, err);
}

stls_result stls_conninfo_built_chain(const stls_conninfo *info,
                                      stls_certificate_list **out_list,
                                      stls_error *err)
{
  if (out_list == NULL) return stls_error_null(err, "out_list");
  return give_list(info == NULL ? NULL : info->built,
                   info != NULL && info->lost_built, out_list, err);
}

stls_result stls_conninfo_verified_chain(const stls_conninfo *info,
                                         stls_certificate_list **out_list,
                                         stls_error *err)
{
  if (out_list == NULL) return stls_error_null(err, "out_list");
  return give_list(stls_conninfo_peer_verified(info) ? info->built : NULL,
                   false, out_list, err);
}

static stls_result give_one(X509 *cert, stls_certificate **out, stls_error *err)
{
  stls_result result = STLS_OK;
  stls_certificate *certificate = NULL;
  stls_error_guard guard;

  stls_error_enter(&guard);
  if (cert != NULL) result = stls_certificate_wrap(cert, &certificate, err);
  stls_error_leave(&guard);
  if (result == STLS_OK) *out = certificate;
  return result;
}

static stls_result give_list(const STACK_OF(X509) * chain, bool is_lost,
                             stls_certificate_list **out, stls_error *err)
{
  stls_result result;
  stls_error_guard guard;

  if (is_lost) return stls_error_memory(err);
  stls_error_enter(&guard);
  result = stls_certificate_list_wrap(chain, out, err);
  stls_error_leave(&guard);
  return result;
}
