/* SPDX-License-Identifier: MIT */
/* player_ending: how a player's direction ends, and where. */
#include "replay/player_ending.h"

#include "base/error.h"

uint64_t stls_player_ending_limit(const struct stls_player_ending *end,
                                  uint64_t total)
{
  const bool is_cut =
      end->options.end != STLS_END_RECORDED && end->options.cut_at < total;

  return is_cut ? end->options.cut_at : total;
}

stls_result stls_player_ending_come(struct stls_player_ending *end,
                                    bool is_early)
{
  if (!end->has_come)
    end->is_cut = is_early || end->options.end == STLS_END_RESET ||
                  end->options.end == STLS_END_STALL;
  end->has_come = true;
  return end->options.end == STLS_END_STALL ? STLS_WANT_READ : STLS_CLOSED;
}

stls_result stls_player_ending_admit(const struct stls_player_ending *end,
                                     size_t len, stls_error *err)
{
  if (!end->has_come || end->options.is_half_close) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                         "the program sent %zu bytes behind the end of the "
                         "connection",
                         len);
}
