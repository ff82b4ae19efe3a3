/* SPDX-License-Identifier: MIT */
/* script: runs both ends of a scenario, in memory, and records one. */
#include "command/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  CLIENT = 0,
  SERVER = 1,
  WORD_MAX = 64,
  /* No scenario takes so many rounds. */
  ROUNDS_MAX = 1000
};

struct end {
  struct stls_testing *testing;
  stls_object *object;
  /* How many more bytes arrive from the other end before its transport ends;
   * SIZE_MAX: it does not. */
  size_t until_cut;
};

struct action {
  const char *verb;
  stls_result (*run)(struct end *end, const char *with);
};

static stls_result make_ends(struct end *ends,
                             const stls_transcript *description,
                             stls_error *err);
static stls_result start_recording(struct end *ends, stls_role role,
                                   stls_transcript **out_transcript,
                                   stls_error *err);
static stls_result run_words(struct end *ends, const char *script,
                             stls_error *err);
static stls_result run_word(struct end *ends, const char *word,
                            stls_error *err);
static void exchange(struct end *ends);
static bool deliver(struct end *from, struct end *to);
static bool go_on(struct end *end);
static char *take_session(stls_object *client);
static void free_ends(struct end *ends);

static stls_result do_write(struct end *end, const char *with);
static stls_result do_fill(struct end *end, const char *with);
static stls_result do_key_update(struct end *end, const char *with);
static stls_result do_key_update_both(struct end *end, const char *with);
static stls_result do_close(struct end *end, const char *with);
static stls_result do_unwrap(struct end *end, const char *with);
static stls_result do_end(struct end *end, const char *with);
static stls_result do_reject(struct end *end, const char *with);
static stls_result do_ask(struct end *end, const char *with);
static stls_result do_cut(struct end *end, const char *with);

static const struct action actions[] = {{"write", do_write},
                                        {"fill", do_fill},
                                        {"key_update", do_key_update},
                                        {"key_update_both", do_key_update_both},
                                        {"close", do_close},
                                        {"unwrap", do_unwrap},
                                        {"end", do_end},
                                        {"reject", do_reject},
                                        {"ask", do_ask},
                                        {"cut", do_cut}};

stls_result script_run(const stls_transcript *description, const char *script,
                       stls_role role, stls_transcript **out_transcript,
                       char **out_session, stls_error *err)
{
  struct end ends[2] = {{NULL, NULL, SIZE_MAX}, {NULL, NULL, SIZE_MAX}};
  stls_transcript *transcript = NULL;
  stls_result result = make_ends(ends, description, err);

  if (result == STLS_OK) result = start_recording(ends, role, &transcript, err);
  if (result == STLS_OK) result = run_words(ends, script, err);
  if (result == STLS_OK && out_session != NULL)
    *out_session = take_session(ends[CLIENT].object);
  free_ends(ends);
  if (result == STLS_OK)
    *out_transcript = transcript;
  else
    stls_transcript_free(transcript);
  return result;
}

static stls_result make_ends(struct end *ends,
                             const stls_transcript *description,
                             stls_error *err)
{
  stls_result result =
      stls_transcript_endpoint(description, STLS_CLIENT, &ends[CLIENT].testing,
                               &ends[CLIENT].object, err);

  if (result == STLS_OK)
    result = stls_transcript_endpoint(description, STLS_SERVER,
                                      &ends[SERVER].testing,
                                      &ends[SERVER].object, err);
  return result;
}

static stls_result start_recording(struct end *ends, stls_role role,
                                   stls_transcript **out_transcript,
                                   stls_error *err)
{
  const struct end *const own = &ends[role == STLS_CLIENT ? CLIENT : SERVER];
  const struct end *const other = &ends[role == STLS_CLIENT ? SERVER : CLIENT];
  stls_transcript_options options = STLS_TRANSCRIPT_OPTIONS_INIT;

  options.testing = own->testing;
  options.peer = other->object;
  options.peer_testing = other->testing;
  return stls_transcript_record(own->object, &options, out_transcript, err);
}

/* The first word that does something begins with the handshake done, as far as it
 * goes. */
static stls_result run_words(struct end *ends, const char *script,
                             stls_error *err)
{
  stls_result result = STLS_OK;
  bool has_begun = false;

  while (*script != '\0' && result == STLS_OK) {
    const size_t len = strcspn(script, " ");
    char word[WORD_MAX];
    if (len > 0 && len < sizeof word) {
      memcpy(word, script, len);
      word[len] = '\0';
      if (!has_begun && strncmp(word + 1, ".cut:", 5) != 0) {
        exchange(ends);
        has_begun = true;
      }
      result = run_word(ends, word, err);
      if (has_begun && result == STLS_OK) exchange(ends);
    }
    script += len + (script[len] == ' ');
  }
  if (!has_begun) exchange(ends);
  return result;
}

static stls_result run_word(struct end *ends, const char *word, stls_error *err)
{
  const char *const verb = word + 2;
  const size_t verb_len = strlen(word) < 3 ? 0 : strcspn(verb, ":");
  struct end *const end = &ends[word[0] == 'c' ? CLIENT : SERVER];

  for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
    if (verb_len != strlen(actions[i].verb) ||
        memcmp(verb, actions[i].verb, verb_len) != 0)
      continue;
    /* What comes of it is recorded; scenarios of failures go on. */
    (void)!actions[i].run(end, verb + verb_len + (verb[verb_len] == ':'));
    return STLS_OK;
  }
  if (err != NULL) {
    err->result = STLS_ERROR_INPUT;
    snprintf(err->message, sizeof err->message, "script: there is no '%s'",
             word);
  }
  return STLS_ERROR_INPUT;
}

static void exchange(struct end *ends)
{
  for (size_t round = 0; round < ROUNDS_MAX; round++) {
    bool has_moved = false;
    for (size_t i = 0; i < 2; i++) {
      has_moved |= go_on(&ends[i]);
      has_moved |= deliver(&ends[i], &ends[1 - i]);
    }
    if (!has_moved) return;
  }
}

/* false: there was nothing to deliver. */
static bool deliver(struct end *from, struct end *to)
{
  stls_bio *const out = stls_object_outgoing(from->object);
  stls_bio *const in = stls_object_incoming(to->object);
  bool has_moved = false;
  stls_span span;

  while ((span = stls_bio_peek(out)).len > 0) {
    const size_t len = span.len < to->until_cut ? span.len : to->until_cut;
    size_t written = 0;
    if (len > 0 &&
        (stls_bio_write(in, span.data, len, &written, NULL) != STLS_OK ||
         written == 0))
      break;
    stls_bio_consume(out, to->until_cut == 0 ? span.len : written, NULL);
    if (to->until_cut != SIZE_MAX) {
      to->until_cut -= written;
      if (to->until_cut == 0) stls_bio_write_eof(in);
    }
    has_moved = true;
  }
  return has_moved;
}

/* The handshake, then reads, as far as what has arrived allows. */
static bool go_on(struct end *end)
{
  static unsigned char data[STLS_BIO_DEFAULT_LIMIT];
  size_t len = 0;
  bool has_moved = false;

  if ((stls_object_wants(end->object) & STLS_INTEREST_HANDSHAKE) != 0) {
    (void)!stls_object_handshake(end->object);
    has_moved = true;
  }
  while ((stls_object_wants(end->object) & STLS_INTEREST_PLAINTEXT_OUT) != 0 &&
         stls_object_read(end->object, data, sizeof data, &len) == STLS_OK)
    has_moved = true;
  return has_moved;
}

static stls_result do_write(struct end *end, const char *with)
{
  size_t len = 0;

  return stls_object_write(end->object, with, strlen(with), &len);
}

static stls_result do_fill(struct end *end, const char *with)
{
  const size_t len = strtoul(with, NULL, 10);
  unsigned char *data = calloc(1, len + 1);
  stls_result result = STLS_ERROR_MEMORY;
  size_t taken = 0;

  for (size_t i = 0; data != NULL && i < len; i++)
    data[i] = (unsigned char)(i * 7 + i / 256);
  if (data != NULL) result = stls_object_write(end->object, data, len, &taken);
  free(data);
  return result;
}

static stls_result do_key_update(struct end *end, const char *with)
{
  (void)with;
  return stls_object_key_update(end->object, false);
}

static stls_result do_key_update_both(struct end *end, const char *with)
{
  (void)with;
  return stls_object_key_update(end->object, true);
}

static stls_result do_close(struct end *end, const char *with)
{
  (void)with;
  return stls_object_close_write(end->object);
}

static stls_result do_unwrap(struct end *end, const char *with)
{
  (void)with;
  return stls_object_unwrap(end->object);
}

static stls_result do_end(struct end *end, const char *with)
{
  size_t len = 0;
  unsigned char byte;

  (void)with;
  stls_bio_write_eof(stls_object_incoming(end->object));
  return stls_object_read(end->object, &byte, 1, &len);
}

static stls_result do_reject(struct end *end, const char *with)
{
  return stls_object_reject(end->object, atoi(with));
}

static stls_result do_ask(struct end *end, const char *with)
{
  (void)with;
  return stls_object_verify_client(end->object);
}

static stls_result do_cut(struct end *end, const char *with)
{
  end->until_cut = strtoul(with, NULL, 10);
  if (end->until_cut == 0)
    stls_bio_write_eof(stls_object_incoming(end->object));
  return STLS_OK;
}

static char *take_session(stls_object *client)
{
  stls_session *session = NULL;
  uint8_t *bytes = NULL;
  char *hex = NULL;
  size_t len = 0;

  if (stls_object_take_session(client, &session, NULL) == STLS_OK &&
      session != NULL &&
      stls_session_serialize(session, NULL, 0, &len, NULL) == STLS_OK)
    bytes = malloc(len);
  if (bytes != NULL &&
      stls_session_serialize(session, bytes, len, &len, NULL) == STLS_OK)
    hex = malloc(2 * len + 1);
  for (size_t i = 0; hex != NULL && i < len; i++)
    snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
  free(bytes);
  stls_session_free(session);
  return hex;
}

static void free_ends(struct end *ends)
{
  for (size_t i = 0; i < 2; i++) {
    stls_object_free(ends[i].object);
    stls_testing_free(ends[i].testing);
  }
}
