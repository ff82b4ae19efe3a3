/* SPDX-License-Identifier: MIT */
/* fake_peer: the other end of a program's connection, and what goes wrong on the
 * way. */
#include "fake_peer.h"

static size_t smaller(size_t a, size_t b)
{
  return a < b ? a : b;
}

void fake_line_open(fake_line *line, const fake_peer *peer,
                    const fake_faults *faults)
{
  *line = (fake_line){.peer = *peer};
  if (faults != NULL) line->faults = *faults;
}

/* Whoever reads on after a reset finds the end, as with a socket. */
static fake_arrival reset(fake_line *line)
{
  fake_arrival arrival = line->is_reset ? FAKE_EOF : FAKE_RESET;
  line->is_reset = true;
  return arrival;
}

static fake_arrival cut(fake_line *line)
{
  line->is_cut = true;
  switch (line->faults.cut) {
    case FAKE_CUT_EOF:
      return FAKE_EOF;
    case FAKE_CUT_RESET:
      return reset(line);
    default:
      return FAKE_NOTHING;
  }
}

fake_arrival fake_line_arrive(fake_line *line, void *out, size_t out_cap,
                              size_t *out_len)
{
  const fake_faults *faults = &line->faults;
  *out_len = 0;
  if (line->is_reset) return FAKE_EOF;
  if (faults->cut != FAKE_CUT_NONE) {
    if (line->num_arrived >= faults->cut_at) return cut(line);
    out_cap = smaller(out_cap, faults->cut_at - line->num_arrived);
  }
  if (faults->max_read > 0) out_cap = smaller(out_cap, faults->max_read);
  stls_result result = line->peer.send(line->peer.data, out, out_cap, out_len);
  if (result == STLS_OK) {
    line->num_arrived += *out_len;
    return FAKE_BYTES;
  }
  *out_len = 0;
  if (result == STLS_WANT_READ) return FAKE_NOTHING;
  if (result != STLS_CLOSED) {
    line->failure = stls_result_name(result);
    return reset(line);
  }
  bool is_reset =
      line->peer.is_reset != NULL && line->peer.is_reset(line->peer.data);
  return is_reset ? reset(line) : FAKE_EOF;
}

bool fake_line_leave(fake_line *line, const void *bytes, size_t len)
{
  const fake_faults *faults = &line->faults;
  bool is_lost = false;
  if (line->is_reset || line->is_finished) return false;
  if (faults->is_write_failing) {
    size_t left = faults->write_fails_at > line->num_left
                      ? faults->write_fails_at - line->num_left
                      : 0;
    is_lost = len > left;
    len = smaller(len, left);
  }
  line->num_left += len;
  stls_result result =
      len > 0 ? line->peer.receive(line->peer.data, bytes, len) : STLS_OK;
  if (result != STLS_OK && line->failure == NULL && !line->is_cut) {
    line->failure = stls_result_name(result);
  }
  return !is_lost;
}

void fake_line_finish(fake_line *line)
{
  if (line->is_finished) return;
  line->is_finished = true;
  if (line->peer.receive_eof != NULL) line->peer.receive_eof(line->peer.data);
}

size_t fake_line_sum(const fake_line *lines, size_t num_lines)
{
  size_t sum = 0;
  for (size_t i = 0; i < num_lines; i++) {
    sum += lines[i].num_arrived + lines[i].num_left;
  }
  return sum;
}

bool fake_line_is_signal_due(fake_line *line)
{
  if (line->faults.signal == 0 || line->is_signalled) return false;
  if (line->num_arrived < line->faults.signal_at) return false;
  return line->is_signalled = true;
}
