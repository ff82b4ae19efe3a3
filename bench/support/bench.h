/* SPDX-License-Identifier: MIT */
/* bench: shares the clock, rounds, output and targets of all programs here. */
#ifndef STLS_BENCH_BENCH_H
#define STLS_BENCH_BENCH_H

#include <openssl/crypto.h>
#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  BENCH_MAX_ROUNDS = 101,
  BENCH_MAX_VARIANTS = 16
};

/*
 * Reads `PROGRAM [--full] DATA_DIR`, pins the thread to the first core that it
 * may run on, and prints what is measured with. Ends the program when the
 * arguments are wrong.
 */
void bench_begin(int argc, char **argv);

/* How many cores the program may run on; and pins the calling thread to one of
 * them, by its place from 0 on. False where that fails. */
size_t bench_num_cores(void);
bool bench_pin(size_t place);

/* Prints the summary of the ratios; what main returns. A target that is short is
 * no failure. */
int bench_end(void);

bool bench_is_full(void);
const char *bench_data_dir(void);

/* CPU time of this thread. */
double bench_now_ns(void);

/* One way to do what a scenario is about. */
struct bench_variant {
  const char *name;
  /* Does it `count` times and returns how long that took, in nanoseconds: what is
   * to be left out is left out by the function. */
  double (*run)(void *state, size_t count);
  void *state;
  /* Both or neither: make and end what `run` works with. Where memory lies
   * decides up to a third of a small cost, and what is made first lies
   * elsewhere. bench_compare makes all of it anew for each round, in an order
   * that moves on by one, and ends it after the last. */
  void (*open)(void *state);
  void (*close)(void *state);
  /* Each round's cost of one time, filled by bench_compare; in the order of the
   * rounds. */
  double rounds[BENCH_MAX_ROUNDS];
  size_t num_rounds;
};

/* Runs the variants in turn, round by round after one to warm up, each time for a
 * while that is not counted first, and prints the median of each as
 * "scenario,variant,value,unit". Each round begins with another variant. `count`
 * is for one round; values are nanoseconds divided by `divisor`. */
void bench_compare(const char *scenario, struct bench_variant *variants,
                   size_t num_variants, size_t count, double divisor,
                   const char *unit);

/* How much is done, on standard error if that is a terminal; bench_compare counts
 * its rounds by itself. The line is emptied again at the end. */
void bench_progress(const char *what, size_t done, size_t total);
void bench_progress_end(void);

/* The median over rounds of a's cost divided by b's in the same round. */
double bench_ratio_of(const struct bench_variant *a,
                      const struct bench_variant *b);

double bench_median(const struct bench_variant *variant);

/* Prints one figure. */
void bench_figure(const char *scenario, const char *variant, double value,
                  const char *unit);

/* A ratio for the summary: at most or at least the target. NAN: no target. */
void bench_at_most(const char *scenario, const char *what, double ratio,
                   double target);
void bench_at_least(const char *scenario, const char *what, double ratio,
                    double target);

/* Targets differ between OpenSSL 3.0 (to 3.4) and 3.5. */
double bench_by_version(double on_3_0, double on_3_5);

/* Ends the program with the reason when something that must work did not. */
void bench_must(stls_result result, const char *what, const stls_error *err);
void bench_need(bool is_true, const char *what);

/* Not bytes that compress or repeat soon. */
void bench_fill(uint8_t *out, size_t len);

#endif
