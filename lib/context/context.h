/* SPDX-License-Identifier: MIT */
/* context: stores the configuration that connections share. */
#ifndef STLS_LIB_CONTEXT_H
#define STLS_LIB_CONTEXT_H

#include <openssl/ssl.h>
#include <sanstls/context.h>
#include <sanstls/psk.h>
#include <sanstls/session.h>
#include <sanstls/stapling.h>
#include <sanstls/trace.h>
#include <sanstls/util.h>

#include "base/mem.h"
#include "base/refs.h"
#include "base/sha256.h"
#include "records/record_algorithms.h"
#include "session/session_store.h"
#include "session/ticket_keys.h"
#include "util/clock.h"
#include "wire/alpn.h"

#define STLS_NUM_LIMITS 6

/* Lists that OpenSSL has no getter for. */
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
  /* Of libsanstls-testing: randomness follows from a seed. NULL otherwise. */
  OSSL_PROVIDER *test_provider;
  /* From the library context. A fetch costs more than a short digest. */
  EVP_MD *sha256;
  stls_role role;
  bool sealed;
  /* The cached digest (policy_digest.h), and the digest of the trust in it. */
  struct {
    bool is_known;
    unsigned char trust[STLS_SHA256_LEN];
    unsigned char digest[STLS_SHA256_LEN];
  } policy;
  stls_protocol min_version;
  stls_protocol max_version;
  stls_verify_mode verify_mode;
  /* NULL until one is set. */
  stls_trust *trust;
  /* Whether it was asked for; a change of the verify mode keeps it. */
  bool any_hostname;
  /* Names of which a client's certificate must have one, in resolved form; NULL
   * for none. */
  stls_string_list *expected_clients;
  /* OIDs of certificate policies; NULL for any. */
  stls_string_list *verify_policies;
  /* STLS_HOSTFLAG_* bits. */
  unsigned hostflags;
  bool post_handshake_auth;
  bool requires_extended_master_secret;
  bool ciphers_were_set;
  bool ciphersuites_were_set;
  /* SSL_CERT_FLAG_* bits that a cipher list has set. */
  int suite_b;
  /* The texts that were set; owned, NULL for the default. */
  char *lists[STLS_NUM_LISTS];
  /* The digest of a server's DH parameters, as the bytes that were set. */
  struct {
    bool is_set;
    unsigned char digest[STLS_SHA256_LEN];
  } dh_params;
  /* The security level before insecure versions lowered it; -1 if they did not. */
  int saved_level;
  size_t limits[STLS_NUM_LIMITS];
  stls_buffers buffers;
  /* Of a client; 0 for none. */
  size_t max_fragment_length;
  /* The block size; 0 for none. */
  size_t record_padding;
  stls_records records;
  /* What that means for the context (record_bypass.h). */
  bool bypasses_libssl;
  struct stls_record_algorithms record_algorithms;
  struct stls_alpn alpn;
  /* The names in `alpn`; NULL for none. */
  stls_string_list *alpn_names;
  /* The digest of all credentials that were set, in their order; zeroes for
   * none. */
  unsigned char credential_digest[STLS_SHA256_LEN];
  /* A client's setting; a server's credentials, one of a type, counted references. */
  struct {
    stls_stapling mode;
    stls_credential **credentials;
    size_t num, cap;
  } stapling;
  /* How many tickets a server sends to a TLS 1.3 client. */
  size_t num_tickets;
  stls_ticket_timing ticket_timing;
  /* Maximal time since the full handshake, in seconds. */
  int64_t session_max_age;
  struct stls_clock clock;
  /* Where a server's clock is not the system's, its own sessions; else NULL. */
  struct stls_session_store *session_store;
  /* NULL where the context encrypts no tickets. */
  stls_ticket_keys *ticket_keys;
  /* The application had set keys when the context was sealed. */
  bool rotates_ticket_keys;
  stls_trace_fn trace;
  void *trace_data;
  /* The role decides which of the two functions is used. The hint is owned.
   * Each call of a setter gets a generation that is unique in the process: it
   * is part of the policy digest, so sessions of an earlier look-up are not
   * resumed. */
  struct {
    unsigned generation;
    stls_psk_client_fn client;
    stls_psk_server_fn server;
    void *user_data;
    char *hint;
  } psk;
  /* The file is a counted reference. */
  struct {
    stls_keylog_fn fn;
    void *user_data;
    stls_keylog_file *file;
  } keylog;
};

#endif
