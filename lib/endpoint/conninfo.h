/* SPDX-License-Identifier: MIT */
/* conninfo: holds the facts about a connection, taken when its handshake
 * ended. */
#ifndef STLS_LIB_CONNINFO_H
#define STLS_LIB_CONNINFO_H

#include <openssl/ssl.h>
#include <sanstls/conninfo.h>

#include "context/peer_verify.h"

/* A certificate, and its decoded form. */
struct stls_peer {
  const X509 *x509;
  stls_certificate *certificate;
};

struct stls_conninfo {
  bool established;
  bool resumed;
  bool session_reused;
  bool peer_verified;
  bool extended_master_secret;
  bool secure_renegotiation;
  bool hello_retried;
  bool early_data;
  bool direct_records;
  bool psk;
  int version;
  int cipher_id;
  int cipher_bits;
  int verify_code;
  int verify_depth;
  /* Texts of OpenSSL; the group's name lives as long as the SSL_CTX. */
  const char *version_name;
  const char *cipher_name;
  const char *group_name;
  const char *compression;
  const char *server_sigalg;
  const char *client_sigalg;
  uint8_t session_id[SSL_MAX_SSL_SESSION_ID_LENGTH];
  size_t session_id_len;
  size_t max_fragment_length;
  /* Owned. */
  char *alpn;
  size_t alpn_len;
  char *server_name;
  uint8_t *psk_identity;
  size_t psk_identity_len;
  /* Owned, too; NULL for none. */
  X509 *peer;
  X509 *failed;
  STACK_OF(X509) * presented;
  STACK_OF(X509) * built;
  /* The certificates among them that were asked for, decoded
   * (conninfo_certificates.c). Owned. */
  struct stls_peer *peers;
  size_t num_peers;
  size_t peers_cap;
  /* The list exists, but there was no memory to keep it. */
  bool lost_presented;
  bool lost_built;
};

void stls_conninfo_free(stls_conninfo *info);

#endif
