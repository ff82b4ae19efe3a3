/* SPDX-License-Identifier: MIT */
/* string_list: a list of texts that a call hands out. */
#ifndef STLS_LIB_STRING_LIST_H
#define STLS_LIB_STRING_LIST_H

#include <sanstls/error.h>
#include <sanstls/util.h>

stls_result stls_string_list_new(stls_string_list **out_list, stls_error *err);

/* Appends a copy. The list may have grown in capacity on failure, no more. */
stls_result stls_string_list_add(stls_string_list *list, const char *text,
                                 size_t len, stls_error *err);

/* Appends the parts of a text between separators; "" has none. */
stls_result stls_string_list_split(stls_string_list *list, const char *text,
                                   char separator, stls_error *err);

#endif
