/* SPDX-License-Identifier: MIT */
/* transcript: recorded connections (libsanstls-testing). */
#ifndef SANSTLS_TRANSCRIPT_H
#define SANSTLS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/sanstls.h>

STLS_BEGIN_DECLS

struct stls_testing;

/*
 * What one endpoint saw: how it was configured, each call on it and its result, the
 * records that came and went, and plaintext. Its text form is lines that a person reads
 * and git compares; the README of the sources' folder `testing` specifies it.
 *
 * A transcript has application data. It has no keys, but the seed of the object's world,
 * from which they follow; a secret one (stls_testing_new_random) only if it was asked
 * for. It is immutable but while it is recorded.
 */
typedef struct stls_transcript stls_transcript;

typedef struct stls_transcript_options {
  size_t size;
  /* The world of the object, for its seed and time; NULL if it has none, as a
   * connection of a program in production: such a transcript can be shown, but not
   * replayed. */
  struct stls_testing *testing;
  /* The other end, if it is an object of this process and has just been made, and its
   * world: how it is configured is noted, so that a player can be that end with any
   * OpenSSL (stls_player_is_exact). */
  stls_object *peer;
  struct stls_testing *peer_testing;
  /* Notes the seed also of worlds of stls_testing_new_random, without which the
   * transcript cannot be replayed byte for byte, and says so. The text then begins with a
   * line that says that it is secret: whoever has it can decrypt the connection. */
  bool with_secrets;
} stls_transcript_options;

#define STLS_TRANSCRIPT_OPTIONS_INIT \
  { \
    sizeof(stls_transcript_options), STLS_NULL, STLS_NULL, STLS_NULL, false \
  }

/*
 * Begins to record an object that was just made: no call was made on it, and its bios
 * are empty. It takes the place of the object's observer (observer.h). Recording ends
 * when the object is freed, or gets another observer; it changes no result and no byte.
 * If memory runs out, the connection goes on, and stls_transcript_save says so. `options`
 * may be NULL.
 *
 * What no text can say is "custom" in the header, and stls_transcript_endpoint refuses
 * it: credentials, trust, sessions, look-ups of keys, ticket keys, a clock and DH
 * parameters of the application; and what was set on the SSL_CTX and the SSL, where
 * OpenSSL has a getter for it.
 *
 * STLS_OK: *out_transcript is the caller's; it may be freed before the object.
 * STLS_ERROR_MISUSE: a NULL argument; a size that is not set; with_secrets without a
 *   world; the object was called before, or has bytes in a bio; a call from a callback of
 *   the object.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_transcript_record(
    stls_object *object, const stls_transcript_options *options,
    stls_transcript **out_transcript, stls_error *err);

/* Frees the transcript, and wipes it. NULL is fine. */
STLS_EXPORT void stls_transcript_free(stls_transcript *transcript);

/*
 * Writes the transcript as text to a file, in place of what is there, or to memory:
 * `NULL, 0` asks for the length (an output buffer: sanstls.h).
 *
 * STLS_OK: written.
 * STLS_ERROR_INPUT: the file cannot be written; the message has path and cause.
 * STLS_ERROR_MISUSE: a NULL argument; out_cap is too small.
 * STLS_ERROR_MEMORY: also if memory ran out while it was recorded.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_transcript_save(
    const stls_transcript *transcript, const char *path, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result
stls_transcript_format(const stls_transcript *transcript, char *out,
                       size_t out_cap, size_t *out_len, stls_error *err);

/*
 * Reads a transcript from a file, or from memory, where `name` stands for the path in
 * messages (NULL: "transcript").
 *
 * STLS_OK: *out_transcript is the caller's.
 * STLS_ERROR_INPUT: it cannot be read, or has another form; the message has the path, the
 *   number of the line, and what is wrong there.
 * STLS_ERROR_UNSUPPORTED: it is of another version of the format.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_transcript_load(
    const char *path, stls_transcript **out_transcript, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result
stls_transcript_parse(const char *text, size_t text_len, const char *name,
                      stls_transcript **out_transcript, stls_error *err);

/* The role of the recorded endpoint, its seed, 0 if that is secret or was not noted, and
 * its time; STLS_CLIENT and 0 for NULL. */
STLS_EXPORT stls_role stls_transcript_role(const stls_transcript *transcript);
STLS_EXPORT uint64_t stls_transcript_seed(const stls_transcript *transcript);
STLS_EXPORT int64_t stls_transcript_time(const stls_transcript *transcript);

/* Whether the running OpenSSL makes the same bytes as the one that it was recorded with:
 * its header has the same major and minor version, and a build with the same defaults.
 * Of another OpenSSL it cannot be replayed byte for byte. false for NULL. */
STLS_EXPORT bool stls_transcript_is_exact(const stls_transcript *transcript);

/* Whether it has a secret seed, from which keys follow; false for NULL. */
STLS_EXPORT bool stls_transcript_is_secret(const stls_transcript *transcript);

/* A value of the header by its name, such as "openssl" or "config.alpn", as it stands in
 * the text; NULL if there is none. Borrowed from the transcript. */
STLS_EXPORT const char *stls_transcript_header(
    const stls_transcript *transcript, const char *name);

/* The lines of the header, in the order of the text: their number, 0 for NULL; and the
 * value of one, whose name is written to *out_name, which may be NULL. NULL past the
 * end. Both are borrowed from the transcript. */
STLS_EXPORT size_t
stls_transcript_header_count(const stls_transcript *transcript);
STLS_EXPORT const char *stls_transcript_header_at(
    const stls_transcript *transcript, size_t index, const char **out_name);

/* Kinds of steps. */
typedef enum stls_step_kind {
  /* Records, or parts of records, arrived. */
  STLS_STEP_RECORDS_IN = 1,
  /* The transport ended; it takes no more. */
  STLS_STEP_EOF_IN = 2,
  STLS_STEP_EOF_OUT = 3,
  /* Of what the object has written, the application left bytes in `outgoing`. */
  STLS_STEP_KEPT = 4,
  /* A call on the object ended. */
  STLS_STEP_CALL = 5,
  /* Records that this call wrote. */
  STLS_STEP_RECORDS_OUT = 6,
  /* The clock was set, or went on. */
  STLS_STEP_TIME = 7,
  /* The limit of `outgoing` was set (stls_bio_set_limit). */
  STLS_STEP_LIMIT = 8
} stls_step_kind;

/* One step: a line of the text. Borrowed from the transcript; while that is recorded,
 * `message` until the next call on the object. */
typedef struct stls_transcript_step {
  size_t size;
  stls_step_kind kind;
  /* The line in the text, from 1. */
  size_t line;
  /* RECORDS_IN and RECORDS_OUT: the record, or the part of one that arrived or was
   * written in one piece. CALL: plaintext that it took or returned. Else empty. */
  stls_span data;
  /* RECORDS_*: what it is: the name of the content type, and of the messages that end
   * in it, such as "handshake certificate certificate_verify". It is at the piece that
   * completes the record; else, and if the object did not read the record, "". */
  const char *message;
  /* RECORDS_IN: the next step arrived together with this one. */
  bool has_more;
  /* CALL: the function's name without "stls_object_", its result, its argument
   * (observer.h), and the room of a read or the length of a write that was asked for. */
  const char *call;
  stls_result result;
  int argument;
  size_t asked;
  /* KEPT, LIMIT: how many bytes; TIME: the time. */
  int64_t number;
} stls_transcript_step;

#define STLS_TRANSCRIPT_STEP_INIT \
  { \
    sizeof(stls_transcript_step), STLS_STEP_CALL, 0, {STLS_NULL, 0}, \
        STLS_NULL, false, STLS_NULL, STLS_OK, 0, 0, 0 \
  }

/* The number of steps; 0 for NULL. */
STLS_EXPORT size_t
stls_transcript_step_count(const stls_transcript *transcript);

/* Writes one step to *out_step, whose size the caller has set.
 *
 * STLS_OK; STLS_ERROR_MISUSE: a NULL argument, no such step, or a size that is not
 * set. */
STLS_EXPORT STLS_CHECKED stls_result
stls_transcript_step_at(const stls_transcript *transcript, size_t index,
                        stls_transcript_step *out_step, stls_error *err);

/* Ways to change what arrives. */
typedef enum stls_mutation {
  /* The transport ends early. */
  STLS_MUTATION_CUT = 1,
  /* A bit is changed. */
  STLS_MUTATION_FLIP = 2,
  /* A record comes twice; two records change places. */
  STLS_MUTATION_DUPLICATE = 3,
  STLS_MUTATION_REORDER = 4,
  /* A record of plaintext is split in two; two of the same type become one. */
  STLS_MUTATION_REFRAGMENT = 5,
  STLS_MUTATION_COALESCE = 6
} stls_mutation;

/*
 * Makes a transcript whose incoming records are changed in one place, which the seed
 * chooses. What it says of results and of outgoing records is then what the unchanged
 * connection did: replay it with STLS_REPLAY_ANY_RESULT (player.h).
 *
 * STLS_OK: *out_transcript is the caller's.
 * STLS_ERROR_INPUT: nothing in it can be changed in this way (STLS_REASON_EMPTY).
 * STLS_ERROR_MISUSE: a NULL argument, or no such mutation. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_transcript_mutate(
    const stls_transcript *transcript, uint64_t seed, stls_mutation mutation,
    stls_transcript **out_transcript, stls_error *err);

/*
 * Makes what the transcript describes: the recorded endpoint (`role` is its role), or, if
 * it is described, its peer: the world with its seed and time, the context in it, and the
 * object. Such an object draws the random bytes that the recorded one drew.
 *
 * STLS_OK: *out_testing and *out_object are the caller's: free the object first.
 * STLS_ERROR_UNSUPPORTED: the transcript does not describe it, has not its seed, or
 *   describes what this OpenSSL, or the library by itself, cannot make, such as a
 *   credential of the application; the message names it.
 * STLS_ERROR_INPUT: a value of the header is malformed; the message names it.
 * STLS_ERROR_MISUSE: a NULL or meaningless argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_transcript_endpoint(
    const stls_transcript *transcript, stls_role role,
    struct stls_testing **out_testing, stls_object **out_object,
    stls_error *err);

/*
 * Makes the world alone, with the seed, at its beginning, and the time: for an endpoint
 * that only the program can make, in the same order as the recorded one, its context
 * before its object. A program that passes NULL for the library context is in this world
 * after OSSL_LIB_CTX_set0_default.
 *
 * STLS_OK: *out_testing is the caller's. Others as stls_transcript_endpoint.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_transcript_world(
    const stls_transcript *transcript, stls_role role,
    struct stls_testing **out_testing, stls_error *err);

STLS_END_DECLS

#endif
