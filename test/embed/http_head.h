/* SPDX-License-Identifier: MIT */
/* http_head: the heads of requests and responses. */
#ifndef EMBED_HTTP_HEAD_H
#define EMBED_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

/*
 * Ends the first complete head with a NUL and returns its length with the empty
 * line; 0 when there is none yet.
 */
size_t http_head_cut(http_buffer *buffer);

/* The value of a header field, up to the line's end; NULL without it. */
const char *http_head_field(const char *head, const char *name);

/* Whether the value begins like this, in any case. */
bool http_head_field_is(const char *head, const char *name, const char *value);

/* Reads a decimal number that ends the value; false for anything else. */
bool http_head_number(const char *text, uint64_t *out);

#endif
