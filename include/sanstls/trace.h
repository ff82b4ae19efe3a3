/* SPDX-License-Identifier: MIT */
/* trace: message observers and key logs. */
#ifndef SANSTLS_TRACE_H
#define SANSTLS_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include <sanstls/context.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

struct stls_object;

typedef enum stls_flow {
  STLS_RECORDS_IN = 0,
  STLS_RECORDS_OUT = 1
} stls_flow;

/*
 * One record header, inner content type, handshake message, alert or
 * change_cipher_spec, as SSL_set_msg_callback reports it: application data
 * never appears. `data` is borrowed for the duration of the callback. The library
 * sets `size`; if the library is older than the header, members beyond it do not
 * exist.
 */
typedef struct stls_trace_event {
  size_t size;
  stls_flow flow;
  /* ProtocolVersion on the wire (stls_protocol_name); 0 when not known. */
  int version;
  /* An stls_content_type. */
  int content_type;
  /* An stls_message_type, an stls_alert, or the content type of a header; -1
   * where there is none. Of a change_cipher_spec, as in CPython,
   * STLS_MESSAGE_CHANGE_CIPHER_SPEC. */
  int message_type;
  const uint8_t *data;
  size_t data_len;
} stls_trace_event;

/* For a program that makes an event itself, to call its own observer. */
#define STLS_TRACE_EVENT_INIT \
  { \
    sizeof(stls_trace_event), STLS_RECORDS_IN, 0, 0, -1, STLS_NULL, 0 \
  }

/* Returns the name of `message_type` for a log, such as "client_hello", by the
 * event's content type; "unknown" for NULL, and if the size is not set. Static
 * text. For the content type itself there is stls_content_type_name. */
STLS_EXPORT const char *stls_trace_message_name(const stls_trace_event *event);

/*
 * An observer of messages. `object` is the connection. Calls that would read,
 * write or continue its handshake return STLS_ERROR_MISUSE in the callback, and
 * stls_object_free takes effect when the running call returns. Runs in the
 * thread of that call.
 */
typedef void (*stls_trace_fn)(struct stls_object *object,
                              const stls_trace_event *event, void *user_data);

/* Sets the observer of all the context's objects; NULL for none.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_trace(stls_context *context, stls_trace_fn trace,
                       void *user_data, stls_error *err);

/* --- key logs --- */

/*
 * Key logs in the NSS format (SSLKEYLOGFILE, RFC 9850), which Wireshark reads:
 * one line per secret, "LABEL client_random secret", in hexadecimal. With such
 * a log a recorded connection can be decrypted; hence `insecure` in the names.
 * The library logs nothing by itself, and never reads the environment variable
 * SSLKEYLOGFILE.
 */

/*
 * An observer of lines: `line_len` characters without a line end, and a zero byte,
 * borrowed for the duration of the call. The rules of stls_trace_fn hold for
 * `object`.
 */
typedef void (*stls_keylog_fn)(struct stls_object *object, const char *line,
                               size_t line_len, void *user_data);

/* Sets the observer of all the context's objects; NULL for none
 * (SSL_CTX_set_keylog_callback). Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_keylog(stls_context *context, stls_keylog_fn observer,
                                 void *user_data, stls_error *err);

/*
 * A key log file: the only file that the library writes. Reference-counted, and
 * shared by any number of contexts and threads. Each line is one write(2) at
 * the end of the file, so that several programs may log to the same one.
 */
typedef struct stls_keylog_file stls_keylog_file;

/*
 * Opens `path` to append. A new file is readable for its owner only, and begins
 * with a comment line; an existing file keeps its permissions. The descriptor
 * is close-on-exec.
 *
 * The file must be a regular file, or a device other than a terminal, such as
 * /dev/null. A pipe (also behind /dev/stderr), a socket or a terminal is refused
 * without waiting for a reader, because a write to it could end the process by
 * SIGPIPE, stop it, or block. SIGXFSZ, for a file that exceeds the process's
 * limit, is blocked in the writing thread during the write; signal dispositions
 * do not change.
 *
 * STLS_OK: *out_file is the caller's, to be released with stls_keylog_file_free.
 * STLS_ERROR_INPUT: it cannot be opened or written; the message has the path and
 *   the system's text. STLS_REASON_NOT_REGULAR_FILE: see above.
 * STLS_ERROR_MISUSE: a NULL argument.
 * STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_keylog_file_new(
    const char *path, stls_keylog_file **out_file, stls_error *err);

/* Releases one reference; the last release closes the file. NULL is fine. */
STLS_EXPORT void stls_keylog_file_free(stls_keylog_file *file);

/* Takes one more reference and returns `file`. NULL returns NULL. */
STLS_EXPORT stls_keylog_file *stls_keylog_file_up_ref(stls_keylog_file *file);

/*
 * Returns whether all lines were written. A line that could not be written is lost;
 * connections are not affected, and later lines are written if possible.
 *
 * STLS_OK: all.
 * STLS_ERROR_INPUT: not all; the message has the path and the system's text for the
 *   first failure.
 * STLS_ERROR_MISUSE: file is NULL. Any thread.
 */
STLS_EXPORT stls_result stls_keylog_file_error(const stls_keylog_file *file,
                                               stls_error *err);

/* Sets the file of all the context's objects, besides any observer; NULL for
 * none. The context takes a reference of its own.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_keylog_file(
    stls_context *context, stls_keylog_file *file, stls_error *err);

STLS_END_DECLS

#endif
