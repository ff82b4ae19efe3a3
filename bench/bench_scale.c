/* SPDX-License-Identifier: MIT */
/* bench_scale: measures the memory of a server with many idle connections. */
/*
 * Usage: bench_scale [--full] DATA_DIR. A process on libuv serves 1,000 (--full:
 * 10,000) connections of TLS 1.3 over loopback, the other ends of which another
 * process holds. Each carries 16 KiB in both directions, and rests. Resident
 * memory for each connection, with and without a trim, is compared with the bytes
 * that the allocator gives for the same thing: see bench_memory. malloc_trim
 * is called once, at the end, for a figure of its own.
 */
#include <math.h>
#include <stdio.h>

#include "support/bench.h"
#include "support/fleet.h"
#include "support/footprint.h"

static double each(const struct fleet_plan *plan, size_t resident,
                   const struct fleet_report *report)
{
  return ((double)resident - (double)report->resident_first) /
         (double)plan->num_connections;
}

static void compare(const struct fleet_plan *plan,
                    const struct fleet_report *report,
                    const struct heap_usage *model)
{
  char scenario[64];
  double expected = (double)(model->taken + report->own);
  double measured = each(plan, report->resident_all, report);

  snprintf(scenario, sizeof scenario, "scale_%s%s",
           plan->trims ? "trimmed" : "untrimmed",
           plan->config.records == STLS_RECORDS_DIRECT ? "_direct" : "");
  bench_figure(scenario, "connections", (double)plan->num_connections, "");
  bench_figure(scenario, "resident", measured, "B/connection");
  bench_figure(scenario, "resident_after_malloc_trim",
               each(plan, report->resident_swept, report), "B/connection");
  bench_figure(scenario, "model_object", (double)model->taken, "B/connection");
  bench_figure(scenario, "model_server", (double)report->own, "B/connection");
  bench_at_most(scenario, "off_the_model", fabs(measured / expected - 1),
                plan->trims ? 0.10 : NAN);
}

int main(int argc, char **argv)
{
  struct fleet_plan plan = {{TLS1_3_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA,
                             false, STLS_RECORDS_LIBSSL},
                            1000,
                            false,
                            60};
  static const stls_records ways[] = {STLS_RECORDS_LIBSSL, STLS_RECORDS_DIRECT};
  static const struct endpoint_kind *const kinds[] = {&endpoint_library,
                                                      &endpoint_library_direct};
  struct footprint steps[FOOTPRINT_NUM_STEPS];
  struct fleet_report trimmed[2], untrimmed[2];
  size_t wanted;

  bench_begin(argc, argv);
  if (bench_is_full()) {
    plan.num_connections = 10000;
    plan.max_seconds = 240;
  }
  wanted = plan.num_connections;
  plan.num_connections = fleet_allowed(wanted);
  if (plan.num_connections < wanted)
    printf("# the limit of open files allows %zu connections, not %zu\n",
           plan.num_connections, wanted);
  for (int i = 0; i < 2; i++) {
    plan.config.records = ways[i];
    plan.trims = false;
    untrimmed[i] = fleet_run(&plan);
    plan.trims = true;
    trimmed[i] = fleet_run(&plan);
  }
  /* Nothing was used of OpenSSL here before. */
  heap_install();
  for (int i = 0; i < 2; i++) {
    plan.config.records = ways[i];
    footprint_measure(kinds[i], &plan.config, 100, steps);
    plan.trims = true;
    compare(&plan, &trimmed[i], &steps[FOOTPRINT_IDLE].server);
    plan.trims = false;
    compare(&plan, &untrimmed[i], &steps[FOOTPRINT_USED].server);
  }
  bench_at_most("scale_trimmed", "library_direct/library",
                each(&plan, trimmed[1].resident_all, &trimmed[1]) /
                    each(&plan, trimmed[0].resident_all, &trimmed[0]),
                1.10);
  bench_at_most("scale_untrimmed", "library_direct/library",
                each(&plan, untrimmed[1].resident_all, &untrimmed[1]) /
                    each(&plan, untrimmed[0].resident_all, &untrimmed[0]),
                1.10);
  return bench_end();
}
