/* SPDX-License-Identifier: MIT */
/* report: prints log lines, results and traces of the embeddings. */
#include "report.h"

#include <inttypes.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sanstls/conninfo.h>
#include <sanstls/trace.h>

static void tell_facts(const report *r, const stls_object *object);

static double now_s(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- Failures ------------------------------------------------------------ */

/* "STLS_ERROR_TLS: message (sent alert x)", and the end of the line. */
static void print_error(const stls_object *object)
{
  stls_error error = STLS_ERROR_INIT;
  stls_result class = stls_object_error(object, &error);
  fprintf(stderr, "%s: %s", stls_result_name(class), error.message);
  if (error.alert_sent >= 0) {
    fprintf(stderr, " (sent alert %s)", stls_alert_name(error.alert_sent));
  }
  if (error.alert_received >= 0) {
    fprintf(stderr, " (received alert %s)",
            stls_alert_name(error.alert_received));
  }
  fputc('\n', stderr);
}

void report_server_failure(const char *name, const stls_object *object)
{
  fprintf(stderr, "%s: ", name);
  print_error(object);
}

void report_server_idle(const char *name)
{
  fprintf(stderr, "%s: nothing moved for too long\n", name);
}

void report_server_slow(const char *name)
{
  fprintf(stderr, "%s: the request took too long\n", name);
}

void report_server_left(const char *name)
{
  fprintf(stderr, "%s: the client left without close_notify\n", name);
}

static int exit_code_of(stls_result result)
{
  switch (result) {
    case STLS_ERROR_CERTIFICATE:
      return EXIT_CERTIFICATE;
    case STLS_ERROR_TRUNCATED:
      return EXIT_TRUNCATED;
    case STLS_ERROR_TLS:
    case STLS_ERROR_ALERT:
      return EXIT_TLS;
    default:
      return EXIT_TROUBLE;
  }
}

/* --- The end of a client's connection ------------------------------------ */

void report_total_init(report_total *total, const client_options *options)
{
  *total = (report_total){.options = options, .start_s = now_s()};
}

void report_init(report *r, report_total *total)
{
  memset(r, 0, sizeof *r);
  r->total = total;
  r->start_s = now_s();
}

/* Whether this is the first end of the connection: the one that counts. */
static bool end(report *r, int exit_code)
{
  if (r->ended) return false;
  report_total *total = r->total;
  r->ended = true;
  total->num_ended++;
  total->plaintext_in += r->plaintext_in;
  total->plaintext_out += r->plaintext_out;
  if (exit_code == EXIT_COMPLETE) total->num_complete++;
  if (total->exit_code == EXIT_COMPLETE) total->exit_code = exit_code;
  return true;
}

void report_response(report *r, const stls_object *object,
                     const http_client *http)
{
  const char *program = r->total->options->program;
  bool complete = http->state == HTTP_COMPLETE && http->status == 200;
  if (!end(r, complete ? EXIT_COMPLETE : EXIT_HTTP)) return;
  tell_facts(r, object);
  if (complete && r->total->options->count != 1) return;
  double elapsed_s = now_s() - r->start_s;
  double mib = (double)http->body_offset / (1 << 20);
  const stls_conninfo *info = stls_object_conninfo(object);
  fprintf(stderr, "%s: %d, %" PRIu64 " bytes in %.3f s", program, http->status,
          http->body_offset, elapsed_s);
  if (mib >= 1) fprintf(stderr, " (%.1f MiB/s)", mib / elapsed_s);
  fprintf(stderr, ", %s, %s", stls_conninfo_version_name(info),
          stls_conninfo_cipher_name(info));
  if (http->trouble != NULL) fprintf(stderr, ": %s", http->trouble);
  fputc('\n', stderr);
}

void report_failure(report *r, const stls_object *object)
{
  int exit_code = exit_code_of(stls_object_error(object, NULL));
  if (!end(r, exit_code)) return;
  tell_facts(r, object);
  fprintf(stderr, "%s: ", r->total->options->program);
  print_error(object);
}

void report_trouble(report *r, int exit_code, const char *text)
{
  if (!end(r, exit_code)) return;
  fprintf(stderr, "%s: %s\n", r->total->options->program, text);
}

int report_total_end(const report_total *total)
{
  double elapsed_s = now_s() - total->start_s;
  if (total->options->count > 1) {
    fprintf(stderr,
            "%s: %u of %u connections complete in %.3f s, %" PRIu64
            " bytes sent, %" PRIu64 " received\n",
            total->options->program, total->num_complete, total->options->count,
            elapsed_s, total->plaintext_in, total->plaintext_out);
  }
  bool all = total->num_ended == total->options->count;
  return total->exit_code == 0 && !all ? EXIT_TROUBLE : total->exit_code;
}

/* --- The trace ----------------------------------------------------------- */

static void append(char *list, size_t size, const char *prefix,
                   const char *name)
{
  size_t len = strlen(list);
  (void)snprintf(list + len, size - len, "%s%s%s", len > 0 ? ", " : "", prefix,
                 name);
}

void report_message(stls_object *object, const stls_trace_event *event,
                    void *user_data)
{
  enum {
    CHANGE_CIPHER_SPEC = 20,
    ALERT = 21,
    HANDSHAKE = 22
  };
  (void)user_data;
  report *r = stls_object_user_data(object);
  char *list =
      event->flow == STLS_RECORDS_IN ? r->messages_in : r->messages_out;
  if (event->content_type == HANDSHAKE) {
    append(list, sizeof r->messages_in, "", stls_trace_message_name(event));
  } else if (event->content_type == ALERT) {
    append(list, sizeof r->messages_in, "alert ",
           stls_trace_message_name(event));
  } else if (event->content_type == CHANGE_CIPHER_SPEC) {
    append(list, sizeof r->messages_in, "",
           stls_content_type_name(event->content_type));
  }
}

/* One direction's messages, wrapped, and forgotten. */
static void tell_messages(const char *direction, char *list)
{
  enum {
    INDENT = 13,
    WIDTH = 79
  };
  int column = WIDTH;
  for (char *name = strtok(list, ","); name != NULL; name = strtok(NULL, ",")) {
    name += strspn(name, " ");
    int len = (int)strlen(name) + 2;
    bool first = column == WIDTH && direction != NULL;
    if (column + len > WIDTH) {
      fprintf(stderr, "%s%*s", first ? "" : ",\n", INDENT,
              first ? direction : "");
      column = INDENT;
    } else {
      fputs(", ", stderr);
    }
    if (first) direction = NULL;
    column += len;
    fputs(name, stderr);
  }
  if (column != WIDTH) fputc('\n', stderr);
  list[0] = '\0';
}

static void tell_columns(void)
{
  static const char *const heads[2][7] = {
      {"step", "call", "result", "records", "records", "plaintext",
       "plaintext"},
      {"", "", "", "in", "out", "in", "out"}};
  for (size_t i = 0; i < 2; i++) {
    fprintf(stderr, "%4s  %-9s  %-18s %8s %8s %10s %10s\n", heads[i][0],
            heads[i][1], heads[i][2], heads[i][3], heads[i][4], heads[i][5],
            heads[i][6]);
  }
}

/* What each flow has moved since it was last asked. */
static void take_flows(report *r, const stls_object *object, uint64_t moved[4])
{
  uint64_t waiting = stls_bio_pending(stls_object_outgoing(object));
  uint64_t flows[4] = {r->records_in, r->records_out + waiting, r->plaintext_in,
                       r->plaintext_out};
  for (size_t i = 0; i < 4; i++) {
    moved[i] = flows[i] - r->told[i];
    r->told[i] = flows[i];
  }
}

void report_call(report *r, const stls_object *object, const char *call,
                 stls_result result)
{
  enum {
    MAX_STEPS = 12
  };
  uint64_t moved[4];
  bool silent = !r->total->options->trace || r->ended;
  if (silent || r->num_calls > MAX_STEPS) return;
  take_flows(r, object, moved);
  bool any = (moved[0] | moved[1] | moved[2] | moved[3]) != 0;
  if (!any && result >= 0 && result != STLS_CLOSED) return;
  if (r->num_calls == 0) tell_columns();
  if (++r->num_calls > MAX_STEPS) {
    fputs("      and so on\n", stderr);
    return;
  }
  fprintf(stderr,
          "%4u  %-9s  %-18s %8" PRIu64 " %8" PRIu64 " %10" PRIu64 " %10" PRIu64
          "\n",
          r->num_calls, call, stls_result_name(result), moved[0], moved[1],
          moved[2], moved[3]);
  tell_messages("in: ", r->messages_in);
  tell_messages("out: ", r->messages_out);
}

/* --- The facts ----------------------------------------------------------- */

static void fact(const char *name, const char *value)
{
  fprintf(stderr, "  %-14s %s\n", name, value != NULL ? value : "-");
}

static void fact_name(const char *name, const X509_NAME *value)
{
  char text[256] = "";
  BIO *memory = BIO_new(BIO_s_mem());
  if (memory != NULL) {
    X509_NAME_print_ex(memory, value, 0,
                       XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    int len = BIO_read(memory, text, (int)sizeof text - 1);
    text[len > 0 ? len : 0] = '\0';
  }
  BIO_free(memory);
  fact(name, text);
}

static void fact_time(const char *name, const ASN1_TIME *value)
{
  struct tm time;
  char text[64] = "";
  if (ASN1_TIME_to_tm(value, &time) == 1) {
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &time);
  }
  fact(name, text);
}

/* What to make of OpenSSL's own certificate is the embedder's choice. */
static void tell_certificate(const stls_conninfo *info)
{
  stls_certificate *certificate = NULL;
  if (stls_conninfo_peer_certificate(info, &certificate, NULL) != STLS_OK ||
      certificate == NULL) {
    fact("certificate", NULL);
    return;
  }
  X509 *x509 = stls_certificate_x509(certificate);
  fact_name("certificate", X509_get_subject_name(x509));
  fact_name("issued by", X509_get_issuer_name(x509));
  fact_time("valid until", X509_get0_notAfter(x509));
  stls_certificate_free(certificate);
}

/* A line for a log, as the library words it. */
static void tell_description(const stls_object *object)
{
  char line[STLS_DESCRIPTION_SIZE];
  size_t len = 0;
  if (stls_object_describe(object, line, sizeof line, &len, NULL) == STLS_OK) {
    fprintf(stderr, "stls_object_describe: %s\n", line);
  }
}

static void tell_facts(const report *r, const stls_object *object)
{
  const stls_conninfo *info = stls_object_conninfo(object);
  bool verified = stls_conninfo_peer_verified(info);
  char text[400];
  if (!r->total->options->trace || info == NULL) return;
  fputc('\n', stderr);
  fact("version", stls_conninfo_version_name(info));
  (void)snprintf(text, sizeof text, "%s, %d bits",
                 stls_conninfo_cipher_name(info),
                 stls_conninfo_cipher_bits(info));
  fact("cipher", text);
  fact("group", stls_conninfo_group_name(info));
  fact("ALPN", stls_conninfo_alpn(info, NULL));
  tell_certificate(info);
  (void)snprintf(
      text, sizeof text, "%s%s",
      verified ? "verified: chain, dates, and the name " : "refused: ",
      verified ? stls_conninfo_server_name(info)
               : stls_conninfo_verify_text(info));
  fact("verification", text);
  fputc('\n', stderr);
  tell_description(object);
}
