/* SPDX-License-Identifier: MIT */
/* struct_layouts: the members of the public structs that begin with their size. */
#ifndef STLS_TEST_STRUCT_LAYOUTS_H
#define STLS_TEST_STRUCT_LAYOUTS_H

#include <stdbool.h>
#include <stddef.h>

/* One member behind the size. */
typedef struct layout_member {
  const char *name;
  size_t offset;
  size_t len;
} layout_member;

typedef struct test_layout {
  const char *name;
  size_t size;
  const layout_member *members;
  size_t num_members;
} test_layout;

extern const test_layout layout_counters, layout_der_source, layout_error,
    layout_object_options, layout_oid, layout_passphrase, layout_pem_source,
    layout_pkcs12_source, layout_session_stats, layout_trace_event,
    layout_trust_counts, layout_trust_paths;

/* Fails the test where a member is missing or out of order. */
void layout_check(const test_layout *layout);

/* Whether the member lies wholly within `size` bytes. */
bool layout_has(const layout_member *member, size_t size);

/* The next size worth a try: every member's end, the byte before and behind it,
 * and every 8 bytes of the first 256; 0 behind 64 bytes more than the whole. */
size_t layout_next_size(const test_layout *layout, size_t size);

/* The first `size` bytes of `whole` on a heap block of exactly that size, with
 * the size set; what is behind the whole is `fill`. The caller's, by free. */
void *layout_copy(const test_layout *layout, const void *whole, size_t size,
                  int fill);

#endif
