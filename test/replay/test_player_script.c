/* SPDX-License-Identifier: MIT */
/* test_player_script: what steps say of the recorded end, and of its peer. */
#include "replay/player_script.h"

#include <stdio.h>
#include <string.h>

#include "replay/steps.h"
#include "support/expect.h"

SUITE(player_script, .timeout = 60);

/* The script in words, such as "handshake; read 5; write 3; end closed". */
static const char *words(const test_steps *steps, bool is_peer)
{
  static char out[1000];
  struct stls_player_script script;
  size_t len = 0;

  out[0] = '\0';
  ASSERT_RETURNS(stls_player_script_init(&script, steps->steps, steps->num,
                                         is_peer, false, NULL),
                 STLS_OK);
  for (size_t i = 0; i < script.num; i++) {
    const struct stls_player_action *action = &script.actions[i];
    const char *before = i > 0 ? "; " : "";
    char *to = out + len;
    size_t room = sizeof out - len;
    switch (action->kind) {
      case STLS_PLAYER_ACTION_CALL:
        snprintf(to, room, "%s%s%s", before, action->step.call,
                 action->step.argument ? " 1" : "");
        break;
      case STLS_PLAYER_ACTION_TRY:
        snprintf(to, room, "%stry %s", before, action->step.call);
        break;
      case STLS_PLAYER_ACTION_READ:
        snprintf(to, room, "%sread to %zu", before, action->end);
        break;
      case STLS_PLAYER_ACTION_WRITE:
        snprintf(to, room, "%swrite %.*s", before, (int)action->step.data.len,
                 (const char *)action->step.data.data);
        break;
      case STLS_PLAYER_ACTION_END:
        snprintf(to, room, "%send %s", before,
                 stls_result_name(action->result));
        break;
      case STLS_PLAYER_ACTION_ANY:
        snprintf(to, room, "%sany", before);
        break;
      case STLS_PLAYER_ACTION_EOF:
        snprintf(to, room, "%seof", before);
        break;
      case STLS_PLAYER_ACTION_DEAF:
        snprintf(to, room, "%sdeaf", before);
        break;
      case STLS_PLAYER_ACTION_TIME:
        snprintf(to, room, "%stime", before);
        break;
    }
    len = strlen(out);
  }
  stls_player_script_free(&script);
  return out;
}

static void expect_words(const test_steps *steps, const char *own,
                         const char *peer)
{
  cr_expect_str_eq(words(steps, false), own);
  cr_expect_str_eq(words(steps, true), peer);
}

Test(player_script, question_and_answer)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_WANT_READ);
  steps_call(&steps, "handshake", STLS_OK);
  steps_text(&steps, "read", "hello");
  steps_call(&steps, "read", STLS_WANT_READ);
  steps_text(&steps, "write", "abc");
  steps_text(&steps, "writev", "de");
  steps_call(&steps, "read", STLS_CLOSED);
  steps_call(&steps, "close_write", STLS_OK);
  expect_words(
      &steps,
      "handshake; read to 5; write abc; write de; end STLS_CLOSED; "
      "close_write",
      "handshake; write hello; read to 3; read to 5; close_write; read "
      "to 5; end STLS_CLOSED");
}

Test(player_script, reads_shake_hands)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "read", STLS_WANT_READ);
  steps_text(&steps, "read_from", "x");
  expect_words(&steps, "read to 1", "handshake; write x");
}

/* What is collected has not been sent before the flush, or the close. */
Test(player_script, corked)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_OK);
  steps_call(&steps, "cork", STLS_OK);
  steps_text(&steps, "write", "ab");
  steps_text(&steps, "read", "x");
  steps_text(&steps, "write", "cd");
  steps_call(&steps, "flush", STLS_OK);
  steps_call(&steps, "cork", STLS_OK);
  steps_text(&steps, "write", "ef");
  steps_call(&steps, "close_write", STLS_OK);
  expect_words(&steps,
               "handshake; cork; write ab; read to 1; write cd; flush; cork; "
               "write ef; close_write",
               "handshake; write x; read to 4; read to 6; end STLS_CLOSED");
}

Test(player_script, key_updates)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_OK);
  /* Asked for by this end: the peer's comes by itself. */
  steps_number(&steps, "key_update", STLS_OK, 1);
  steps_out(&steps, 23, 20, 1, "handshake key_update");
  steps_in(&steps, 23, 20, 1, "handshake key_update");
  steps_call(&steps, "read", STLS_WANT_READ);
  /* The peer's own: one that is replied to, and one that is not. */
  steps_in(&steps, 23, 20, 1, "handshake key_update");
  steps_call(&steps, "read", STLS_WANT_READ);
  steps_out(&steps, 23, 20, 1, "handshake key_update");
  steps_in(&steps, 23, 20, 1, "handshake key_update");
  steps_call(&steps, "read", STLS_WANT_READ);
  expect_words(&steps, "handshake; key_update 1",
               "handshake; key_update 1; key_update");
}

Test(player_script, unwraps)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_OK);
  steps_call(&steps, "unwrap", STLS_WANT_READ);
  steps_call(&steps, "unwrap", STLS_OK);
  expect_words(&steps, "handshake; try unwrap; unwrap",
               "handshake; read to 0; end STLS_CLOSED; close_write");
}

Test(player_script, failures)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_WANT_READ);
  steps_call(&steps, "handshake", STLS_ERROR_CERTIFICATE);
  steps_call(&steps, "read", STLS_ERROR_CERTIFICATE);
  steps_other(&steps, STLS_STEP_EOF_IN, 0);
  expect_words(&steps, "handshake; end STLS_ERROR_CERTIFICATE", "any; eof");
}

Test(player_script, transports)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_OK);
  steps_other(&steps, STLS_STEP_EOF_OUT, 0);
  steps_call(&steps, "write", STLS_CLOSED);
  steps_other(&steps, STLS_STEP_TIME, 5);
  steps_other(&steps, STLS_STEP_EOF_IN, 0);
  steps_call(&steps, "read", STLS_ERROR_TRUNCATED);
  expect_words(&steps, "handshake; deaf; write; time; end STLS_ERROR_TRUNCATED",
               "handshake; deaf; time; eof");
}

Test(player_script, misuse_is_made_again)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_OK);
  steps_call(&steps, "close_write", STLS_OK);
  steps_call(&steps, "write", STLS_ERROR_MISUSE);
  expect_words(&steps, "handshake; close_write; write",
               "handshake; read to 0; end STLS_CLOSED");
}

Test(player_script, call_that_is_not_known)
{
  test_steps steps = {.num = 0};
  struct stls_player_script script;
  stls_error err = STLS_ERROR_INIT;

  steps_call(&steps, "handshake", STLS_OK);
  steps_call(&steps, "set_context", STLS_OK);
  EXPECT_RETURNS(stls_player_script_init(&script, steps.steps, steps.num, false,
                                         false, &err),
                 STLS_ERROR_UNSUPPORTED);
  cr_expect_str_eq(err.message,
                   "line 2: a player cannot make the call set_context");
  cr_expect_str_eq(words(&steps, true), "handshake");
}
