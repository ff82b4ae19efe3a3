/* SPDX-License-Identifier: MIT */
/* fake_peer: the other end of a program's connection, and what goes wrong on the
 * way. */
#ifndef FAKE_PEER_H
#define FAKE_PEER_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What plays the peer of the program under test: a stls_player, an object of this
 * process, or whatever else has these functions. `data` is handed to each.
 */
typedef struct fake_peer {
  void *data;
  /*
   * Gives the bytes that the peer sends next, at most out_cap.
   *
   * STLS_OK: *out_len of them, at least one.
   * STLS_WANT_READ: none until it has received something.
   * STLS_CLOSED: its direction has ended: by a reset, if is_reset says so.
   * Any other result: a fault of the test.
   */
  stls_result (*send)(void *data, void *out, size_t out_cap, size_t *out_len);
  /* Takes what the program has sent. STLS_OK, or a fault of the test. */
  stls_result (*receive)(void *data, const void *bytes, size_t len);
  /* The program sends nothing more. May be NULL. */
  void (*receive_eof)(void *data);
  /* May be NULL: never. */
  bool (*is_reset)(void *data);
} fake_peer;

/* How the bytes of the peer end early. */
typedef enum fake_cut {
  FAKE_CUT_NONE = 0,
  FAKE_CUT_EOF,
  FAKE_CUT_RESET,
  FAKE_CUT_SILENCE
} fake_cut;

/* What goes wrong between the two. Zeros are a transport without a fault; times are
 * of the kit's own clock, which takes no time. */
typedef struct fake_faults {
  /* How many bytes the program receives, or gets rid of, at once; 0: no limit. */
  size_t max_read;
  size_t max_write;
  /* How long it takes until the next bytes arrive, and until a write is done. */
  unsigned read_delay_ms;
  unsigned write_delay_ms;
  /* What the program receives ends behind so many bytes. How it goes on then is no
   * recorded peer's business: what that says of it is no fault. */
  fake_cut cut;
  size_t cut_at;
  /* What the program sends is lost behind so many bytes: its write fails. */
  bool is_write_failing;
  size_t write_fails_at;
  /* The program gets this signal when so many bytes have arrived; 0: none. */
  int signal;
  size_t signal_at;
  /* The connection is not made at all, for this reason of errno.h; 0: it is. */
  int open_errno;
} fake_faults;

/* A connection of the program. The kits use it, and tests read its numbers. */
typedef struct fake_line {
  fake_peer peer;
  fake_faults faults;
  size_t num_arrived; /* Bytes that the program has received. */
  size_t num_left;    /* Bytes that it has sent. */
  bool is_reset;
  bool is_cut;         /* The program has come to faults.cut. */
  bool is_finished;    /* The program sends no more. */
  bool is_signalled;   /* faults.signal was sent. */
  const char *failure; /* What the peer did wrong; NULL: nothing. */
} fake_line;

typedef enum fake_arrival {
  FAKE_NOTHING, /* Nothing until the program has sent something. */
  FAKE_BYTES,
  FAKE_EOF,
  FAKE_RESET
} fake_arrival;

/* Gives what arrives next, at most out_cap bytes. `faults` may be NULL. */
void fake_line_open(fake_line *line, const fake_peer *peer,
                    const fake_faults *faults);
fake_arrival fake_line_arrive(fake_line *line, void *out, size_t out_cap,
                              size_t *out_len);

/* Takes what the program sends; false if the transport does not. */
bool fake_line_leave(fake_line *line, const void *bytes, size_t len);

/* The program sends nothing more; later calls do nothing. */
void fake_line_finish(fake_line *line);

/* All bytes that lines have moved: a program that moves none of them spins. */
size_t fake_line_sum(const fake_line *lines, size_t num_lines);

/* Whether faults.signal is due, and was not before. */
bool fake_line_is_signal_due(fake_line *line);

#endif
