/* SPDX-License-Identifier: MIT */
/* struct_layouts: the members of the public structs that begin with their size. */
#include "struct_layouts.h"

#include <sanstls/testing.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define MEMBER(type, name) \
  { \
#name, offsetof(type, name), sizeof(((const type *)0)->name) \
  }

#define LAYOUT(name) \
  const struct_layout struct_layout_##name = { \
      "stls_" #name, sizeof(stls_##name), name, sizeof name / sizeof name[0]}

static const struct_layout_member counters[] = {
    MEMBER(stls_counters, bytes_in),     MEMBER(stls_counters, bytes_out),
    MEMBER(stls_counters, records_in),   MEMBER(stls_counters, records_out),
    MEMBER(stls_counters, plaintext_in), MEMBER(stls_counters, plaintext_out),
};
LAYOUT(counters);

static const struct_layout_member der_source[] = {
    MEMBER(stls_der_source, chain),      MEMBER(stls_der_source, chain_len),
    MEMBER(stls_der_source, key),        MEMBER(stls_der_source, key_len),
    MEMBER(stls_der_source, passphrase),
};
LAYOUT(der_source);

static const struct_layout_member error[] = {
    MEMBER(stls_error, result),          MEMBER(stls_error, lib),
    MEMBER(stls_error, reason),          MEMBER(stls_error, verify_code),
    MEMBER(stls_error, verify_depth),    MEMBER(stls_error, alert_sent),
    MEMBER(stls_error, alert_received),  MEMBER(stls_error, lib_name),
    MEMBER(stls_error, reason_name),     MEMBER(stls_error, verify_text),
    MEMBER(stls_error, message),         MEMBER(stls_error, own_reason),
    MEMBER(stls_error, sys_errno),       MEMBER(stls_error, lib_mnemonic),
    MEMBER(stls_error, reason_mnemonic),
};
LAYOUT(error);

static const struct_layout_member object_options[] = {
    MEMBER(stls_object_options, server_name),
    MEMBER(stls_object_options, user_data),
    MEMBER(stls_object_options, choose_context),
    MEMBER(stls_object_options, session),
    MEMBER(stls_object_options, refuse_unfit_session),
};
LAYOUT(object_options);

static const struct_layout_member observer[] = {
    MEMBER(stls_observer, call),
    MEMBER(stls_observer, message),
    MEMBER(stls_observer, freed),
    MEMBER(stls_observer, user_data),
};
LAYOUT(observer);

static const struct_layout_member oid[] = {
    MEMBER(stls_oid, nid),
    MEMBER(stls_oid, short_name),
    MEMBER(stls_oid, long_name),
    MEMBER(stls_oid, text),
};
LAYOUT(oid);

static const struct_layout_member passphrase[] = {
    MEMBER(stls_passphrase, data),
    MEMBER(stls_passphrase, len),
    MEMBER(stls_passphrase, fn),
    MEMBER(stls_passphrase, user_data),
};
LAYOUT(passphrase);

static const struct_layout_member pem_source[] = {
    MEMBER(stls_pem_source, chain_file), MEMBER(stls_pem_source, chain),
    MEMBER(stls_pem_source, chain_len),  MEMBER(stls_pem_source, key_file),
    MEMBER(stls_pem_source, key),        MEMBER(stls_pem_source, key_len),
    MEMBER(stls_pem_source, passphrase),
};
LAYOUT(pem_source);

static const struct_layout_member pkcs12_source[] = {
    MEMBER(stls_pkcs12_source, file),       MEMBER(stls_pkcs12_source, data),
    MEMBER(stls_pkcs12_source, len),        MEMBER(stls_pkcs12_source, alias),
    MEMBER(stls_pkcs12_source, passphrase),
};
LAYOUT(pkcs12_source);

static const struct_layout_member player_options[] = {
    MEMBER(stls_player_options, pieces),
    MEMBER(stls_player_options, pieces_seed),
    MEMBER(stls_player_options, end),
    MEMBER(stls_player_options, cut_at),
    MEMBER(stls_player_options, is_half_close),
    MEMBER(stls_player_options, is_live),
    MEMBER(stls_player_options, testing),
};
LAYOUT(player_options);

static const struct_layout_member record_state[] = {
    MEMBER(stls_record_state, version),
    MEMBER(stls_record_state, aead),
    MEMBER(stls_record_state, key_len),
    MEMBER(stls_record_state, key),
    MEMBER(stls_record_state, iv),
    MEMBER(stls_record_state, seq),
    MEMBER(stls_record_state, max_records),
    MEMBER(stls_record_state, secret_len),
    MEMBER(stls_record_state, secret),
};
LAYOUT(record_state);

static const struct_layout_member replay_options[] = {
    MEMBER(stls_replay_options, mode),
    MEMBER(stls_replay_options, pieces),
    MEMBER(stls_replay_options, pieces_seed),
    MEMBER(stls_replay_options, act),
    MEMBER(stls_replay_options, user_data),
    MEMBER(stls_replay_options, testing),
};
LAYOUT(replay_options);

static const struct_layout_member session_stats[] = {
    MEMBER(stls_session_stats, number),
    MEMBER(stls_session_stats, connect),
    MEMBER(stls_session_stats, connect_good),
    MEMBER(stls_session_stats, connect_renegotiate),
    MEMBER(stls_session_stats, accept),
    MEMBER(stls_session_stats, accept_good),
    MEMBER(stls_session_stats, accept_renegotiate),
    MEMBER(stls_session_stats, hits),
    MEMBER(stls_session_stats, misses),
    MEMBER(stls_session_stats, timeouts),
    MEMBER(stls_session_stats, cache_full),
};
LAYOUT(session_stats);

static const struct_layout_member trace_event[] = {
    MEMBER(stls_trace_event, flow),
    MEMBER(stls_trace_event, version),
    MEMBER(stls_trace_event, content_type),
    MEMBER(stls_trace_event, message_type),
    MEMBER(stls_trace_event, data),
    MEMBER(stls_trace_event, data_len),
};
LAYOUT(trace_event);

static const struct_layout_member transcript_options[] = {
    MEMBER(stls_transcript_options, testing),
    MEMBER(stls_transcript_options, peer),
    MEMBER(stls_transcript_options, peer_testing),
    MEMBER(stls_transcript_options, with_secrets),
};
LAYOUT(transcript_options);

static const struct_layout_member transcript_step[] = {
    MEMBER(stls_transcript_step, kind),
    MEMBER(stls_transcript_step, line),
    MEMBER(stls_transcript_step, data),
    MEMBER(stls_transcript_step, message),
    MEMBER(stls_transcript_step, has_more),
    MEMBER(stls_transcript_step, call),
    MEMBER(stls_transcript_step, result),
    MEMBER(stls_transcript_step, argument),
    MEMBER(stls_transcript_step, asked),
    MEMBER(stls_transcript_step, number),
};
LAYOUT(transcript_step);

static const struct_layout_member trust_counts[] = {
    MEMBER(stls_trust_counts, x509),
    MEMBER(stls_trust_counts, crl),
    MEMBER(stls_trust_counts, x509_ca),
};
LAYOUT(trust_counts);

static const struct_layout_member trust_paths[] = {
    MEMBER(stls_trust_paths, cafile),
    MEMBER(stls_trust_paths, capath),
    MEMBER(stls_trust_paths, openssl_cafile_env),
    MEMBER(stls_trust_paths, openssl_cafile),
    MEMBER(stls_trust_paths, openssl_capath_env),
    MEMBER(stls_trust_paths, openssl_capath),
};
LAYOUT(trust_paths);

void struct_layout_check(const struct_layout *layout)
{
  size_t end = sizeof(size_t);

  for (size_t i = 0; i < layout->num_members; i++) {
    const struct_layout_member *member = &layout->members[i];
    /* Texts have no alignment. */
    size_t align = member->len <= sizeof(void *) ? member->len : 1;
    cr_assert_eq(member->offset, (end + align - 1) / align * align,
                 "%s: a member before %s is missing", layout->name,
                 member->name);
    end = member->offset + member->len;
  }
  cr_assert_lt(layout->size - end, sizeof(void *),
               "%s: the last member is missing", layout->name);
}

bool struct_layout_has(const struct_layout_member *member, size_t size)
{
  return member->offset + member->len <= size;
}

size_t struct_layout_next_size(const struct_layout *layout, size_t size)
{
  size_t next = (size / 8 + 1) * 8, max = layout->size + 64;

  /* The large texts: their ends are enough. */
  if (next > 256 && next < layout->size) next = layout->size;
  for (size_t i = 0; i < layout->num_members; i++) {
    size_t end = layout->members[i].offset + layout->members[i].len;
    for (size_t near = end - 1; near <= end + 1; near++)
      if (near > size && near < next) next = near;
  }
  return size >= max ? 0 : next;
}

void *struct_layout_copy(const struct_layout *layout, const void *whole,
                         size_t size, int fill)
{
  unsigned char *copy = malloc(size);

  cr_assert_not_null(copy);
  memset(copy, fill, size);
  memcpy(copy, whole, size < layout->size ? size : layout->size);
  memcpy(copy, &size, size < sizeof size ? size : sizeof size);
  return copy;
}
