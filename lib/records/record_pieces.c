/* SPDX-License-Identifier: MIT */
/* record_pieces: reads a record that lies in pieces. */
#include "records/record_pieces.h"

#include <string.h>

struct stls_record_pieces stls_record_pieces_behind(const stls_span *pieces,
                                                    size_t len)
{
  struct stls_record_pieces place = {pieces, len};

  for (; place.at > place.piece->len; place.piece++)
    place.at -= place.piece->len;
  return place;
}

const uint8_t *stls_record_pieces_copy(struct stls_record_pieces *place,
                                       size_t len, uint8_t *room)
{
  size_t done = 0;

  while (done < len) {
    const stls_span run = stls_record_pieces_run(place, len - done);
    memcpy(room + done, run.data, run.len);
    done += run.len;
  }
  return room;
}
