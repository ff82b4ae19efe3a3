/* SPDX-License-Identifier: MIT */
/* keylog_file: appends lines to a key log file, one write(2) each. */
#ifndef STLS_LIB_KEYLOG_FILE_H
#define STLS_LIB_KEYLOG_FILE_H

#include <sanstls/trace.h>

/* Appends a line. Any thread. stls_keylog_file_error reports the first failure. */
void stls_keylog_file_put(stls_keylog_file *file, const char *line, size_t len);

#endif
