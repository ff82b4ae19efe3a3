/* SPDX-License-Identifier: MIT */
/* test_sized_out: structs that are filled for an older or a newer header. Each is
 * on a heap block of exactly its size, so that a sanitizer sees any byte that is
 * written behind it. */
#include <sanstls/sanstls.h>
#include <stdlib.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/struct_layouts.h"

SUITE(sized_out, .timeout = 120);

#define UNTOUCHED 0xee

struct out_row {
  const struct_layout *layout;
  stls_result (*call)(void *given, stls_error *err);
};

static stls_object *object;
static stls_trust *trust;

static stls_result fill_counters(void *given, stls_error *err)
{
  return stls_object_counters(object, given, err);
}

static stls_result fill_oid(void *given, stls_error *err)
{
  return stls_oid_from_text("1.3.6.1.5.5.7.3.1", given, err);
}

static stls_result fill_oid_name(void *given, stls_error *err)
{
  return stls_oid_from_name("serverAuth", given, err);
}

static stls_result fill_oid_nid(void *given, stls_error *err)
{
  return stls_oid_from_nid(129, given, err);
}

static stls_result fill_stats(void *given, stls_error *err)
{
  return stls_context_session_stats(stls_object_context(object), given, err);
}

static stls_result fill_trust_counts(void *given, stls_error *err)
{
  return stls_trust_count(trust, given, err);
}

static stls_result fill_trust_paths(void *given, stls_error *err)
{
  return stls_trust_default_paths(given, err);
}

static const struct out_row out_rows[] = {
    {&struct_layout_counters, fill_counters},
    {&struct_layout_oid, fill_oid},
    {&struct_layout_oid, fill_oid_name},
    {&struct_layout_oid, fill_oid_nid},
    {&struct_layout_session_stats, fill_stats},
    {&struct_layout_trust_counts, fill_trust_counts},
    {&struct_layout_trust_paths, fill_trust_paths},
};

#define NUM_OUT_ROWS (sizeof out_rows / sizeof out_rows[0])

static test_pair open_connection(void)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);

  object = pair.client;
  ASSERT_RESULT(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK, "trust");
  ASSERT_RESULT(stls_trust_add_file(trust, data_file_path("ca.pem"), NULL),
                STLS_OK, "trust");
  return pair;
}

/* `given`, of `size` bytes, was UNTOUCHED before a call filled it. */
static void expect_filled(const struct_layout *layout,
                          const unsigned char *given, size_t size,
                          const unsigned char *whole)
{
  size_t got_size;

  memcpy(&got_size, given, sizeof got_size);
  cr_expect_eq(got_size, size, "%s: its size changed", layout->name);
  for (size_t i = 0; i < layout->num_members; i++) {
    const struct_layout_member *member = &layout->members[i];
    if (struct_layout_has(member, size))
      cr_expect(memcmp(given + member->offset, whole + member->offset,
                       member->len) == 0,
                "%s, %zu bytes: %s", layout->name, size, member->name);
    else
      for (size_t at = member->offset; at < size; at++)
        cr_expect_eq(given[at], UNTOUCHED, "%s, %zu bytes: byte %zu",
                     layout->name, size, at);
  }
  for (size_t at = layout->size; at < size; at++)
    cr_expect_eq(given[at], UNTOUCHED, "%s, %zu bytes: byte %zu", layout->name,
                 size, at);
}

static unsigned char *make_untouched(size_t size)
{
  unsigned char *given = malloc(size);

  cr_assert_not_null(given);
  memset(given, UNTOUCHED, size);
  memcpy(given, &size, sizeof size);
  return given;
}

Test(sized_out, only_whole_members_within_the_size_are_written)
{
  test_pair pair = open_connection();

  for (size_t r = 0; r < NUM_OUT_ROWS; r++) {
    const struct_layout *layout = out_rows[r].layout;
    unsigned char *whole = make_untouched(layout->size);
    struct_layout_check(layout);
    ASSERT_RESULT(out_rows[r].call(whole, NULL), STLS_OK, layout->name);
    for (size_t size = sizeof size; size != 0;
         size = struct_layout_next_size(layout, size)) {
      unsigned char *given = make_untouched(size);
      EXPECT_RESULT(out_rows[r].call(given, NULL), STLS_OK, layout->name);
      expect_filled(layout, given, size, whole);
      free(given);
    }
    free(whole);
  }
  stls_trust_free(trust);
  pair_free(&pair);
}

Test(sized_out, a_size_that_is_none_is_not_filled)
{
  const size_t sizes[] = {0, 1, sizeof(size_t) - 1, 65537, (size_t)-1};
  test_pair pair = open_connection();

  for (size_t r = 0; r < NUM_OUT_ROWS; r++)
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
      stls_error err = STLS_ERROR_INIT;
      size_t *given = malloc(sizeof *given);
      cr_assert_not_null(given);
      *given = sizes[i];
      expect_misuse(out_rows[r].call(given, &err), &err, "->size is ");
      cr_expect_eq(*given, sizes[i]);
      free(given);
    }
  stls_trust_free(trust);
  pair_free(&pair);
}

/* Where nobody can be told, no size is refused. */
Test(sized_out, an_error_is_written_as_far_as_it_reaches)
{
  stls_error whole = STLS_ERROR_INIT;
  const struct_layout *layout = &struct_layout_error;

  struct_layout_check(layout);
  EXPECT_RESULT(stls_oid_from_text("no", &(stls_oid)STLS_OID_INIT, &whole),
                STLS_ERROR_INPUT, "oid");
  for (size_t size = sizeof size; size != 0;
       size = struct_layout_next_size(layout, size)) {
    unsigned char *given = make_untouched(size);
    EXPECT_RESULT(
        stls_oid_from_text("no", &(stls_oid)STLS_OID_INIT, (stls_error *)given),
        STLS_ERROR_INPUT, "oid");
    expect_filled(layout, given, size, (const unsigned char *)&whole);
    free(given);
  }
  for (size_t size = 1; size < sizeof size; size++) {
    size_t *given = malloc(sizeof *given);
    cr_assert_not_null(given);
    *given = size;
    EXPECT_RESULT(
        stls_oid_from_text("no", &(stls_oid)STLS_OID_INIT, (stls_error *)given),
        STLS_ERROR_INPUT, "oid");
    cr_expect_eq(*given, size);
    free(given);
  }
}

/* An event is read as far as it reaches: nothing is asked for by it. */
Test(sized_out, an_event_is_named_by_what_it_has)
{
  stls_trace_event event = STLS_TRACE_EVENT_INIT;
  const struct_layout *layout = &struct_layout_trace_event;

  event.content_type = STLS_CONTENT_HANDSHAKE;
  event.message_type = 1;
  struct_layout_check(layout);
  for (size_t size = sizeof size; size != 0;
       size = struct_layout_next_size(layout, size)) {
    void *given = struct_layout_copy(layout, &event, size, 0xee);
    bool is_whole = size >= offsetof(stls_trace_event, message_type) +
                                sizeof event.message_type;
    cr_expect_str_eq(stls_trace_message_name(given),
                     is_whole ? "client_hello" : "unknown", "%zu bytes", size);
    free(given);
  }
  event.size = 0;
  cr_expect_str_eq(stls_trace_message_name(&event), "unknown");
}
