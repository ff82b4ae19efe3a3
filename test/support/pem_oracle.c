/* SPDX-License-Identifier: MIT */
/* pem_oracle: compares the blocks of a PEM text with OpenSSL's PEM_read_bio. */
#include "pem_oracle.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

/* What PEM_read_bio has found. */
struct found {
  bool is_read;
  int reason;
  char *name, *header;
  unsigned char *data;
  long len;
};

static void read_next(BIO *bio, struct found *out)
{
  memset(out, 0, sizeof *out);
  ERR_clear_error();
  out->is_read =
      PEM_read_bio(bio, &out->name, &out->header, &out->data, &out->len) == 1;
  out->reason = ERR_GET_REASON(ERR_peek_last_error());
  ERR_clear_error();
}

static void forget(struct found *found)
{
  OPENSSL_free(found->name);
  OPENSSL_free(found->header);
  OPENSSL_free(found->data);
}

static bool is_same(const struct found *a, const struct found *b)
{
  return strcmp(a->name, b->name) == 0 && strcmp(a->header, b->header) == 0 &&
         a->len == b->len && memcmp(a->data, b->data, (size_t)a->len) == 0;
}

/* What our block says to OpenSSL, which has to read all of it. */
static bool read_block(const struct stls_pem_reader_block *block,
                       struct found *out)
{
  BIO *bio = BIO_new_mem_buf(block->data, (int)block->len);
  bool is_whole;

  read_next(bio, out);
  is_whole = !out->is_read || (BIO_pending(bio) == 0 &&
                               stls_pem_reader_is(block, out->name) != 0);
  BIO_free(bio);
  return is_whole;
}

/* Whether there is a next pair of blocks to look at; *out_report says so far. */
static bool judge_next(struct stls_pem_reader_walk *walk, BIO *bio,
                       pem_oracle_report *report)
{
  struct stls_pem_reader_block block;
  struct found whole, ours = {0};
  stls_pem_reader_step step = stls_pem_reader_next(walk, &block);

  read_next(bio, &whole);
  report->fault = block.fault;
  report->line = block.line;
  report->verdict = PEM_ORACLE_DIFFERENT;
  if (step == STLS_PEM_READER_BLOCK && read_block(&block, &ours)) {
    if (!whole.is_read && !ours.is_read)
      report->verdict = PEM_ORACLE_BOTH_REFUSE;
    if (whole.is_read && ours.is_read && is_same(&whole, &ours))
      report->verdict = PEM_ORACLE_SAME;
  } else if (step == STLS_PEM_READER_END && !whole.is_read &&
             whole.reason == PEM_R_NO_START_LINE) {
    report->verdict = PEM_ORACLE_SAME;
  } else if (step == STLS_PEM_READER_FAULT) {
    report->verdict = !whole.is_read && whole.reason != PEM_R_NO_START_LINE
                          ? PEM_ORACLE_BOTH_REFUSE
                          : PEM_ORACLE_ONLY_WE_REFUSE;
  }
  forget(&whole);
  forget(&ours);
  if (step != STLS_PEM_READER_BLOCK || report->verdict != PEM_ORACLE_SAME)
    return false;
  report->num_blocks++;
  return true;
}

pem_oracle_report pem_oracle_compare(const void *text, size_t len)
{
  pem_oracle_report report = {PEM_ORACLE_SAME, 0, STLS_PEM_READER_OK, 0};
  struct stls_pem_reader_walk walk;
  BIO *bio = BIO_new_mem_buf(len > 0 ? text : "", (int)len);

  stls_pem_reader_walk_init(&walk, text, len);
  while (judge_next(&walk, bio, &report)) continue;
  BIO_free(bio);
  return report;
}
