/* SPDX-License-Identifier: MIT */
/* test_setter: a setter makes the policy digest anew. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "lib/context/policy_digest.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/resumption.h"
#include "support/setter_cases.h"
#include "support/trust_sets.h"

SUITE(setter, .timeout = 60);

SETTER(mode, stls_context_set_verify_mode(context, STLS_VERIFY_REQUIRED, err))
SETTER(unverified, stls_context_set_insecure_verify_none(context, err))
SETTER(any_name, stls_context_set_insecure_hostname_any(context, err))
static const char *const client_names[] = {"client.example"};

SETTER(expected_client,
       stls_context_set_expected_client(context, client_names, 1, err))
SETTER(flags,
       stls_context_set_verify_flags(context, X509_V_FLAG_CRL_CHECK, err))
SETTER(weak_flags,
       stls_context_set_insecure_verify_flags(context,
                                              X509_V_FLAG_NO_CHECK_TIME, err))
SETTER(depth, stls_context_set_verify_depth(context, 3, err))
static const char *const policy_oids[] = {"1.2.3.4"};

SETTER(policies,
       stls_context_set_verify_policies(context, policy_oids, 1, err))
SETTER(hostflags, stls_context_set_hostflags(context,
                                             STLS_HOSTFLAGS_DEFAULT |
                                                 STLS_HOSTFLAG_NO_WILDCARDS,
                                             err))
SETTER(common_name, stls_context_set_insecure_common_name(context, true, err))
SETTER(level, stls_context_set_security_level(context, 3, err))
SETTER(weak_level, stls_context_set_insecure_security_level(context, 1, err))
SETTER(late_auth, stls_context_set_post_handshake_auth(context, true, err))
SETTER(versions,
       stls_context_set_versions(context, STLS_TLS_1_3, STLS_TLS_1_3, err))
SETTER(old_versions, stls_context_set_insecure_versions(context, STLS_TLS_1_2,
                                                        STLS_TLS_1_2, err))
SETTER(ciphers, stls_context_set_ciphers(context, "ECDHE+AESGCM", err))
SETTER(weak_ciphers,
       stls_context_set_insecure_ciphers(context, "AES128-SHA", err))
SETTER(suites,
       stls_context_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384", err))
SETTER(groups, stls_context_set_groups(context, "P-384", err))
SETTER(server_sigalgs,
       stls_context_set_server_sigalgs(context, "ecdsa_secp256r1_sha256", err))
SETTER(client_sigalgs,
       stls_context_set_client_sigalgs(context, "ecdsa_secp256r1_sha256", err))

SETTER(dh_params, stls_context_set_dh_params_file(
                      context, data_file_path("credential/dh-2048.pem"), err))

static stls_credential *load_credential(const char *chain, const char *key)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *own = NULL;

  source.chain_file = data_file_path(chain);
  source.key_file = data_file_path(key);
  ASSERT_RESULT(stls_credential_new_pem(&source, NULL, NULL, &own, NULL),
                STLS_OK, chain);
  return own;
}

static stls_result trust(stls_context *context, const setter_args *args,
                         stls_error *err)
{
  stls_trust *ca = trust_sets_load("ca.pem");
  stls_result result = stls_context_set_trust(context, ca, err);

  (void)args;
  stls_trust_free(ca);
  return result;
}

static stls_result credential(stls_context *context, const setter_args *args,
                              stls_error *err)
{
  stls_credential *own =
      load_credential("client-ecdsa.pem", "client-ecdsa.key");
  stls_result result = stls_context_set_credential(context, own, err);

  (void)args;
  stls_credential_free(own);
  return result;
}

static const struct row {
  const char *name;
  setter_call *set;
  bool is_clients, is_servers;
} rows[] = {
    {"verify mode", mode, false, true},
    {"no verification", unverified, true, false},
    {"any name", any_name, true, false},
    {"expected client", expected_client, false, true},
    {"verify flags", flags, true, true},
    {"weak verify flags", weak_flags, true, true},
    {"depth", depth, true, true},
    {"policies", policies, true, true},
    {"host flags", hostflags, true, false},
    {"common name", common_name, true, false},
    {"level", level, true, true},
    {"weak level", weak_level, true, true},
    {"post-handshake authentication", late_auth, true, true},
    {"versions", versions, true, true},
    {"old versions", old_versions, true, true},
    {"ciphers", ciphers, true, true},
    {"weak ciphers", weak_ciphers, true, true},
    {"cipher suites", suites, true, true},
    {"groups", groups, true, true},
    {"server's signature algorithms", server_sigalgs, true, true},
    {"client's signature algorithms", client_sigalgs, true, true},
    {"DH parameters", dh_params, false, true},
    {"trust", trust, true, true},
    /* A server's own is no part of it. */
    {"credential", credential, true, false},
};

static void take_digest(const stls_context *context, unsigned char *out)
{
  ASSERT_RESULT(stls_policy_digest_compute(context, out, NULL), STLS_OK,
                "digest");
}

/* An object, which is the first use of a policy. */
static void use(stls_context *context)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;

  options.server_name = "server.example";
  ASSERT_RESULT(stls_object_new(
                    context, NULL, NULL,
                    stls_context_role(context) == STLS_CLIENT ? &options : NULL,
                    &object, NULL),
                STLS_OK, "object");
  stls_object_free(object);
}

/* The setter is seen by a context that was used before as by a new one. */
static void expect_new_digest(const struct row *row, stls_role role)
{
  unsigned char before[STLS_SHA256_LEN], after[STLS_SHA256_LEN],
      want[STLS_SHA256_LEN];
  stls_context *used = setter_cases_context(role);
  stls_context *unused = setter_cases_context(role);

  use(used);
  take_digest(used, before);
  ASSERT_RESULT(row->set(used, NULL, NULL), STLS_OK, row->name);
  ASSERT_RESULT(row->set(unused, NULL, NULL), STLS_OK, row->name);
  take_digest(used, after);
  take_digest(unused, want);
  cr_expect_neq(memcmp(before, after, sizeof after), 0, "%s: not seen",
                row->name);
  cr_expect_eq(memcmp(want, after, sizeof after), 0, "%s: two values",
               row->name);
  use(used);
  ASSERT_RESULT(stls_context_seal(used, NULL), STLS_OK, row->name);
  take_digest(used, after);
  cr_expect_eq(memcmp(want, after, sizeof after), 0, "%s: sealed, another",
               row->name);
  stls_context_free(used);
  stls_context_free(unused);
}

Test(setter, makes_the_digest_of_the_policy_anew)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    if (rows[i].is_clients) expect_new_digest(&rows[i], STLS_CLIENT);
    if (rows[i].is_servers) expect_new_digest(&rows[i], STLS_SERVER);
  }
}

SETTER(default_groups, stls_context_set_groups(context, "DEFAULT", err))
SETTER(no_dh_params, stls_context_set_dh_params(context, NULL, 0, err))
SETTER(no_common_name,
       stls_context_set_insecure_common_name(context, false, err))
SETTER(checked_name, stls_context_set_check_hostname(context, err))
SETTER(no_late_auth, stls_context_set_post_handshake_auth(context, false, err))

/* The way back gives the digest of a context on which nothing was set. */
Test(setter, has_a_way_back)
{
  static const struct {
    const char *name;
    setter_call *set, *undo;
    stls_role role;
  } ways[] = {
      {"groups", groups, default_groups, STLS_CLIENT},
      {"groups", groups, default_groups, STLS_SERVER},
      {"DH parameters", dh_params, no_dh_params, STLS_SERVER},
      {"common name", common_name, no_common_name, STLS_CLIENT},
      {"any name", any_name, checked_name, STLS_CLIENT},
      {"late authentication", late_auth, no_late_auth, STLS_CLIENT},
  };

  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    unsigned char want[STLS_SHA256_LEN], set[STLS_SHA256_LEN],
        undone[STLS_SHA256_LEN];
    stls_context *context = setter_cases_context(ways[i].role);
    take_digest(context, want);
    ASSERT_RESULT(ways[i].set(context, NULL, NULL), STLS_OK, ways[i].name);
    use(context);
    take_digest(context, set);
    ASSERT_RESULT(ways[i].undo(context, NULL, NULL), STLS_OK, ways[i].name);
    use(context);
    take_digest(context, undone);
    cr_expect_neq(memcmp(set, want, sizeof set), 0, "%s", ways[i].name);
    cr_expect_eq(memcmp(undone, want, sizeof undone), 0, "%s", ways[i].name);
    stls_context_free(context);
  }
}

Test(setter, has_a_getter)
{
  stls_context *context = setter_cases_context(STLS_SERVER);
  const stls_trust *set;

  cr_expect_null(stls_context_trust(context));
  cr_expect_null(stls_context_group_list(context));
  cr_expect_null(stls_context_server_sigalgs(context));
  cr_expect_null(stls_context_client_sigalgs(context));
  ASSERT_RETURNS(trust(context, NULL, NULL), STLS_OK);
  set = stls_context_trust(context);
  cr_expect_not_null(set);
  ASSERT_RETURNS(trust(context, NULL, NULL), STLS_OK);
  cr_expect_neq(stls_context_trust(context), set);
  ASSERT_RETURNS(groups(context, NULL, NULL), STLS_OK);
  cr_expect_str_eq(stls_context_group_list(context), "P-384");
  cr_expect_lt(stls_context_set_groups(context, "P-999", NULL), 0);
  cr_expect_str_eq(stls_context_group_list(context), "P-384");
  ASSERT_RETURNS(stls_context_set_ecdh_curve(context, "X25519", NULL), STLS_OK);
  cr_expect_str_eq(stls_context_group_list(context), "X25519");
  ASSERT_RETURNS(default_groups(context, NULL, NULL), STLS_OK);
  cr_expect_null(stls_context_group_list(context));
  ASSERT_RETURNS(server_sigalgs(context, NULL, NULL), STLS_OK);
  cr_expect_str_eq(stls_context_server_sigalgs(context),
                   "ecdsa_secp256r1_sha256");
  cr_expect_null(stls_context_client_sigalgs(context));
  ASSERT_RETURNS(stls_context_set_client_sigalgs(context, "ed25519", NULL),
                 STLS_OK);
  cr_expect_str_eq(stls_context_client_sigalgs(context), "ed25519");
  stls_context_free(context);
  cr_expect_null(stls_context_trust(NULL));
  cr_expect_null(stls_context_group_list(NULL));
  cr_expect_null(stls_context_server_sigalgs(NULL));
  cr_expect_null(stls_context_client_sigalgs(NULL));
}

/* --- a server's SSL that the application makes from the SSL_CTX --- */

static void use_tls_1_2(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_2, NULL),
      STLS_OK, "versions");
}

/* What `from` has written, for `to` to read. */
static void carry_to_ssl(stls_object *from, BIO *to)
{
  unsigned char bytes[4096];
  size_t len = 0;

  (void)!stls_bio_read(stls_object_outgoing(from), bytes, sizeof bytes, &len,
                       NULL);
  if (len > 0) cr_assert_eq(BIO_write(to, bytes, (int)len), (int)len);
}

static void carry_to_object(BIO *from, stls_object *to)
{
  unsigned char bytes[4096];
  int len = BIO_read(from, bytes, sizeof bytes);
  size_t taken;

  if (len > 0)
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(to), bytes, (size_t)len,
                                 &taken, NULL),
                  STLS_OK, "write");
}

/* A handshake with such an SSL: whether it resumed. *out_session, unless NULL, is
 * the caller's. */
static bool meet_ssl(stls_context *client, stls_context *server,
                     stls_session *session, stls_session **out_session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  SSL *ssl = SSL_new(stls_context_ssl_ctx(server));
  BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
  stls_result result = STLS_WANT_READ;
  bool is_resumed;

  cr_assert(ssl != NULL && in != NULL && out != NULL);
  SSL_set_bio(ssl, in, out);
  SSL_set_accept_state(ssl);
  options.server_name = "server.example";
  options.session = session;
  ASSERT_RESULT(stls_object_new(client, NULL, NULL, &options, &object, NULL),
                STLS_OK, "client");
  for (int i = 0; i < 100 && result == STLS_WANT_READ; i++) {
    result = stls_object_handshake(object);
    carry_to_ssl(object, in);
    (void)!SSL_do_handshake(ssl);
    carry_to_object(out, object);
  }
  ASSERT_RESULT(result, STLS_OK, "handshake");
  is_resumed = SSL_session_reused(stls_object_ssl(object)) == 1;
  if (out_session != NULL)
    ASSERT_RESULT(stls_object_take_session(object, out_session, NULL), STLS_OK,
                  "session");
  stls_object_free(object);
  /* Else its session is dropped from the cache. */
  SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl);
  return is_resumed;
}

static const struct life {
  const char *name;
  bool is_used, is_sealed, is_set;
} lives[] = {
    {"never used", false, false, false},
    {"used", true, false, false},
    {"sealed", false, true, false},
    {"set in between", false, false, true},
    {"used, and set in between", true, false, true},
};

Test(setter, keeps_sessions_of_the_applications_own_ssl_from_another_policy)
{
  const pair_options options = {.tune_client = use_tls_1_2};

  for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
    stls_context *client = pair_context(&options, STLS_CLIENT);
    stls_context *server = setter_cases_context(STLS_SERVER);
    stls_credential *own =
        load_credential("server-ecdsa.pem", "server-ecdsa.key");
    stls_session *session = NULL;
    ASSERT_RESULT(stls_context_set_credential(server, own, NULL), STLS_OK,
                  "credential");
    /* Such an SSL is given no tickets. */
    ASSERT_RESULT(
        stls_context_set_options(
            server, stls_context_options(server) | STLS_OP_NO_TICKET, NULL),
        STLS_OK, "options");
    if (lives[i].is_used) use(server);
    if (lives[i].is_sealed)
      ASSERT_RESULT(stls_context_seal(server, NULL), STLS_OK, "seal");
    cr_expect_not(meet_ssl(client, server, NULL, &session), "%s",
                  lives[i].name);
    if (lives[i].is_set)
      ASSERT_RESULT(stls_context_set_verify_depth(server, 3, NULL), STLS_OK,
                    "depth");
    cr_expect_eq(meet_ssl(client, server, session, NULL), !lives[i].is_set,
                 "%s", lives[i].name);
    stls_session_free(session);
    stls_credential_free(own);
    stls_context_free(server);
    stls_context_free(client);
  }
}
