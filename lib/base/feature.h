/* SPDX-License-Identifier: MIT */
/* feature: what this build, with the OpenSSL that runs, can do. */
#ifndef STLS_LIB_FEATURE_H
#define STLS_LIB_FEATURE_H

#include <sanstls/constants.h>
#include <sanstls/version.h>

/* STLS_OK where it is available, else STLS_ERROR_UNSUPPORTED: "what: it needs
 * OpenSSL 3.5 or newer". */
stls_result stls_feature_check(stls_feature feature, const char *what,
                               stls_error *err);

/* The same for all protocol versions from `min` to `max`. */
stls_result stls_feature_check_versions(stls_protocol min, stls_protocol max,
                                        stls_error *err);

/* The oldest version that is available, from `floor` on; `floor` for none. */
stls_protocol stls_feature_oldest(stls_protocol floor);

#endif
