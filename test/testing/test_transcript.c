/* SPDX-License-Identifier: MIT */
/* test_transcript: transcripts as text: what is read, written, and refused. */
#include <sanstls/transcript.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"

SUITE(transcript);

#define HEAD "sanstls-transcript 1\nopenssl: 3.0.1\nrole: client\n"

/* A secret seed, and the line that such a text begins with. */
#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SECRET "secret: whoever has this file can decrypt the connection\n"

static const char by_hand[] = HEAD
    "seed: 7\n"
    "time: 1900000000\n"
    "\n"
    "call handshake want_read\n"
    "out  160303000401020304 ; handshake client_hello\n"
    "in+  1603030001aa ; handshake\n"
    "in 1703\n"
    "in 03000100 ; application_data\n"
    "time 1900000001\n"
    "kept 12\n"
    "limit 4096\n"
    "call read 16384 ok 68656c6c6f\n"
    "call write 5 want_write\n"
    "call key_update 1 ok\n"
    "call reject -1 error_misuse\n"
    "eof in\n"
    "eof out\n"
    "end\n";

static stls_transcript *parse(const char *text)
{
  stls_transcript *made = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result =
      stls_transcript_parse(text, strlen(text), "it", &made, &err);

  cr_assert_eq(result, STLS_OK, "%s", err.message);
  return made;
}

static char *format(const stls_transcript *transcript)
{
  size_t len = 0;
  char *text;

  ASSERT_RETURNS(stls_transcript_format(transcript, NULL, 0, &len, NULL),
                 STLS_OK);
  text = malloc(len + 1);
  cr_assert_not_null(text);
  ASSERT_RETURNS(stls_transcript_format(transcript, text, len + 1, &len, NULL),
                 STLS_OK);
  return text;
}

static stls_transcript_step step_at(const stls_transcript *transcript,
                                    size_t index)
{
  stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;

  ASSERT_RETURNS(stls_transcript_step_at(transcript, index, &step, NULL),
                 STLS_OK);
  return step;
}

Test(transcript, has_what_its_lines_say)
{
  stls_transcript *it = parse(by_hand);
  stls_transcript_step step;

  cr_expect_eq(stls_transcript_role(it), STLS_CLIENT);
  cr_expect_eq(stls_transcript_seed(it), 7);
  cr_expect_eq(stls_transcript_time(it), 1900000000);
  cr_expect_not(stls_transcript_is_secret(it));
  cr_expect_str_eq(stls_transcript_header(it, "openssl"), "3.0.1");
  cr_expect_null(stls_transcript_header(it, "open"));
  cr_assert_eq(stls_transcript_step_count(it), 14);
  step = step_at(it, 0);
  cr_expect(step.kind == STLS_STEP_CALL && step.line == 7);
  cr_expect_str_eq(step.call, "handshake");
  cr_expect_eq(step.result, STLS_WANT_READ);
  step = step_at(it, 1);
  cr_expect(step.kind == STLS_STEP_RECORDS_OUT && step.data.len == 9);
  cr_expect_str_eq(step.message, "handshake client_hello");
  cr_expect_eq(((const unsigned char *)step.data.data)[8], 4);
  step = step_at(it, 2);
  cr_expect(step.kind == STLS_STEP_RECORDS_IN && step.has_more);
  cr_expect(step_at(it, 4).line == 11 && !step_at(it, 4).has_more);
  cr_expect_eq(step_at(it, 5).number, 1900000001);
  cr_expect_eq(step_at(it, 6).number, 12);
  step = step_at(it, 8);
  cr_expect(step.asked == 16384 && step.data.len == 5);
  cr_expect(memcmp(step.data.data, "hello", 5) == 0);
  cr_expect_eq(step_at(it, 9).asked, 5);
  cr_expect_eq(step_at(it, 10).argument, 1);
  cr_expect_eq(step_at(it, 11).argument, -1);
  cr_expect_eq(step_at(it, 12).kind, STLS_STEP_EOF_IN);
  cr_expect_eq(step_at(it, 13).kind, STLS_STEP_EOF_OUT);
  stls_transcript_free(it);
}

Test(transcript, is_written_as_it_is_read)
{
  stls_transcript *it = parse(by_hand), *again;
  char *text = format(it), *twice;

  again = parse(text);
  twice = format(again);
  cr_expect_str_eq(text, twice);
  cr_expect_eq(stls_transcript_step_count(again), 14);
  cr_expect(strstr(text, "\nin+  1603030001aa  ; handshake #"), "%s", text);
  free(text);
  free(twice);
  stls_transcript_free(it);
  stls_transcript_free(again);
}

/* A blank before the checksum is the value's if the checksum says so. */
Test(transcript, keeps_the_blanks_of_a_value)
{
  static const char *const values[] = {"x", "x ", "x   ", " ", "  x  "};

  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    const char *label =
        expect_label(HEAD "name: %s\ncolor: y   #767b8eeb\n\nend\n", values[i]);
    stls_transcript *it = parse(label), *again;
    char *text = format(it);
    again = parse(text);
    cr_expect_str_eq(stls_transcript_header(it, "name"), values[i]);
    cr_expect_str_eq(stls_transcript_header(again, "name"), values[i]);
    cr_expect_str_eq(stls_transcript_header(again, "color"), "y");
    free(text);
    stls_transcript_free(it);
    stls_transcript_free(again);
  }
}

Test(transcript, names_the_lines_of_its_header)
{
  stls_transcript *it = parse(by_hand);
  const char *name = NULL;

  cr_assert_eq(stls_transcript_header_count(it), 4);
  cr_expect_str_eq(stls_transcript_header_at(it, 1, &name), "client");
  cr_expect_str_eq(name, "role");
  cr_expect_null(stls_transcript_header_at(it, 4, &name));
  cr_expect_null(name);
  cr_expect_eq(stls_transcript_header_count(NULL), 0);
  stls_transcript_free(it);
}

/* Each letter of each line of steps, changed in a bit. */
Test(transcript, notices_a_change_in_any_line)
{
  stls_transcript *it = parse(by_hand), *made = NULL;
  char *text = format(it), line_text[32];
  char *body = strstr(text, "\n\n") + 2;
  size_t line = 7;

  for (char *at = body; *at != '\0'; at++) {
    stls_error err = STLS_ERROR_INIT;
    if (*at == '\n' && line++ > 0) continue;
    snprintf(line_text, sizeof line_text, "it: line %zu: ", line);
    *at ^= 1;
    EXPECT_RESULT(stls_transcript_parse(text, strlen(text), "it", &made, &err),
                  STLS_ERROR_INPUT, text);
    cr_expect(strncmp(err.message, line_text, strlen(line_text)) == 0,
              "%s for %s", err.message, line_text);
    *at ^= 1;
  }
  free(text);
  stls_transcript_free(it);
}

Test(transcript, refuses_other_forms_by_line)
{
  static const struct {
    const char *text;
    const char *message;
  } rows[] = {
      {"", "line 0: it has no line"},
      {"sanstls\n", "line 1: it does not say"},
      {"sanstls-transcript 1\n", "line 1: the header does not end"},
      {"sanstls-transcript 1\nrole: client\n\nend\n",
       "line 3: the header has "
       "no line \"openssl"},
      {"sanstls-transcript 1\nopenssl: 3\nrole: x\n\nend\n",
       "line 4: the "
       "header has no"},
      {HEAD "role: client\n\nend\n", "line 4: the header has a line"},
      {HEAD "Role: client\n\nend\n", "line 4: a character"},
      {HEAD "name\n\nend\n", "line 4: it is not \"name: value\""},
      {HEAD "seed: x\n\nend\n", "line 5: the header's seed"},
      {HEAD "seed: 0" KEY "\n\nend\n", "line 5: the header's seed"},
      {HEAD "seed: " KEY "\n\nend\n", "line 5: the header has a secret"},
      {HEAD "peer.seed: " KEY "\n\nend\n", "line 5: the header has a secret"},
      {HEAD "time: 1x\n\nend\n", "line 5: the header's time"},
      {HEAD "\nin  160\nend\n", "line 5: the bytes end within one"},
      {HEAD "\nin  16G0\nend\n", "line 5: the bytes are not"},
      {HEAD "\nin  16A0\nend\n", "line 5: the bytes are not"},
      {HEAD "\nin\nend\n", "line 5: it has no bytes"},
      {HEAD "\nIN 00\nend\n", "line 5: it begins with none"},
      {HEAD "\n\nend\n", "line 5: it begins with none"},
      {HEAD "\neof\nend\n", "line 5: eof is followed"},
      {HEAD "\nkept -1\nend\n", "line 5: the number"},
      {HEAD "\nkept\nend\n", "line 5: the number"},
      {HEAD "\ntime 9223372036854775808\nend\n", "line 5: the number"},
      {HEAD "\ncall sing ok\nend\n", "line 5: the call is unknown"},
      {HEAD "\ncall read ok\nend\n", "line 5: the length of the call"},
      {HEAD "\ncall reject 99999999999 ok\nend\n", "line 5: the argument"},
      {HEAD "\ncall flush good\nend\n", "line 5: the result"},
      {HEAD "\ncall flush ok 00\nend\n", "line 5: a call that moves no data"},
      {HEAD "\ncall read 1 ok 0000\nend\n", "line 5: the call has moved more"},
      {HEAD "\neof in 0\nend\n", "line 5: there is more on the line"},
      {HEAD "\neof in ; #12\nend\n", "line 5: the checksum is not"},
      {HEAD "\neof in ; #00000000\nend\n", "line 5: it was changed"},
      {HEAD "\nin+ 00\neof in\nend\n", "line 6: the line before says"},
      {HEAD "\nin+ 00\nend\n", "line 6: the line before says"},
      {HEAD "\neof in ; alert\nend\n", "line 5: only records have"},
      {HEAD "\nin 1603030001aa ; Alert\nend\n", "line 5: a character"},
      {HEAD "\nin 1603030001aa ; alert\nend\n", "line 5: the record has"},
      {HEAD "\nin 1603030001aa ; sing\nend\n", "line 5: the message does"},
      {HEAD "\nin 1603030001 ; handshake\nend\n", "line 5: a message is"},
      {HEAD "\nin 1603030001aa ; handshake sing\nend\n", "line 5: the con"},
      {HEAD "\nin 1703030001aa ; alert sing\nend\n", "line 5: the content"},
      {HEAD "\nin 1703030001aa ; application_data finished\nend\n",
       "line 5: the content type has no"},
      {HEAD "\neof in\n", "line 5: the last line is not \"end\""},
      {HEAD "\nend\nend\n", "line 6: there is more behind"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_transcript *made = NULL;
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(stls_transcript_parse(rows[i].text, strlen(rows[i].text),
                                        NULL, &made, &err),
                  STLS_ERROR_INPUT, rows[i].text);
    cr_expect(strncmp(err.message, "transcript: ", 12) == 0 &&
                  strncmp(err.message + 12, rows[i].message,
                          strlen(rows[i].message)) == 0,
              "%s instead of %s", err.message, rows[i].message);
    cr_expect_null(made);
  }
}

Test(transcript, refuses_another_version)
{
  static const char text[] = "sanstls-transcript 2\nrole: client\n\nend\n";
  stls_transcript *made = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(
      stls_transcript_parse(text, sizeof text - 1, "it", &made, &err),
      STLS_ERROR_UNSUPPORTED);
  cr_expect(strstr(err.message, "it: line 1: "), "%s", err.message);
}

Test(transcript, may_have_no_step_and_be_secret)
{
  stls_transcript *it = parse(SECRET HEAD "seed: " KEY "\n\nend");
  char *text;

  cr_expect(stls_transcript_is_secret(it));
  cr_expect_eq(stls_transcript_seed(it), 0);
  cr_expect_eq(stls_transcript_step_count(it), 0);
  text = format(it);
  cr_expect(strncmp(text, SECRET, sizeof SECRET - 1) == 0, "%s", text);
  cr_expect(strstr(text, "\nseed: " KEY " #"), "%s", text);
  free(text);
  stls_transcript_free(it);
}

Test(transcript, refuses_arguments_that_are_missing)
{
  stls_transcript *it = parse(by_hand);
  stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT, unset = {0};
  stls_error err = STLS_ERROR_INIT;
  size_t len;

  expect_misuse(stls_transcript_step_at(it, 14, &step, &err), &err, "14");
  expect_misuse(stls_transcript_step_at(it, 0, &unset, &err), &err, "size");
  expect_misuse(stls_transcript_step_at(NULL, 0, &step, &err), &err,
                "transcript");
  expect_misuse(stls_transcript_parse(NULL, 0, NULL, &it, &err), &err, "text");
  expect_misuse(stls_transcript_parse("", 0, NULL, NULL, &err), &err,
                "out_transcript");
  expect_misuse(stls_transcript_format(NULL, NULL, 0, &len, &err), &err,
                "transcript");
  expect_misuse(stls_transcript_load(NULL, &it, &err), &err, "path");
  expect_misuse(stls_transcript_save(it, NULL, &err), &err, "path");
  cr_expect_eq(stls_transcript_step_count(NULL), 0);
  cr_expect_null(stls_transcript_header(NULL, "role"));
  stls_transcript_free(NULL);
  stls_transcript_free(it);
}
