/* SPDX-License-Identifier: MIT */
/* postpolicy (L4): whether clients are asked for certificates afterwards. */
#ifndef STLS_POSTPOLICY_H
#define STLS_POSTPOLICY_H

#include "context.h"

/* After a change of the verify mode: puts what the context says of it into its
 * SSL_CTX. */
void stls_postpolicy_apply(stls_context *context);

#endif
