/* SPDX-License-Identifier: MIT */
/* setting_table: lists what describes an endpoint. */
#ifndef STLS_LIB_SETTING_TABLE_H
#define STLS_LIB_SETTING_TABLE_H

#include "testing/setting.h"

/* In the order in which they are set. */
extern const struct stls_setting stls_setting_table[];
extern const size_t stls_setting_table_len;

#endif
