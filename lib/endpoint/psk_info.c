/* SPDX-License-Identifier: MIT */
/* psk_info: what a snapshot tells of a pre-shared key. */
#include "endpoint/psk_info.h"

#include <string.h>

#include <sanstls/conninfo.h>

#include "base/mem.h"

static bool copy_identity(stls_conninfo *info, const void *identity,
                          size_t len);

bool stls_psk_info_take(stls_conninfo *info, const SSL *ssl,
                        const struct stls_psk_callbacks_run *run)
{
  const char *identity;

  if (!info->established || !run->used) return true;
  info->psk = true;
  if (info->version == TLS1_3_VERSION) {
    /* libssl takes an external key for a session that was resumed. */
    info->resumed = false;
    info->verify_code = X509_V_OK;
    return copy_identity(info, run->identity, run->identity_len);
  }
  identity = SSL_get_psk_identity(ssl);
  return identity == NULL || copy_identity(info, identity, strlen(identity));
}

bool stls_conninfo_psk(const stls_conninfo *info)
{
  return info != NULL && info->psk;
}

const uint8_t *stls_conninfo_psk_identity(const stls_conninfo *info,
                                          size_t *out_len)
{
  if (out_len != NULL) *out_len = info == NULL ? 0 : info->psk_identity_len;
  return info == NULL ? NULL : info->psk_identity;
}

static bool copy_identity(stls_conninfo *info, const void *identity, size_t len)
{
  info->psk_identity = stls_mem_zalloc(len + 1);
  if (info->psk_identity == NULL) return false;
  memcpy(info->psk_identity, identity, len);
  info->psk_identity_len = len;
  return true;
}
