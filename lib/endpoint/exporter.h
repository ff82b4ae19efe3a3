/* SPDX-License-Identifier: MIT */
/* exporter: exports keying material (RFC 5705). */
#ifndef STLS_LIB_EXPORTER_H
#define STLS_LIB_EXPORTER_H

#include <sanstls/exporter.h>

#include "endpoint/object.h"

/* STLS_OK when the connection is established and its SSL can be used. */
stls_result stls_exporter_admit(const stls_object *object, stls_error *err);

/* Derives the secret; the arguments were checked. The caller guards the error
 * queue. */
stls_result stls_exporter_derive(stls_object *object, const stls_span *label,
                                 const stls_span *context, void *out,
                                 size_t out_len, stls_error *err);

#endif
