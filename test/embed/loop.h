/* SPDX-License-Identifier: MIT */
/* loop: starts a libuv loop, or ends the program and says why. */
#ifndef EMBED_LOOP_H
#define EMBED_LOOP_H

#include <uv.h>

/* Ends the program if the status is an error of libuv. */
void loop_must(int status, const char *what);

/* Every program begins with it. */
void loop_start(uv_loop_t *loop);

/* Starts the handle, which the caller closes. */
void loop_catch(uv_loop_t *loop, uv_signal_t *signal, int number,
                uv_signal_cb on_signal);

#endif
