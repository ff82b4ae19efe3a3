/* SPDX-License-Identifier: MIT */
/* test_error_queue: the guard of OpenSSL's thread error queue. */
#include <openssl/err.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/error_queue.h"
#include "support/check.h"
#include "support/heap.h"
#include "support/planted_errors.h"

SUITE(error_queue);

/* Between enter and leave: the queue is empty, and is left in some disorder. */
static void operate(size_t num_left)
{
  stls_error_queue_guard guard;

  stls_error_queue_enter(&guard);
  cr_expect_eq(ERR_peek_error(), 0, "an operation starts from an empty queue");
  for (size_t i = 0; i < num_left; i++)
    ERR_raise_data(ERR_LIB_EVP, ERR_R_UNSUPPORTED, "mine %zu", i);
  stls_error_queue_leave(&guard);
}

Test(error_queue, leaves_an_empty_queue_empty)
{
  static const size_t left[] = {0, 1, 16, 100};

  for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
    operate(left[i]);
    planted_errors_expect(0, "left");
  }
}

Test(error_queue, brings_entries_back_with_all_they_had)
{
  static const size_t left[] = {0, 1, 16, 100};
  char label[32];

  for (size_t num = 0; num <= 18; num++)
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
      snprintf(label, sizeof label, "%zu, then %zu", num, left[i]);
      planted_errors_put(num);
      operate(left[i]);
      planted_errors_expect(num, label);
    }
}

Test(error_queue, can_be_nested)
{
  stls_error_queue_guard outer;

  planted_errors_put(3);
  stls_error_queue_enter(&outer);
  ERR_raise(ERR_LIB_EVP, ERR_R_UNSUPPORTED);
  operate(5);
  cr_expect_eq(ERR_GET_LIB(ERR_get_error()), ERR_LIB_EVP);
  stls_error_queue_leave(&outer);
  planted_errors_expect(3, "outer");
}

Test(error_queue, brings_back_entries_without_data)
{
  const char *data = "";
  int flags = ERR_TXT_STRING;

  ERR_raise(ERR_LIB_USER, 42);
  operate(1);
  cr_expect_neq(ERR_get_error_all(NULL, NULL, NULL, &data, &flags), 0);
  cr_expect_str_empty(data);
  cr_expect_eq(flags & ERR_TXT_STRING, 0);
}

/* OpenSSL bounds data that is formatted, but not data that is added, such as a
 * line of a configuration file. */
Test(error_queue, brings_back_long_data)
{
  char text[3000];
  const char *data = "";
  int flags = 0;

  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  for (size_t left = 0; left < 2; left++) {
    ERR_raise(ERR_LIB_USER, 42);
    ERR_add_error_data(1, text);
    ERR_peek_error_data(&data, &flags);
    cr_assert_str_eq(data, text, "OpenSSL keeps it");
    operate(left);
    cr_expect_neq(ERR_get_error_all(NULL, NULL, NULL, &data, &flags), 0);
    cr_expect_eq(strlen(data), strlen(text), "%zu bytes of data, %zu left",
                 strlen(data), left);
  }
}

Test(error_queue, brings_back_system_errors_and_fatal_ones)
{
  static const unsigned long codes[] = {
      ERR_PACK(ERR_LIB_EVP, 0, ERR_R_MALLOC_FAILURE),
      ERR_PACK(ERR_LIB_SSL, 0, ERR_R_INTERNAL_ERROR),
      ERR_PACK(ERR_LIB_USER + 100, 0, 1),
  };

  ERR_raise(ERR_LIB_SYS, 2);
  operate(1);
  cr_expect(ERR_SYSTEM_ERROR(ERR_peek_error()));
  cr_expect_eq(ERR_GET_REASON(ERR_get_error()), 2);
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
    ERR_raise(ERR_GET_LIB(codes[i]), ERR_GET_REASON(codes[i]));
    operate(1);
    cr_expect_eq(ERR_get_error(), codes[i], "row %zu", i);
  }
}

Test(error_queue, keeps_nothing)
{
  size_t before;

  planted_errors_put(16);
  operate(16);
  planted_errors_expect(16, "warm");
  before = heap_live_blocks();
  for (int round = 0; round < 10; round++) {
    operate(16);
    cr_expect_eq(heap_live_blocks(), before, "round %d", round);
    ERR_clear_error();
  }
}

/* What cannot be saved is lost, but nothing else may happen. */
Test(error_queue, survives_a_lack_of_memory)
{
  bool has_failed = true;

  for (size_t nth = 1; has_failed && nth < 200; nth++) {
    planted_errors_put(4);
    heap_fail_at(nth);
    operate(2);
    has_failed = heap_stop_failing();
    cr_expect_neq(ERR_GET_LIB(ERR_peek_last_error()), ERR_LIB_EVP,
                  "allocation %zu: the operation's own entry is left", nth);
  }
  cr_expect_not(has_failed, "the sweep came to its end");
  ERR_clear_error();
}

/* Between enter and leave: what failed, judged by its entries. */
Test(error_queue, judges_a_failure_by_its_entries)
{
  static const struct {
    int reasons[3];
    size_t num;
    bool is_memory;
    stls_result want;
  } rows[] = {
      {{0}, 0, false, STLS_ERROR_MEMORY},
      {{ERR_R_UNSUPPORTED}, 1, false, STLS_ERROR_INPUT},
      {{ERR_R_MALLOC_FAILURE}, 1, true, STLS_ERROR_MEMORY},
      {{ERR_R_MALLOC_FAILURE, ERR_R_UNSUPPORTED, ERR_R_NESTED_ASN1_ERROR},
       3,
       true,
       STLS_ERROR_MEMORY},
      {{ERR_R_UNSUPPORTED, ERR_R_NESTED_ASN1_ERROR},
       2,
       false,
       STLS_ERROR_INPUT},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    bool is_memory = !rows[i].is_memory;
    for (size_t j = 0; j < rows[i].num; j++)
      ERR_raise(ERR_LIB_ASN1, rows[i].reasons[j]);
    cr_expect_eq(stls_error_queue_is_empty(), rows[i].num == 0, "%zu", i);
    cr_expect_eq(stls_error_queue_drain(&is_memory), rows[i].num, "%zu", i);
    cr_expect_eq(is_memory, rows[i].is_memory, "%zu", i);
    cr_expect(stls_error_queue_is_empty());
    for (size_t j = 0; j < rows[i].num; j++)
      ERR_raise(ERR_LIB_ASN1, rows[i].reasons[j]);
    cr_expect_eq(stls_error_queue_classify(), rows[i].want, "%zu", i);
    cr_expect(stls_error_queue_is_empty());
  }
}
