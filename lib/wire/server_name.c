/* SPDX-License-Identifier: MIT */
/* server_name: reads the host name of a server_name extension (RFC 6066, 3). */
#include "wire/server_name.h"

#include <string.h>

#define HOST_NAME_TYPE 0

/* Accepts one entry only: no type but host_name was ever defined, and libssl
 * refuses longer lists. */
bool stls_server_name_read(struct stls_byte_reader extension,
                           char out[STLS_HOSTNAME_MAX + 1])
{
  /* Includes a trailing dot and the NUL. */
  char text[STLS_HOSTNAME_MAX + 2];
  struct stls_byte_reader list, name;
  const char *why;
  size_t type, len;

  out[0] = '\0';
  if (!stls_byte_reader_all_prefixed(extension, 2, &list) ||
      !stls_byte_reader_number(&list, 1, &type) || type != HOST_NAME_TYPE ||
      !stls_byte_reader_all_prefixed(list, 2, &name) || name.len == 0 ||
      name.len >= sizeof text || memchr(name.at, '\0', name.len) != NULL)
    return false;
  memcpy(text, name.at, name.len);
  text[name.len] = '\0';
  if (stls_hostname_classify_any(text, &len, &why) != STLS_HOSTNAME_DNS)
    return false;
  memcpy(out, text, len);
  out[len] = '\0';
  stls_hostname_lower(out);
  return true;
}
