/* SPDX-License-Identifier: MIT */
/* idna: converts host names to ASCII (IDNA 2008, libidn2). */
#ifndef STLS_LIB_IDNA_H
#define STLS_LIB_IDNA_H

#include <sanstls/error.h>

#include "util/hostname.h"

/* A valid name or address: terminated, without a trailing dot. */
struct stls_reference {
  stls_hostname_kind kind;
  size_t len;
  char text[STLS_HOSTNAME_MAX + 1];
};

/* STLS_OK, STLS_ERROR_INPUT, STLS_ERROR_MEMORY, or STLS_ERROR_UNSUPPORTED without
 * STLS_FEATURE_IDN; the message calls the text `what`.
 * `any_label`: labels in ASCII may have hyphens at their ends. */
stls_result stls_idna_resolve(const char *text, const char *what,
                              bool any_label, struct stls_reference *out,
                              stls_error *err);

#endif
