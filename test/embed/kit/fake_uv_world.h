/* SPDX-License-Identifier: MIT */
/* fake_uv_world: the handles of fake_uv, for its own files. */
#ifndef FAKE_UV_WORLD_H
#define FAKE_UV_WORLD_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "fake_uv.h"

/* A write under way, with a copy of the bytes as they were when it began. */
typedef struct fake_uv_flight {
  struct fake_uv_flight *next;
  uv_write_t *request;
  uv_write_cb on_written;
  uint64_t due_ms;
  unsigned num_bufs;
  uv_buf_t *bufs;
  size_t len;
  char copy[];
} fake_uv_flight;

/* A handle. The program's own struct is not written to, but for its public part. */
typedef struct fake_uv_node {
  struct fake_uv_node *next;
  uv_handle_t *handle;
  uv_handle_type type;
  bool is_closing, is_unreferenced;
  unsigned closed_as; /* The order of uv_close(). */
  uv_close_cb on_closed;
  union {
    uv_timer_cb timer;
    uv_signal_cb signal;
    uv_connection_cb connection;
    uv_read_cb read;
  } on; /* Not NULL: the handle is active. */
  uv_timer_cb on_timer;
  uint64_t due_ms,
      repeat_ms; /* Of a timer; due_ms of a stream: its next read. */
  int number;    /* Of the signal, or a descriptor; else -1. */
  fake_line *line;
  uv_alloc_cb on_room;
  char *received;
  size_t received_start, received_end;
  bool has_received; /* Since libuv last found that there is no more. */
  fake_uv_flight *flights;
  uv_connect_t *connect;
  uv_connect_cb on_connected;
  uv_shutdown_t *shutdown;
  uv_shutdown_cb on_shutdown;
} fake_uv_node;

typedef struct fake_uv_world {
  uint64_t now_ms;
  fake_uv_node *nodes;
  fake_line lines[FAKE_UV_MAX];
  size_t num_lines, num_opened;
  fake_line *accepted; /* For uv_accept(). */
  unsigned num_closed;
  bool is_in_order, is_stopped, is_terminated;
  struct fake_uv_work *work; /* Of uv_queue_work(). */
  char fault[256];
} fake_uv_world;

extern fake_uv_world fake_uv_state;

/* Keeps the first fault. */
void fake_uv_note(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* NULL, and a fault, if the handle is not open. `call` may be NULL: no fault. */
fake_uv_node *fake_uv_find(const void *handle, const char *call);

/* The same for what libuv refuses while the handle is closing. */
fake_uv_node *fake_uv_find_usable(const void *handle, const char *call);

/* Makes the handle known. Results as uv_tcp_init. */
int fake_uv_add(uv_loop_t *loop, void *handle, uv_handle_type type);

/* --- fake_uv_tcp.c --- */

/* Does the next thing that is due on a stream or a listener, and calls back; false if
 * there was none. */
bool fake_uv_tcp_step(fake_uv_node *n);

/* When the next thing will be due that waits for the clock; UINT64_MAX: none. */
uint64_t fake_uv_tcp_due_ms(const fake_uv_node *n);

/* Ends the requests of a handle that is closing, and calls back. */
void fake_uv_tcp_cancel(fake_uv_node *n);

/* Frees what a handle of TCP holds. */
void fake_uv_tcp_release(fake_uv_node *n);

/* --- fake_uv_misc.c --- */

/* Does what uv_queue_work() was asked for, and calls back; false if there was
 * nothing. */
bool fake_uv_run_work(void);
bool fake_uv_has_work(void);
void fake_uv_drop_work(void);

#endif
