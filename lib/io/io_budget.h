/* SPDX-License-Identifier: MIT */
/* io_budget: counts the bytes of a connection and limits waiting replies. */
#ifndef STLS_LIB_IO_BUDGET_H
#define STLS_LIB_IO_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Totals of one connection. Zero-initialised at the start. */
struct stls_io_budget {
  /* Bytes that libssl read, and bytes that were queued in `outgoing`. */
  uint64_t bytes_in;
  uint64_t bytes_out;
  /* Application data: from the caller, and to the caller. */
  uint64_t plaintext_in;
  uint64_t plaintext_out;
  /* How many of bytes_out were replies to the peer since none was waiting, and
   * the value of bytes_out at the end of the last one. */
  size_t reply_bytes;
  uint64_t replies_end;
};

/* Whether the last reply has left `outgoing`, which holds `queued` bytes. */
static inline bool stls_io_budget_has_no_reply(
    const struct stls_io_budget *budget, size_t queued)
{
  return budget->replies_end + queued <= budget->bytes_out;
}

/* Counts `len` bytes added to `outgoing`, which held `queued` bytes. */
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

/* Whether `max` bytes of replies wait, so that reads must stop. Only replies
 * count: if a backlog of the application's own data stopped reads, two peers
 * that both write much would wait for each other. */
static inline bool stls_io_budget_is_spent(const struct stls_io_budget *budget,
                                           size_t queued, size_t max)
{
  return budget->reply_bytes >= max &&
         !stls_io_budget_has_no_reply(budget, queued);
}

#endif
