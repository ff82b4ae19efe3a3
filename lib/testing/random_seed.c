/* SPDX-License-Identifier: MIT */
/* random_seed: what random bytes follow from, and those bytes. */
#include "testing/random_seed.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <sanstls/util.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "testing/hex.h"
#include "testing/transcript_line.h"

enum {
  BLOCK_LEN = 64,
  WORDS = 16,
  DOUBLE_ROUNDS = 10
};

static uint64_t word_of(uint64_t number, uint64_t index);
static void expand_number(uint64_t number, uint64_t at, uint8_t *out,
                          size_t len);
static void expand_key(const uint8_t key[STLS_RANDOM_KEY_LEN], uint64_t at,
                       uint8_t *out, size_t len);
static void make_block(const uint8_t key[STLS_RANDOM_KEY_LEN],
                       uint64_t counter, uint64_t nonce,
                       uint8_t out[BLOCK_LEN]);
static void mix(uint32_t words[WORDS], int a, int b, int c, int d);
static uint32_t rotate(uint32_t word, int bits);
static uint32_t load(const uint8_t bytes[4]);
static void store(uint32_t word, uint8_t out[4]);

stls_result stls_random_seed_generate(struct stls_random_seed *out,
                                      stls_error *err)
{
  stls_error_queue_guard guard;
  OSSL_LIB_CTX *libctx;
  stls_result result;

  memset(out, 0, sizeof *out);
  out->is_key = true;
  stls_error_queue_enter(&guard);
  /* The default one may be seeded, or has to be later. */
  libctx = OSSL_LIB_CTX_new();
  result = libctx == NULL ? stls_error_memory(err)
                          : stls_random_bytes(libctx, out->key,
                                              sizeof out->key, err);
  OSSL_LIB_CTX_free(libctx);
  stls_error_queue_leave(&guard);
  return result;
}

void stls_random_seed_expand(const struct stls_random_seed *seed, uint64_t at,
                             uint8_t *out, size_t len)
{
  if (seed->is_key)
    expand_key(seed->key, at, out, len);
  else
    expand_number(seed->number, at, out, len);
}

void stls_random_seed_derive(const struct stls_random_seed *from, uint64_t nth,
                             struct stls_random_seed *out)
{
  uint8_t block[BLOCK_LEN];

  memset(out, 0, sizeof *out);
  out->is_key = from->is_key;
  if (!from->is_key) {
    out->number = word_of(from->number, ~nth);
    return;
  }
  make_block(from->key, 0, nth, block);
  memcpy(out->key, block, sizeof out->key);
  stls_mem_wipe(block, sizeof block);
}

void stls_random_seed_format(const struct stls_random_seed *seed,
                             char out[STLS_RANDOM_SEED_SIZE])
{
  static const char digits[] = "0123456789abcdef";

  if (!seed->is_key) {
    snprintf(out, STLS_RANDOM_SEED_SIZE, "%" PRIu64, seed->number);
    return;
  }
  for (size_t i = 0; i < sizeof seed->key; i++) {
    out[2 * i] = digits[seed->key[i] >> 4];
    out[2 * i + 1] = digits[seed->key[i] & 15];
  }
  out[2 * sizeof seed->key] = '\0';
}

bool stls_random_seed_parse(const char *text, struct stls_random_seed *out)
{
  const size_t len = strlen(text);

  memset(out, 0, sizeof *out);
  out->is_key = len == 2 * sizeof out->key;
  return out->is_key ? stls_hex_read(text, len, out->key)
                     : stls_transcript_line_number(text, len, &out->number);
}

bool stls_random_seed_is_key(const char *text)
{
  struct stls_random_seed seed;
  const bool is_key = stls_random_seed_parse(text, &seed) && seed.is_key;

  stls_mem_wipe(&seed, sizeof seed);
  return is_key;
}

static void expand_number(uint64_t number, uint64_t at, uint8_t *out,
                          size_t len)
{
  for (size_t i = 0; i < len; i++, at++)
    out[i] = (uint8_t)(word_of(number, at / 8) >> (8 * (at % 8)));
}

/* SplitMix64 (Steele, Lea, Flood 2014), whose state is a number times a constant. */
static uint64_t word_of(uint64_t number, uint64_t index)
{
  uint64_t word = number + (index + 1) * UINT64_C(0x9e3779b97f4a7c15);

  word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
  return word ^ (word >> 31);
}

static void expand_key(const uint8_t key[STLS_RANDOM_KEY_LEN], uint64_t at,
                       uint8_t *out, size_t len)
{
  uint8_t block[BLOCK_LEN];

  while (len > 0) {
    const size_t offset = (size_t)(at % sizeof block);
    const size_t rest = sizeof block - offset;
    const size_t piece = len < rest ? len : rest;

    make_block(key, at / sizeof block, 0, block);
    memcpy(out, block + offset, piece);
    out += piece;
    at += piece;
    len -= piece;
  }
  stls_mem_wipe(block, sizeof block);
}

/*
 * ChaCha20 (RFC 8439, 2.3), with counter and nonce of 64 bits each (Bernstein 2008), so
 * that a sequence does not end.
 *
 * Not by EVP: a generator is asked in the middle of other calls of OpenSSL, for which it
 * must neither fetch from a library context nor fail.
 */
static void make_block(const uint8_t key[STLS_RANDOM_KEY_LEN],
                       uint64_t counter, uint64_t nonce,
                       uint8_t out[BLOCK_LEN])
{
  uint32_t start[WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  uint32_t words[WORDS];

  for (int i = 0; i < 8; i++) start[4 + i] = load(key + (ptrdiff_t)4 * i);
  start[12] = (uint32_t)counter;
  start[13] = (uint32_t)(counter >> 32);
  start[14] = (uint32_t)nonce;
  start[15] = (uint32_t)(nonce >> 32);
  for (int i = 0; i < WORDS; i++) words[i] = start[i];
  for (int i = 0; i < DOUBLE_ROUNDS; i++) {
    for (int at = 0; at < 4; at++) mix(words, at, 4 + at, 8 + at, 12 + at);
    for (int at = 0; at < 4; at++)
      mix(words, at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4);
  }
  for (int i = 0; i < WORDS; i++)
    store(words[i] + start[i], out + (ptrdiff_t)4 * i);
  stls_mem_wipe(start, sizeof start);
  stls_mem_wipe(words, sizeof words);
}

static void mix(uint32_t words[WORDS], int a, int b, int c, int d)
{
  words[a] += words[b];
  words[d] = rotate(words[d] ^ words[a], 16);
  words[c] += words[d];
  words[b] = rotate(words[b] ^ words[c], 12);
  words[a] += words[b];
  words[d] = rotate(words[d] ^ words[a], 8);
  words[c] += words[d];
  words[b] = rotate(words[b] ^ words[c], 7);
}

static uint32_t rotate(uint32_t word, int bits)
{
  return word << bits | word >> (32 - bits);
}

static uint32_t load(const uint8_t bytes[4])
{
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
         (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void store(uint32_t word, uint8_t out[4])
{
  for (int i = 0; i < 4; i++) out[i] = (uint8_t)(word >> 8 * i);
}
