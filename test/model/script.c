/* SPDX-License-Identifier: MIT */
/* script: a walk as data, settings and steps, made from a seed or from text. */
#include "script.h"

#include <inttypes.h>
#include <string.h>

#include "rng.h"

static void make_settings(uint32_t *settings, rng *state);
static void make_versions(uint32_t *settings, rng *state);
static void make_auth(uint32_t *settings, rng *state);
static void make_limits(uint32_t *settings, rng *state);
static void make_openssl(uint32_t *settings, rng *state);
static uint32_t make_limit(rng *state);
static script_action pick_action(rng *state);
static void make_step(struct script_step *step, rng *state);
static bool parse_line(struct script *script, const char *line);
static int find(const char *const *names, int num, const char *name);

static const char *const setting_names[NUM_SETTINGS] = {
    [SET_OPENSSL] = "openssl",
    [SET_CLIENT_VERSIONS] = "client_versions",
    [SET_SERVER_VERSIONS] = "server_versions",
    [SET_CLIENT_AUTH] = "client_auth",
    [SET_CLIENT_CREDENTIAL] = "client_credential",
    [SET_SERVER_CREDENTIAL] = "server_credential",
    [SET_LATE_AUTH] = "late_auth",
    [SET_CHOOSE_CONTEXT] = "choose_context",
    [SET_RESUME] = "resume",
    [SET_HELLO_RETRY] = "hello_retry",
    [SET_CLIENT_KEEPS_BUFFERS] = "client_keeps_buffers",
    [SET_SERVER_KEEPS_BUFFERS] = "server_keeps_buffers",
    [SET_CLIENT_IN] = "client_in",
    [SET_CLIENT_OUT] = "client_out",
    [SET_SERVER_IN] = "server_in",
    [SET_SERVER_OUT] = "server_out",
    [SET_OBSERVER_CALLS] = "observer_calls",
    [SET_TICKETS] = "tickets",
    [SET_TICKET_TIMING] = "ticket_timing",
    [SET_REPLY_BYTES] = "reply_bytes",
    [SET_DAMAGE] = "damage",
    [SET_CUT] = "cut",
    [SET_PADDING] = "padding",
    [SET_FRAGMENT] = "fragment",
    [SET_REFRAME] = "reframe",
    [SET_PLANTED] = "planted",
};

/* How often each is taken, out of their sum. */
static const struct {
  const char *name;
  unsigned weight;
} actions[NUM_ACTIONS] = {
    [DO_HANDSHAKE] = {"handshake", 8},
    [DO_READ] = {"read", 16},
    [DO_READV] = {"readv", 4},
    [DO_PEEK] = {"peek", 3},
    [DO_WRITE] = {"write", 14},
    [DO_WRITEV] = {"writev", 4},
    [DO_CORK] = {"cork", 2},
    [DO_FLUSH] = {"flush", 3},
    [DO_CLOSE_WRITE] = {"close_write", 1},
    [DO_UNWRAP] = {"unwrap", 1},
    [DO_KEY_UPDATE] = {"key_update", 6},
    [DO_VERIFY_CLIENT] = {"verify_client", 5},
    [DO_TRIM] = {"trim", 3},
    [DO_ANSWER] = {"answer", 3},
    [DO_SESSION] = {"session", 3},
    [DO_EXPORT] = {"export", 2},
    [DO_FACTS] = {"facts", 2},
    [DO_MISUSE] = {"misuse", 2},
    [DO_FREE] = {"free", 1},
    [DO_MOVE] = {"move", 34},
    [DO_PUMP] = {"pump", 8},
    [DO_SETTLE] = {"settle", 4},
    [DO_LIMIT] = {"limit", 1},
    [DO_BIO_TRIM] = {"bio_trim", 2},
    [DO_SPANS] = {"spans", 2},
    [DO_END] = {"end", 1},
    [DO_OUT_END] = {"out_end", 1},
    [DO_DAMAGE] = {"damage", 1},
    [DO_PLAIN_TEXT] = {"plain_text", 1},
};

const char *script_setting_name(script_setting setting)
{
  return setting_names[setting];
}

const char *script_action_name(script_action action)
{
  return actions[action].name;
}

void script_make(struct script *script, uint64_t seed)
{
  rng state = seed;

  memset(script, 0, sizeof *script);
  script->seed = seed;
  make_settings(script->settings, &state);
  script->num_steps = 10 + rng_below(&state, SCRIPT_MAX_STEPS - 10);
  for (size_t i = 0; i < script->num_steps; i++)
    make_step(&script->steps[i], &state);
  /* Without this, many walks would see little but handshakes. */
  if (!rng_one_in(&state, 3))
    script->steps[0] = (struct script_step){DO_SETTLE, 0, 0, 0};
}

void script_print(const struct script *script, FILE *out)
{
  char text[80];

  fprintf(out, "seed %" PRIu64 "\n", script->seed);
  for (int i = 0; i < NUM_SETTINGS; i++)
    if (script->settings[i] != 0)
      fprintf(out, "set %s %" PRIu32 "\n", setting_names[i],
              script->settings[i]);
  for (size_t i = 0; i < script->num_steps; i++) {
    script_describe(&script->steps[i], text, sizeof text);
    fprintf(out, "%s\n", text);
  }
}

bool script_parse(struct script *script, FILE *in)
{
  char line[200];

  memset(script, 0, sizeof *script);
  while (fgets(line, sizeof line, in) != NULL) {
    if (line[0] == '#' || line[0] == '\n') continue;
    if (parse_line(script, line)) continue;
    fprintf(stderr, "not a line of a script: %s", line);
    return false;
  }
  return true;
}

void script_describe(const struct script_step *step, char *out, size_t cap)
{
  snprintf(out, cap, "%s %s %" PRIu32 " %" PRIu32,
           step->side == 0 ? "client" : "server", actions[step->action].name,
           step->a, step->b);
}

static void make_settings(uint32_t *settings, rng *state)
{
  settings[SET_OPENSSL] = rng_below(state, 4) < 2 ? 0 : 1 + rng_below(state, 2);
  make_versions(settings, state);
  make_auth(settings, state);
  make_limits(settings, state);
  if (settings[SET_OPENSSL] != 0) make_openssl(settings, state);
  if (rng_one_in(state, 4))
    settings[SET_CHOOSE_CONTEXT] = 1 + rng_below(state, 2);
  settings[SET_RESUME] = rng_one_in(state, 4);
  settings[SET_HELLO_RETRY] = rng_one_in(state, 6);
  settings[SET_CLIENT_KEEPS_BUFFERS] = rng_one_in(state, 3);
  settings[SET_SERVER_KEEPS_BUFFERS] = rng_one_in(state, 3);
  if (rng_one_in(state, 3))
    settings[SET_OBSERVER_CALLS] = 1 + rng_one_in(state, 3);
  if (rng_one_in(state, 2)) settings[SET_TICKETS] = 1 + rng_below(state, 6);
  if (rng_one_in(state, 3)) settings[SET_TICKET_TIMING] = rng_below(state, 3);
  settings[SET_DAMAGE] = rng_one_in(state, 10);
  settings[SET_CUT] = rng_one_in(state, 6);
  if (rng_one_in(state, 2)) settings[SET_PLANTED] = 1 + rng_below(state, 3);
}

/* Mostly a pair that has a version in common, and mostly TLS 1.3. */
static void make_versions(uint32_t *settings, rng *state)
{
  static const uint8_t pairs[][2] = {{0, 0}, {0, 0}, {2, 2}, {2, 0}, {0, 2},
                                     {1, 0}, {0, 1}, {1, 1}, {0, 0}};
  uint32_t pick = rng_below(state, sizeof pairs / sizeof pairs[0]);

  settings[SET_CLIENT_VERSIONS] = pairs[pick][0];
  settings[SET_SERVER_VERSIONS] = pairs[pick][1];
  if (!rng_one_in(state, 60)) return;
  settings[SET_CLIENT_VERSIONS] = 1;
  settings[SET_SERVER_VERSIONS] = 2;
}

static void make_auth(uint32_t *settings, rng *state)
{
  if (rng_one_in(state, 2)) settings[SET_CLIENT_AUTH] = 1 + rng_below(state, 2);
  settings[SET_CLIENT_CREDENTIAL] = settings[SET_CLIENT_AUTH] == 2
                                        ? !rng_one_in(state, 10)
                                        : rng_one_in(state, 2);
  if (settings[SET_CLIENT_CREDENTIAL] == 1 && rng_one_in(state, 40))
    settings[SET_CLIENT_CREDENTIAL] = 2;
  settings[SET_SERVER_CREDENTIAL] = rng_one_in(state, 8);
  if (rng_one_in(state, 60)) settings[SET_SERVER_CREDENTIAL] = 2;
  if (settings[SET_CLIENT_AUTH] != 0 && rng_one_in(state, 2))
    settings[SET_LATE_AUTH] = 1;
  if (rng_one_in(state, 12)) settings[SET_LATE_AUTH] = 2 + rng_below(state, 2);
}

static void make_limits(uint32_t *settings, rng *state)
{
  if (rng_one_in(state, 2)) return;
  settings[SET_CLIENT_IN] = make_limit(state);
  settings[SET_CLIENT_OUT] = make_limit(state);
  settings[SET_SERVER_IN] = make_limit(state);
  settings[SET_SERVER_OUT] = make_limit(state);
  if (rng_one_in(state, 3))
    settings[SET_REPLY_BYTES] = 1 + rng_below(state, 100);
}

static void make_openssl(uint32_t *settings, rng *state)
{
  if (rng_one_in(state, 3)) settings[SET_PADDING] = 1 + rng_below(state, 4096);
  if (rng_one_in(state, 3))
    settings[SET_FRAGMENT] = 512 + rng_below(state, 1024);
  if (rng_one_in(state, 2)) settings[SET_REFRAME] = 1 + rng_below(state, 7);
}

static uint32_t make_limit(rng *state)
{
  static const uint32_t limits[] = {0, 0, 0, 1, 5, 100, 1500, 17000};
  uint32_t limit = limits[rng_below(state, sizeof limits / sizeof limits[0])];

  return limit == 0 ? 0 : limit + rng_below(state, limit / 4 + 1);
}

static script_action pick_action(rng *state)
{
  unsigned sum = 0;
  uint32_t at;

  for (int i = 0; i < NUM_ACTIONS; i++) sum += actions[i].weight;
  at = rng_below(state, sum);
  for (int i = 0; i < NUM_ACTIONS; i++) {
    if (at < actions[i].weight) return (script_action)i;
    at -= actions[i].weight;
  }
  return DO_READ;
}

static void make_step(struct script_step *step, rng *state)
{
  step->action = pick_action(state);
  step->side = rng_below(state, 2);
  step->a = rng_size(state, 40000);
  step->b = rng_below(state, 16);
}

static bool parse_line(struct script *script, const char *line)
{
  const char *action_names[NUM_ACTIONS];
  struct script_step step = {DO_READ, 0, 0, 0};
  char name[40], side[10];
  uint32_t value;
  int found;

  for (int i = 0; i < NUM_ACTIONS; i++) action_names[i] = actions[i].name;
  if (sscanf(line, "seed %" SCNu64, &script->seed) == 1) return true;
  if (sscanf(line, "set %39s %" SCNu32, name, &value) == 2) {
    found = find(setting_names, NUM_SETTINGS, name);
    if (found >= 0) script->settings[found] = value;
    return found >= 0;
  }
  if (sscanf(line, "%9s %39s %" SCNu32 " %" SCNu32, side, name, &step.a,
             &step.b) != 4 ||
      script->num_steps == SCRIPT_MAX_STEPS)
    return false;
  found = find(action_names, NUM_ACTIONS, name);
  if (found < 0) return false;
  step.action = (script_action)found;
  step.side = strcmp(side, "server") == 0;
  script->steps[script->num_steps++] = step;
  return true;
}

static int find(const char *const *names, int num, const char *name)
{
  for (int i = 0; i < num; i++)
    if (strcmp(names[i], name) == 0) return i;
  return -1;
}
