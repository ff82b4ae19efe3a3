/* SPDX-License-Identifier: MIT */
/* heap: counts or refuses every allocation of OpenSSL and the library. */
#include "heap.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In front of every block, and as aligned as malloc's own. */
typedef union head {
  size_t len;
  max_align_t align;
} head;

static size_t live_blocks, live_bytes, num_granted, bytes_granted;
static size_t max_len = (size_t)512 * 1024 * 1024;
static size_t fail_in;
static bool has_failed, is_held;
static const void *watched;
static size_t watched_len, num_spilled;

static void *hook_malloc(size_t len, const char *file, int line);
static void *hook_realloc(void *data, size_t len, const char *file, int line);
static void hook_free(void *data, const char *file, int line);
static bool has_watched(const unsigned char *data, size_t len);
static bool is_refused(size_t len);

__attribute__((constructor)) static void install(void)
{
  if (CRYPTO_set_mem_functions(hook_malloc, hook_realloc, hook_free) != 1) {
    fprintf(stderr, "heap: OpenSSL has allocated before the hooks came\n");
    abort();
  }
  /* What OpenSSL makes once and keeps is nobody's leak. */
  OPENSSL_init_ssl(0, NULL);
  BIO_free(BIO_new(BIO_s_mem()));
}

size_t heap_live_blocks(void)
{
  return live_blocks;
}

size_t heap_live_bytes(void)
{
  return live_bytes;
}

size_t heap_num_granted(void)
{
  return num_granted;
}

size_t heap_bytes_granted(void)
{
  return bytes_granted;
}

void heap_watch(const void *bytes, size_t len)
{
  watched = bytes;
  watched_len = len;
  num_spilled = 0;
}

size_t heap_num_spilled(void)
{
  return num_spilled;
}

void heap_fail_at(size_t nth)
{
  fail_in = nth;
  has_failed = false;
}

bool heap_stop_failing(void)
{
  fail_in = 0;
  is_held = false;
  return has_failed;
}

void heap_hold(bool held)
{
  is_held = held;
}

void heap_set_max(size_t len)
{
  max_len = len;
}

static void *hook_malloc(size_t len, const char *file, int line)
{
  head *block;

  (void)file;
  (void)line;
  if (is_refused(len)) return NULL;
  block = malloc(sizeof *block + len);
  if (block == NULL) return NULL;
  block->len = len;
  live_blocks++;
  live_bytes += len;
  num_granted++;
  bytes_granted += len;
  return block + 1;
}

static void *hook_realloc(void *data, size_t len, const char *file, int line)
{
  size_t old_len = data == NULL ? 0 : ((head *)data - 1)->len;
  void *moved;

  if (data != NULL && len == 0) {
    hook_free(data, file, line);
    return NULL;
  }
  /* OpenSSL's own does the same, and some versions report a refusal there. */
  moved = data == NULL ? CRYPTO_malloc(len, file, line)
                       : hook_malloc(len, file, line);
  if (moved == NULL) return NULL;
  if (old_len > 0) memcpy(moved, data, old_len < len ? old_len : len);
  hook_free(data, file, line);
  return moved;
}

static void hook_free(void *data, const char *file, int line)
{
  head *block;

  (void)file;
  (void)line;
  if (data == NULL) return;
  block = (head *)data - 1;
  live_blocks--;
  live_bytes -= block->len;
  if (has_watched(data, block->len)) num_spilled++;
  /* What is used after it was freed shall not look alive. */
  memset(data, 0xdd, block->len);
  free(block);
}

static bool has_watched(const unsigned char *data, size_t len)
{
  bool has = false;

  if (watched == NULL) return false;
  for (size_t at = 0; !has && at + watched_len <= len; at++)
    has = memcmp(data + at, watched, watched_len) == 0;
  return has;
}

static bool is_refused(size_t len)
{
  bool is_nth = !is_held && fail_in > 0 && --fail_in == 0;

  if (is_nth) has_failed = true;
  return is_nth || len > max_len;
}
