/* SPDX-License-Identifier: MIT */
/* hex: reads and writes bytes as hexadecimal digits. */
#ifndef STLS_LIB_HEX_H
#define STLS_LIB_HEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/string_buffer.h"

/* Reads `len` lower-case digits, an even number, into `out`. false for anything
 * else. */
bool stls_hex_read(const char *text, size_t len, uint8_t *out);

void stls_hex_put(struct stls_string_buffer *text, const void *data,
                  size_t len);

#endif
