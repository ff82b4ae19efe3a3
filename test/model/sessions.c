/* SPDX-License-Identifier: MIT */
/* sessions: takes a client's sessions, and encodes and decodes them. */
#include "sessions.h"

#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "judge.h"

enum {
  MAX_FORM = 20000
};

static void check(struct world_side *side, stls_session *session);
static stls_session *reread(struct world_side *side, stls_session *session);

void sessions_take(struct world_side *side, bool rereads)
{
  stls_session *session = NULL;
  stls_error err = STLS_ERROR_INIT;
  struct judge judge;
  stls_result result;

  judge_begin(&judge, side, CALL_LOOK, "next_session", 0);
  result = stls_object_take_session(side->object, &session, &err);
  if (session != NULL) check(side, session);
  if (session != NULL && rereads) session = reread(side, session);
  judge_end(&judge, STLS_OK, 0);
  if (result != STLS_OK) world_fault(side->world, "%s", err.message);
  if (session == NULL) return;
  stls_session_free(side->session);
  side->session = session;
}

static void check(struct world_side *side, stls_session *session)
{
  const char *name = stls_session_server_name(session);
  stls_error err = STLS_ERROR_INIT;
  size_t id_len = 0;

  if (side->index == SERVER) world_fault(side->world, "a server has a session");
  if (side->world->may_fail) return;
  if (!stls_session_is_resumable(session))
    world_fault(side->world, "a new session is not resumable");
  if (name == NULL ||
      stls_session_check(session, side->context, name, &err) != STLS_OK)
    world_fault(side->world, "a new session does not fit: %s", err.message);
  if (stls_session_id(session, &id_len) == NULL || id_len > 32 ||
      stls_session_version(session) !=
          stls_conninfo_version(stls_object_conninfo(side->object)) ||
      stls_session_timeout(session) <= 0 ||
      !stls_session_peer_verified(session))
    world_fault(side->world, "a session does not know its connection");
}

static stls_session *reread(struct world_side *side, stls_session *session)
{
  static uint8_t form[MAX_FORM];
  stls_session *again = NULL;
  stls_error err = STLS_ERROR_INIT;
  size_t len = 0;

  if (stls_session_serialize(session, form, sizeof form, &len, &err) !=
          STLS_OK ||
      stls_session_new_serialized(form, len, NULL, NULL, &again, &err) !=
          STLS_OK) {
    world_fault(side->world, "a session on its way through bytes: %s",
                err.message);
    return session;
  }
  if (!stls_session_equal(session, again) ||
      stls_session_time(session) != stls_session_time(again) ||
      stls_session_has_ticket(session) != stls_session_has_ticket(again) ||
      strcmp(stls_session_cipher_name(session),
             stls_session_cipher_name(again)) != 0)
    world_fault(side->world, "a session is another one behind its bytes");
  stls_session_free(session);
  return again;
}
