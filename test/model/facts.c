/* SPDX-License-Identifier: MIT */
/* facts: compares the getters of a connection with those of the other end. */
#include "facts.h"

#include <string.h>

#include <sanstls/conninfo.h>

#include "judge.h"

static void read_conninfo(const struct world_side *side);
static void compare_conninfo(const struct world_side *side);
static bool is_same_text(const char *a, const char *b);
static void check_certificates(const struct world_side *side,
                               const stls_conninfo *info, bool must_be);
static void check_auth(const struct world_side *side);

void facts_check(struct world_side *side)
{
  const stls_object *object = side->object;
  char line[STLS_DESCRIPTION_SIZE];
  size_t line_len = 0, pending;
  struct judge judge;
  stls_result described;

  judge_begin(&judge, side, CALL_LOOK, "facts", 0);
  described = stls_object_describe(object, line, sizeof line, &line_len, NULL);
  pending = stls_object_pending(object);
  read_conninfo(side);
  check_auth(side);
  for (size_t i = 0; stls_object_shared_cipher(object, i, NULL, NULL); i++)
    continue;
  if (stls_object_incoming(object) != side->in ||
      stls_object_outgoing(object) != side->out ||
      stls_object_user_data(object) != side ||
      (stls_object_context(object) != side->context &&
       stls_object_context(object) != side->chosen) ||
      stls_bio_eof(side->in) !=
          (side->ended && stls_bio_pending(side->in) == 0))
    world_fault(side->world, "a getter lies");
  judge_end(&judge, STLS_OK, 0);
  if (described != STLS_OK || line_len >= sizeof line ||
      strlen(line) != line_len)
    world_fault(side->world, "describe: %s", stls_result_name(described));
  if (pending > 0 && side->failed == STLS_OK && !side->close_read &&
      (judge.after.wants & STLS_INTEREST_PLAINTEXT_OUT) == 0)
    world_fault(side->world, "%zu bytes are decrypted, and wants is %#x",
                pending, judge.after.wants);
}

static void read_conninfo(const struct world_side *side)
{
  const stls_conninfo *info = stls_object_conninfo(side->object);
  bool should_be = side->established || side->failed != STLS_OK;

  if (should_be != (info != NULL))
    world_fault(side->world, "conninfo is %sthere", info ? "" : "not ");
  if (stls_conninfo_established(info) != side->established)
    world_fault(side->world, "conninfo: established is %d",
                stls_conninfo_established(info));
  if (!side->established) return;
  if (stls_conninfo_version_name(info) == NULL ||
      stls_conninfo_cipher_name(info) == NULL)
    world_fault(side->world, "conninfo does not know the connection");
  compare_conninfo(side);
  check_certificates(side, info, side->index == CLIENT);
}

/* Both ends describe the same connection. */
static void compare_conninfo(const struct world_side *side)
{
  const struct world_side *peer = &side->world->sides[1 - side->index];
  const stls_conninfo *here = stls_object_conninfo(side->object);
  const stls_conninfo *there = stls_object_conninfo(peer->object);

  if (peer->object == NULL || !peer->established) return;
  if (stls_conninfo_version(here) != stls_conninfo_version(there) ||
      stls_conninfo_cipher_id(here) != stls_conninfo_cipher_id(there) ||
      stls_conninfo_resumed(here) != stls_conninfo_resumed(there) ||
      stls_conninfo_hello_retried(here) != stls_conninfo_hello_retried(there) ||
      stls_conninfo_extended_master_secret(here) !=
          stls_conninfo_extended_master_secret(there))
    world_fault(side->world, "both ends tell of other connections");
  if (!is_same_text(stls_conninfo_server_sigalg(here),
                    stls_conninfo_server_sigalg(there)) ||
      !is_same_text(stls_conninfo_client_sigalg(here),
                    stls_conninfo_client_sigalg(there)))
    world_fault(side->world, "both ends tell of other signatures");
}

static bool is_same_text(const char *a, const char *b)
{
  return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Every client of a walk verifies its server. */
static void check_certificates(const struct world_side *side,
                               const stls_conninfo *info, bool must_be)
{
  stls_certificate *certificate = NULL;
  stls_certificate_list *list = NULL;
  stls_error err = STLS_ERROR_INIT;

  if (stls_conninfo_peer_certificate(info, &certificate, &err) != STLS_OK ||
      stls_conninfo_verified_chain(info, &list, &err) != STLS_OK)
    world_fault(side->world, "certificates: %s", err.message);
  if (must_be && (certificate == NULL || !stls_conninfo_peer_verified(info)))
    world_fault(side->world, "the peer is not known");
  stls_certificate_free(certificate);
  stls_certificate_list_free(list);
}

static void check_auth(const struct world_side *side)
{
  stls_client_auth auth = stls_object_client_auth(side->object);
  const stls_conninfo *info = stls_object_client_auth_conninfo(side->object);
  bool is_answered =
      auth != STLS_CLIENT_AUTH_NONE && auth != STLS_CLIENT_AUTH_REQUESTED;

  if (is_answered != (info != NULL))
    world_fault(side->world, "client_auth is %d, and its facts are %sthere",
                (int)auth, info != NULL ? "" : "not ");
  if (info != NULL)
    check_certificates(side, info, auth == STLS_CLIENT_AUTH_VERIFIED);
}
