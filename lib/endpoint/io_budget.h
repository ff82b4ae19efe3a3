/* SPDX-License-Identifier: MIT */
/* io_budget: how much has passed, and how many answers may wait. */
#ifndef STLS_LIB_IO_BUDGET_H
#define STLS_LIB_IO_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One connection's, in all. Starts as zeroes. */
struct stls_io_budget {
  /* Bytes that libssl took, and that went to `outgoing`. */
  uint64_t bytes_in;
  uint64_t bytes_out;
  /* Application data: given by the caller, and given to it. */
  uint64_t plaintext_in;
  uint64_t plaintext_out;
  /* How many of bytes_out have answered the peer since no answer waited; where
   * the last one ended. */
  size_t reply_bytes;
  uint64_t replies_end;
};

/* Whether the last answer has left `outgoing`, which has `queued` bytes. */
static inline bool stls_io_budget_has_no_reply(
    const struct stls_io_budget *budget, size_t queued)
{
  return budget->replies_end + queued <= budget->bytes_out;
}

/* `len` bytes went to `outgoing`, behind `queued` others. */
static inline void stls_io_budget_add_out(struct stls_io_budget *budget,
                                          size_t queued, size_t len,
                                          bool is_reply)
{
  if (len > 0 && is_reply) {
    if (stls_io_budget_has_no_reply(budget, queued)) budget->reply_bytes = 0;
    budget->reply_bytes += len;
    budget->replies_end = budget->bytes_out + len;
  }
  budget->bytes_out += len;
}

/* Whether `max` bytes of answers wait, so that reads have to. Only answers count:
 * a backlog of the application's own data must not stop reads, or two peers that
 * both write much would wait for each other. */
static inline bool stls_io_budget_is_spent(const struct stls_io_budget *budget,
                                           size_t queued, size_t max)
{
  return budget->reply_bytes >= max &&
         !stls_io_budget_has_no_reply(budget, queued);
}

#endif
