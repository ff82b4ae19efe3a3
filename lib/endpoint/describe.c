/* SPDX-License-Identifier: MIT */
/* describe: writes a one-line description of a connection. */
#include <inttypes.h>
#include <sanstls/conninfo.h>
#include <stdio.h>
#include <string.h>

#include "base/out_buffer.h"
#include "endpoint/object.h"

/* A text, or without `out` only its length. */
struct line {
  char *out;
  size_t len;
};

static void put_object(struct line *line, const stls_object *object);
static void put(struct line *line, const char *text);
static void put_word(struct line *line, const char *word);
static void put_named(struct line *line, const char *name, const char *text,
                      size_t len);
static void put_number(struct line *line, const char *name, uint64_t number);
static void put_facts(struct line *line, const stls_conninfo *info);
static void put_auth(struct line *line, stls_client_auth state);
static void put_handed_over(struct line *line,
                            const struct stls_direct_records *direct);
static void put_char(struct line *line, char c);
static const char *state_word(const stls_object *object);

stls_result stls_object_describe(const stls_object *object, char *out,
                                 size_t out_cap, size_t *out_len,
                                 stls_error *err)
{
  struct line counter = {NULL, 0}, line = {out, 0};
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (object == NULL) return stls_error_null(err, "object");
  put_object(&counter, object);
  result = stls_out_buffer_fit_text(counter.len, out, out_cap, out_len, err);
  if (result != STLS_OK || out == NULL) return result;
  put_object(&line, object);
  out[line.len] = '\0';
  return STLS_OK;
}

static void put_object(struct line *line, const stls_object *object)
{
  put(line, object->context->role == STLS_CLIENT ? "client" : "server");
  put_facts(line, object->info);
  put_auth(line, object->auth.state);
  put_word(line, state_word(object));
  if (object->io.direct != NULL) put_handed_over(line, object->io.direct);
  put_number(line, "in", object->io.budget.bytes_in);
  put_number(line, "out", object->io.budget.bytes_out);
  if (object->context->test_provider != NULL)
    put_word(line, "insecure randomness");
}

static void put_facts(struct line *line, const stls_conninfo *info)
{
  const char *name = stls_conninfo_server_name(info), *alpn;
  size_t alpn_len = 0;

  put_word(line, stls_conninfo_version_name(info));
  put_word(line, stls_conninfo_cipher_name(info));
  put_word(line, stls_conninfo_group_name(info));
  alpn = stls_conninfo_alpn(info, &alpn_len);
  if (alpn != NULL) put_named(line, "alpn", alpn, alpn_len);
  if (name != NULL) put_named(line, "sni", name, strlen(name));
  if (stls_conninfo_peer_verified(info)) put_word(line, "verified");
  if (stls_conninfo_resumed(info)) put_word(line, "resumed");
}

static void put_auth(struct line *line, stls_client_auth state)
{
  static const char *const words[] = {
      [STLS_CLIENT_AUTH_NONE] = NULL,
      [STLS_CLIENT_AUTH_REQUESTED] = "auth=requested",
      [STLS_CLIENT_AUTH_VERIFIED] = "auth=verified",
      [STLS_CLIENT_AUTH_DECLINED] = "auth=declined",
      [STLS_CLIENT_AUTH_REFUSED] = "auth=refused",
  };

  put_word(line, words[state]);
}

static void put_handed_over(struct line *line,
                            const struct stls_direct_records *direct)
{
  const bool in = direct->flows[STLS_RECORDS_IN].is_exported;
  const bool out = direct->flows[STLS_RECORDS_OUT].is_exported;

  if (in || out)
    put_word(line, in && out ? "handed-over=in,out"
                   : in      ? "handed-over=in"
                             : "handed-over=out");
}

static const char *state_word(const stls_object *object)
{
  static const char *const words[STLS_NUM_STATES] = {
      [STLS_STATE_NEW] = "new",
      [STLS_STATE_HANDSHAKING] = "handshaking",
      [STLS_STATE_OPEN] = "open",
      [STLS_STATE_CLOSE_SENT] = "close-sent",
      [STLS_STATE_CLOSE_RECEIVED] = "close-received",
      [STLS_STATE_CLOSED] = "closed",
      [STLS_STATE_ABANDONED] = "abandoned",
      [STLS_STATE_FAILED] = "failed",
  };

  return words[object->state];
}

static void put_word(struct line *line, const char *word)
{
  if (word == NULL) return;
  put_char(line, ' ');
  put(line, word);
}

static void put_named(struct line *line, const char *name, const char *text,
                      size_t len)
{
  const size_t max = 255;

  put_word(line, name);
  put_char(line, '=');
  for (size_t i = 0; i < len && i < max; i++) {
    bool is_plain = text[i] > 0x20 && text[i] < 0x7f && text[i] != '"' &&
                    text[i] != '\'' && text[i] != '\\';
    put_char(line, is_plain ? text[i] : '?');
  }
}

static void put_number(struct line *line, const char *name, uint64_t number)
{
  char text[24];

  snprintf(text, sizeof text, "%" PRIu64, number);
  put_word(line, name);
  put_char(line, '=');
  put(line, text);
}

static void put(struct line *line, const char *text)
{
  for (; *text != '\0'; text++) put_char(line, *text);
}

static void put_char(struct line *line, char c)
{
  if (line->out != NULL) line->out[line->len] = c;
  line->len++;
}
