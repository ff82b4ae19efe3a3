/* SPDX-License-Identifier: MIT */
/* checksum: computes the CRC-32 of a line. */
#ifndef STLS_LIB_CHECKSUM_H
#define STLS_LIB_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* ISO 3309, as in gzip and PNG. It finds mistakes, not forgeries. */
uint32_t stls_checksum_crc32(const void *data, size_t len);

#endif
