/* SPDX-License-Identifier: MIT */
/* test_pem_reader_walk: the steps of a walk over a PEM text, block by block. */
#include "lib/util/pem_reader.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"

SUITE(pem_reader_walk);

#define A "-----BEGIN A-----\nMIIB\n-----END A-----\n"
#define B "-----BEGIN B C-----\nAAAA\nBBBB\n-----END B C-----\n"

static size_t count_blocks(const void *text, size_t len);

Test(pem_reader_walk, ends_a_block_behind_its_end_line)
{
  static const char text[] = "x\n" A B;
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;

  stls_pem_reader_walk_init(&walk, text, sizeof text - 1);
  cr_assert_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_BLOCK);
  cr_expect_eq(block.data, (const uint8_t *)text + 2);
  cr_expect_eq(block.len, strlen(A));
  cr_assert_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_BLOCK);
  cr_expect_eq(block.data, (const uint8_t *)text + 2 + strlen(A));
  cr_expect_eq(block.len, strlen(B));
}

Test(pem_reader_walk, says_end_as_often_as_it_is_asked)
{
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;

  stls_pem_reader_walk_init(&walk, NULL, 0);
  for (int i = 0; i < 3; i++)
    cr_expect_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_END);
}

Test(pem_reader_walk, goes_on_behind_what_is_unterminated)
{
  static const char text[] = "-----BEGIN A-----\n-----END B-----\n" A;
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;

  stls_pem_reader_walk_init(&walk, text, sizeof text - 1);
  cr_expect_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_FAULT);
  cr_expect_eq(block.fault, STLS_PEM_READER_UNTERMINATED);
  cr_expect_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_BLOCK);
  cr_expect_eq(block.line, 3);
}

/* As OpenSSL does behind END, where strings in C end; not in labels. */
Test(pem_reader_walk, sees_nul_bytes_as_any_others)
{
  static const char text[] = "\0\n" A
                             "\0\n-----BEGIN A-----\0\0\nx\n"
                             "-----END A-----\0\n-----BEGIN N\0L-----\n";
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;

  stls_pem_reader_walk_init(&walk, text, sizeof text - 1);
  cr_assert_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_BLOCK);
  cr_expect_eq(block.line, 2);
  cr_assert_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_BLOCK);
  cr_expect_eq(block.line, 6);
  cr_expect(stls_pem_reader_is(&block, "A"));
  cr_expect_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_FAULT);
  cr_expect_eq(block.fault, STLS_PEM_READER_LABEL);
  cr_expect_eq(block.line, 9);
}

Test(pem_reader_walk, says_what_every_fault_is)
{
  cr_expect_str_eq(stls_pem_reader_fault_text(STLS_PEM_READER_OK), "");
  for (int fault = STLS_PEM_READER_UNTERMINATED; fault <= STLS_PEM_READER_UTF16;
       fault++)
    cr_expect_str_neq(stls_pem_reader_fault_text((stls_pem_reader_fault)fault),
                      "");
}

Test(pem_reader_walk, walks_lines_of_any_length)
{
  const size_t len = 5000000;
  char *text = malloc(len + sizeof A);

  cr_assert_not_null(text);
  memset(text, '-', len);
  memcpy(text + len, "\n" A, sizeof A);
  cr_expect_eq(count_blocks(text, len), 0);
  cr_expect_eq(count_blocks(text, len + sizeof A), 1);
  free(text);
}

Test(pem_reader_walk, compares_whole_labels)
{
  static const struct {
    const char *label;
    bool want;
  } wants[] = {{"B C", true},   {"B", false},   {"C", false},
               {"B C ", false}, {"b c", false}, {"", false}};
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;

  stls_pem_reader_walk_init(&walk, B, strlen(B));
  cr_assert_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_BLOCK);
  for (size_t i = 0; i < sizeof wants / sizeof wants[0]; i++)
    cr_expect_eq(stls_pem_reader_is(&block, wants[i].label) != 0, wants[i].want,
                 "\"%s\"", wants[i].label);
}

static size_t count_blocks(const void *text, size_t len)
{
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;
  size_t num = 0;

  stls_pem_reader_walk_init(&walk, text, len);
  while (stls_pem_reader_next(&walk, &block) == STLS_PEM_READER_BLOCK) num++;
  return num;
}
