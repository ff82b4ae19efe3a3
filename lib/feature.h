/* SPDX-License-Identifier: MIT */
/* feature (L0): what this build, with the OpenSSL that runs, can do. */
#ifndef STLS_FEATURE_H
#define STLS_FEATURE_H

#include <sanstls/feature.h>

/* STLS_OK where it is available, else STLS_ERROR_UNSUPPORTED: "what: it needs
 * OpenSSL 3.5 or newer". */
stls_result stls_feature_check(stls_feature feature, const char *what,
                               stls_error *err);

#endif
