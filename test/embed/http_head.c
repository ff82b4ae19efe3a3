/* SPDX-License-Identifier: MIT */
/* http_head: the heads of requests and responses. */
#include "http_head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

size_t http_head_cut(http_buffer *buffer)
{
  char *data = http_buffer_data(buffer);
  size_t len = http_buffer_len(buffer);
  for (size_t i = 3; i < len; i++) {
    if (memcmp(data + i - 3, "\r\n\r\n", 4) == 0) {
      data[i - 1] = '\0';
      return i + 1;
    }
  }
  return 0;
}

const char *http_head_field(const char *head, const char *name)
{
  size_t name_len = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line != NULL;
       line = strstr(line, "\r\n")) {
    line += 2;
    if (strncasecmp(line, name, name_len) == 0 && line[name_len] == ':') {
      const char *value = line + name_len + 1;
      return value + strspn(value, " \t");
    }
  }
  return NULL;
}

bool http_head_field_is(const char *head, const char *name, const char *value)
{
  const char *found = http_head_field(head, name);
  return found != NULL && strncasecmp(found, value, strlen(value)) == 0;
}

bool http_head_number(const char *text, uint64_t *out)
{
  if (text == NULL || *text < '0' || *text > '9') return false;
  char *end = NULL;
  *out = strtoull(text, &end, 10);
  return strchr(" \r", *end) != NULL; /* Also when it ends the text. */
}
