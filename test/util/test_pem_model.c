/* SPDX-License-Identifier: MIT */
/* test_pem_model: the PEM reader finds the same blocks as OpenSSL's, or refuses. */
#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/data_files.h"
#include "support/pem_oracle.h"

SUITE(pem_model, .timeout = 300);

#define A "-----BEGIN A-----\nMIIB\n-----END A-----\n"
#define HEX64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct row {
  const char *name, *text;
  pem_oracle_verdict want;
  size_t num_blocks;
  stls_pem_reader_fault fault;
} rows[] = {
    {"nothing", "", PEM_ORACLE_SAME, 0, STLS_PEM_READER_OK},
    {"two", A A, PEM_ORACLE_SAME, 2, STLS_PEM_READER_OK},
    {"text around", "x\n" A "y\n" A "z", PEM_ORACLE_SAME, 2,
     STLS_PEM_READER_OK},
    {"CRLF", "-----BEGIN A-----\r\nMIIB\r\n-----END A-----\r\n",
     PEM_ORACLE_SAME, 1, STLS_PEM_READER_OK},
    {"blanks behind", "-----BEGIN A----- \t\nMIIB \n-----END A----- \n",
     PEM_ORACLE_SAME, 1, STLS_PEM_READER_OK},
    {"blanks before base64", "-----BEGIN A-----\n  MIIB\n-----END A-----\n",
     PEM_ORACLE_SAME, 1, STLS_PEM_READER_OK},
    {"headers",
     "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nMIIB\n"
     "-----END A-----\n",
     PEM_ORACLE_SAME, 1, STLS_PEM_READER_OK},
    {"base64 in one long line",
     "-----BEGIN A-----\n" HEX64 HEX64 HEX64 HEX64 HEX64 "\n-----END A-----\n",
     PEM_ORACLE_SAME, 1, STLS_PEM_READER_OK},
    {"BOM", "\xef\xbb\xbf" A "\xef\xbb\xbf" A, PEM_ORACLE_SAME, 2,
     STLS_PEM_READER_OK},
    {"a comment", "#-----BEGIN A-----\n" A, PEM_ORACLE_SAME, 1,
     STLS_PEM_READER_OK},
    {"bad base64", "-----BEGIN A-----\nMI?B\n-----END A-----\n" A,
     PEM_ORACLE_BOTH_REFUSE, 0, STLS_PEM_READER_OK},
    {"no data", "-----BEGIN A-----\n-----END A-----\n" A,
     PEM_ORACLE_BOTH_REFUSE, 0, STLS_PEM_READER_OK},
    {"END of another", "-----BEGIN A-----\nMIIB\n-----END B-----\n",
     PEM_ORACLE_BOTH_REFUSE, 0, STLS_PEM_READER_UNTERMINATED},
    {"no END", A "-----BEGIN A-----\nMIIB\n", PEM_ORACLE_BOTH_REFUSE, 1,
     STLS_PEM_READER_UNTERMINATED},
    /* Where we are stricter, because a block is lost otherwise: these are all
     * the kinds. */
    {"indented", A " " A, PEM_ORACLE_ONLY_WE_REFUSE, 1, STLS_PEM_READER_STRAY},
    {"behind text", "x" A, PEM_ORACLE_ONLY_WE_REFUSE, 0, STLS_PEM_READER_STRAY},
    {"all in one line", "-----BEGIN A-----MIIB-----END A-----\n" A,
     PEM_ORACLE_BOTH_REFUSE, 0, STLS_PEM_READER_STRAY},
    {"behind the 254th byte",
     HEX64 HEX64 HEX64
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" A,
     PEM_ORACLE_ONLY_WE_REFUSE, 0, STLS_PEM_READER_STRAY},
    {"END behind base64",
     "-----BEGIN A-----\n" HEX64 HEX64 HEX64
     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA  "
     "-----END A-----\n",
     PEM_ORACLE_ONLY_WE_REFUSE, 0, STLS_PEM_READER_STRAY},
    {"a block in a block",
     "-----BEGIN A-----\nMIIB\n-----BEGIN B-----\nMIIB\n-----END A-----\n",
     PEM_ORACLE_ONLY_WE_REFUSE, 0, STLS_PEM_READER_UNTERMINATED},
    {"an END that is none",
     "-----BEGIN A-----\nMIIB\n -----END A-----\n -----BEGIN A-----\nMIIB\n"
     "-----END A-----\n",
     PEM_ORACLE_ONLY_WE_REFUSE, 0, STLS_PEM_READER_STRAY},
    {"END alone", "-----END A-----\n" A, PEM_ORACLE_ONLY_WE_REFUSE, 0,
     STLS_PEM_READER_NO_BEGIN},
    {"a label with a blank behind it",
     "-----BEGIN A -----\nMIIB\n-----END A -----\n", PEM_ORACLE_ONLY_WE_REFUSE,
     0, STLS_PEM_READER_LABEL},
    {"long BEGIN line",
     "-----BEGIN A-----                                        "
     "                                                         "
     "                                                         "
     "                                                         "
     "                         \nMIIB\n-----END A-----\n",
     PEM_ORACLE_ONLY_WE_REFUSE, 0, STLS_PEM_READER_LONG},
};

/* What a random text is made of, most of all of what belongs together. */
static const char *const pieces[] = {
    A,
    A,
    "-----BEGIN A-----\n",
    "-----END A-----\n",
    "-----BEGIN B C-----\n",
    "-----END B C-----\n",
    "-----BEGIN CERTIFICATE-----\r\nMIIB\r\n-----END CERTIFICATE-----\r\n",
    "MIIB\n",
    "MII=\n",
    HEX64 "\n",
    HEX64 HEX64 HEX64,
    "text\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\x01",
    "\xef\xbb\xbf",
    "\xa0",
    "#",
    "-",
    "--------------------------------------------------",
    ":",
    "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
    "-----BEGIN -----\n",
    "-----END -----\n",
    "-----BEGIN ",
    "-----END ",
    "-----\n",
    "-----",
    "                                                  ",
};

struct text {
  char data[4096];
  size_t len;
};

static size_t draw(uint32_t *random, size_t below)
{
  *random = *random * 1664525U + 1013904223U;
  return (size_t)(*random >> 8) % below;
}

static void append(struct text *text, const char *piece)
{
  size_t len = strlen(piece);

  if (text->len + len > sizeof text->data) return;
  memcpy(text->data + text->len, piece, len);
  text->len += len;
}

/* Fifteen pieces at most, of which some bytes change; NULs come in here. */
static void make(uint32_t *random, struct text *text)
{
  size_t num_pieces = 1 + draw(random, 15), num_flips = draw(random, 3);

  text->len = 0;
  for (size_t i = 0; i < num_pieces; i++)
    append(text, pieces[draw(random, sizeof pieces / sizeof pieces[0])]);
  for (size_t i = 0; draw(random, 2) == 0 && i < num_flips; i++)
    text->data[draw(random, text->len)] =
        (char)(draw(random, 2) == 0 ? 0 : draw(random, 256));
}

Test(pem_model, is_openssls_but_where_we_refuse)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pem_oracle_report report =
        pem_oracle_compare(rows[i].text, strlen(rows[i].text));
    cr_expect_eq(report.verdict, rows[i].want, "%s: %d", rows[i].name,
                 (int)report.verdict);
    cr_expect_eq(report.num_blocks, rows[i].num_blocks, "%s: %zu", rows[i].name,
                 report.num_blocks);
    cr_expect_eq(report.fault, rows[i].fault, "%s: %d", rows[i].name,
                 (int)report.fault);
  }
}

Test(pem_model, never_differs_for_random_texts)
{
  const size_t num = check_quick() ? 2000 : 60000;
  size_t counts[PEM_ORACLE_DIFFERENT + 1] = {0}, num_blocks = 0;
  struct text text;

  for (size_t seed = 1; seed <= num; seed++) {
    uint32_t random = (uint32_t)seed * 2654435761U + 1;
    pem_oracle_report report;
    make(&random, &text);
    report = pem_oracle_compare(text.data, text.len);
    cr_assert_neq(report.verdict, PEM_ORACLE_DIFFERENT, "seed %zu, block %zu",
                  seed, report.num_blocks + 1);
    counts[report.verdict]++;
    num_blocks += report.num_blocks;
  }
  /* It is not by refusing everything. */
  cr_expect_gt(counts[PEM_ORACLE_SAME], num / 20, "%zu",
               counts[PEM_ORACLE_SAME]);
  cr_expect_gt(counts[PEM_ORACLE_BOTH_REFUSE], num / 20);
  cr_expect_gt(counts[PEM_ORACLE_ONLY_WE_REFUSE], num / 20);
  cr_expect_gt(num_blocks, num / 10, "%zu", num_blocks);
}

/* One byte of a good text after the other, with every value. */
Test(pem_model, never_differs_for_one_wrong_byte)
{
  static const char good[] =
      "x\n" A "\n-----BEGIN B-----\nA: b\n\nMIIB\n-----END B-----\n";
  const unsigned every = check_quick() ? 11 : 1;

  for (size_t at = 0; at < sizeof good - 1; at++)
    for (unsigned byte = 0; byte <= 255; byte += every) {
      char text[sizeof good];
      memcpy(text, good, sizeof good);
      text[at] = (char)byte;
      cr_assert_neq(pem_oracle_compare(text, sizeof text - 1).verdict,
                    PEM_ORACLE_DIFFERENT, "byte %zu is %u", at, byte);
    }
}

/* OpenSSL takes a piece of 254 bytes for a line. */
Test(pem_model, takes_no_piece_of_a_line_for_a_line)
{
  const char *const fills[] = {"x", "#", "-", " "};

  for (size_t i = 0; i < 4; i++)
    for (size_t fill = 200; fill < 300; fill++) {
      char text[600];
      struct stls_pem_reader_walk walk;
      struct stls_pem_reader_block block;
      memset(text, fills[i][0], fill);
      memcpy(text + fill, A, sizeof A);
      stls_pem_reader_walk_init(&walk, text, fill + strlen(A));
      cr_assert_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_FAULT,
                   "%s %zu", fills[i], fill);
      cr_expect_eq(block.line, fills[i][0] == '#' && fill < 234 ? 3 : 1);
    }
}

/* What an editor of Windows may write; OpenSSL finds nothing in it. */
Test(pem_model, is_never_utf16)
{
  const char *const prefixes[] = {"", "\xff\xfe", "\xfe\xff"};

  for (size_t i = 0; i < 3; i++)
    for (size_t at = 0; at < 2; at++) {
      char text[2 + 2 * sizeof A] = {0};
      size_t len = strlen(prefixes[i]);
      struct stls_pem_reader_walk walk;
      struct stls_pem_reader_block block;
      memcpy(text, prefixes[i], len);
      for (size_t j = 0; j < strlen(A); j++) text[len + 2 * j + at] = A[j];
      stls_pem_reader_walk_init(&walk, text, len + 2 * strlen(A));
      cr_assert_eq(stls_pem_reader_next(&walk, &block), STLS_PEM_READER_FAULT);
      cr_expect_eq(block.fault, STLS_PEM_READER_UTF16);
      cr_expect_eq(block.line, 1);
    }
}

/* What openssl(1) writes, with its own idea of text between the blocks. */
Test(pem_model, is_the_same_for_what_openssl_writes)
{
  static const struct {
    const char *file;
    size_t want;
  } files[] = {{"ca.pem", 1},
               {"both-cas.pem", 2},
               {"text-between.pem", 2},
               {"server-ecdsa.key", 1},
               {"server-rsa-encrypted.key", 1}};

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    data_file file = data_file_load(files[i].file);
    pem_oracle_report report = pem_oracle_compare(file.data, file.len);
    cr_expect_eq(report.verdict, PEM_ORACLE_SAME, "%s", files[i].file);
    cr_expect_eq(report.num_blocks, files[i].want, "%s", files[i].file);
    data_file_free(&file);
  }
}
