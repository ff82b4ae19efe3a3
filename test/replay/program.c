/* SPDX-License-Identifier: MIT */
/* program: clients and servers that tests record, and play recordings to. */
#include "replay/program.h"

#include <stdio.h>

#include "support/expect.h"
#include "support/pair.h"

enum {
  FIRST = 10,
  THEN = 5,
  FAREWELL = 100,
  MAX_DATA = 65536
};

/* --- worlds --- */

program program_new(const program_case *setup, stls_role role, uint64_t seed)
{
  program self = {.setup = *setup, .role = role, .result = STLS_WANT_READ};
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_context *context;

  ASSERT_RETURNS(stls_testing_new(seed, PROGRAM_TIME, &self.testing, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_testing_context(self.testing, role, &context, NULL),
                 STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_versions(context, setup->version, setup->version, NULL),
      STLS_OK);
  if (role == STLS_CLIENT) options.server_name = "localhost";
  ASSERT_RETURNS(
      stls_object_new(context, NULL, NULL, &options, &self.object, NULL),
      STLS_OK);
  stls_context_free(context);
  return self;
}

void program_free(program *self)
{
  stls_object_free(self->object);
  stls_testing_free(self->testing);
}

/* --- what they do --- */

static void say(program *self, size_t len, size_t offset)
{
  static unsigned char data[MAX_DATA];
  size_t done = 0;

  pair_pattern(data, len, offset);
  while (len > 0) {
    self->result = stls_object_write(self->object, data, len, &done);
    if (self->result != STLS_OK) return;
    cr_assert_eq(done, len);
    len -= done;
  }
}

/* Reads up to so many bytes in all, or to the end. */
static bool has_read(program *self, size_t len)
{
  static unsigned char out[MAX_DATA];
  size_t done = 0;

  while (self->num_read < len) {
    self->result =
        stls_object_read(self->object, out, len - self->num_read, &done);
    self->num_read += done;
    if (self->result != STLS_OK) return false;
  }
  return true;
}

static bool has_closed(program *self)
{
  self->result = stls_object_close_write(self->object);
  return self->result == STLS_OK;
}

static bool is_faulty(program *self)
{
  switch (self->fault) {
    case PROGRAM_SAYS_OTHER:
      say(self, 3, 1000);
      return true;
    case PROGRAM_SAYS_MORE:
      say(self, 1, 0);
      return false;
    case PROGRAM_CLOSES_EARLY:
      has_closed(self);
      self->phase = 9;
      return true;
    default:
      return false;
  }
}

static void run_client(program *self)
{
  const program_case *setup = &self->setup;

  if (self->phase == 0) {
    self->result = stls_object_handshake(self->object);
    if (self->result != STLS_OK) return;
    say(self, FIRST, 0);
    say(self, setup->request, FIRST);
    self->phase = 1;
  }
  if (self->phase == 1) {
    if (!has_read(self, setup->reply)) return;
    if (setup->version == STLS_TLS_1_3)
      EXPECT_RETURNS(stls_object_key_update(self->object, true), STLS_OK);
    if (self->fault != PROGRAM_IS_RIGHT && is_faulty(self)) return;
    if (self->fault != PROGRAM_SAYS_LESS) say(self, THEN, 0);
    if (!has_closed(self)) return;
    self->phase = 2;
  }
  if (self->phase == 2) has_read(self, SIZE_MAX / 2);
}

static void run_server(program *self)
{
  const program_case *setup = &self->setup;

  if (self->phase == 0) {
    self->result = stls_object_handshake(self->object);
    if (self->result != STLS_OK) return;
    self->phase = 1;
    if (self->fault == PROGRAM_SAYS_EARLY) say(self, setup->reply, 0);
  }
  if (self->phase == 1) {
    if (!has_read(self, FIRST + setup->request)) return;
    if (self->fault != PROGRAM_IS_RIGHT && is_faulty(self)) return;
    say(self, setup->reply, 0);
    self->phase = 2;
  }
  if (self->phase == 2 && !has_read(self, SIZE_MAX / 2) &&
      self->result == STLS_CLOSED) {
    if (self->fault != PROGRAM_SAYS_LESS) say(self, FAREWELL, 0);
    if (has_closed(self)) self->result = STLS_CLOSED;
    self->phase = 3;
  }
}

void program_run(program *self)
{
  if (program_is_done(self)) return;
  if (self->role == STLS_CLIENT)
    run_client(self);
  else
    run_server(self);
}

bool program_is_done(const program *self)
{
  return self->result < STLS_OK || self->result == STLS_CLOSED ||
         self->phase == 9;
}

/* --- recordings --- */

static bool carry(program *from, program *to)
{
  static unsigned char data[4 * MAX_DATA];
  stls_bio *outgoing = stls_object_outgoing(from->object);
  size_t len = 0;
  size_t written = 0;

  if (stls_bio_pending(outgoing) == 0) return false;
  ASSERT_RETURNS(stls_bio_read(outgoing, data, sizeof data, &len, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(to->object), data, len,
                                &written, NULL),
                 STLS_OK);
  cr_assert_eq(written, len);
  return true;
}

stls_transcript *program_record(const program_case *setup)
{
  program client = program_new(setup, STLS_CLIENT, STLS_CLIENT);
  program server = program_new(setup, STLS_SERVER, STLS_SERVER);
  const bool is_client = setup->role == STLS_CLIENT;
  stls_transcript_options options = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *transcript;
  bool has_moved = true;
  int64_t now = PROGRAM_TIME;

  options.testing = is_client ? client.testing : server.testing;
  options.peer = is_client ? server.object : client.object;
  options.peer_testing = is_client ? server.testing : client.testing;
  ASSERT_RETURNS(
      stls_transcript_record(is_client ? client.object : server.object,
                             &options, &transcript, NULL),
      STLS_OK);
  while (has_moved) {
    stls_testing_set_time(options.testing, now);
    if (setup->is_slow) now += 60;
    program_run(&client);
    has_moved = carry(&client, &server);
    program_run(&server);
    has_moved = carry(&server, &client) || has_moved;
  }
  EXPECT_RETURNS(client.result, STLS_CLOSED);
  EXPECT_RETURNS(server.result, STLS_CLOSED);
  program_free(&client);
  program_free(&server);
  return transcript;
}

bool program_case_at(size_t nth, bool is_long, program_case *out_setup)
{
  *out_setup =
      (program_case){nth % 2 == 0 ? STLS_TLS_1_3 : STLS_TLS_1_2,
                     nth / 2 == 0 ? STLS_SERVER : STLS_CLIENT,
                     is_long ? 20000 : 40, is_long ? 40000 : 60, false};
  return nth < 4;
}

const char *program_case_name(const program_case *setup)
{
  static char name[64];

  snprintf(name, sizeof name, "%s, %s",
           setup->version == STLS_TLS_1_3 ? "TLS 1.3" : "TLS 1.2",
           setup->role == STLS_CLIENT ? "client" : "server");
  return name;
}
