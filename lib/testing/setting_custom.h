/* SPDX-License-Identifier: MIT */
/* setting_custom: tells of what was set that no text can say. */
#ifndef STLS_LIB_SETTING_CUSTOM_H
#define STLS_LIB_SETTING_CUSTOM_H

#include "testing/setting.h"

/* Functions of rows; setting.h has their types. Each value is "custom", or empty. */
stls_result stls_setting_custom_clock_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_custom_dh_params_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_custom_ocsp_response_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);

/* "custom", and the names of what was set on the SSL_CTX and the SSL behind the
 * library, as far as OpenSSL has a getter. */
stls_result stls_setting_custom_openssl_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);

/* STLS_ERROR_INPUT: there is no value but "custom". */
stls_result stls_setting_custom_set(struct stls_setting_target *target,
                                    const char *value, stls_error *err);

#endif
