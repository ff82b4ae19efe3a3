/* SPDX-License-Identifier: MIT */
/* setting_table: lists what describes an endpoint. */
#include "testing/setting_table.h"

#include <sanstls/record_size.h>

#include "testing/setting_custom.h"
#include "testing/setting_identity.h"
#include "testing/setting_lists.h"
#include "testing/setting_secrets.h"

/* --- numbers --- */

/* Defines the pair for a getter and a setter of a context whose value is a `type`. */
#define NUMBER(noun, type, getter, setter) \
  static int64_t get_##noun(const stls_context *context, int index) \
  { \
    (void)index; \
    return (int64_t)getter(context); \
  } \
  static stls_result set_##noun(stls_context *context, int index, \
                                int64_t value, stls_error *err) \
  { \
    (void)index; \
    return setter(context, (type)value, err); \
  }

/* What may weaken security was chosen by who recorded it. */
NUMBER(options, uint64_t, stls_context_options,
       stls_context_set_insecure_options)
NUMBER(security_level, int, stls_context_security_level,
       stls_context_set_insecure_security_level)
NUMBER(verify_flags, unsigned long, stls_context_verify_flags,
       stls_context_set_insecure_verify_flags)
NUMBER(verify_depth, int, stls_context_verify_depth,
       stls_context_set_verify_depth)
NUMBER(hostflags, unsigned, stls_context_hostflags,
       stls_context_set_insecure_hostflags)
NUMBER(alpn_policy, stls_alpn_policy, stls_context_alpn_policy,
       stls_context_set_alpn_policy)
NUMBER(num_tickets, size_t, stls_context_num_tickets,
       stls_context_set_num_tickets)
NUMBER(ticket_timing, stls_ticket_timing, stls_context_ticket_timing,
       stls_context_set_ticket_timing)
NUMBER(session_timeout, int64_t, stls_context_session_timeout,
       stls_context_set_session_timeout)
NUMBER(session_max_age, int64_t, stls_context_session_max_age,
       stls_context_set_session_max_age)
NUMBER(max_fragment_length, size_t, stls_context_max_fragment_length,
       stls_context_set_max_fragment_length)
NUMBER(record_padding, size_t, stls_context_record_padding,
       stls_context_set_record_padding)
NUMBER(records, stls_records, stls_context_records, stls_context_set_records)
NUMBER(buffers, stls_buffers, stls_context_buffers, stls_context_set_buffers)
NUMBER(auto_chain, bool, stls_context_auto_chain, stls_context_set_auto_chain)
NUMBER(post_handshake_auth, bool, stls_context_post_handshake_auth,
       stls_context_set_post_handshake_auth)
NUMBER(stapling, stls_stapling, stls_context_stapling,
       stls_context_set_stapling)
NUMBER(extended_master_secret, bool,
       stls_context_require_extended_master_secret,
       stls_context_set_require_extended_master_secret)

static int64_t get_limit(const stls_context *context, int index)
{
  return (int64_t)stls_context_limit(context, (stls_limit)index);
}

static stls_result set_limit(stls_context *context, int index, int64_t value,
                             stls_error *err)
{
  return stls_context_set_limit(context, (stls_limit)index, (size_t)value, err);
}

static int64_t get_verify_mode(const stls_context *context, int index)
{
  (void)index;
  return (int64_t)stls_context_verify_mode(context);
}

static stls_result set_verify_mode(stls_context *context, int index,
                                   int64_t value, stls_error *err)
{
  (void)index;
  if (value == STLS_VERIFY_NONE && stls_context_role(context) == STLS_CLIENT)
    return stls_context_set_insecure_verify_none(context, err);
  return stls_context_set_verify_mode(context, (stls_verify_mode)value, err);
}

static int64_t get_check_hostname(const stls_context *context, int index)
{
  (void)index;
  return stls_context_check_hostname(context);
}

static stls_result set_check_hostname(stls_context *context, int index,
                                      int64_t value, stls_error *err)
{
  (void)index;
  return value == 0 ? stls_context_set_insecure_hostname_any(context, err)
                    : stls_context_set_check_hostname(context, err);
}

/* --- names of values, from 0 on --- */

static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const verify_modes[] = {"none", "optional", "required",
                                           NULL};
static const char *const alpn_policies[] = {"continue", "refuse", NULL};
static const char *const ticket_timings[] = {"with-handshake", "with-data",
                                             "never", NULL};
static const char *const staplings[] = {"off", "ask", "require", NULL};
static const char *const records_names[] = {"auto", "libssl", "direct", NULL};
static const char *const buffers_names[] = {"release", "keep", NULL};

/* --- the table --- */

#define ANY 0
#define DECIMAL(text, role, noun) \
  { \
    text, role, 10, NULL, get_##noun, set_##noun, 0, NULL, NULL, NULL, NULL, \
        NULL, NULL \
  }
#define HEX(text, role, noun) \
  { \
    text, role, 16, NULL, get_##noun, set_##noun, 0, NULL, NULL, NULL, NULL, \
        NULL, NULL \
  }
#define NAMED(text, role, noun, names) \
  { \
    text, role, 0, names, get_##noun, set_##noun, 0, NULL, NULL, NULL, NULL, \
        NULL, NULL \
  }
#define LIMIT(text, limit) \
  { \
    text, ANY, 10, NULL, get_limit, set_limit, limit, NULL, NULL, NULL, NULL, \
        NULL, NULL \
  }
#define TEXT(text, getter, setter) \
  { \
    text, ANY, 0, NULL, NULL, NULL, 0, getter, setter, NULL, NULL, NULL, NULL \
  }
#define OTHER(text, role, noun) \
  { \
    text, role, 0, NULL, NULL, NULL, 0, NULL, NULL, stls_setting_##noun##_get, \
        stls_setting_##noun##_set, NULL, NULL \
  }
#define CUSTOM(text, role, noun) \
  { \
    text, role, 0, NULL, NULL, NULL, 0, NULL, NULL, \
        stls_setting_custom_##noun##_get, stls_setting_custom_set, NULL, NULL \
  }
#define OTHER_OF(text, noun, client, server) \
  { \
    text, ANY, 0, NULL, NULL, NULL, 0, NULL, NULL, stls_setting_##noun##_get, \
        stls_setting_##noun##_set, client, server \
  }

const struct stls_setting stls_setting_table[] = {
    /* Old versions lower the security level, and lists are judged by both. */
    OTHER("versions", ANY, lists_versions),
    DECIMAL("security-level", ANY, security_level),
    HEX("options", ANY, options),
    OTHER("ciphers", ANY, lists_ciphers),
    OTHER("ciphersuites", ANY, lists_ciphersuites),
    TEXT("groups", stls_context_group_list, stls_context_set_groups),
    TEXT("sigalgs", stls_context_server_sigalgs,
         stls_context_set_server_sigalgs),
    TEXT("client-sigalgs", stls_context_client_sigalgs,
         stls_context_set_client_sigalgs),
    OTHER("alpn", ANY, lists_alpn),
    NAMED("alpn-policy", STLS_SERVER, alpn_policy, alpn_policies),
    OTHER_OF("trust", identity_trust, "ca", "none"),
    OTHER_OF("credential", identity_credential, "none", "ecdsa"),
    NAMED("auto-chain", ANY, auto_chain, yes_no),
    NAMED("verify-mode", ANY, verify_mode, verify_modes),
    HEX("verify-flags", ANY, verify_flags),
    DECIMAL("verify-depth", ANY, verify_depth),
    OTHER("verify-policies", ANY, lists_policies),
    NAMED("check-hostname", STLS_CLIENT, check_hostname, yes_no),
    HEX("hostflags", STLS_CLIENT, hostflags),
    OTHER("expected-client", STLS_SERVER, lists_expected_client),
    NAMED("stapling", STLS_CLIENT, stapling, staplings),
    NAMED("post-handshake-auth", ANY, post_handshake_auth, yes_no),
    NAMED("require-ems", ANY, extended_master_secret, yes_no),
    DECIMAL("tickets", STLS_SERVER, num_tickets),
    NAMED("ticket-timing", STLS_SERVER, ticket_timing, ticket_timings),
    OTHER("ticket-keys", STLS_SERVER, secrets_ticket_keys),
    DECIMAL("session-timeout", ANY, session_timeout),
    DECIMAL("session-max-age", ANY, session_max_age),
    OTHER("psk", ANY, secrets_psk),
    DECIMAL("max-fragment-length", STLS_CLIENT, max_fragment_length),
    DECIMAL("record-padding", ANY, record_padding),
    NAMED("records", ANY, records, records_names),
    NAMED("buffers", ANY, buffers, buffers_names),
    LIMIT("limit.key-updates", STLS_LIMIT_KEY_UPDATES),
    LIMIT("limit.empty-records", STLS_LIMIT_EMPTY_RECORDS),
    LIMIT("limit.reply-bytes", STLS_LIMIT_REPLY_BYTES),
    LIMIT("limit.certificate-bytes", STLS_LIMIT_CERTIFICATE_BYTES),
    LIMIT("limit.renegotiations", STLS_LIMIT_RENEGOTIATIONS),
    LIMIT("limit.tickets", STLS_LIMIT_TICKETS),
    CUSTOM("clock", ANY, clock),
    CUSTOM("dh-params", STLS_SERVER, dh_params),
    CUSTOM("ocsp-response", STLS_SERVER, ocsp_response),
    CUSTOM("openssl", ANY, openssl),
    OTHER("server-name", STLS_CLIENT, identity_server_name),
    OTHER("session", STLS_CLIENT, secrets_session),
    OTHER("choose-context", STLS_SERVER, identity_choose_context),
};

const size_t stls_setting_table_len =
    sizeof stls_setting_table / sizeof stls_setting_table[0];
