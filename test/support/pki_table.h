/* SPDX-License-Identifier: MIT */
/* pki_table: the table of the certificates of the verification tests. */
#ifndef STLS_TEST_PKI_TABLE_H
#define STLS_TEST_PKI_TABLE_H

#include <stddef.h>

#include "cert_builder.h"

/* Whoever signs stands above. A key "=x" is that of x. */
extern const cert_builder_order pki_table[];
extern const size_t pki_table_len;

#endif
