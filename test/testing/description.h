/* SPDX-License-Identifier: MIT */
/* description: endpoints as lines of text, and made from these. */
#ifndef STLS_TEST_DESCRIPTION_H
#define STLS_TEST_DESCRIPTION_H

#include <sanstls/testing.h>

/* A world at SEEDED_NOW. */
stls_testing *description_world(void);

/* The lines "name: value" of an object that was just made, in a static buffer. */
const char *description_of(const stls_object *object);

/* Makes an object from such lines. */
stls_result description_apply(stls_testing *testing, stls_role role,
                              const char *text, stls_object **out,
                              stls_error *err);

/* What is made of the lines has the same lines. */
void description_expect_identity(stls_role role, const char *text);

/* A context as a world makes it; an object of it, a client's for localhost. */
stls_context *description_context(stls_testing *testing, stls_role role);
stls_object *description_object(stls_context *context);

/* Returns where a line begins so, or NULL. */
const char *description_find(const char *text, const char *begin);

/* The line says "custom": no endpoint can be made of it. */
void description_expect_refused(stls_testing *testing, stls_role role,
                                const char *line);

#endif
