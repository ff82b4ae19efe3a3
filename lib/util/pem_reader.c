/* SPDX-License-Identifier: MIT */
/* pem_reader: finds the blocks of a PEM text (RFC 7468), with line numbers. */
#include "util/pem_reader.h"

#include <string.h>

#include "base/ascii.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"
#define BOM "\xef\xbb\xbf"

enum {
  /* OpenSSL reads pieces of at most 254 bytes, BOM and newline included, and
   * treats each piece as a line. */
  MAX_LINE = 250
};

/* Without its newline. */
struct line {
  const char *text;
  size_t len;
};

typedef enum line_kind {
  LINE_TEXT,
  LINE_BEGIN,
  LINE_END,
  LINE_FAULTY
} line_kind;

static bool next_line(struct stls_pem_reader_walk *walk, struct line *line);
static void skip_bom(struct line *line);
static line_kind classify(const struct line *line, struct line *label,
                          stls_pem_reader_fault *fault);
static stls_pem_reader_fault judge_marker(const struct line *line,
                                          const struct line *label);
static bool has_marker(const struct line *line, const char *marker,
                       struct line *label);
static bool is_label(const struct line *label);
static bool is_comment(const struct line *line);
static bool looks_like_marker(const struct line *line);
static bool starts_with(const struct line *line, const char *word);
static bool looks_like_utf16(const struct line *line);
static bool contains(const struct line *line, const char *what, size_t len);
static stls_pem_reader_step finish(const struct stls_pem_reader_walk *walk,
                                   const struct line *end_label,
                                   struct stls_pem_reader_block *block);
static stls_pem_reader_step fail(stls_pem_reader_fault fault, size_t line,
                                 struct stls_pem_reader_block *block);

void stls_pem_reader_walk_init(struct stls_pem_reader_walk *walk,
                               const void *text, size_t len)
{
  walk->at = text;
  walk->end = len > 0 ? walk->at + len : walk->at;
  walk->line = 0;
}

stls_pem_reader_step stls_pem_reader_next(
    struct stls_pem_reader_walk *walk, struct stls_pem_reader_block *out_block)
{
  const struct stls_pem_reader_block none = {NULL, 0, "",
                                             0,    0, STLS_PEM_READER_OK};
  struct line line, label;
  stls_pem_reader_fault fault;

  *out_block = none;
  for (bool is_first = true; next_line(walk, &line); is_first = false) {
    bool inside = out_block->data != NULL;
    if (is_first) skip_bom(&line);
    switch (classify(&line, &label, &fault)) {
      case LINE_BEGIN:
        if (inside) return fail(STLS_PEM_READER_UNTERMINATED, 0, out_block);
        out_block->data = (const uint8_t *)line.text;
        out_block->label = label.text;
        out_block->label_len = label.len;
        out_block->line = walk->line;
        break;
      case LINE_END:
        if (inside) return finish(walk, &label, out_block);
        return fail(STLS_PEM_READER_NO_BEGIN, walk->line, out_block);
      case LINE_FAULTY:
        if (inside || !is_comment(&line))
          return fail(fault, walk->line, out_block);
        break;
      default:
        break;
    }
  }
  if (out_block->data == NULL) return STLS_PEM_READER_END;
  return fail(STLS_PEM_READER_UNTERMINATED, 0, out_block);
}

int stls_pem_reader_is(const struct stls_pem_reader_block *block,
                       const char *label)
{
  return block->label_len == strlen(label) &&
         memcmp(block->label, label, block->label_len) == 0;
}

const char *stls_pem_reader_fault_text(stls_pem_reader_fault fault)
{
  switch (fault) {
    case STLS_PEM_READER_UNTERMINATED:
      return "the block has no matching END line";
    case STLS_PEM_READER_NO_BEGIN:
      return "the END line has no BEGIN line";
    case STLS_PEM_READER_STRAY:
      return "a BEGIN or END line has to be a line of its own, with five "
             "dashes "
             "at either end";
    case STLS_PEM_READER_LABEL:
      return "the label has a byte that is not printable ASCII, or a blank or "
             "a dash too many";
    case STLS_PEM_READER_LONG:
      return "a BEGIN or END line is too long";
    case STLS_PEM_READER_UTF16:
      return "it is UTF-16; PEM has to be ASCII or UTF-8";
    default:
      return "";
  }
}

bool stls_pem_reader_finds(const void *text, size_t len)
{
  const struct line all = {text, len};

  return len > 0 && contains(&all, BEGIN, strlen(BEGIN));
}

static bool next_line(struct stls_pem_reader_walk *walk, struct line *line)
{
  const uint8_t *newline;
  size_t left = (size_t)(walk->end - walk->at);

  if (left == 0) return false;
  newline = memchr(walk->at, '\n', left);
  line->text = (const char *)walk->at;
  line->len = newline == NULL ? left : (size_t)(newline - walk->at);
  walk->at = newline == NULL ? walk->end : newline + 1;
  walk->line++;
  return true;
}

static void skip_bom(struct line *line)
{
  const size_t len = strlen(BOM);

  if (line->len <= len || memcmp(line->text, BOM, len) != 0) return;
  line->text += len;
  line->len -= len;
}

/* Sets *label for BEGIN and END lines only. */
static line_kind classify(const struct line *line, struct line *label,
                          stls_pem_reader_fault *fault)
{
  struct line trimmed = *line;
  line_kind kind = LINE_TEXT;

  /* As OpenSSL does, also where char is signed. */
  while (trimmed.len > 0 && trimmed.text[trimmed.len - 1] <= ' ') trimmed.len--;
  if (has_marker(&trimmed, BEGIN, label)) kind = LINE_BEGIN;
  if (has_marker(&trimmed, END, label)) kind = LINE_END;
  if (kind != LINE_TEXT)
    *fault = judge_marker(line, label);
  else if (looks_like_marker(line))
    *fault = STLS_PEM_READER_STRAY;
  else
    *fault =
        looks_like_utf16(line) ? STLS_PEM_READER_UTF16 : STLS_PEM_READER_OK;
  return *fault == STLS_PEM_READER_OK ? kind : LINE_FAULTY;
}

static stls_pem_reader_fault judge_marker(const struct line *line,
                                          const struct line *label)
{
  if (contains(label, DASHES, strlen(DASHES))) return STLS_PEM_READER_STRAY;
  if (line->len > MAX_LINE) return STLS_PEM_READER_LONG;
  return is_label(label) ? STLS_PEM_READER_OK : STLS_PEM_READER_LABEL;
}

static bool has_marker(const struct line *line, const char *marker,
                       struct line *label)
{
  size_t marker_len = strlen(marker);
  size_t dashes_len = strlen(DASHES);

  if (line->len < marker_len + dashes_len) return false;
  if (memcmp(line->text, marker, marker_len) != 0) return false;
  if (memcmp(line->text + line->len - dashes_len, DASHES, dashes_len) != 0)
    return false;
  label->text = line->text + marker_len;
  label->len = line->len - marker_len - dashes_len;
  return true;
}

static bool is_label(const struct line *label)
{
  bool separates = true;

  if (label->len == 0) return true;
  for (size_t i = 0; i < label->len; i++) {
    char c = label->text[i];
    bool is_separator = c == ' ' || c == '-';
    if (c < ' ' || c > '~' || (separates && is_separator)) return false;
    separates = is_separator;
  }
  return !separates;
}

/* OpenSSL may read a piece of a longer line as a BEGIN line. */
static bool is_comment(const struct line *line)
{
  return line->text[0] == '#' && line->len <= MAX_LINE;
}

static bool looks_like_marker(const struct line *line)
{
  const size_t dashes_len = strlen(DASHES);
  const char *at = line->text, *end = at + line->len;

  for (; (at = memchr(at, '-', (size_t)(end - at))) != NULL; at++) {
    struct line word;
    if ((size_t)(end - at) < dashes_len) return false;
    word = (struct line){at + dashes_len, (size_t)(end - at) - dashes_len};
    if (memcmp(at, DASHES, dashes_len) == 0 &&
        (starts_with(&word, "begin") || starts_with(&word, "end")))
      return true;
  }
  return false;
}

/* Ignores the case of letters. */
static bool starts_with(const struct line *line, const char *word)
{
  const size_t len = strlen(word);

  return line->len >= len && stls_ascii_equal(line->text, word, len);
}

static bool looks_like_utf16(const struct line *line)
{
  static const char word[] = "-\0B\0E\0G\0I\0N";

  return contains(line, word, sizeof word - 1);
}

static bool contains(const struct line *line, const char *what, size_t len)
{
  const char *at = line->text, *end = at + line->len;

  while ((at = memchr(at, what[0], (size_t)(end - at))) != NULL) {
    if ((size_t)(end - at) < len) return false;
    if (memcmp(at, what, len) == 0) return true;
    at++;
  }
  return false;
}

static stls_pem_reader_step finish(const struct stls_pem_reader_walk *walk,
                                   const struct line *end_label,
                                   struct stls_pem_reader_block *block)
{
  if (end_label->len != block->label_len ||
      memcmp(end_label->text, block->label, block->label_len) != 0)
    return fail(STLS_PEM_READER_UNTERMINATED, 0, block);
  block->len = (size_t)(walk->at - block->data);
  return STLS_PEM_READER_BLOCK;
}

/* Line 0 stands for the line of BEGIN. */
static stls_pem_reader_step fail(stls_pem_reader_fault fault, size_t line,
                                 struct stls_pem_reader_block *block)
{
  if (line > 0) block->line = line;
  block->fault = fault;
  return STLS_PEM_READER_FAULT;
}
