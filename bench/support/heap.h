/* SPDX-License-Identifier: MIT */
/* heap: counts what OpenSSL and the library hold on the heap. */
#ifndef STLS_BENCH_HEAP_H
#define STLS_BENCH_HEAP_H

#include <stddef.h>

/* Whose a block is: that of the account which was charged when it was made, also
 * if it is freed while another one is. */
enum heap_account {
  HEAP_OTHER,
  HEAP_CLIENT,
  HEAP_SERVER,
  HEAP_NUM_ACCOUNTS
};

/* Live blocks. */
struct heap_usage {
  size_t num_blocks;
  /* Bytes as they were asked for. */
  size_t requested;
  /* Bytes as the allocator takes them: rounded up, and with its own note of the
   * block. The same as `requested` where the allocator does not tell. */
  size_t taken;
};

/* Counts from here on, what HEAP_OTHER is charged with. To be called before OpenSSL
 * has allocated; ends the program otherwise. One thread. Blocks lie as they would
 * without counting. */
void heap_install(void);

void heap_charge(enum heap_account account);
struct heap_usage heap_usage(enum heap_account account);

#endif
