/* SPDX-License-Identifier: MIT */
/* context: the shared configuration that objects are made from. */
#ifndef STLS_LIB_CONTEXT_H
#define STLS_LIB_CONTEXT_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <sanstls/psk.h>
#include <sanstls/session.h>
#include <sanstls/trace.h>

#include "base/mem.h"
#include "base/refs.h"
#include "base/sha256.h"
#include "session/ticket_keys.h"
#include "wire/alpn.h"

#define STLS_NUM_LIMITS 6

/* Lists that OpenSSL tells nobody once they are set. */
enum stls_context_list {
  STLS_LIST_GROUPS,
  STLS_LIST_SERVER_SIGALGS,
  STLS_LIST_CLIENT_SIGALGS,
  STLS_NUM_LISTS
};

struct stls_context {
  stls_refs refs;
  SSL_CTX *ssl_ctx;
  OSSL_LIB_CTX *libctx;
  char *propq;
  /* Of the library context; looking it up costs more than a short digest. */
  EVP_MD *sha256;
  stls_role role;
  bool sealed;
  /* What policy_digest.h made of the context, and of which trust. */
  struct {
    bool is_known;
    unsigned char trust[STLS_SHA256_LEN];
    unsigned char digest[STLS_SHA256_LEN];
  } policy;
  stls_protocol min_version;
  stls_protocol max_version;
  stls_verify_mode verify_mode;
  /* NULL before one was set. */
  stls_trust *trust;
  /* Asked for, which a change of the verify mode does not forget. */
  bool any_hostname;
  /* STLS_HOSTFLAG_* bits. */
  unsigned hostflags;
  bool post_handshake_auth;
  bool requires_extended_master_secret;
  bool ciphers_were_set;
  bool ciphersuites_were_set;
  /* SSL_CERT_FLAG_* bits that a list of ciphers has set. */
  int suite_b;
  /* As they were set; owned, NULL for the default. */
  char *lists[STLS_NUM_LISTS];
  /* The security level before insecure versions lowered it; -1 for not. */
  int saved_level;
  size_t limits[STLS_NUM_LIMITS];
  stls_buffers buffers;
  struct stls_alpn alpn;
  /* Of the credentials that were set, in their order; zeroes for none. */
  unsigned char credential_digest[STLS_SHA256_LEN];
  /* For a server's TLS 1.3 clients. */
  size_t num_tickets;
  stls_ticket_timing ticket_timing;
  /* Since the full handshake, in seconds. */
  int64_t session_max_age;
  /* NULL for libssl's own. */
  stls_ticket_keys *ticket_keys;
  stls_trace_fn trace;
  void *trace_data;
  /* One of both, by role. The hint is owned. Each time that one is set has a
   * number of its own in the process: sessions belong to it. */
  struct {
    unsigned generation;
    stls_psk_client_fn client;
    stls_psk_server_fn server;
    void *user_data;
    char *hint;
  } psk;
  /* The file is a reference. */
  struct {
    stls_keylog_fn fn;
    void *user_data;
    stls_keylog_file *file;
  } keylog;
};

#endif
