/* SPDX-License-Identifier: MIT */
/* textlist: a list of texts that a call hands out. */
#ifndef SANSTLS_TEXTLIST_H
#define SANSTLS_TEXTLIST_H

#include <stddef.h>

#include <sanstls/export.h>

STLS_BEGIN_DECLS

/* Does not change; any thread may read it. */
typedef struct stls_text_list stls_text_list;

/* 0 for NULL. */
STLS_EXPORT size_t stls_text_list_count(const stls_text_list *list);

/* The text at `index`, terminated, until the list is freed; NULL past the end.
 * *out_len, which may be NULL, is its length in bytes, 0 for none. */
STLS_EXPORT const char *stls_text_list_at(const stls_text_list *list,
                                          size_t index, size_t *out_len);

/* NULL is fine. */
STLS_EXPORT void stls_text_list_free(stls_text_list *list);

STLS_END_DECLS

#endif
