/* SPDX-License-Identifier: MIT */
/* clocks: the clocks of a client and of a server, which tests set. */
#ifndef STLS_TEST_CLOCKS_H
#define STLS_TEST_CLOCKS_H

#include <sanstls/clock.h>
#include <stdint.h>

/* What the clocks show, in seconds since the epoch. */
extern int64_t clocks_client;
extern int64_t clocks_server;

/* Sets both. */
void clocks_set(int64_t seconds);

/* For `tune_client` and `tune_server`: the context goes by its clock. */
void clocks_tune_client(stls_context *context);
void clocks_tune_server(stls_context *context);

/* Sessions stay with the server. */
void clocks_use_no_tickets(stls_context *context);

/* A clock that shows what `user_data`, an int64_t, is. */
int64_t clocks_show(void *user_data);

#endif
