/* SPDX-License-Identifier: MIT */
/* pcap: makes a transcript of a captured connection, up to its first secret. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/command.h"

enum {
  RECORD_HEADER_LEN = 5,
  MESSAGE_HEADER_LEN = 4,
  CHANGE_CIPHER_SPEC = 20,
  HANDSHAKE = 22,
  APPLICATION_DATA = 23,
  SERVER_HELLO = 2,
  FILTER_MAX = 64
};

/* The bytes of one direction that are not written yet. */
struct flow {
  unsigned char *data;
  size_t len;
  bool has_changed_cipher;
};

struct capture {
  struct flow flows[2];
  stls_role role;
  FILE *text;
  /* The direction of the last line. */
  int last;
  bool has_ended;
};

static FILE *start_tshark(const char *const *arguments, pid_t *out_pid);
static bool end_tshark(FILE *from, pid_t pid);
static int find_stream(const char *path);
static bool read_stream(const char *path, int stream, struct capture *capture);
static void take_line(struct capture *capture, const char *line);
static bool append_hex(struct flow *flow, const char *hex);
static void write_records(struct capture *capture, int direction);
static bool is_secret(struct flow *flow, const unsigned char *record);
static void write_record(struct capture *capture, int direction,
                         const unsigned char *record, size_t len);
static void write_label(FILE *text, const unsigned char *record, size_t len);
static int write_text(const char *text, size_t len,
                      const struct options *options);

int pcap_command(const struct options *options)
{
  struct capture capture = {.role = options->role, .last = -1};
  char *text = NULL;
  size_t len = 0;
  int stream = find_stream(options->words[0]);
  int status = COMMAND_TROUBLE;

  if (stream < 0) return COMMAND_TROUBLE;
  capture.text = open_memstream(&text, &len);
  if (capture.text == NULL) return COMMAND_TROUBLE;
  fprintf(capture.text, "sanstls-transcript 1\nopenssl: unknown\nrole: %s\n\n",
          options->role == STLS_CLIENT ? "client" : "server");
  if (read_stream(options->words[0], stream, &capture)) status = COMMAND_DONE;
  fputs("end\n", capture.text);
  if (fclose(capture.text) != 0) status = COMMAND_TROUBLE;
  if (status == COMMAND_DONE) status = write_text(text, len, options);
  for (size_t i = 0; i < 2; i++) free(capture.flows[i].data);
  free(text);
  return status;
}

/* No shell sees the path. */
static FILE *start_tshark(const char *const *arguments, pid_t *out_pid)
{
  int ends[2];

  if (pipe(ends) != 0) return NULL;
  *out_pid = fork();
  if (*out_pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execvp("tshark", (char *const *)arguments);
    fprintf(stderr, "sanstls-transcript: tshark: %s\n", strerror(errno));
    _exit(127);
  }
  close(ends[1]);
  if (*out_pid > 0) return fdopen(ends[0], "r");
  perror("sanstls-transcript: tshark");
  close(ends[0]);
  return NULL;
}

static bool end_tshark(FILE *from, pid_t pid)
{
  int status = 0;

  fclose(from);
  return waitpid(pid, &status, 0) == pid && status == 0;
}

/* The number of the first stream with a ClientHello; -1, and said, for none. */
static int find_stream(const char *path)
{
  const char *const arguments[] = {
      "tshark", "-r",     path, "-Y",         "tls.handshake.type==1",
      "-T",     "fields", "-e", "tcp.stream", NULL};
  pid_t pid = -1;
  FILE *from = start_tshark(arguments, &pid);
  int stream = -1;

  if (from == NULL) return -1;
  if (fscanf(from, "%d", &stream) != 1) stream = -1;
  while (fgetc(from) != EOF) continue;
  if (!end_tshark(from, pid)) return -1;
  if (stream < 0)
    fprintf(stderr, "sanstls-transcript: %s: there is no ClientHello\n", path);
  return stream;
}

static bool read_stream(const char *path, int stream, struct capture *capture)
{
  char filter[FILTER_MAX];
  const char *const arguments[] = {"tshark", "-r",   path, "-q",
                                   "-z",     filter, NULL};
  char *line = NULL;
  size_t cap = 0;
  pid_t pid = -1;
  FILE *from;

  snprintf(filter, sizeof filter, "follow,tcp,raw,%d", stream);
  from = start_tshark(arguments, &pid);
  if (from == NULL) return false;
  while (getline(&line, &cap, from) > 0) take_line(capture, line);
  free(line);
  return end_tshark(from, pid);
}

/* Lines of hexadecimal digits; those of the server begin with a tab. */
static void take_line(struct capture *capture, const char *line)
{
  const int direction = *line == '\t' ? 1 : 0;

  line += direction;
  if (!isxdigit((unsigned char)line[0]) || !isxdigit((unsigned char)line[1]) ||
      capture->has_ended)
    return;
  if (append_hex(&capture->flows[direction], line))
    write_records(capture, direction);
}

static bool append_hex(struct flow *flow, const char *hex)
{
  const size_t len = strspn(hex, "0123456789abcdefABCDEF") / 2;
  unsigned char *data = realloc(flow->data, flow->len + len + 1);

  if (data == NULL) return false;
  flow->data = data;
  for (size_t i = 0; i < len; i++) {
    const char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
    data[flow->len++] = (unsigned char)strtoul(digits, NULL, 16);
  }
  return true;
}

static void write_records(struct capture *capture, int direction)
{
  struct flow *const flow = &capture->flows[direction];
  size_t at = 0;

  while (!capture->has_ended && flow->len - at >= RECORD_HEADER_LEN) {
    const unsigned char *const record = flow->data + at;
    const size_t len = RECORD_HEADER_LEN + ((size_t)record[3] << 8) + record[4];
    if (flow->len - at < len) break;
    if (is_secret(flow, record))
      capture->has_ended = true;
    else
      write_record(capture, direction, record, len);
    at += len;
  }
  memmove(flow->data, flow->data + at, flow->len - at);
  flow->len -= at;
}

/* Behind change_cipher_spec only hello messages are in the clear (TLS 1.3, after a
 * HelloRetryRequest). */
static bool is_secret(struct flow *flow, const unsigned char *record)
{
  if (record[0] == APPLICATION_DATA) return true;
  if (record[0] == CHANGE_CIPHER_SPEC) {
    flow->has_changed_cipher = true;
    return false;
  }
  return flow->has_changed_cipher &&
         (record[0] != HANDSHAKE || record[RECORD_HEADER_LEN] > SERVER_HELLO ||
          record[RECORD_HEADER_LEN] == 0);
}

static void write_record(struct capture *capture, int direction,
                         const unsigned char *record, size_t len)
{
  const bool is_out = (direction == 0) == (capture->role == STLS_CLIENT);

  if (is_out && capture->last != direction)
    fputs("call handshake want_read\n", capture->text);
  capture->last = direction;
  fputs(is_out ? "out " : "in  ", capture->text);
  for (size_t i = 0; i < len; i++) fprintf(capture->text, "%02x", record[i]);
  write_label(capture->text, record, len);
}

/* What the record is: its content type, and the messages that lie whole in it. */
static void write_label(FILE *text, const unsigned char *record, size_t len)
{
  fprintf(text, "  ; %s", stls_content_type_name(record[0]));
  if (record[0] == HANDSHAKE)
    for (size_t at = RECORD_HEADER_LEN; len - at >= MESSAGE_HEADER_LEN;) {
      const unsigned char *const message = record + at;
      const size_t message_len = MESSAGE_HEADER_LEN +
                                 ((size_t)message[1] << 16) +
                                 ((size_t)message[2] << 8) + message[3];
      if (len - at < message_len) break;
      fprintf(text, " %s", stls_message_type_name(message[0]));
      at += message_len;
    }
  fputc('\n', text);
}

/* By way of a transcript, which has what is behind the bytes. */
static int write_text(const char *text, size_t len,
                      const struct options *options)
{
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *transcript = NULL;
  int status;

  if (stls_transcript_parse(text, len, "from-pcap", &transcript, &err) !=
      STLS_OK)
    return command_fail("from-pcap", &err);
  status = command_write(transcript, options);
  stls_transcript_free(transcript);
  return status;
}
