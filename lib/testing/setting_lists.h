/* SPDX-License-Identifier: MIT */
/* setting_lists: reads and sets versions, cipher suites and lists of names as text. */
#ifndef STLS_LIB_SETTING_LISTS_H
#define STLS_LIB_SETTING_LISTS_H

#include "testing/setting.h"

/* Functions of rows; setting.h has their types. Versions are "TLSv1.2 TLSv1.3", the
 * oldest and the newest; cipher suites are OpenSSL's lists; names of ALPN
 * and of clients are separated by blanks, with bytes that are not printable as %XX. */
stls_result stls_setting_lists_versions_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_lists_versions_set(struct stls_setting_target *target,
                                            const char *value, stls_error *err);
stls_result stls_setting_lists_ciphers_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_lists_ciphers_set(struct stls_setting_target *target,
                                           const char *value, stls_error *err);
stls_result stls_setting_lists_ciphersuites_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_lists_ciphersuites_set(
    struct stls_setting_target *target, const char *value, stls_error *err);
stls_result stls_setting_lists_alpn_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_lists_alpn_set(struct stls_setting_target *target,
                                        const char *value, stls_error *err);
stls_result stls_setting_lists_expected_client_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_lists_expected_client_set(
    struct stls_setting_target *target, const char *value, stls_error *err);
stls_result stls_setting_lists_policies_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_lists_policies_set(struct stls_setting_target *target,
                                            const char *value, stls_error *err);

#endif
