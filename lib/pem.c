/* SPDX-License-Identifier: MIT */
/* pem (L1): the blocks of a PEM text (RFC 7468), and the lines they start at. */
#include "pem.h"

#include <stdbool.h>
#include <string.h>

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"

struct line {
  const char *text;
  size_t len;
};

static bool next_line(struct stls_pem_walk *walk, struct line *line);
static bool has_marker(const struct line *line, const char *marker,
                       struct line *label);

void stls_pem_walk_init(struct stls_pem_walk *walk, const void *text,
                        size_t len)
{
  walk->at = text;
  walk->end = len > 0 ? walk->at + len : walk->at;
  walk->line = 0;
}

stls_pem_step stls_pem_next(struct stls_pem_walk *walk,
                            struct stls_pem_block *out_block)
{
  struct line line, label, end_label;
  bool inside = false;

  while (next_line(walk, &line)) {
    if (!inside && has_marker(&line, BEGIN, &label)) {
      inside = true;
      out_block->data = (const uint8_t *)line.text;
      out_block->label = label.text;
      out_block->label_len = label.len;
      out_block->line = walk->line;
    } else if (inside && has_marker(&line, BEGIN, &end_label)) {
      return STLS_PEM_UNTERMINATED;
    } else if (inside && has_marker(&line, END, &end_label)) {
      if (end_label.len != label.len ||
          memcmp(end_label.text, label.text, label.len) != 0)
        return STLS_PEM_UNTERMINATED;
      out_block->len = (size_t)(walk->at - out_block->data);
      return STLS_PEM_BLOCK;
    }
  }
  return inside ? STLS_PEM_UNTERMINATED : STLS_PEM_END;
}

int stls_pem_is(const struct stls_pem_block *block, const char *label)
{
  return block->label_len == strlen(label) &&
         memcmp(block->label, label, block->label_len) == 0;
}

static bool next_line(struct stls_pem_walk *walk, struct line *line)
{
  const uint8_t *newline;
  size_t left = (size_t)(walk->end - walk->at);

  if (left == 0) return false;
  newline = memchr(walk->at, '\n', left);
  line->text = (const char *)walk->at;
  line->len = newline == NULL ? left : (size_t)(newline - walk->at);
  walk->at = newline == NULL ? walk->end : newline + 1;
  walk->line++;
  while (line->len > 0 && (line->text[line->len - 1] == '\r' ||
                           line->text[line->len - 1] == ' ' ||
                           line->text[line->len - 1] == '\t'))
    line->len--;
  return true;
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
