/* SPDX-License-Identifier: MIT */
/* conninfo: holds the facts about a connection, taken when its handshake
 * ended. */
#include "endpoint/conninfo.h"

#include <openssl/x509.h>

#include <sanstls/conninfo.h>
#include <sanstls/record_size.h>

#include "base/mem.h"
#include "x509/x509_stack.h"

void stls_conninfo_free(stls_conninfo *info)
{
  if (info == NULL) return;
  stls_mem_free(info->alpn);
  stls_mem_free(info->server_name);
  stls_mem_free(info->psk_identity);
  for (size_t i = 0; i < info->num_peers; i++)
    stls_certificate_free(info->peers[i].certificate);
  stls_mem_free(info->peers);
  X509_free(info->peer);
  X509_free(info->failed);
  stls_x509_stack_free(info->presented);
  stls_x509_stack_free(info->built);
  stls_mem_free(info);
}

bool stls_conninfo_established(const stls_conninfo *info)
{
  return info != NULL && info->established;
}

int stls_conninfo_version(const stls_conninfo *info)
{
  return info == NULL ? 0 : info->version;
}

const char *stls_conninfo_version_name(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->version_name;
}

const char *stls_conninfo_cipher_name(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->cipher_name;
}

int stls_conninfo_cipher_id(const stls_conninfo *info)
{
  return info == NULL ? 0 : info->cipher_id;
}

int stls_conninfo_cipher_bits(const stls_conninfo *info)
{
  return info == NULL ? 0 : info->cipher_bits;
}

const char *stls_conninfo_group_name(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->group_name;
}

const char *stls_conninfo_alpn(const stls_conninfo *info, size_t *out_len)
{
  if (out_len != NULL) *out_len = info == NULL ? 0 : info->alpn_len;
  return info == NULL ? NULL : info->alpn;
}

const char *stls_conninfo_server_name(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->server_name;
}

bool stls_conninfo_resumed(const stls_conninfo *info)
{
  return info != NULL && info->resumed;
}

const uint8_t *stls_conninfo_session_id(const stls_conninfo *info,
                                        size_t *out_len)
{
  const size_t len = info == NULL ? 0 : info->session_id_len;

  if (out_len != NULL) *out_len = len;
  return len == 0 ? NULL : info->session_id;
}

bool stls_conninfo_session_reused(const stls_conninfo *info)
{
  return info != NULL && info->session_reused;
}

const char *stls_conninfo_server_sigalg(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->server_sigalg;
}

const char *stls_conninfo_client_sigalg(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->client_sigalg;
}

const char *stls_conninfo_compression(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->compression;
}

bool stls_conninfo_extended_master_secret(const stls_conninfo *info)
{
  return info != NULL && info->extended_master_secret;
}

bool stls_conninfo_secure_renegotiation(const stls_conninfo *info)
{
  return info != NULL && info->secure_renegotiation;
}

bool stls_conninfo_hello_retried(const stls_conninfo *info)
{
  return info != NULL && info->hello_retried;
}

bool stls_conninfo_early_data(const stls_conninfo *info)
{
  return info != NULL && info->early_data;
}

bool stls_conninfo_direct_records(const stls_conninfo *info)
{
  return info != NULL && info->direct_records;
}

size_t stls_conninfo_max_fragment_length(const stls_conninfo *info)
{
  return info == NULL ? 0 : info->max_fragment_length;
}

bool stls_conninfo_peer_verified(const stls_conninfo *info)
{
  return info != NULL && info->peer_verified;
}

long stls_conninfo_verify_code(const stls_conninfo *info)
{
  return info == NULL ? X509_V_OK : info->verify_code;
}

int stls_conninfo_verify_depth(const stls_conninfo *info)
{
  return info == NULL ? -1 : info->verify_depth;
}

const char *stls_conninfo_verify_text(const stls_conninfo *info)
{
  return X509_verify_cert_error_string(stls_conninfo_verify_code(info));
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
