/* SPDX-License-Identifier: MIT */
/* live_peer: a connection of this process that plays the peer of a program. */
#include "live_peer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "runner/tape.h"
#include "support/check.h"
#include "support/data_files.h"
#include "support/expect.h"

enum {
  MAX_RECORDS = 64
};

struct live_peer {
  const live_script *script;
  stls_object *tls;
  stls_result result;
  size_t said;
  char *text;
  size_t text_len, text_size;
  bool has_ended; /* It sends nothing more. */
  size_t num_sent;
  size_t ends[MAX_RECORDS]; /* Of its records, as num_sent. */
  size_t num_ends;
  unsigned char header[5];
};

static stls_context *server_context(void)
{
  char *chain = strdup(data_file_path("server-ecdsa.pem"));
  stls_context *context = NULL;
  ASSERT_RETURNS(stls_context_new_server_from_files(
                     chain, data_file_path("server-ecdsa.key"), &context, NULL),
                 STLS_OK);
  free(chain);
  return context;
}

stls_context *live_context(stls_role role)
{
  stls_context *context = NULL;
  if (role == STLS_SERVER) {
    context = server_context();
  } else {
    ASSERT_RETURNS(stls_context_new_client_from_files(data_file_path("ca.pem"),
                                                      &context, NULL),
                   STLS_OK);
  }
  ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
  return context;
}

void live_tear_down(stls_context **context)
{
  stls_context_free(*context);
  *context = NULL;
  program_forget();
  check_leaks();
}

live_peer *live_peer_new(stls_context *context, const live_script *script)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  live_peer *peer = calloc(1, sizeof *peer);
  cr_assert_not_null(peer);
  if (stls_context_role(context) == STLS_CLIENT) {
    options.server_name = "server.example";
  }
  ASSERT_RETURNS(
      stls_object_new(context, NULL, NULL, &options, &peer->tls, NULL),
      STLS_OK);
  tape_object(peer->tls, NULL, NULL, NULL);
  peer->script = script;
  return peer;
}

void live_peer_free(live_peer *peer)
{
  if (peer == NULL) return;
  stls_object_free(peer->tls);
  free(peer->text);
  free(peer);
}

const char *live_peer_text(const live_peer *peer)
{
  return peer->text != NULL ? peer->text : "";
}

size_t live_peer_text_len(const live_peer *peer)
{
  return peer->text_len;
}

stls_result live_peer_result(const live_peer *peer)
{
  return peer->result;
}

/* --- What it says ---------------------------------------------------------- */

static bool speak(live_peer *peer)
{
  const live_script *script = peer->script;
  size_t len = strlen(script->text) - peer->said;
  size_t taken = 0;
  if (script->cue != NULL && strstr(live_peer_text(peer), script->cue) == NULL)
    return false;
  if (len > 0 && !peer->has_ended) {
    peer->result =
        stls_object_write(peer->tls, script->text + peer->said, len, &taken);
    peer->said += taken;
  }
  bool is_due =
      peer->said == strlen(script->text) && peer->text_len >= script->enough;
  if (is_due && !peer->has_ended) {
    peer->has_ended = true;
    if (!script->is_rude) peer->result = stls_object_close_write(peer->tls);
  }
  return taken > 0;
}

static bool listen_to(live_peer *peer)
{
  size_t len = 0;
  if (peer->text_size - peer->text_len < 20000) {
    peer->text_size = 2 * peer->text_size + 40000;
    peer->text = realloc(peer->text, peer->text_size);
    cr_assert_not_null(peer->text);
  }
  peer->result =
      stls_object_read(peer->tls, peer->text + peer->text_len, 16384, &len);
  peer->text_len += len;
  peer->text[peer->text_len] = '\0';
  return len > 0;
}

static void act(live_peer *peer)
{
  bool has_moved = true;
  while (has_moved) {
    has_moved = speak(peer);
    has_moved = listen_to(peer) || has_moved;
  }
  bool is_over = peer->result < 0 || peer->result == STLS_CLOSED;
  if (is_over && !peer->has_ended) {
    peer->has_ended = true;
    if (!peer->script->is_rude && peer->result == STLS_CLOSED) {
      stls_result result = stls_object_close_write(peer->tls);
      if (result < 0) peer->result = result;
    }
  }
}

/* --- What the kit calls ---------------------------------------------------- */

/* Follows the records in what it sends. */
static void note_records(live_peer *peer, const unsigned char *bytes,
                         size_t len)
{
  for (size_t i = 0; i < len; i++) {
    size_t begin = peer->num_ends > 0 ? peer->ends[peer->num_ends - 1] : 0;
    size_t at = peer->num_sent++ - begin;
    if (at < sizeof peer->header) peer->header[at] = bytes[i];
    size_t body = (size_t)peer->header[3] << 8 | peer->header[4];
    if (at < sizeof peer->header || at + 1 < sizeof peer->header + body)
      continue;
    if (peer->num_ends < MAX_RECORDS)
      peer->ends[peer->num_ends++] = begin + at + 1;
  }
}

size_t live_peer_next_cut(const live_peer *peer, size_t at)
{
  size_t next = SIZE_MAX;
  if (!check_quick()) return at < peer->num_sent ? at + 1 : SIZE_MAX;
  for (size_t i = 0; i < peer->num_ends; i++) {
    for (size_t cut = peer->ends[i] - 1; cut <= peer->ends[i] + 1; cut++) {
      if (cut > at && cut < next && cut <= peer->num_sent) next = cut;
    }
  }
  return next;
}

static stls_result send_records(void *data, void *out, size_t out_cap,
                                size_t *out_len)
{
  live_peer *peer = data;
  stls_bio *outgoing = stls_object_outgoing(peer->tls);
  act(peer);
  stls_span span = stls_bio_peek(outgoing);
  *out_len = span.len < out_cap ? span.len : out_cap;
  if (*out_len > 0) {
    memcpy(out, span.data, *out_len);
    note_records(peer, out, *out_len);
    return stls_bio_consume(outgoing, *out_len, NULL);
  }
  bool is_over = peer->result < 0 || peer->result == STLS_CLOSED ||
                 peer->script->is_rude || peer->script->is_hasty;
  return peer->has_ended && is_over ? STLS_CLOSED : STLS_WANT_READ;
}

static stls_result receive_records(void *data, const void *bytes, size_t len)
{
  live_peer *peer = data;
  stls_bio *incoming = stls_object_incoming(peer->tls);
  const char *at = bytes;
  while (len > 0) {
    size_t taken = 0;
    stls_result result = stls_bio_write(incoming, at, len, &taken, NULL);
    act(peer); /* Makes room. */
    if (result < 0) return result;
    if (taken == 0 && peer->result < 0) return STLS_OK; /* It hears no more. */
    at += taken;
    len -= taken;
  }
  return STLS_OK;
}

static void receive_eof(void *data)
{
  live_peer *peer = data;
  stls_bio_write_eof(stls_object_incoming(peer->tls));
  act(peer);
}

fake_peer live_peer_as_fake(live_peer *peer)
{
  return (fake_peer){.data = peer,
                     .send = send_records,
                     .receive = receive_records,
                     .receive_eof = receive_eof};
}
