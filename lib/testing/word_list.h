/* SPDX-License-Identifier: MIT */
/* word_list: writes and reads words with blanks between, and bytes in hexadecimal. */
#ifndef STLS_LIB_WORD_LIST_H
#define STLS_LIB_WORD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/string_buffer.h"

/* Appends a word, behind a blank if it is not the first. Blanks, '%', and what is not
 * printable ASCII become %xx. */
void stls_word_list_put(struct stls_string_buffer *text, const void *word,
                        size_t len);

/*
 * Takes the next word, and moves *text behind it and one blank. `out` has room for as
 * many bytes as *text has characters, and a NUL. false: there is no word, or it has
 * not the form that stls_word_list_put gives it.
 */
bool stls_word_list_take(const char **text, char *out, size_t *out_len);

/* The same for hexadecimal digits, in lower case. */
bool stls_word_list_take_hex(const char **text, uint8_t *out, size_t *out_len);

#endif
