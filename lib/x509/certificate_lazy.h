/* SPDX-License-Identifier: MIT */
/* certificate_lazy: what of a certificate is decoded when somebody asks for it. */
#ifndef STLS_LIB_CERTIFICATE_LAZY_H
#define STLS_LIB_CERTIFICATE_LAZY_H

#include "x509/extensions.h"

struct stls_certlate_part;

/* Zero is nothing decoded yet. */
struct stls_certificate_lazy {
  _Atomic(struct stls_certlate_part *) part;
};

/*
 * The extensions, which are there for good once they are. When memory is short,
 * all of them are STLS_EXTENSION_MALFORMED for this call. The error queue stays
 * as it is. Any thread.
 */
const struct stls_extensions *stls_certificate_lazy_extensions(
    struct stls_certificate_lazy *late, const X509 *x509);

/* Whether they are there now. */
bool stls_certificate_lazy_is_decoded(struct stls_certificate_lazy *late,
                                      const X509 *x509);

void stls_certificate_lazy_free(struct stls_certificate_lazy *late);

#endif
