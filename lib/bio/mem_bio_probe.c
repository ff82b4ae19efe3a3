/* SPDX-License-Identifier: MIT */
/* mem_bio_probe: tests once per process what OpenSSL's BIO_s_mem allows. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "bio/mem_bio_probe.h"

#include <openssl/crypto.h>
#include <string.h>

#include "bio/mem_bio.h"

#ifdef STLS_NO_BIO_REPOINTING
#define MAY_REPOINT false
#else
#define MAY_REPOINT true
#endif

static CRYPTO_ONCE probes_once = CRYPTO_ONCE_STATIC_INIT;
static bool can_repoint, can_prime;

static void run_probes(void);
static bool probe_repointing(void);
static bool reads_through_mem(BIO *bio, BUF_MEM *mem);
static bool probe_priming(void);
static bool writes_over_primed(BIO *bio, BUF_MEM *mem);

bool stls_mem_bio_probe_can_repoint(void)
{
  return MAY_REPOINT && CRYPTO_THREAD_run_once(&probes_once, run_probes) == 1 &&
         can_repoint;
}

bool stls_mem_bio_probe_can_prime(void)
{
  return MAY_REPOINT && CRYPTO_THREAD_run_once(&probes_once, run_probes) == 1 &&
         can_prime;
}

static void run_probes(void)
{
  can_repoint = probe_repointing();
  can_prime = probe_priming();
}

static bool probe_repointing(void)
{
  BUF_MEM *mem = NULL;
  BIO *bio = BIO_new_mem_buf("", 0);
  bool is_passed;

  if (bio == NULL) return false;
  BIO_set_mem_eof_return(bio, -1);
  BIO_get_mem_ptr(bio, &mem);
  is_passed = mem != NULL && reads_through_mem(bio, mem);
  if (mem != NULL) stls_mem_bio_point_mem(mem, NULL, 0);
  BIO_free(bio);
  return is_passed;
}

/* Twice, in unequal parts, and empty in between, as an object uses it. */
static bool reads_through_mem(BIO *bio, BUF_MEM *mem)
{
  static const char bytes[] = "0123456789";
  char out[sizeof bytes];

  for (int round = 0; round < 2; round++) {
    if (BIO_read(bio, out, sizeof out) != -1 || !BIO_should_read(bio))
      return false;
    stls_mem_bio_point_mem(mem, bytes, 10);
    if (BIO_ctrl_pending(bio) != 10 || BIO_read(bio, out, 3) != 3) return false;
    if (memcmp(out, bytes, 3) != 0 || mem->length != 7) return false;
    if (mem->data != bytes + 3 || BIO_read(bio, out, sizeof out) != 7)
      return false;
    if (memcmp(out, bytes + 3, 7) != 0 || mem->length != 0) return false;
    stls_mem_bio_point_mem(mem, NULL, 0);
  }
  return true;
}

static bool probe_priming(void)
{
  BIO *bio = BIO_new(BIO_s_mem());
  BUF_MEM *mem = BUF_MEM_new();
  bool is_passed = bio != NULL && mem != NULL && writes_over_primed(bio, mem);

  BIO_free(bio);
  BUF_MEM_free(mem);
  return is_passed;
}

/* With a primed length that is right, too short and too long; before one
 * write, two writes and none. */
static bool writes_over_primed(BIO *bio, BUF_MEM *mem)
{
  static const char bytes[] = "0123456789";
  static const size_t guesses[] = {5, 3, 9, 10, 20};

  if (BUF_MEM_grow(mem, 32) == 0) return false;
  for (size_t i = 0; i < 3 * sizeof guesses / sizeof guesses[0]; i++) {
    size_t len = i % 3 * 5;
    mem->length = 0;
    BIO_set_mem_buf(bio, mem, BIO_NOCLOSE);
    mem->length = guesses[i / 3];
    if (len > 0 && BIO_write(bio, bytes, 5) != 5) return false;
    if (len > 5 && BIO_write(bio, bytes + 5, 5) != 5) return false;
    if (BIO_ctrl_pending(bio) != len) return false;
    if (len > 0 && (mem->length != len || memcmp(mem->data, bytes, len) != 0))
      return false;
  }
  return true;
}
