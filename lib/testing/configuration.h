/* SPDX-License-Identifier: MIT */
/* configuration: describes how an endpoint is set up, and makes one from that. */
#ifndef STLS_LIB_CONFIGURATION_H
#define STLS_LIB_CONFIGURATION_H

#include <sanstls/testing.h>
#include <stdbool.h>

/* Takes a name and a value. false: memory is short. */
typedef bool (*stls_configuration_put_fn)(void *data, const char *name,
                                          const char *value);

/* Returns the value of a name, or NULL if there is none. */
typedef const char *(*stls_configuration_get_fn)(void *data, const char *name);

/* Whether there is such a name, such as "groups". */
bool stls_configuration_has(const char *name);

/*
 * Gives what differs between an object that was just made, with its context, and one
 * of stls_testing_context. What stls_configuration_apply cannot make has a value that
 * begins with "custom". No random byte of the object's world is drawn.
 *
 * STLS_OK. STLS_ERROR_MEMORY.
 */
stls_result stls_configuration_describe(const stls_object *object,
                                        stls_configuration_put_fn put,
                                        void *data, stls_error *err);

/*
 * Makes an object, and its context, in a world.
 *
 * STLS_OK: *out_object is the caller's, and holds its context.
 * STLS_ERROR_UNSUPPORTED: something is "custom", or OpenSSL does not have it.
 * STLS_ERROR_INPUT: a value has not the form that it is described in.
 * Others as the setters. The message begins with the name.
 */
stls_result stls_configuration_apply(stls_testing *testing, stls_role role,
                                     stls_configuration_get_fn get, void *data,
                                     stls_object **out_object, stls_error *err);

#endif
