/* SPDX-License-Identifier: MIT */
/* test_record_state: the state of a direction, as a struct and as Linux wants it. */
#include <sanstls/handover.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/struct_layouts.h"

#if defined(__linux__) && defined(__has_include)
#if __has_include(<linux/tls.h>)
#include <linux/tls.h>
#endif
#endif

SUITE(record_state);

enum {
  UNTOUCHED = 0xa5
};

static stls_record_state make_state(stls_aead aead, size_t key_len)
{
  stls_record_state state = STLS_RECORD_STATE_INIT;

  state.aead = aead;
  state.key_len = key_len;
  for (size_t i = 0; i < key_len; i++) state.key[i] = (uint8_t)(0x40 + i);
  for (size_t i = 0; i < sizeof state.iv; i++) state.iv[i] = (uint8_t)(1 + i);
  state.seq = 0x0102030405060708;
  return state;
}

static size_t write_info(const stls_record_state *state, uint8_t *out)
{
  stls_error err = STLS_ERROR_INIT;
  size_t len = 0, asked = 0;

  ASSERT_RESULT(stls_record_state_crypto_info(state, NULL, 0, &asked, &err),
                STLS_OK, err.message);
  ASSERT_RESULT(stls_record_state_crypto_info(state, out, STLS_CRYPTO_INFO_MAX,
                                              &len, &err),
                STLS_OK, err.message);
  cr_expect_eq(len, asked);
  return len;
}

/* Compares with one of the kernel's structs: AES-GCM has a salt. */
#define EXPECT_INFO(type, name, version_number) \
  do { \
    struct tls12_crypto_info_##type want; \
    memset(&want, 0, sizeof want); \
    want.info.version = (version_number); \
    want.info.cipher_type = TLS_CIPHER_##name; \
    memcpy(want.salt, state.iv, sizeof want.salt); \
    memcpy(want.iv, state.iv + sizeof want.salt, sizeof want.iv); \
    memcpy(want.key, state.key, sizeof want.key); \
    memcpy(want.rec_seq, "\1\2\3\4\5\6\7\10", 8); \
    cr_expect_eq(write_info(&state, info), sizeof want, #type); \
    cr_expect_arr_eq(info, &want, sizeof want, #type); \
  } while (0)

Test(record_state, is_what_linux_wants)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  uint8_t info[STLS_CRYPTO_INFO_MAX];

  for (size_t i = 0; i < 2; i++) {
    stls_record_state state = make_state(STLS_AEAD_AES_128_GCM, 16);
    state.version = versions[i];
#ifdef TLS_CIPHER_AES_GCM_128
    EXPECT_INFO(aes_gcm_128, AES_GCM_128, i == 0 ? 0x0303 : 0x0304);
#endif
    state = make_state(STLS_AEAD_AES_256_GCM, 32);
    state.version = versions[i];
#ifdef TLS_CIPHER_AES_GCM_256
    EXPECT_INFO(aes_gcm_256, AES_GCM_256, i == 0 ? 0x0303 : 0x0304);
#endif
    state = make_state(STLS_AEAD_CHACHA20_POLY1305, 32);
    state.version = versions[i];
    cr_expect_eq(write_info(&state, info), 4 + 12 + 32 + 8);
    cr_expect_arr_eq(info + 4, state.iv, 12);
    cr_expect_arr_eq(info + 16, state.key, 32);
    cr_expect_arr_eq(info + 48, "\1\2\3\4\5\6\7\10", 8);
#ifdef TLS_CIPHER_CHACHA20_POLY1305
    {
      /* Its salt has no bytes, which C does not let a test copy. */
      struct tls12_crypto_info_chacha20_poly1305 want;
      memcpy(&want, info, sizeof want);
      cr_expect_eq(sizeof want, 56);
      cr_expect_eq(want.info.cipher_type, TLS_CIPHER_CHACHA20_POLY1305);
      cr_expect_arr_eq(want.key, state.key, 32);
    }
#endif
  }
}

Test(record_state, refuses_what_it_does_not_know)
{
  stls_record_state state = make_state((stls_aead)53, 16);
  stls_error err = STLS_ERROR_INIT;
  uint8_t info[STLS_CRYPTO_INFO_MAX];
  size_t len = 9;

  expect_misuse(
      stls_record_state_crypto_info(&state, info, sizeof info, &len, &err),
      &err, "aead 53");
  cr_expect_eq(len, 0);
  state = make_state((stls_aead)53, 0);
  expect_misuse(
      stls_record_state_crypto_info(&state, info, sizeof info, &len, &err),
      &err, "aead 53");
  state = make_state(STLS_AEAD_AES_128_GCM, 32);
  expect_misuse(
      stls_record_state_crypto_info(&state, info, sizeof info, &len, &err),
      &err, "a key of 32 bytes");
  state = make_state(STLS_AEAD_AES_128_GCM, 16);
  expect_misuse(stls_record_state_crypto_info(&state, info, 39, &len, &err),
                &err, "40 bytes");
  cr_expect_eq(len, 40);
  expect_misuse(
      stls_record_state_crypto_info(NULL, info, sizeof info, &len, &err), &err,
      "state");
  expect_misuse(
      stls_record_state_crypto_info(&state, info, sizeof info, NULL, &err),
      &err, "out_len");
  state.size = 1;
  expect_misuse(
      stls_record_state_crypto_info(&state, info, sizeof info, &len, &err),
      &err, "state->size");
}

Test(record_state, is_wiped_to_its_size)
{
  stls_record_state states[2], zero = {0};

  stls_record_state_wipe(NULL);
  memset(states, UNTOUCHED, sizeof states);
  states[0].size = 0;
  stls_record_state_wipe(&states[0]);
  cr_expect_eq(states[0].key[0], UNTOUCHED);
  states[0].size = zero.size = sizeof states[0];
  stls_record_state_wipe(&states[0]);
  cr_expect_arr_eq(&states[0], &zero, sizeof zero);
  cr_expect_eq(states[1].key[0], UNTOUCHED);
}

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
}

/* A program of an older or a newer header. */
Test(record_state, is_written_to_its_size)
{
  const struct_layout *layout = &struct_layout_record_state;
  pair_options options = {.tune_client = use_direct, .tune_server = use_direct};
  size_t step = 0;

  pair_need_direct();
  struct_layout_check(layout);
  for (size_t size = sizeof size; size != 0;
       size = struct_layout_next_size(layout, size)) {
    stls_record_state state = STLS_RECORD_STATE_INIT;
    unsigned char *given;
    test_pair pair;
    if (check_quick() && step++ % 8 != 0) continue;
    given = struct_layout_copy(layout, &state, size, UNTOUCHED);
    for (size_t i = sizeof size; i < size; i++) given[i] = UNTOUCHED;
    pair = pair_open(&options);
    pair_settle(&pair);
    ASSERT_RETURNS(stls_object_export_insecure_record_state(
                       pair.client, STLS_RECORDS_IN,
                       (stls_record_state *)(void *)given, NULL),
                   STLS_OK);
    for (size_t i = 0; i < layout->num_members; i++) {
      const struct_layout_member *member = &layout->members[i];
      size_t changed = 0;
      for (size_t at = member->offset;
           at < member->offset + member->len && at < size; at++)
        changed += given[at] != UNTOUCHED;
      cr_expect_eq(changed > 0, struct_layout_has(member, size),
                   "%zu bytes: %s", size, member->name);
    }
    for (size_t at = layout->size; at < size; at++)
      cr_expect_eq(given[at], UNTOUCHED, "%zu bytes: byte %zu", size, at);
    free(given);
    pair_free(&pair);
  }
}
