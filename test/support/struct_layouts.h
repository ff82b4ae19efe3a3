/* SPDX-License-Identifier: MIT */
/* struct_layouts: the members of the public structs that begin with their size. */
#ifndef STLS_TEST_STRUCT_LAYOUTS_H
#define STLS_TEST_STRUCT_LAYOUTS_H

#include <stdbool.h>
#include <stddef.h>

/* One member behind the size. */
typedef struct struct_layout_member {
  const char *name;
  size_t offset;
  size_t len;
} struct_layout_member;

typedef struct struct_layout {
  const char *name;
  size_t size;
  const struct_layout_member *members;
  size_t num_members;
} struct_layout;

extern const struct_layout struct_layout_counters, struct_layout_der_source,
    struct_layout_error, struct_layout_object_options, struct_layout_observer,
    struct_layout_oid, struct_layout_passphrase, struct_layout_pem_source,
    struct_layout_pkcs12_source, struct_layout_player_options,
    struct_layout_record_state, struct_layout_replay_options,
    struct_layout_session_stats, struct_layout_trace_event,
    struct_layout_transcript_options, struct_layout_transcript_step,
    struct_layout_trust_counts, struct_layout_trust_paths;

/* Fails the test where a member is missing or out of order. */
void struct_layout_check(const struct_layout *layout);

/* Whether the member lies wholly within `size` bytes. */
bool struct_layout_has(const struct_layout_member *member, size_t size);

/* The next size worth a try: every member's end, the byte before and behind it,
 * and every 8 bytes of the first 256; 0 behind 64 bytes more than the whole. */
size_t struct_layout_next_size(const struct_layout *layout, size_t size);

/* The first `size` bytes of `whole` on a heap block of exactly that size, with
 * the size set; what is behind the whole is `fill`. The caller's, by free. */
void *struct_layout_copy(const struct_layout *layout, const void *whole,
                         size_t size, int fill);

#endif
