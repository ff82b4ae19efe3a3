/* SPDX-License-Identifier: MIT */
/* test_configuration_setters: what setters set is described, or said to be custom. */
#include <sanstls/clock.h>
#include <stdlib.h>
#include <string.h>

#include "context/clocks.h"
#include "description.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/psk_pair.h"
#include "support/setter_cases.h"
#include "support/struct_layouts.h"

SUITE(configuration_setters);

/* Roles that have a setting. */
enum {
  OF_CLIENT = 1,
  OF_SERVER = 2,
  OF_BOTH = 3
};

/* --- setters of a context --- */

static void see(stls_object *object, const stls_trace_event *event,
                void *user_data)
{
  (void)object;
  (void)event;
  (void)user_data;
}

static void see_keys(stls_object *object, const char *line, size_t line_len,
                     void *user_data)
{
  (void)object;
  (void)line;
  (void)line_len;
  (void)user_data;
}

/* What is loaded, it gives back before it returns. */
static stls_result set_credential(stls_context *context,
                                  const setter_args *args, stls_error *err)
{
  stls_credential *credential = NULL;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_result result;

  (void)args;
  source.chain_file = data_file_path("client-ecdsa.pem");
  source.key_file = data_file_path("client-ecdsa.key");
  result = stls_credential_new_pem(&source, NULL, NULL, &credential, err);
  if (result == STLS_OK)
    result = stls_context_set_credential(context, credential, err);
  stls_credential_free(credential);
  return result;
}

static stls_result set_trust(stls_context *context, const setter_args *args,
                             stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result = stls_trust_new(NULL, NULL, &trust, err);

  (void)args;
  if (result == STLS_OK)
    result = stls_trust_add_file(trust, data_file_path("ca.pem"), err);
  if (result == STLS_OK) result = stls_context_set_trust(context, trust, err);
  stls_trust_free(trust);
  return result;
}

static stls_result set_dh_params(stls_context *context, const setter_args *args,
                                 stls_error *err)
{
  data_file file = data_file_load("credential/dh-2048.pem");
  stls_result result =
      stls_context_set_dh_params(context, file.data, file.len, err);

  (void)args;
  data_file_free(&file);
  return result;
}

static stls_result insecure_keylog_file(stls_context *context,
                                        const setter_args *args,
                                        stls_error *err)
{
  stls_keylog_file *file = NULL;
  stls_result result = stls_keylog_file_new("/dev/null", &file, err);

  (void)args;
  if (result == STLS_OK)
    result = stls_context_set_insecure_keylog_file(context, file, err);
  stls_keylog_file_free(file);
  return result;
}

static const char *const protocols[] = {"h2"};
static const char *const clients[] = {"client.example", "::1"};
static const char *const oids[] = {"1.2.3.4", "2.5.29.32.0"};
static const char ticket_keys[STLS_TICKET_KEY_LEN] = "key";

SETTER(alpn, stls_context_set_alpn(context, protocols, 1, err))
SETTER(alpn_policy,
       stls_context_set_alpn_policy(context, STLS_ALPN_REFUSE, err))
SETTER(auto_chain, stls_context_set_auto_chain(context, true, err))
SETTER(buffers, stls_context_set_buffers(context, STLS_BUFFERS_KEEP, err))
SETTER(check_hostname, stls_context_set_check_hostname(context, err))
SETTER(ciphers,
       stls_context_set_ciphers(context, "ECDHE-ECDSA-AES256-GCM-SHA384", err))
SETTER(ciphersuites,
       stls_context_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384", err))
SETTER(client_sigalgs,
       stls_context_set_client_sigalgs(context, "ECDSA+SHA256", err))
SETTER(own_clock,
       stls_context_set_clock(context, clocks_show, &clocks_client, err))
SETTER(dh_params_file,
       stls_context_set_dh_params_file(context,
                                       data_file_path("credential/dh-2048.pem"),
                                       err))
SETTER(ecdh_curve, stls_context_set_ecdh_curve(context, "P-256", err))
SETTER(expected_client,
       stls_context_set_expected_client(context, clients, 2, err))
SETTER(groups, stls_context_set_groups(context, "P-256", err))
SETTER(hostflags, stls_context_set_hostflags(context,
                                             STLS_HOSTFLAGS_DEFAULT |
                                                 STLS_HOSTFLAG_NO_WILDCARDS,
                                             err))
SETTER(insecure_ciphers,
       stls_context_set_insecure_ciphers(context, "AES128-SHA", err))
SETTER(insecure_common_name,
       stls_context_set_insecure_common_name(context, true, err))
SETTER(insecure_hostflags, stls_context_set_insecure_hostflags(context, 0, err))
SETTER(insecure_hostname_any,
       stls_context_set_insecure_hostname_any(context, err))
SETTER(insecure_keylog,
       stls_context_set_insecure_keylog(context, see_keys, NULL, err))
SETTER(insecure_options,
       stls_context_set_insecure_options(
           context, stls_context_options(context) | STLS_OP_NO_TICKET, err))
SETTER(insecure_level,
       stls_context_set_insecure_security_level(context, 0, err))
SETTER(insecure_verify_flags,
       stls_context_set_insecure_verify_flags(context,
                                              X509_V_FLAG_NO_CHECK_TIME, err))
SETTER(insecure_verify_none,
       stls_context_set_insecure_verify_none(context, err))
SETTER(insecure_versions,
       stls_context_set_insecure_versions(context, STLS_TLS_1_2, STLS_TLS_1_2,
                                          err))
SETTER(limit, stls_context_set_limit(context, STLS_LIMIT_TICKETS, 5, err))
SETTER(fragments, stls_context_set_max_fragment_length(context, 512, err))
SETTER(padding, stls_context_set_record_padding(context, 128, err))
SETTER(num_tickets, stls_context_set_num_tickets(context, 5, err))
SETTER(options, stls_context_set_options(context,
                                         stls_context_options(context) |
                                             STLS_OP_NO_TICKET,
                                         err))
SETTER(late_auth, stls_context_set_post_handshake_auth(context, true, err))
SETTER(psk_client,
       stls_context_set_psk_client(context, psk_pair_deny_client, NULL, err))
SETTER(psk_server, stls_context_set_psk_server(context, psk_pair_deny_server,
                                               NULL, NULL, err))
SETTER(records, stls_context_set_records(context, STLS_RECORDS_LIBSSL, err))
SETTER(ems, stls_context_set_require_extended_master_secret(context, true, err))
SETTER(level, stls_context_set_security_level(context, 3, err))
SETTER(server_sigalgs,
       stls_context_set_server_sigalgs(context, "ECDSA+SHA256", err))
SETTER(max_age, stls_context_set_session_max_age(context, 60, err))
SETTER(session_timeout, stls_context_set_session_timeout(context, 60, err))
SETTER(keys_of_tickets, stls_context_set_ticket_keys(context, ticket_keys,
                                                     sizeof ticket_keys, err))
SETTER(ticket_timing,
       stls_context_set_ticket_timing(context, STLS_TICKETS_NEVER, err))
SETTER(stapling, stls_context_set_stapling(context, STLS_STAPLING_ASK, err))
SETTER(trace, stls_context_set_trace(context, see, NULL, err))
SETTER(verify_depth, stls_context_set_verify_depth(context, 3, err))
SETTER(verify_flags,
       stls_context_set_verify_flags(context,
                                     stls_context_verify_flags(context) |
                                         X509_V_FLAG_POLICY_CHECK,
                                     err))
SETTER(policies,
       stls_context_set_verify_policies(context, oids, 2, err))
SETTER(verify_mode,
       stls_context_set_verify_mode(context, STLS_VERIFY_OPTIONAL, err))
SETTER(versions,
       stls_context_set_versions(context, STLS_TLS_1_3, STLS_TLS_1_3, err))

/* A line that begins so is there, or, with NULL, none more than without the call. */
static const struct row {
  const char *name;
  setter_call *set;
  int roles;
  const char *line;
} rows[] = {
    {"alpn", alpn, OF_BOTH, "alpn: h2\n"},
    {"alpn_policy", alpn_policy, OF_SERVER, "alpn-policy: refuse\n"},
    {"auto_chain", auto_chain, OF_BOTH, "auto-chain: yes\n"},
    {"buffers", buffers, OF_BOTH, "buffers: keep\n"},
    /* The default. */
    {"check_hostname", check_hostname, OF_CLIENT, NULL},
    {"ciphers", ciphers, OF_BOTH, "ciphers: ECDHE-ECDSA-AES256-GCM-SHA384\n"},
    {"ciphersuites", ciphersuites, OF_BOTH,
     "ciphersuites: TLS_AES_256_GCM_SHA384\n"},
    {"client_sigalgs", client_sigalgs, OF_BOTH,
     "client-sigalgs: ECDSA+SHA256\n"},
    {"clock", own_clock, OF_BOTH, "clock: custom\n"},
    {"credential", set_credential, OF_BOTH, "credential: custom "},
    {"dh_params", set_dh_params, OF_SERVER, "dh-params: custom\n"},
    {"dh_params_file", dh_params_file, OF_SERVER, "dh-params: custom\n"},
    {"ecdh_curve", ecdh_curve, OF_BOTH, "groups: P-256\n"},
    {"expected_client", expected_client, OF_SERVER,
     "expected-client: client.example ::1\n"},
    {"groups", groups, OF_BOTH, "groups: P-256\n"},
    {"hostflags", hostflags, OF_CLIENT, "hostflags: 0x"},
    {"insecure_ciphers", insecure_ciphers, OF_BOTH, "ciphers: AES128-SHA\n"},
    {"insecure_common_name", insecure_common_name, OF_CLIENT, "hostflags: 0x"},
    {"insecure_hostflags", insecure_hostflags, OF_CLIENT, "hostflags: 0x0\n"},
    {"insecure_hostname_any", insecure_hostname_any, OF_CLIENT,
     "check-hostname: no\n"},
    /* They look on. */
    {"insecure_keylog", insecure_keylog, OF_BOTH, NULL},
    {"insecure_keylog_file", insecure_keylog_file, OF_BOTH, NULL},
    {"insecure_options", insecure_options, OF_BOTH, "options: 0x"},
    {"insecure_security_level", insecure_level, OF_BOTH, "security-level: 0\n"},
    {"insecure_verify_flags", insecure_verify_flags, OF_BOTH,
     "verify-flags: 0x200000\n"},
    {"insecure_verify_none", insecure_verify_none, OF_CLIENT,
     "verify-mode: none\n"},
    {"insecure_versions", insecure_versions, OF_BOTH,
     "versions: TLSv1.2 TLSv1.2\n"},
    {"limit", limit, OF_BOTH, "limit.tickets: 5\n"},
    {"max_fragment_length", fragments, OF_CLIENT,
     "max-fragment-length: 512\n"},
    {"num_tickets", num_tickets, OF_SERVER, "tickets: 5\n"},
    {"options", options, OF_BOTH, "options: 0x"},
    {"post_handshake_auth", late_auth, OF_BOTH, "post-handshake-auth: yes\n"},
    {"psk_client", psk_client, OF_CLIENT, "psk: custom\n"},
    {"psk_server", psk_server, OF_SERVER, "psk: custom\n"},
    {"record_padding", padding, OF_BOTH, "record-padding: 128\n"},
    {"records", records, OF_BOTH, "records: libssl\n"},
    {"require_extended_master_secret", ems, OF_BOTH, "require-ems: yes\n"},
    {"security_level", level, OF_BOTH, "security-level: 3\n"},
    {"server_sigalgs", server_sigalgs, OF_BOTH, "sigalgs: ECDSA+SHA256\n"},
    {"session_max_age", max_age, OF_BOTH, "session-max-age: 60\n"},
    {"session_timeout", session_timeout, OF_BOTH, "session-timeout: 60\n"},
    {"stapling", stapling, OF_CLIENT, "stapling: ask\n"},
    {"ticket_keys", keys_of_tickets, OF_SERVER, "ticket-keys: custom\n"},
    {"ticket_timing", ticket_timing, OF_SERVER, "ticket-timing: never\n"},
    {"trace", trace, OF_BOTH, NULL},
    {"trust", set_trust, OF_BOTH, "trust: custom\n"},
    {"verify_depth", verify_depth, OF_BOTH, "verify-depth: 3\n"},
    {"verify_flags", verify_flags, OF_BOTH, "verify-flags: 0x"},
    {"verify_mode", verify_mode, OF_SERVER, "verify-mode: optional\n"},
    {"verify_policies", policies, OF_BOTH,
     "verify-policies: 1.2.3.4 2.5.29.32.0\n"},
    {"versions", versions, OF_BOTH, "versions: TLSv1.3 TLSv1.3\n"},
};

#define NUM_ROWS (sizeof rows / sizeof rows[0])

static void expect_described(const struct row *row, stls_role role)
{
  stls_testing *testing = description_world();
  stls_context *context = description_context(testing, role);
  stls_error err = STLS_ERROR_INIT;
  const char *usual = role == STLS_CLIENT ? "server-name: localhost\n" : "";
  const char *text, *line;
  stls_object *object;

  EXPECT_RESULT(row->set(context, NULL, &err), STLS_OK,
                expect_label("%s: %s", row->name, err.message));
  object = description_object(context);
  text = description_of(object);
  if (row->line == NULL) {
    cr_expect_str_eq(text, usual, "%s", row->name);
  } else {
    line = description_find(text, row->line);
    cr_expect_not_null(line, "%s: no \"%s\" in \"%s\"", row->name, row->line,
                       text);
    if (line != NULL && strstr(row->line, "custom") != NULL)
      description_expect_refused(testing, role, line);
  }
  cr_expect_null(description_find(text, "openssl: "), "%s: %s", row->name,
                 text);
  stls_object_free(object);
  stls_context_free(context);
  stls_testing_free(testing);
}

Test(configuration_setters, setters_are_described)
{
  for (size_t i = 0; i < NUM_ROWS; i++) {
    if (rows[i].roles & OF_CLIENT) expect_described(&rows[i], STLS_CLIENT);
    if (rows[i].roles & OF_SERVER) expect_described(&rows[i], STLS_SERVER);
  }
}

/* A new one has to get a row. */
Test(configuration_setters, every_setter_has_a_row)
{
  static const char prefix[] = "stls_context_set_";
  data_file symbols = data_file_load("../../lib/sanstls.sym");
  size_t num_setters = 0;

  for (char *line = strtok(symbols.data, "\n"); line != NULL;
       line = strtok(NULL, "\n")) {
    size_t row = 0;
    if (strncmp(line, prefix, sizeof prefix - 1) != 0) continue;
    while (row < NUM_ROWS && strcmp(rows[row].name, line + sizeof prefix - 1))
      row++;
    cr_expect_lt(row, NUM_ROWS, "%s is not described", line);
    num_setters++;
  }
  cr_expect_eq(num_setters, NUM_ROWS);
  data_file_free(&symbols);
}

/* user_data is the application's; one that refuses an unfit session makes no
 * object. */
Test(configuration_setters, every_option_of_an_object_is_known)
{
  static const char *const known[] = {"server_name", "user_data",
                                      "choose_context", "session",
                                      "refuse_unfit_session"};

  cr_assert_eq(struct_layout_object_options.num_members,
               sizeof known / sizeof known[0]);
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    cr_expect_str_eq(struct_layout_object_options.members[i].name, known[i]);
}
