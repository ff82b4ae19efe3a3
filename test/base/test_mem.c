/* SPDX-License-Identifier: MIT */
/* test_mem: allocation through OpenSSL's hooks, and reference counts. */
#include "lib/base/mem.h"
#include "lib/base/refs.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "support/check.h"
#include "support/heap.h"

SUITE(mem);

Test(mem, gives_memory_even_for_nothing)
{
  void *nothing[] = {stls_mem_alloc(0), stls_mem_zalloc(0),
                     stls_mem_dup(NULL, 0)};

  for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
    cr_expect_not_null(nothing[i], "way %zu", i);
    stls_mem_free(nothing[i]);
  }
}

Test(mem, zeroes_what_it_is_asked_to)
{
  unsigned char *data = stls_mem_zalloc(1000);

  cr_assert_not_null(data);
  for (size_t i = 0; i < 1000; i++) cr_expect_eq(data[i], 0, "byte %zu", i);
  stls_mem_free(data);
}

Test(mem, copies_bytes_and_texts)
{
  static const char bytes[] = {1, 0, 2};
  char *copy = stls_mem_dup(bytes, sizeof bytes);
  char *text = stls_mem_strdup("text");
  char *empty = stls_mem_strdup("");

  cr_assert(copy != NULL && text != NULL && empty != NULL);
  cr_expect_arr_eq(copy, bytes, sizeof bytes);
  cr_expect_str_eq(text, "text");
  cr_expect_str_eq(empty, "");
  cr_expect_neq(copy, bytes);
  stls_mem_free(copy);
  stls_mem_free(text);
  stls_mem_free(empty);
}

Test(mem, comes_from_openssl_s_hooks)
{
  size_t blocks = heap_live_blocks(), bytes = heap_live_bytes();
  void *data = stls_mem_alloc(100);

  cr_expect_eq(heap_live_blocks(), blocks + 1);
  cr_expect_eq(heap_live_bytes(), bytes + 100);
  stls_mem_free(data);
  cr_expect_eq(heap_live_blocks(), blocks);
}

Test(mem, says_so_when_there_is_none)
{
  for (int way = 0; way < 4; way++) {
    void *data = &data;
    heap_fail_at(1);
    if (way == 0) data = stls_mem_alloc(10);
    if (way == 1) data = stls_mem_zalloc(10);
    if (way == 2) data = stls_mem_dup("x", 1);
    if (way == 3) data = stls_mem_strdup("x");
    cr_expect(heap_stop_failing(), "way %d", way);
    cr_expect_null(data, "way %d", way);
  }
}

Test(mem, frees_nothing_without_ado)
{
  stls_mem_free(NULL);
  stls_mem_free_clear(NULL, 0);
  stls_mem_free_clear(NULL, 10);
}

Test(mem, frees_and_clears)
{
  size_t blocks = heap_live_blocks();
  char *data = stls_mem_strdup("secret");

  stls_mem_free_clear(data, 7);
  cr_expect_eq(heap_live_blocks(), blocks);
}

Test(mem, counts_references_down_to_the_last)
{
  stls_refs refs;

  stls_refs_init(&refs);
  stls_refs_take(&refs);
  stls_refs_take(&refs);
  cr_expect_not(stls_refs_release(&refs));
  cr_expect_not(stls_refs_release(&refs));
  cr_expect(stls_refs_release(&refs));
}

enum {
  NUM_ROUNDS = 20000
};

static void *take_and_release(void *arg)
{
  size_t num_last = 0;

  for (int i = 0; i < NUM_ROUNDS; i++) {
    stls_refs_take(arg);
    num_last += stls_refs_release(arg);
  }
  return (void *)(uintptr_t)num_last;
}

Test(mem, counts_references_of_several_threads)
{
  pthread_t threads[4];
  stls_refs refs;

  stls_refs_init(&refs);
  for (size_t i = 0; i < 4; i++)
    cr_assert_eq(pthread_create(&threads[i], NULL, take_and_release, &refs), 0);
  for (size_t i = 0; i < 4; i++) {
    void *num_last = NULL;
    pthread_join(threads[i], &num_last);
    cr_expect_null(num_last, "somebody thought to be the last");
  }
  cr_expect(stls_refs_release(&refs));
}
