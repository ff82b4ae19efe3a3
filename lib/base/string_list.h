/* SPDX-License-Identifier: MIT */
/* string_list: the list of strings that calls return to the caller. */
#ifndef STLS_LIB_STRING_LIST_H
#define STLS_LIB_STRING_LIST_H

#include <sanstls/error.h>
#include <sanstls/util.h>

stls_result stls_string_list_new(stls_string_list **out_list, stls_error *err);

/* Appends a copy. On failure the strings of the list are as before. */
stls_result stls_string_list_add(stls_string_list *list, const char *text,
                                 size_t len, stls_error *err);

/* Appends the parts of a text between separators; "" has none. */
stls_result stls_string_list_split(stls_string_list *list, const char *text,
                                   char separator, stls_error *err);

#endif
