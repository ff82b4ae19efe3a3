/* SPDX-License-Identifier: MIT */
/* keylog_file: a file that lines are appended to, each with one write. */
#ifndef STLS_LIB_KEYLOG_FILE_H
#define STLS_LIB_KEYLOG_FILE_H

#include <sanstls/trace.h>

/* Any thread. A failure is remembered in the file. */
void stls_keylog_file_put(stls_keylog_file *file, const char *line, size_t len);

#endif
