/* SPDX-License-Identifier: MIT */
/* sides: makes both ends of a walk from its settings. */
#include "sides.h"

#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "observer.h"
#include "openssl_peer.h"

#define SERVER_NAME "server.example"

enum {
  ECDSA,
  RSA_KEY,
  STRANGER,
  CLIENT_KEY,
  CLIENT_STRANGER,
  NUM_NAMES
};

static const char *const names[NUM_NAMES] = {"server-ecdsa", "server-rsa",
                                             "server-untrusted", "client-ecdsa",
                                             "client-untrusted"};

static struct {
  char folder[512];
  stls_credential *credentials[NUM_NAMES];
  stls_trust *trust;
} loaded;

static bool load_credential(int i);
static void open_contexts(struct world_side *side);
static stls_context *make_context(struct world_side *side);
static void set_identity(struct world_side *side, stls_context *context);
static void set_policy(struct world_side *side, stls_context *context);
static void set_server_policy(struct world_side *side, stls_context *context);
static int find_credential(const struct world_side *side);
static void need(struct world_side *side, stls_result result,
                 const stls_error *err);
static void connect_ours(struct world_side *side);
static stls_bio *make_queue(struct world_side *side, script_setting limit);
static stls_bio *make_pipe(struct world_side *side);
static bool expects_failure(const struct world *world);

bool sides_load(const char *folder)
{
  stls_error err = STLS_ERROR_INIT;
  char path[600];
  bool is_loaded = true;

  snprintf(loaded.folder, sizeof loaded.folder, "%s", folder);
  snprintf(path, sizeof path, "%s/ca.pem", folder);
  if (stls_trust_new(NULL, NULL, &loaded.trust, &err) != STLS_OK ||
      stls_trust_add_file(loaded.trust, path, &err) != STLS_OK) {
    fprintf(stderr, "%s\n", err.message);
    return false;
  }
  for (int i = 0; i < NUM_NAMES && is_loaded; i++)
    is_loaded = load_credential(i);
  return is_loaded && openssl_peer_load(folder, names, NUM_NAMES);
}

void sides_unload(void)
{
  openssl_peer_unload();
  for (int i = 0; i < NUM_NAMES; i++)
    stls_credential_free(loaded.credentials[i]);
  stls_trust_free(loaded.trust);
  memset(&loaded, 0, sizeof loaded);
}

void sides_open(struct world *world)
{
  world->call = "open";
  world->may_fail = expects_failure(world);
  for (unsigned i = 0; i < 2; i++) {
    struct world_side *side = &world->sides[i];
    side->world = world;
    side->index = i;
    if (world_setting(world, SET_OPENSSL) == 2 - i)
      openssl_peer_open(side, find_credential(side));
    else
      open_contexts(side);
  }
}

void sides_connect(struct world *world)
{
  for (unsigned i = 0; i < 2; i++) {
    struct world_side *side = &world->sides[i];
    bool is_client = i == CLIENT;
    side->in = make_queue(side, is_client ? SET_CLIENT_IN : SET_SERVER_IN);
    side->out = make_queue(side, is_client ? SET_CLIENT_OUT : SET_SERVER_OUT);
    side->pipe = make_pipe(side);
    if (side->ssl_ctx != NULL)
      openssl_peer_connect(side);
    else
      connect_ours(side);
  }
}

void sides_disconnect(struct world *world)
{
  for (unsigned i = 0; i < 2; i++) {
    struct world_side *side = &world->sides[i];
    struct world_side fresh = {.world = world,
                               .index = i,
                               .context = side->context,
                               .chosen = side->chosen,
                               .ssl_ctx = side->ssl_ctx,
                               .session = side->session,
                               .ssl_session = side->ssl_session};
    stls_object_free(side->object);
    openssl_peer_disconnect(side);
    stls_bio_free(side->in);
    stls_bio_free(side->out);
    stls_bio_free(side->pipe);
    *side = fresh;
  }
}

void sides_close(struct world *world)
{
  sides_disconnect(world);
  for (unsigned i = 0; i < 2; i++) {
    struct world_side *side = &world->sides[i];
    stls_session_free(side->session);
    stls_context_free(side->context);
    stls_context_free(side->chosen);
    openssl_peer_close(side);
  }
}

static bool load_credential(int i)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_error err = STLS_ERROR_INIT;
  char chain[600], key[600];

  snprintf(chain, sizeof chain, "%s/%s.pem", loaded.folder, names[i]);
  snprintf(key, sizeof key, "%s/%s.key", loaded.folder, names[i]);
  source.chain_file = chain;
  source.key_file = key;
  if (stls_credential_new_pem(&source, NULL, NULL, &loaded.credentials[i],
                              &err) == STLS_OK)
    return true;
  fprintf(stderr, "%s\n", err.message);
  return false;
}

static void open_contexts(struct world_side *side)
{
  side->context = make_context(side);
  if (world_setting(side->world, SET_CHOOSE_CONTEXT) == 2)
    side->chosen = make_context(side);
  else
    side->chosen = stls_context_up_ref(side->context);
}

static stls_context *make_context(struct world_side *side)
{
  stls_error err = STLS_ERROR_INIT;
  stls_role role = side->index == CLIENT ? STLS_CLIENT : STLS_SERVER;
  stls_context *context = NULL;

  need(side, stls_context_new_without_trust(role, NULL, NULL, &context, &err),
       &err);
  if (context == NULL) return NULL;
  set_identity(side, context);
  set_policy(side, context);
  if (role == STLS_SERVER) set_server_policy(side, context);
  observer_install(side, context);
  need(side, stls_context_seal(context, &err), &err);
  return context;
}

static void set_identity(struct world_side *side, stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;
  int credential = find_credential(side);

  need(side, stls_context_set_trust(context, loaded.trust, &err), &err);
  if (credential < 0) return;
  need(side,
       stls_context_set_credential(context, loaded.credentials[credential],
                                   &err),
       &err);
}

static void set_policy(struct world_side *side, stls_context *context)
{
  static const stls_protocol lowest[] = {STLS_TLS_1_2, STLS_TLS_1_2,
                                         STLS_TLS_1_3};
  static const stls_protocol highest[] = {STLS_TLS_1_3, STLS_TLS_1_2,
                                          STLS_TLS_1_3};
  const struct world *world = side->world;
  bool is_client = side->index == CLIENT;
  uint32_t versions = world_setting(
      world, is_client ? SET_CLIENT_VERSIONS : SET_SERVER_VERSIONS);
  uint32_t late = world_setting(world, SET_LATE_AUTH);
  uint32_t replies = world_setting(world, SET_REPLY_BYTES);
  stls_error err = STLS_ERROR_INIT;

  need(side,
       stls_context_set_versions(context, lowest[versions % 3],
                                 highest[versions % 3], &err),
       &err);
  need(side,
       stls_context_set_post_handshake_auth(
           context, late == 1 || late == (is_client ? 2 : 3), &err),
       &err);
  if (world_setting(world, SET_HELLO_RETRY) != 0)
    need(side,
         stls_context_set_groups(context, is_client ? "X25519:P-256" : "P-256",
                                 &err),
         &err);
  if (replies != 0)
    need(side,
         stls_context_set_limit(context, STLS_LIMIT_REPLY_BYTES, replies, &err),
         &err);
  if (world_setting(world, is_client ? SET_CLIENT_KEEPS_BUFFERS
                                     : SET_SERVER_KEEPS_BUFFERS) != 0)
    need(side, stls_context_set_buffers(context, STLS_BUFFERS_KEEP, &err),
         &err);
}

static void set_server_policy(struct world_side *side, stls_context *context)
{
  static const stls_verify_mode modes[] = {
      STLS_VERIFY_NONE, STLS_VERIFY_OPTIONAL, STLS_VERIFY_REQUIRED};
  uint32_t auth = world_setting(side->world, SET_CLIENT_AUTH);
  uint32_t tickets = world_setting(side->world, SET_TICKETS);
  stls_error err = STLS_ERROR_INIT;

  need(side, stls_context_set_verify_mode(context, modes[auth % 3], &err),
       &err);
  need(side,
       stls_context_set_ticket_timing(
           context,
           (stls_ticket_timing)world_setting(side->world, SET_TICKET_TIMING),
           &err),
       &err);
  if (tickets != 0)
    need(side, stls_context_set_num_tickets(context, tickets - 1, &err), &err);
}

/* The place of its name; -1 for none. */
static int find_credential(const struct world_side *side)
{
  uint32_t client = world_setting(side->world, SET_CLIENT_CREDENTIAL);

  if (side->index == SERVER)
    return (int)world_setting(side->world, SET_SERVER_CREDENTIAL) % 3;
  if (client == 0) return -1;
  return client == 1 ? CLIENT_KEY : CLIENT_STRANGER;
}

static void need(struct world_side *side, stls_result result,
                 const stls_error *err)
{
  if (result != STLS_OK)
    world_fault(side->world, "%s: %s", stls_result_name(result), err->message);
}

static void connect_ours(struct world_side *side)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;

  options.user_data = side;
  if (side->index == CLIENT) {
    options.server_name = SERVER_NAME;
    options.session = side->session;
  } else {
    options.choose_context =
        world_setting(side->world, SET_CHOOSE_CONTEXT) != 0;
  }
  need(side,
       stls_object_new(side->context, side->in, side->out, &options,
                       &side->object, &err),
       &err);
}

static stls_bio *make_queue(struct world_side *side, script_setting limit)
{
  uint32_t bytes = world_setting(side->world, limit);
  stls_error err = STLS_ERROR_INIT;
  stls_bio *bio = NULL;

  need(side, stls_bio_new(&bio, &err), &err);
  /* OpenSSL's memory BIOs have no limit. */
  if (side->ssl_ctx != NULL)
    need(side, stls_bio_set_limit(bio, SIZE_MAX, &err), &err);
  else if (bytes != 0)
    need(side, stls_bio_set_limit(bio, bytes, &err), &err);
  return bio;
}

static stls_bio *make_pipe(struct world_side *side)
{
  stls_error err = STLS_ERROR_INIT;
  stls_bio *bio = NULL;

  need(side, stls_bio_new(&bio, &err), &err);
  need(side, stls_bio_set_limit(bio, SIZE_MAX, &err), &err);
  return bio;
}

/* The outcome that follows from the settings alone. */
static bool expects_failure(const struct world *world)
{
  uint32_t client = world_setting(world, SET_CLIENT_VERSIONS);
  uint32_t server = world_setting(world, SET_SERVER_VERSIONS);
  uint32_t auth = world_setting(world, SET_CLIENT_AUTH);
  uint32_t credential = world_setting(world, SET_CLIENT_CREDENTIAL);

  return (client != 0 && server != 0 && client != server) ||
         world_setting(world, SET_SERVER_CREDENTIAL) == 2 ||
         (auth == 2 && credential == 0) || (auth != 0 && credential == 2) ||
         world_setting(world, SET_DAMAGE) != 0 ||
         world_setting(world, SET_CUT) != 0;
}
