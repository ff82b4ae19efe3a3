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
  const char *scenario = plan->trims ? "scale_trimmed" : "scale_untrimmed";
  double expected = (double)(model->taken + report->own);
  double measured = each(plan, report->resident_all, report);

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
  struct fleet_plan plan = {
      {TLS1_3_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false}, 1000, false, 60};
  struct footprint steps[FOOTPRINT_NUM_STEPS];
  struct fleet_report trimmed, untrimmed;
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
  untrimmed = fleet_run(&plan);
  plan.trims = true;
  trimmed = fleet_run(&plan);
  /* Nothing was used of OpenSSL here before. */
  heap_install();
  footprint_measure(&endpoint_library, &plan.config, 100, steps);
  compare(&plan, &trimmed, &steps[FOOTPRINT_IDLE].server);
  plan.trims = false;
  compare(&plan, &untrimmed, &steps[FOOTPRINT_USED].server);
  return bench_end();
}
