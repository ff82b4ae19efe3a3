/* SPDX-License-Identifier: MIT */
/* feature: tells which optional features this build and this OpenSSL have. */
#ifndef STLS_LIB_FEATURE_H
#define STLS_LIB_FEATURE_H

#include <sanstls/constants.h>
#include <sanstls/version.h>

/* STLS_OK when it is available. STLS_ERROR_UNSUPPORTED, "`what`: it needs OpenSSL
 * 3.5 or newer", when not. */
stls_result stls_feature_check(stls_feature feature, const char *what,
                               stls_error *err);

/* The same for all protocol versions from `min` to `max`. */
stls_result stls_feature_check_versions(stls_protocol min, stls_protocol max,
                                        stls_error *err);

/* Returns the oldest available version that is not below `floor`; `floor` for
 * none. */
stls_protocol stls_feature_oldest(stls_protocol floor);

#endif
