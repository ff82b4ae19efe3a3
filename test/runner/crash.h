/* SPDX-License-Identifier: MIT */
/* crash: does something last for a process that a signal ends. */
#ifndef STLS_TEST_CRASH_H
#define STLS_TEST_CRASH_H

/*
 * Has `save` called, in a copy of the process, when a fatal signal comes: of a fault or
 * abort(), or SIGXCPU, by which fork_runner tells a test that its time is over. Whatever
 * happens in the copy, which has some seconds, the process then ends as it would have.
 * Not where the stack has overflowed, nor where a sanitizer ends the process by itself.
 * Calls behind the first one do nothing.
 */
void crash_watch(void (*save)(void));

#endif
