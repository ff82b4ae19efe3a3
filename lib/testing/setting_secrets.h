/* SPDX-License-Identifier: MIT */
/* setting_secrets: sets ticket keys, a PSK and a session as text, and keeps the text. */
#ifndef STLS_LIB_SETTING_SECRETS_H
#define STLS_LIB_SETTING_SECRETS_H

#include "testing/setting.h"

/*
 * Functions of rows; setting.h has their types. Ticket keys and a session
 * (stls_session_serialize) are hexadecimal digits; a PSK is "IDENTITY HEX", or
 * "IDENTITY HEX sha384".
 *
 * libsanstls does not give them back, so only what was set here can be read: the text
 * stays with the SSL_CTX, or the SSL. What the application has set is "custom".
 */
stls_result stls_setting_secrets_ticket_keys_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_secrets_ticket_keys_set(
    struct stls_setting_target *target, const char *value, stls_error *err);
stls_result stls_setting_secrets_psk_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_secrets_psk_set(struct stls_setting_target *target,
                                         const char *value, stls_error *err);
stls_result stls_setting_secrets_session_get(
    const struct stls_setting_source *source, struct stls_string_buffer *out,
    stls_error *err);
stls_result stls_setting_secrets_session_set(struct stls_setting_target *target,
                                             const char *value,
                                             stls_error *err);

/* Keeps the text of the session that the object was made with. */
stls_result stls_setting_secrets_keep_session(stls_object *object,
                                              const char *value,
                                              stls_error *err);

#endif
