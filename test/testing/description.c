/* SPDX-License-Identifier: MIT */
/* description: endpoints as lines of text, and made from these. */
#include "description.h"

#include <stdio.h>
#include <string.h>

#include "lib/testing/configuration.h"
#include "seeded_pair.h"
#include "support/expect.h"

/* Lines "name: value", each with its line feed. */
struct lines {
  char text[8192];
};

static bool put_line(void *data, const char *name, const char *value)
{
  struct lines *lines = data;
  const size_t len = strlen(lines->text);

  snprintf(lines->text + len, sizeof lines->text - len, "%s: %s\n", name,
           value);
  return true;
}

/* The value lives until the next call but 64. */
static const char *get_line(void *data, const char *name)
{
  static char values[64][4096];
  static size_t next;
  const struct lines *lines = data;
  const size_t len = strlen(name);

  for (const char *line = lines->text; *line != '\0';
       line = strchr(line, '\n') + 1) {
    if (strncmp(line, name, len) != 0 || strncmp(line + len, ": ", 2) != 0)
      continue;
    next = (next + 1) % 64;
    line += len + 2;
    snprintf(values[next], sizeof values[next], "%.*s",
             (int)strcspn(line, "\n"), line);
    return values[next];
  }
  return NULL;
}

const char *description_of(const stls_object *object)
{
  static struct lines lines;
  stls_error err = STLS_ERROR_INIT;

  lines.text[0] = '\0';
  cr_assert_eq(stls_configuration_describe(object, put_line, &lines, &err),
               STLS_OK, "%s", err.message);
  return lines.text;
}

stls_testing *description_world(void)
{
  stls_testing *testing = NULL;

  cr_assert_eq(stls_testing_new(1, SEEDED_NOW, &testing, NULL), STLS_OK);
  return testing;
}

stls_result description_apply(stls_testing *testing, stls_role role,
                              const char *text, stls_object **out,
                              stls_error *err)
{
  struct lines lines;

  snprintf(lines.text, sizeof lines.text, "%s", text);
  return stls_configuration_apply(testing, role, get_line, &lines, out, err);
}

/* What is made of a description has the same one. */
void description_expect_identity(stls_role role, const char *text)
{
  stls_testing *testing = description_world();
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(description_apply(testing, role, text, &object, &err), STLS_OK,
                text);
  if (object == NULL)
    cr_expect(false, "%s: %s", text, err.message);
  else
    cr_expect_str_eq(description_of(object), text);
  stls_object_free(object);
  stls_testing_free(testing);
}

stls_object *description_object(stls_context *context)
{
  stls_object_options object_options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  if (stls_context_role(context) == STLS_CLIENT)
    object_options.server_name = "localhost";
  cr_assert_eq(
      stls_object_new(context, NULL, NULL, &object_options, &object, &err),
      STLS_OK, "%s", err.message);
  return object;
}

stls_context *description_context(stls_testing *testing, stls_role role)
{
  stls_context *context = NULL;

  ASSERT_RETURNS(stls_testing_context(testing, role, &context, NULL), STLS_OK);
  return context;
}

void description_expect_refused(stls_testing *testing, stls_role role,
                                const char *line)
{
  const size_t len = strcspn(line, "\n");
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;
  char text[256], name[64];

  snprintf(text, sizeof text, "server-name: localhost\n%.*s\n", (int)len, line);
  snprintf(name, sizeof name, "%.*s: a replay cannot make",
           (int)strcspn(line, ":"), line);
  EXPECT_RESULT(
      description_apply(testing, role, role == STLS_CLIENT ? text : text + 23,
                        &object, &err),
      STLS_ERROR_UNSUPPORTED, line);
  cr_expect(strstr(err.message, name) == err.message, "%s: %s", line,
            err.message);
}

const char *description_find(const char *text, const char *begin)
{
  const char *at = strstr(text, begin);

  while (at != NULL && at != text && at[-1] != '\n') at = strstr(at + 1, begin);
  return at;
}
