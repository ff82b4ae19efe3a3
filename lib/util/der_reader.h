/* SPDX-License-Identifier: MIT */
/* der_reader: reads DER values one after the other, and writes their headers.
 * */
#ifndef STLS_LIB_DER_READER_H
#define STLS_LIB_DER_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stls_der_reader_span {
  const uint8_t *data;
  size_t len;
};

/*
 * Takes the next value if it has this tag and class (V_ASN1_…) and a definite
 * length. *out_whole includes its header, *out_content does not; either may be
 * NULL. On failure nothing is taken, and OpenSSL's queue may have a new entry.
 */
bool stls_der_reader_take(struct stls_der_reader_span *from, int tag,
                          int tag_class, struct stls_der_reader_span *out_whole,
                          struct stls_der_reader_span *out_content);

/* Writes the header of a value of class UNIVERSAL: at most STLS_DER_READER_HEADER_MAX
 * bytes, whose number is returned. `len` is no more than an int can say. */
#define STLS_DER_READER_HEADER_MAX 6
size_t stls_der_reader_put_header(uint8_t *out, int tag, size_t len);

/* Whether bytes that should be text look like DER or BER. */
bool stls_der_reader_is_der(const void *text, size_t len);

#endif
