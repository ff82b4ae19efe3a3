/* SPDX-License-Identifier: MIT */
/* bench_handshake: measures handshakes, by version, key and setting. */
/*
 * Usage: bench_handshake [--full] DATA_DIR. The CPU time of both sides of one
 * connection, from the making of two objects until both are established; the
 * client verifies the server's chain and name, and contexts are made once.
 * Variants:
 *
 * library              what stls_context_new_without_trust gives
 * library_and_byte     then the server writes a byte and the client reads it, and
 *                      with it the tickets
 * library_direct       with STLS_RECORDS_DIRECT, which needs the key log
 * library_direct_and_byte  then a byte as above: the keys are derived
 * naive                what SSL_CTX_new gives, with BIO_s_mem
 * naive_and_byte       then a byte as above
 * naive_server_has_ca  as naive, with the CA in the store of the server's
 *                      context: libssl builds a chain in each handshake
 * naive_like_library   as naive, with contexts set as the library's: what remains
 *                      against `library` is objects and queues, not settings
 * custom_bio           as naive, with a BIO_METHOD of one's own
 * asymmetric           libcrypto's operations on keys alone (support/asym.h)
 *
 * Targets are for full handshakes of TLS 1.3 with ECDSA: against `naive` for
 * `library`, against `naive_and_byte` for `library_and_byte`, and of `library`
 * against `asymmetric`.
 */
#include <math.h>
#include <stdio.h>

#include "support/asym.h"
#include "support/bench.h"
#include "support/shake.h"

enum {
  LIBRARY,
  LIBRARY_AND_BYTE,
  DIRECT,
  DIRECT_AND_BYTE,
  NAIVE,
  NAIVE_AND_BYTE,
  NAIVE_SERVER_HAS_CA,
  NAIVE_LIKE_LIBRARY,
  CUSTOM,
  ASYMMETRIC,
  NUM_VARIANTS
};

enum {
  COUNT = 6
};

static const struct variant {
  const char *name;
  const struct shake_kind *kind;
  unsigned flags;
} kinds[NUM_VARIANTS] = {
    {"library", &shake_library, 0},
    {"library_and_byte", &shake_library, SHAKE_AND_BYTE},
    {"library_direct", &shake_library, SHAKE_DIRECT},
    {"library_direct_and_byte", &shake_library, SHAKE_DIRECT | SHAKE_AND_BYTE},
    {"naive", &shake_openssl, 0},
    {"naive_and_byte", &shake_openssl, SHAKE_AND_BYTE},
    {"naive_server_has_ca", &shake_openssl, SHAKE_SERVER_HAS_CA},
    {"naive_like_library", &shake_openssl, SHAKE_LIKE_LIBRARY},
    {"custom_bio", &shake_openssl, SHAKE_CUSTOM_BIO},
    {"asymmetric", NULL, 0},
};

/* One variant at work. */
struct run {
  const struct shake_kind *kind;
  void *shaker;
  struct asym *asym;
  bool is_resumed;
};

struct scenario {
  const char *name;
  struct pair_config config;
  unsigned flags;
};

static double time_shakes(void *state, size_t count)
{
  struct run *run = state;
  double spent = 0;

  /* The one before has left the caches to others. */
  (void)run->kind->once(run->shaker);
  for (size_t i = 0; i < count; i++) spent += run->kind->once(run->shaker);
  return spent;
}

static double time_asymmetric(void *state, size_t count)
{
  struct run *run = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) asym_shake(run->asym, run->is_resumed);
  return bench_now_ns() - began;
}

static void judge(const struct scenario *scenario,
                  const struct bench_variant *variants)
{
  static const struct {
    const char *what;
    int over, under;
    double on_3_0, on_3_5;
  } ratios[] = {
      {"naive/library", NAIVE, LIBRARY, 1.12, 1.5},
      {"naive_and_byte/library_and_byte", NAIVE_AND_BYTE, LIBRARY_AND_BYTE,
       1.12, 1.5},
      {"naive_server_has_ca/library", NAIVE_SERVER_HAS_CA, LIBRARY, NAN, NAN},
      {"naive_like_library/library", NAIVE_LIKE_LIBRARY, LIBRARY, NAN, NAN},
      {"custom_bio/library", CUSTOM, LIBRARY, NAN, NAN},
  };
  const struct pair_config *config = &scenario->config;
  bool is_judged = scenario->flags == 0 && config->version == TLS1_3_VERSION &&
                   config->key == PAIR_ECDSA;
  /* Who resumes in TLS 1.2 has no keys to work with. */
  bool has_floor = config->version == TLS1_3_VERSION || scenario->flags == 0;

  for (size_t i = 0; i < sizeof ratios / sizeof ratios[0]; i++)
    bench_at_least(
        scenario->name, ratios[i].what,
        bench_ratio_of(&variants[ratios[i].over], &variants[ratios[i].under]),
        is_judged ? bench_by_version(ratios[i].on_3_0, ratios[i].on_3_5) : NAN);
  bench_at_most(scenario->name, "library_direct/library",
                bench_ratio_of(&variants[DIRECT], &variants[LIBRARY]),
                is_judged ? bench_by_version(1.06, 1.01) : NAN);
  bench_at_most(
      scenario->name, "library_direct_and_byte/library_and_byte",
      bench_ratio_of(&variants[DIRECT_AND_BYTE], &variants[LIBRARY_AND_BYTE]),
      NAN);
  if (has_floor)
    bench_at_most(scenario->name, "library/asymmetric",
                  bench_ratio_of(&variants[LIBRARY], &variants[ASYMMETRIC]),
                  is_judged ? bench_by_version(2.05, 1.65) : NAN);
}

static void compare(const struct scenario *scenario)
{
  static struct run runs[NUM_VARIANTS];
  static struct bench_variant variants[NUM_VARIANTS];
  bool has_floor =
      scenario->config.version == TLS1_3_VERSION || scenario->flags == 0;

  for (int i = 0; i < NUM_VARIANTS; i++) {
    struct run *run = &runs[i];
    run->is_resumed = (scenario->flags & SHAKE_RESUMED) != 0;
    run->kind = kinds[i].kind;
    if (run->kind != NULL)
      run->shaker =
          run->kind->open(&scenario->config, kinds[i].flags | scenario->flags);
    else
      run->asym = asym_open(&scenario->config);
    variants[i].name = kinds[i].name;
    variants[i].state = run;
    variants[i].run = run->kind != NULL ? time_shakes : time_asymmetric;
  }
  bench_compare(scenario->name, variants,
                has_floor ? NUM_VARIANTS : NUM_VARIANTS - 1, COUNT, 1000, "us");
  judge(scenario, variants);
  for (int i = 0; i < NUM_VARIANTS; i++) {
    if (runs[i].kind != NULL)
      runs[i].kind->close(runs[i].shaker);
    else
      asym_close(runs[i].asym);
  }
}

int main(int argc, char **argv)
{
  static const struct pair_config ecdsa_1_3 = {
      TLS1_3_VERSION, PAIR_DEFAULTS, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL};
  static const struct pair_config rsa_1_3 = {
      TLS1_3_VERSION, PAIR_DEFAULTS, PAIR_RSA, false, STLS_RECORDS_LIBSSL};
  static const struct pair_config ecdsa_1_2 = {
      TLS1_2_VERSION, PAIR_DEFAULTS, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL};
  static const struct pair_config rsa_1_2 = {
      TLS1_2_VERSION, PAIR_DEFAULTS, PAIR_RSA, false, STLS_RECORDS_LIBSSL};
  const struct scenario scenarios[] = {
      {"1.3_full_ecdsa", ecdsa_1_3, 0},
      {"1.3_full_rsa", rsa_1_3, 0},
      {"1.3_resumed_ecdsa", ecdsa_1_3, SHAKE_RESUMED},
      {"1.3_resumed_rsa", rsa_1_3, SHAKE_RESUMED},
      {"1.3_no_tickets_ecdsa", ecdsa_1_3, SHAKE_NO_TICKETS},
      {"1.2_full_ecdsa", ecdsa_1_2, 0},
      {"1.2_full_rsa", rsa_1_2, 0},
      {"1.2_resumed_ecdsa", ecdsa_1_2, SHAKE_RESUMED},
      {"1.2_resumed_rsa", rsa_1_2, SHAKE_RESUMED},
  };

  bench_begin(argc, argv);
  for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
    compare(&scenarios[i]);
  return bench_end();
}
