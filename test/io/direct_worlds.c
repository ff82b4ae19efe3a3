/* SPDX-License-Identifier: MIT */
/* direct_worlds: two connections, one with libssl's records and one without. */
#include "direct_worlds.h"

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/trace.h>
#include <string.h>

#include "lib/endpoint/object.h"
#include "support/expect.h"
#include "wire_keys.h"

enum {
  MAX_EVENTS = 100000
};

/* What a trace callback saw of one flow of a side. */
struct events {
  size_t num;
  struct event {
    int version, content_type, message_type;
    size_t len;
    unsigned char header[5];
  } list[MAX_EVENTS];
};

/* By world, side and flow. */
static struct events events[2][2][2];
/* The world that is being called, and how its contexts are set. */
static int present;
static const struct direct_worlds_setting *present_setting;
static stls_protocol version;

/* Alerts that differ by design (lib/records/README.md). The message is that of the
 * side that sends them. */
static const struct difference {
  stls_protocol version;
  const char *message;
  int libssl, direct;
} differences[] = {
    /* In TLS 1.2 libssl can be made to send nothing better. */
    {STLS_TLS_1_2, "too many empty records", 22, 10},
    {STLS_TLS_1_2, "too many requests to renegotiate", 22, 10},
};
/* By side: the row that applies, or NULL. */
static const struct difference *present_difference[2];

static void on_event(stls_object *object, const stls_trace_event *event,
                     void *user_data)
{
  struct events *all = &events[present][user_data != NULL][event->flow];
  struct event *it = &all->list[all->num++];

  cr_assert_lt(all->num, MAX_EVENTS);
  memset(it, 0, sizeof *it);
  it->version = event->version;
  it->content_type = event->content_type;
  it->message_type = event->message_type;
  it->len = event->data_len;
  if (event->content_type == STLS_CONTENT_HEADER)
    memcpy(it->header, event->data, 5);
  (void)object;
}

static bool is_direct(bool is_client)
{
  const enum direct_worlds_sides other =
      is_client ? DIRECT_SERVER_ONLY : DIRECT_CLIENT_ONLY;

  return present == 1 && present_setting->sides != other;
}

static void set_context(stls_context *context)
{
  static int mark;
  const bool is_client = stls_context_role(context) == STLS_CLIENT;

  ASSERT_RETURNS(
      stls_context_set_records(
          context,
          is_direct(is_client) ? STLS_RECORDS_DIRECT : STLS_RECORDS_LIBSSL,
          NULL),
      STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_trace(context, on_event, is_client ? &mark : NULL, NULL),
      STLS_OK);
  wire_keys_collect(context);
  if (present_setting->suite != NULL)
    ASSERT_RETURNS(
        version == STLS_TLS_1_3
            ? stls_context_set_ciphersuites(context, present_setting->suite,
                                            NULL)
            : stls_context_set_ciphers(context, present_setting->suite, NULL),
        STLS_OK);
  if (present_setting->empty_records > 0)
    ASSERT_RETURNS(stls_context_set_limit(context, STLS_LIMIT_EMPTY_RECORDS,
                                          present_setting->empty_records, NULL),
                   STLS_OK);
  if (present_setting->keeps)
    ASSERT_RETURNS(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, NULL),
                   STLS_OK);
}

static void limit(stls_object *from, stls_object *to, size_t bytes)
{
  if (bytes == 0) return;
  ASSERT_RETURNS(stls_bio_set_limit(stls_object_outgoing(from), bytes, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_bio_set_limit(stls_object_incoming(to), bytes, NULL),
                 STLS_OK);
}

void direct_worlds_open(struct direct_world *worlds, int world,
                        pair_options *options,
                        const struct direct_worlds_setting *setting)
{
  test_pair *pair = &worlds[world].pair;

  options->tune_client = options->tune_server = set_context;
  options->server_credential = "server-rsa";
  present = world;
  present_setting = setting;
  version = options->version;
  for (int i = 0; i < 4; i++) events[present][i >> 1][i & 1].num = 0;
  *pair = pair_open(options);
  cr_assert_eq(stls_conninfo_direct_records(stls_object_conninfo(pair->client)),
               is_direct(true));
  cr_assert_eq(stls_conninfo_direct_records(stls_object_conninfo(pair->server)),
               is_direct(false));
  limit(pair->client, pair->server, setting->limit);
  limit(pair->server, pair->client, setting->limit_back);
}

void direct_worlds_close(struct direct_world *worlds)
{
  for (present = 0; present < 2; present++) pair_free(&worlds[present].pair);
}

void direct_worlds_enter(int world)
{
  present = world;
}

stls_object *direct_worlds_side(struct direct_world *world, int side)
{
  return side ? world->pair.client : world->pair.server;
}

uint64_t direct_worlds_next_seq(const stls_object *side)
{
  const struct stls_message_monitor *monitor = &side->io.monitor;

  return monitor->records[STLS_RECORDS_OUT] -
         monitor->records_before_key[STLS_RECORDS_OUT];
}

static const struct difference *find_difference(const char *message, int libssl,
                                                int direct)
{
  for (size_t i = 0; i < sizeof differences / sizeof *differences; i++) {
    const struct difference *it = &differences[i];
    if (it->version == version && strcmp(it->message, message) == 0 &&
        it->libssl == libssl && it->direct == direct)
      return it;
  }
  return NULL;
}

static void compare_side(struct direct_world *worlds, int side,
                         const char *label)
{
  const stls_object *a = direct_worlds_side(&worlds[0], side);
  const stls_object *b = direct_worlds_side(&worlds[1], side);
  stls_counters one = STLS_COUNTERS_INIT, two = STLS_COUNTERS_INIT;
  stls_error err = STLS_ERROR_INIT, other = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_object_counters(a, &one, NULL), STLS_OK);
  ASSERT_RETURNS(stls_object_counters(b, &two, NULL), STLS_OK);
  /* libssl counts and reports a record when it has the header, and not only when
   * it has all of it. */
  if (one.records_in == two.records_in + 1) one.records_in--;
  cr_assert(memcmp(&one, &two, sizeof one) == 0,
            "%s: bytes %zu %zu, %zu %zu; records %zu %zu, %zu %zu; data %zu "
            "%zu, %zu %zu",
            label, (size_t)one.bytes_in, (size_t)two.bytes_in,
            (size_t)one.bytes_out, (size_t)two.bytes_out,
            (size_t)one.records_in, (size_t)two.records_in,
            (size_t)one.records_out, (size_t)two.records_out,
            (size_t)one.plaintext_in, (size_t)two.plaintext_in,
            (size_t)one.plaintext_out, (size_t)two.plaintext_out);
  cr_assert_eq(stls_object_wants(a), stls_object_wants(b), "%s: %x, %x", label,
               stls_object_wants(a), stls_object_wants(b));
  cr_assert_eq(stls_object_pending(a), stls_object_pending(b), "%s", label);
  cr_assert_eq(stls_bio_pending(stls_object_incoming(a)),
               stls_bio_pending(stls_object_incoming(b)), "%s", label);
  cr_assert_eq(stls_bio_pending(stls_object_outgoing(a)),
               stls_bio_pending(stls_object_outgoing(b)), "%s", label);
  cr_assert_eq(stls_object_error(a, &err), stls_object_error(b, &other), "%s",
               label);
  cr_assert_str_eq(err.message, other.message, "%s: \"%s\", \"%s\"", label,
                   err.message, other.message);
  cr_assert_eq(err.reason, other.reason, "%s", label);
  present_difference[side] =
      find_difference(err.message, err.alert_sent, other.alert_sent);
  if (present_difference[side] == NULL)
    cr_assert_eq(err.alert_sent, other.alert_sent, "%s: %d, %d", label,
                 err.alert_sent, other.alert_sent);
  cr_assert_eq(err.alert_received, other.alert_received, "%s", label);
}

static bool is_by_design(int side, const struct event *a, const struct event *b)
{
  const struct difference *it = present_difference[side];
  struct event same = *b;

  if (it == NULL || a->content_type != STLS_CONTENT_ALERT ||
      a->message_type != it->libssl || b->message_type != it->direct)
    return false;
  same.message_type = a->message_type;
  return memcmp(a, &same, sizeof same) == 0;
}

static void compare_events(int side, int flow, const char *label)
{
  const struct events *one = &events[0][side][flow];
  const struct events *two = &events[1][side][flow];
  size_t num = one->num;

  if (flow == STLS_RECORDS_IN && one->num == two->num + 1 &&
      one->list[num - 1].content_type == STLS_CONTENT_HEADER)
    num--;
  cr_assert_eq(num, two->num, "%s: %zu, %zu", label, num, two->num);
  for (size_t i = 0; i < num; i++) {
    const struct event *a = &one->list[i], *b = &two->list[i];
    if (is_by_design(side, a, b)) continue;
    cr_assert(
        memcmp(a, b, sizeof *a) == 0,
        "%s: event %zu of %d, flow %d: version %x %x, type %d %d, message "
        "%d %d, length %zu %zu",
        label, i, side, flow, a->version, b->version, a->content_type,
        b->content_type, a->message_type, b->message_type, a->len, b->len);
  }
}

void direct_worlds_compare(struct direct_world *worlds, const char *label)
{
  EXPECT_RESULT(worlds[1].result, worlds[0].result, label);
  cr_assert_eq(worlds[0].done, worlds[1].done, "%s: %zu, %zu", label,
               worlds[0].done, worlds[1].done);
  cr_assert_arr_eq(worlds[0].out, worlds[1].out, worlds[0].done, "%s", label);
  compare_side(worlds, 0, label);
  compare_side(worlds, 1, label);
  for (int i = 0; i < 4; i++) compare_events(i >> 1, i & 1, label);
}
