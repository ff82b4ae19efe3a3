/* SPDX-License-Identifier: MIT */
/* message_check: compares the name of a record with its bytes. */
#include "testing/message_check.h"

#include <sanstls/constants.h>
#include <string.h>

#define WORD_SIZE ((size_t)64)

static bool take_word(const char **in_out_text, char out[WORD_SIZE]);
static bool is_type(const char *word, const char *name, int wire_type);
static const char *check_words(const char *text, int type);

const char *stls_message_check_next(struct stls_record_cursor *cursor,
                                    const stls_transcript_step *step)
{
  const uint8_t *bytes = step->data.data;
  size_t left = step->data.len;
  bool is_end = false;
  const char *text = step->message;
  char word[WORD_SIZE];
  int type = -1;

  while (left > 0)
    left -= stls_record_cursor_take(cursor, bytes + step->data.len - left, left,
                                    &is_end);
  if (text[0] == '\0') return NULL;
  if (!is_end) return "a message is named, and its record is not complete";
  if (!take_word(&text, word) || (strcmp(word, "unknown") != 0 &&
                                  !stls_content_type_from_name(word, &type)))
    return "the message does not begin with a content type";
  if (!is_type(word, stls_content_type_name(cursor->header[0]),
               cursor->header[0]))
    return "the record has another content type than its message says";
  return check_words(text, type);
}

/* Words are apart by blanks. false at the end, and for one that is no name. */
static bool take_word(const char **in_out_text, char out[WORD_SIZE])
{
  const char *text = *in_out_text + strspn(*in_out_text, " ");
  const size_t len = strcspn(text, " ");

  *in_out_text = text + len;
  if (len == 0 || len >= WORD_SIZE) return false;
  memcpy(out, text, len);
  out[len] = '\0';
  return true;
}

/* In TLS 1.3 the type of what is protected is inside. */
static bool is_type(const char *word, const char *name, int wire_type)
{
  return wire_type == STLS_CONTENT_APPLICATION_DATA || strcmp(word, name) == 0;
}

static const char *check_words(const char *text, int type)
{
  char word[WORD_SIZE];
  int value;

  while (text[strspn(text, " ")] != '\0') {
    bool is_known;
    if (!take_word(&text, word)) return "the name of a message is too long";
    is_known = strcmp(word, "unknown") == 0;
    if (type == STLS_CONTENT_HANDSHAKE)
      is_known = is_known || stls_message_type_from_name(word, &value);
    else if (type == STLS_CONTENT_ALERT)
      is_known = is_known || stls_alert_from_name(word, &value);
    else
      is_known = false;
    if (!is_known) return "the content type has no message of this name";
  }
  return NULL;
}
