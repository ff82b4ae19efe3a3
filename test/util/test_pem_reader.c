/* SPDX-License-Identifier: MIT */
/* test_pem_reader: the blocks of a PEM text (RFC 7468). */
#include "lib/util/pem_reader.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"

SUITE(pem_reader);

enum {
  MAX_BLOCKS = 3
};

#define A "-----BEGIN A-----\nMIIB\n-----END A-----\n"
#define B "-----BEGIN B C-----\nAAAA\nBBBB\n-----END B C-----\n"

/* One walk. The text's length is its string's, but for texts with a NUL. */
struct row {
  const char *name;
  const char *text;
  /* Labels of the blocks, in order, and the lines that they begin at. */
  const char *want_labels[MAX_BLOCKS];
  size_t want_lines[MAX_BLOCKS];
  /* Why the walk ends too early, and where. */
  stls_pem_reader_fault want_fault;
  size_t want_fault_line;
};

static const struct row rows[] = {
    {"nothing", "", {0}, {0}, STLS_PEM_READER_OK, 0},
    {"a newline", "\n", {0}, {0}, STLS_PEM_READER_OK, 0},
    {"only text", "a\nb\nc\n", {0}, {0}, STLS_PEM_READER_OK, 0},
    {"one block", A, {"A"}, {1}, STLS_PEM_READER_OK, 0},
    {"two blocks", A B, {"A", "B C"}, {1, 4}, STLS_PEM_READER_OK, 0},
    /* RFC 7468, 2: parsers SHOULD ignore text outside of the blocks. */
    {"text before", "subject: x\n\n" A, {"A"}, {3}, STLS_PEM_READER_OK, 0},
    {"text between", A "x\ny\n" B, {"A", "B C"}, {1, 6}, STLS_PEM_READER_OK, 0},
    {"text behind", A "x\n", {"A"}, {1}, STLS_PEM_READER_OK, 0},
    {"no trailing newline",
     "-----BEGIN A-----\nx\n-----END A-----",
     {"A"},
     {1},
     STLS_PEM_READER_OK,
     0},
    {"CRLF",
     "x\r\n-----BEGIN A-----\r\nx\r\n-----END A-----\r\n",
     {"A"},
     {2},
     STLS_PEM_READER_OK,
     0},
    {"spaces at the ends of lines",
     "-----BEGIN A----- \t\nx\n-----END A-----  \n",
     {"A"},
     {1},
     STLS_PEM_READER_OK,
     0},
    {"an empty block",
     "-----BEGIN A-----\n-----END A-----\n",
     {"A"},
     {1},
     STLS_PEM_READER_OK,
     0},
    {"an empty label",
     "-----BEGIN -----\nx\n-----END -----\n",
     {""},
     {1},
     STLS_PEM_READER_OK,
     0},
    {"headers in the block",
     "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nx\n-----END A-----\n",
     {"A"},
     {1},
     STLS_PEM_READER_OK,
     0},
    {"dashes in the block",
     "-----BEGIN A-----\n-----\n-----END A-----\n",
     {"A"},
     {1},
     STLS_PEM_READER_OK,
     0},
    {"BEGIN alone",
     "-----BEGIN A-----\n",
     {0},
     {0},
     STLS_PEM_READER_UNTERMINATED,
     1},
    {"no END",
     A "-----BEGIN A-----\nx\n",
     {"A"},
     {1},
     STLS_PEM_READER_UNTERMINATED,
     4},
    {"END with another label",
     "\n-----BEGIN A-----\nx\n-----END B-----\n",
     {0},
     {0},
     STLS_PEM_READER_UNTERMINATED,
     2},
    {"END with a longer label",
     "-----BEGIN A-----\nx\n-----END AB-----\n",
     {0},
     {0},
     STLS_PEM_READER_UNTERMINATED,
     1},
    {"END with a shorter label",
     "-----BEGIN AB-----\nx\n-----END A-----\n",
     {0},
     {0},
     STLS_PEM_READER_UNTERMINATED,
     1},
    {"END cut off",
     "-----BEGIN A-----\nx\n-----END A----",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     3},
    {"nested BEGIN",
     "-----BEGIN A-----\n" B,
     {0},
     {0},
     STLS_PEM_READER_UNTERMINATED,
     1},
    {"END alone",
     "x\n-----END A-----\n" A,
     {0},
     {0},
     STLS_PEM_READER_NO_BEGIN,
     2},
    {"END twice",
     A "-----END A-----\n",
     {"A"},
     {1},
     STLS_PEM_READER_NO_BEGIN,
     4},
    /* OpenSSL passes over these, and over the block. */
    {"indented", " -----BEGIN A-----\nx\n", {0}, {0}, STLS_PEM_READER_STRAY, 1},
    {"behind text", "A\ncert: " A, {0}, {0}, STLS_PEM_READER_STRAY, 2},
    {"behind a control byte", "\f" A, {0}, {0}, STLS_PEM_READER_STRAY, 1},
    {"without a line's end between",
     "-----BEGIN A-----\nx\n-----END A-----" A,
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     3},
    {"not to the line's end",
     "-----BEGIN A-----x\nx\n",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     1},
    {"all in one line",
     "-----BEGIN A-----MIIB-----END A-----\n",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     1},
    {"END indented",
     "-----BEGIN A-----\nx\n -----END A-----\n",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     3},
    {"too few dashes",
     "-----BEGIN A----\nx\n",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     1},
    {"too few dashes before",
     "----BEGIN A-----\nx\n-----END A-----\n" A,
     {0},
     {0},
     STLS_PEM_READER_NO_BEGIN,
     3},
    {"BEGIN without a blank",
     "-----BEGIN-----\nx\n",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     1},
    {"the dashes are shared",
     "-----BEGIN ----\n",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     1},
    {"other letters",
     "-----begin a-----\nx\n-----end a-----\n",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     1},
    {"CR alone",
     "x\n-----BEGIN A-----\rx\r-----END A-----\r",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     2},
    {"a comment",
     "# -----BEGIN A-----\n#x\n" A,
     {"A"},
     {3},
     STLS_PEM_READER_OK,
     0},
    {"a comment in a block",
     "-----BEGIN A-----\n# -----BEGIN A-----\n-----END A-----\n",
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     2},
    {"SSH's key (RFC 4716, 3)",
     "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n" A,
     {"A"},
     {4},
     STLS_PEM_READER_OK,
     0},
    /* openssl#6281 */
    {"BOM", "\xef\xbb\xbf" A B, {"A", "B C"}, {1, 4}, STLS_PEM_READER_OK, 0},
    {"two files with BOM",
     "\xef\xbb\xbf" A "\xef\xbb\xbf" B,
     {"A", "B C"},
     {1, 4},
     STLS_PEM_READER_OK,
     0},
    {"BOM behind text",
     "x\n\xef\xbb\xbf" A,
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     2},
    {"two BOMs",
     "\xef\xbb\xbf\xef\xbb\xbf" A,
     {0},
     {0},
     STLS_PEM_READER_STRAY,
     1},
    {"control bytes behind the dashes",
     "-----BEGIN A-----\x01\x1f\nx\n-----END A-----\f\v\r\n",
     {"A"},
     {1},
     STLS_PEM_READER_OK,
     0},
    /* RFC 7468, 3 */
    {"a blank before the label",
     "-----BEGIN  A-----\nx\n-----END  A-----\n",
     {0},
     {0},
     STLS_PEM_READER_LABEL,
     1},
    {"a blank behind the label",
     A "-----BEGIN A -----\nx\n-----END A -----\n",
     {"A"},
     {1},
     STLS_PEM_READER_LABEL,
     4},
    {"a dash behind the label",
     "-----BEGIN A------\nx\n-----END A------\n",
     {0},
     {0},
     STLS_PEM_READER_LABEL,
     1},
    {"a control byte in the label",
     "-----BEGIN A\tB-----\nx\n-----END A\tB-----\n",
     {0},
     {0},
     STLS_PEM_READER_LABEL,
     1},
    {"a dash in the label",
     "-----BEGIN A-B-----\nx\n-----END A-B-----\n",
     {"A-B"},
     {1},
     STLS_PEM_READER_OK,
     0},
};

static void walk_row(const struct row *row, const char *text, size_t len);

Test(pem_reader, walks_from_block_to_block)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    /* At its exact length, so that sanitizers see a byte too many. */
    size_t len = strlen(rows[i].text);
    char *text = malloc(len > 0 ? len : 1);
    cr_assert_not_null(text);
    memcpy(text, rows[i].text, len);
    walk_row(&rows[i], text, len);
    free(text);
  }
}

static void walk_row(const struct row *row, const char *text, size_t len)
{
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;
  stls_pem_reader_step step = STLS_PEM_READER_END;

  stls_pem_reader_walk_init(&walk, text, len);
  for (size_t i = 0; i < MAX_BLOCKS && row->want_labels[i] != NULL; i++) {
    step = stls_pem_reader_next(&walk, &block);
    cr_assert_eq(step, STLS_PEM_READER_BLOCK, "%s: block %zu", row->name,
                 i + 1);
    cr_expect(stls_pem_reader_is(&block, row->want_labels[i]),
              "%s: block %zu: %.*s", row->name, i + 1, (int)block.label_len,
              block.label);
    cr_expect_eq(block.line, row->want_lines[i], "%s: block %zu: line %zu",
                 row->name, i + 1, block.line);
  }
  step = stls_pem_reader_next(&walk, &block);
  cr_expect_eq(step == STLS_PEM_READER_FAULT,
               row->want_fault != STLS_PEM_READER_OK, "%s: it ends with %d",
               row->name, (int)step);
  cr_expect_neq(step, STLS_PEM_READER_BLOCK, "%s", row->name);
  cr_expect_eq(block.fault, row->want_fault, "%s: %s", row->name,
               stls_pem_reader_fault_text(block.fault));
  if (step == STLS_PEM_READER_FAULT)
    cr_expect_eq(block.line, row->want_fault_line, "%s: line %zu", row->name,
                 block.line);
}
