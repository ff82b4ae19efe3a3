/* SPDX-License-Identifier: MIT */
/* unknown_record: collects a TLS 1.2 record whose type is unknown. */
#ifndef STLS_LIB_UNKNOWN_RECORD_H
#define STLS_LIB_UNKNOWN_RECORD_H

#include "io/ssl_bios.h"

/*
 * For connections with io->direct. record_input takes such a record for no record.
 * libssl looks at the type last: in TLS 1.2 it answers a record that the peer did
 * seal with unexpected_message (RFC 5246, 6), any other with bad_record_mac. So it
 * has to be opened under the peer's number, as all others are.
 */

/* Whether these bytes of the input, which record_input has selected, belong to such
 * a record: they begin it, or its beginning is in io->direct->partial. */
bool stls_unknown_record_has(const struct stls_ssl_bios *io, stls_span bytes);

/* Moves the bytes to io->direct->partial, up to the end of the header or that of
 * the record. false when memory is short. */
bool stls_unknown_record_add(struct stls_ssl_bios *io, stls_span bytes);

#endif
