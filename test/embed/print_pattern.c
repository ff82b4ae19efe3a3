/* SPDX-License-Identifier: MIT */
/* print_pattern: the first LENGTH bytes of what GET /bytes/LENGTH answers. */
#include <stdio.h>
#include <stdlib.h>

#include "http.h"

int main(int argc, char **argv)
{
  uint64_t len = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
  char chunk[HTTP_BUFFER_SIZE];
  for (uint64_t offset = 0; offset < len;) {
    size_t chunk_len =
        len - offset < sizeof chunk ? (size_t)(len - offset) : sizeof chunk;
    http_pattern(offset, chunk, chunk_len);
    if (fwrite(chunk, 1, chunk_len, stdout) != chunk_len) return 1;
    offset += chunk_len;
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
