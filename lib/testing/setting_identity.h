/* SPDX-License-Identifier: MIT */
/* setting_identity: reads and sets credentials, trust and names as text. */
#ifndef STLS_LIB_SETTING_IDENTITY_H
#define STLS_LIB_SETTING_IDENTITY_H

#include "testing/setting.h"

/* Functions of rows; setting.h has their types. Credentials are names of
 * stls_testing_credential with blanks between, or "none"; trust is "ca" or "none". What
 * is not of the library is "custom", and for a credential the SHA-256 digest of its
 * certificate. */
stls_result stls_setting_identity_credential_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_identity_credential_set(
    struct stls_setting_target *target, const char *value, stls_error *err);
stls_result stls_setting_identity_trust_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_identity_trust_set(struct stls_setting_target *target,
                                            const char *value, stls_error *err);
stls_result stls_setting_identity_server_name_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_identity_server_name_set(
    struct stls_setting_target *target, const char *value, stls_error *err);
stls_result stls_setting_identity_choose_context_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_identity_choose_context_set(
    struct stls_setting_target *target, const char *value, stls_error *err);

#endif
