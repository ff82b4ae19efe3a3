/* SPDX-License-Identifier: MIT */
/* configuration: describes how an endpoint is set up, and makes one from that. */
#include "testing/configuration.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/error.h"
#include "testing/setting.h"
#include "testing/setting_secrets.h"
#include "testing/testing_context.h"

static stls_result describe(const struct stls_setting_source *own,
                            const struct stls_setting_source *usual,
                            stls_configuration_put_fn put, void *data,
                            stls_error *err);
static stls_result put_difference(const struct stls_setting *setting,
                                  const struct stls_setting_source *own,
                                  const struct stls_setting_source *usual,
                                  stls_configuration_put_fn put, void *data,
                                  stls_error *err);
static stls_result set_all(struct stls_setting_target *target,
                           stls_configuration_get_fn get, void *data,
                           stls_error *err);
static const char *value_of(const struct stls_setting *setting, stls_role role,
                            stls_configuration_get_fn get, void *data);
static stls_result make_object(struct stls_setting_target *target,
                               stls_object **out_object, stls_error *err);

bool stls_configuration_has(const char *name)
{
  return stls_setting_find(name) != NULL;
}

stls_result stls_configuration_describe(const stls_object *object,
                                        stls_configuration_put_fn put,
                                        void *data, stls_error *err)
{
  struct stls_setting_source own = {stls_object_context(object), object, NULL};
  struct stls_setting_source usual = {NULL, NULL, NULL};
  stls_context *context = NULL;
  stls_testing *testing = NULL;
  /* What is usual is made in a world of its own, as that of the object would go on
   * with its random bytes. */
  stls_result result = stls_testing_new(0, 1, &testing, err);

  if (result == STLS_OK)
    result = stls_testing_context(testing, stls_context_role(own.context),
                                  &context, err);
  own.usual = usual.context = context;
  if (result == STLS_OK) result = describe(&own, &usual, put, data, err);
  stls_context_free(context);
  stls_testing_free(testing);
  /* What the library contains can be used, unless memory is short. */
  return result == STLS_OK ? STLS_OK : stls_error_memory(err);
}

static stls_result describe(const struct stls_setting_source *own,
                            const struct stls_setting_source *usual,
                            stls_configuration_put_fn put, void *data,
                            stls_error *err)
{
  const struct stls_setting *setting;
  stls_result result = STLS_OK;

  for (size_t i = 0; (setting = stls_setting_at(i)) != NULL; i++) {
    if (!stls_setting_is_of(setting, stls_context_role(own->context))) continue;
    result = put_difference(setting, own, usual, put, data, err);
    if (result != STLS_OK) break;
  }
  return result;
}

static stls_result put_difference(const struct stls_setting *setting,
                                  const struct stls_setting_source *own,
                                  const struct stls_setting_source *usual,
                                  stls_configuration_put_fn put, void *data,
                                  stls_error *err)
{
  struct stls_string_buffer ours = {0}, theirs = {0};
  stls_result result = stls_setting_get(setting, own, &ours, err);

  if (result == STLS_OK)
    result = stls_setting_get(setting, usual, &theirs, err);
  if (result == STLS_OK &&
      (ours.len != theirs.len ||
       (ours.len > 0 && memcmp(ours.data, theirs.data, ours.len) != 0))) {
    stls_string_buffer_put(&ours, "", 1);
    if (ours.has_failed || !put(data, setting->name, ours.data))
      result = stls_error_memory(err);
  }
  stls_string_buffer_free(&ours);
  stls_string_buffer_free(&theirs);
  return result;
}

stls_result stls_configuration_apply(stls_testing *testing, stls_role role,
                                     stls_configuration_get_fn get, void *data,
                                     stls_object **out_object, stls_error *err)
{
  struct stls_setting_target target = {testing, NULL, STLS_OBJECT_OPTIONS_INIT,
                                       NULL, NULL};
  stls_result result =
      stls_testing_context_new_bare(testing, role, &target.context, err);

  if (result == STLS_OK) result = set_all(&target, get, data, err);
  if (result == STLS_OK) result = make_object(&target, out_object, err);
  stls_session_free(target.session);
  /* The object has a reference. */
  stls_context_free(target.context);
  return result;
}

static stls_result set_all(struct stls_setting_target *target,
                           stls_configuration_get_fn get, void *data,
                           stls_error *err)
{
  const stls_role role = stls_context_role(target->context);
  const struct stls_setting *setting;
  stls_result result = STLS_OK;

  for (size_t i = 0; (setting = stls_setting_at(i)) != NULL; i++) {
    const char *value = value_of(setting, role, get, data);

    if (value == NULL) continue;
    result = stls_setting_set(setting, target, value, err);
    if (result != STLS_OK) break;
  }
  return result;
}

static const char *value_of(const struct stls_setting *setting, stls_role role,
                            stls_configuration_get_fn get, void *data)
{
  const char *value;

  if (!stls_setting_is_of(setting, role)) return NULL;
  value = get(data, setting->name);
  if (value != NULL) return value;
  return role == STLS_CLIENT ? setting->client_default
                             : setting->server_default;
}

static stls_result make_object(struct stls_setting_target *target,
                               stls_object **out_object, stls_error *err)
{
  stls_object *object = NULL;
  stls_result result = stls_object_new(target->context, NULL, NULL,
                                       &target->options, &object, err);

  if (result == STLS_OK && target->session_text != NULL)
    result =
        stls_setting_secrets_keep_session(object, target->session_text, err);
  if (result == STLS_OK)
    *out_object = object;
  else
    stls_object_free(object);
  return result;
}
