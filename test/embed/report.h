/* SPDX-License-Identifier: MIT */
/* report: prints log lines, results and traces of the embeddings. */
#ifndef EMBED_REPORT_H
#define EMBED_REPORT_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stdint.h>

#include "http.h"
#include "options.h"

/*
 * One line on stderr about a server's connection: it failed; nothing moved on it
 * for too long; a request was due for too long; or the client left without
 * close_notify when it had all its answers, which is common and no error.
 */
void report_server_failure(const char *name, const stls_object *object);
void report_server_idle(const char *name);
void report_server_slow(const char *name);
void report_server_left(const char *name);

/* All connections of a client together. */
typedef struct report_total {
  const client_options *options;
  double start_s;
  unsigned num_ended;
  unsigned num_complete;
  uint64_t plaintext_in;
  uint64_t plaintext_out;
  int exit_code; /* Of the first that failed. */
} report_total;

void report_total_init(report_total *total, const client_options *options);

/* Prints a summary when there was more than one; returns the exit code. */
int report_total_end(const report_total *total);

/* One connection of a client. The template counts the four flows. */
typedef struct report {
  report_total *total;
  double start_s;
  bool ended;
  uint64_t records_in;  /* Given to the object. */
  uint64_t records_out; /* Taken by the transport. */
  uint64_t plaintext_in;
  uint64_t plaintext_out;
  /* For --trace: the flows as of the last line, and the messages since. */
  unsigned num_calls;
  uint64_t told[4];
  char messages_in[512];
  char messages_out[512];
} report;

void report_init(report *r, report_total *total);

/*
 * How it ended: exactly one of these counts, the first. Each prints one line
 * (success only when it is the only connection).
 */
void report_response(report *r, const stls_object *object,
                     const http_client *http);
void report_failure(report *r, const stls_object *object);
void report_trouble(report *r, int exit_code, const char *text);

/* The observer for stls_context_set_trace; the object's user data is a report.
 */
void report_message(stls_object *object, const stls_trace_event *event,
                    void *user_data);

/* With --trace: a line about each of the first calls that moved something. The
 * facts follow when the connection has ended. */
void report_call(report *r, const stls_object *object, const char *call,
                 stls_result result);

#endif
