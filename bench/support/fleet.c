/* SPDX-License-Identifier: MIT */
/* fleet: runs many connections over loopback, between two processes. */
#include "fleet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* Descriptors that are no connections. */
#define OTHER_FILES ((rlim_t)64)

static struct fleet_report serve_visitors(const struct fleet_plan *plan);
static int listen_on_loopback(uint16_t *out_port);
static void await_end(pid_t process, const char *what);

size_t fleet_allowed(size_t wanted)
{
  struct rlimit files;
  rlim_t needed = (rlim_t)(wanted + FLEET_NUM_FIRST) + OTHER_FILES;

  bench_need(getrlimit(RLIMIT_NOFILE, &files) == 0, "getrlimit");
  if (files.rlim_cur < needed) {
    files.rlim_cur = files.rlim_max < needed ? files.rlim_max : needed;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    bench_need(getrlimit(RLIMIT_NOFILE, &files) == 0, "getrlimit");
  }
  if (files.rlim_cur >= needed) return wanted;
  bench_need(files.rlim_cur > FLEET_NUM_FIRST + OTHER_FILES,
             "having enough files open");
  return (size_t)(files.rlim_cur - OTHER_FILES) - FLEET_NUM_FIRST;
}

struct fleet_report fleet_run(const struct fleet_plan *plan)
{
  struct fleet_report report;
  int ends[2];
  pid_t server;

  bench_need(pipe(ends) == 0, "pipe");
  server = fork();
  bench_need(server >= 0, "fork");
  if (server == 0) {
    alarm(plan->max_seconds);
    report = serve_visitors(plan);
    bench_need(write(ends[1], &report, sizeof report) == sizeof report,
               "reporting");
    _exit(0);
  }
  close(ends[1]);
  bench_need(read(ends[0], &report, sizeof report) == sizeof report,
             "serving in time");
  close(ends[0]);
  await_end(server, "the server");
  return report;
}

/* The server's process; its child is the clients'. */
static struct fleet_report serve_visitors(const struct fleet_plan *plan)
{
  struct fleet_report report;
  uint16_t port = 0;
  int listener = listen_on_loopback(&port);
  int control[2];
  pid_t visitor;

  bench_need(socketpair(AF_UNIX, SOCK_STREAM, 0, control) == 0, "socketpair");
  visitor = fork();
  bench_need(visitor >= 0, "fork");
  if (visitor == 0) {
    alarm(plan->max_seconds);
    close(listener);
    close(control[0]);
    fleet_visit(plan, port, control[1]);
    _exit(0);
  }
  close(control[1]);
  report = fleet_serve(plan, listener, control[0]);
  close(control[0]);
  await_end(visitor, "the clients");
  return report;
}

static int listen_on_loopback(uint16_t *out_port)
{
  struct sockaddr_in address;
  socklen_t len = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);

  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bench_need(listener >= 0, "socket");
  bench_need(bind(listener, (struct sockaddr *)&address, len) == 0, "bind");
  bench_need(listen(listener, 512) == 0, "listen");
  bench_need(getsockname(listener, (struct sockaddr *)&address, &len) == 0,
             "getsockname");
  *out_port = ntohs(address.sin_port);
  return listener;
}

static void await_end(pid_t process, const char *what)
{
  int status = -1;

  bench_need(waitpid(process, &status, 0) == process && status == 0, what);
}
