/* SPDX-License-Identifier: MIT */
/* conninfo_certificates: returns the certificates of a conninfo, each decoded
 * once. */
#include <string.h>

#include <sanstls/conninfo.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "endpoint/conninfo.h"
#include "x509/certificate.h"

enum {
  FIRST_CAP = 4
};

static stls_result give_one(const stls_conninfo *info, X509 *cert,
                            stls_certificate **out, stls_error *err);
static stls_result give_list(const stls_conninfo *info,
                             const STACK_OF(X509) * chain, bool is_lost,
                             stls_certificate_list **out, stls_error *err);
static stls_result decode_once(void *info, X509 *cert, stls_certificate **out,
                               stls_error *err);
static void keep(stls_conninfo *info, const X509 *cert,
                 stls_certificate *certificate);

stls_result stls_conninfo_peer_certificate(const stls_conninfo *info,
                                           stls_certificate **out_certificate,
                                           stls_error *err)
{
  if (out_certificate == NULL) return stls_error_null(err, "out_certificate");
  return give_one(info, info == NULL ? NULL : info->peer, out_certificate, err);
}

stls_result stls_conninfo_failed_certificate(const stls_conninfo *info,
                                             stls_certificate **out_certificate,
                                             stls_error *err)
{
  if (out_certificate == NULL) return stls_error_null(err, "out_certificate");
  return give_one(info, info == NULL ? NULL : info->failed, out_certificate,
                  err);
}

stls_result stls_conninfo_presented_chain(const stls_conninfo *info,
                                          stls_certificate_list **out_list,
                                          stls_error *err)
{
  if (out_list == NULL) return stls_error_null(err, "out_list");
  return give_list(info, info == NULL ? NULL : info->presented,
                   info != NULL && info->lost_presented, out_list, err);
}

stls_result stls_conninfo_built_chain(const stls_conninfo *info,
                                      stls_certificate_list **out_list,
                                      stls_error *err)
{
  if (out_list == NULL) return stls_error_null(err, "out_list");
  return give_list(info, info == NULL ? NULL : info->built,
                   info != NULL && info->lost_built, out_list, err);
}

stls_result stls_conninfo_verified_chain(const stls_conninfo *info,
                                         stls_certificate_list **out_list,
                                         stls_error *err)
{
  if (out_list == NULL) return stls_error_null(err, "out_list");
  return give_list(info, stls_conninfo_peer_verified(info) ? info->built : NULL,
                   false, out_list, err);
}

static stls_result give_one(const stls_conninfo *info, X509 *cert,
                            stls_certificate **out, stls_error *err)
{
  stls_result result = STLS_OK;
  stls_certificate *certificate = NULL;
  stls_error_queue_guard guard;

  stls_error_queue_enter(&guard);
  if (cert != NULL)
    result = decode_once((stls_conninfo *)info, cert, &certificate, err);
  stls_error_queue_leave(&guard);
  if (result == STLS_OK) *out = certificate;
  return result;
}

static stls_result give_list(const stls_conninfo *info,
                             const STACK_OF(X509) * chain, bool is_lost,
                             stls_certificate_list **out, stls_error *err)
{
  stls_result result;
  stls_error_queue_guard guard;

  if (is_lost) return stls_error_memory(err);
  stls_error_queue_enter(&guard);
  result = stls_certificate_list_collect(chain, decode_once,
                                         (stls_conninfo *)info, out, err);
  stls_error_queue_leave(&guard);
  return result;
}

/* A conninfo belongs to its object's thread and never changes for the caller:
 * keeping what was decoded does not count as a change. */
static stls_result decode_once(void *arg, X509 *cert, stls_certificate **out,
                               stls_error *err)
{
  stls_conninfo *info = arg;
  stls_result result;

  for (size_t i = 0; i < info->num_peers; i++)
    if (info->peers[i].x509 == cert) {
      *out = stls_certificate_up_ref(info->peers[i].certificate);
      return STLS_OK;
    }
  result = stls_certificate_wrap(cert, out, err);
  if (result == STLS_OK) keep(info, cert, *out);
  return result;
}

/* Without memory to keep it, the certificate is decoded again next time. */
static void keep(stls_conninfo *info, const X509 *cert,
                 stls_certificate *certificate)
{
  size_t cap = info->peers_cap == 0 ? FIRST_CAP : 2 * info->peers_cap;
  struct stls_peer *peers;

  if (info->num_peers == info->peers_cap) {
    peers = stls_mem_alloc(cap * sizeof *peers);
    if (peers == NULL) return;
    if (info->num_peers > 0)
      memcpy(peers, info->peers, info->num_peers * sizeof *peers);
    stls_mem_free(info->peers);
    info->peers = peers;
    info->peers_cap = cap;
  }
  info->peers[info->num_peers].x509 = cert;
  info->peers[info->num_peers++].certificate =
      stls_certificate_up_ref(certificate);
}
