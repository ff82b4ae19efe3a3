/* SPDX-License-Identifier: MIT */
/* error: fills stls_error records. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error_queue.h"
#include "base/openssl_code.h"
#include "base/sized_struct.h"

/* The members that a size of 0 includes; it never grows. */
#define SIZE_FIRST STLS_SIZED_END(stls_error, reason_mnemonic)

STLS_SIZED_STRUCT(layout, stls_error, STLS_SIZED_END(stls_error, result),
                  STLS_SIZED_END(stls_error, lib),
                  STLS_SIZED_END(stls_error, reason),
                  STLS_SIZED_END(stls_error, verify_code),
                  STLS_SIZED_END(stls_error, verify_depth),
                  STLS_SIZED_END(stls_error, alert_sent),
                  STLS_SIZED_END(stls_error, alert_received),
                  STLS_SIZED_END(stls_error, lib_name),
                  STLS_SIZED_END(stls_error, reason_name),
                  STLS_SIZED_END(stls_error, verify_text),
                  STLS_SIZED_END(stls_error, message),
                  STLS_SIZED_END(stls_error, own_reason),
                  STLS_SIZED_END(stls_error, sys_errno),
                  STLS_SIZED_END(stls_error, lib_mnemonic),
                  STLS_SIZED_END(stls_error, reason_mnemonic));

static void fill(stls_error *err, stls_result result, stls_reason reason,
                 const char *format, va_list args) STLS_PRINTF(4, 0);
static stls_result fill_openssl(stls_error *err, stls_result result,
                                stls_reason reason, const char *format,
                                va_list args) STLS_PRINTF(4, 0);
static stls_reason reason_of_system(int number);
static void set_message(stls_error *record, const char *format, va_list args)
    STLS_PRINTF(2, 0);
static void append_code(stls_error *record);

const char *stls_result_name(stls_result result)
{
  switch (result) {
    case STLS_OK:
      return "STLS_OK";
    case STLS_WANT_READ:
      return "STLS_WANT_READ";
    case STLS_WANT_WRITE:
      return "STLS_WANT_WRITE";
    case STLS_WANT_CONTEXT:
      return "STLS_WANT_CONTEXT";
    case STLS_CLOSED:
      return "STLS_CLOSED";
    case STLS_ERROR_TRUNCATED:
      return "STLS_ERROR_TRUNCATED";
    case STLS_ERROR_TLS:
      return "STLS_ERROR_TLS";
    case STLS_ERROR_CERTIFICATE:
      return "STLS_ERROR_CERTIFICATE";
    case STLS_ERROR_ALERT:
      return "STLS_ERROR_ALERT";
    case STLS_ERROR_INPUT:
      return "STLS_ERROR_INPUT";
    case STLS_ERROR_MISUSE:
      return "STLS_ERROR_MISUSE";
    case STLS_ERROR_UNSUPPORTED:
      return "STLS_ERROR_UNSUPPORTED";
    case STLS_ERROR_MEMORY:
      return "STLS_ERROR_MEMORY";
  }
  return "unknown result";
}

stls_result stls_error_fail(stls_error *err, stls_result result,
                            stls_reason reason, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  fill(err, result, reason, format, args);
  va_end(args);
  return result;
}

stls_result stls_error_null(stls_error *err, const char *argument)
{
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NULL_ARGUMENT,
                         "%s is NULL", argument);
}

stls_result stls_error_memory(stls_error *err)
{
  return stls_error_fail(err, STLS_ERROR_MEMORY, STLS_REASON_OUT_OF_MEMORY,
                         "out of memory");
}

stls_result stls_error_system(stls_error *err, int number, const char *item)
{
  stls_error record = STLS_ERROR_INIT;

  if (number == ENOMEM) return stls_error_memory(err);
  stls_error_fail(&record, STLS_ERROR_INPUT, reason_of_system(number),
                  "%.200s: %s", item,
                  number == 0 ? "cannot be read" : strerror(number));
  record.sys_errno = number;
  stls_error_store(err, &record);
  return STLS_ERROR_INPUT;
}

stls_result stls_error_fail_openssl(stls_error *err, stls_result result,
                                    stls_reason reason, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  result = fill_openssl(err, result, reason, format, args);
  va_end(args);
  return result;
}

void stls_error_store(stls_error *err, const stls_error *from)
{
  size_t size;

  if (err == NULL) return;
  size = err->size;
  stls_sized_struct_copy(&layout, size == 0 ? SIZE_FIRST : size, err, from);
}

void stls_error_describe_code(stls_error *err, unsigned long code)
{
  err->lib = stls_openssl_code_lib(code);
  err->reason = stls_openssl_code_reason(code);
  snprintf(err->lib_name, sizeof err->lib_name, "%s",
           stls_openssl_code_lib_text(code));
  snprintf(err->reason_name, sizeof err->reason_name, "%s",
           stls_openssl_code_reason_text(code));
  if (stls_openssl_code_is_system(code)) err->sys_errno = err->reason;
  stls_openssl_code_lib_name(code, err->lib_mnemonic, sizeof err->lib_mnemonic);
  stls_openssl_code_reason_name(code, err->reason_mnemonic,
                                sizeof err->reason_mnemonic);
}

static void fill(stls_error *err, stls_result result, stls_reason reason,
                 const char *format, va_list args)
{
  stls_error record = STLS_ERROR_INIT;

  if (err == NULL) return;
  record.result = result;
  record.own_reason = reason;
  set_message(&record, format, args);
  stls_error_store(err, &record);
}

static stls_result fill_openssl(stls_error *err, stls_result result,
                                stls_reason reason, const char *format,
                                va_list args)
{
  stls_error record = STLS_ERROR_INIT;
  unsigned long code, newest = 0;

  while ((code = stls_error_queue_take()) != 0) {
    newest = code;
    if (stls_openssl_code_is_memory(code)) result = STLS_ERROR_MEMORY;
  }
  if (err == NULL) return result;
  record.result = result;
  record.own_reason =
      result == STLS_ERROR_MEMORY ? STLS_REASON_OUT_OF_MEMORY : reason;
  set_message(&record, format, args);
  stls_error_describe_code(&record, newest);
  append_code(&record);
  stls_error_store(err, &record);
  return result;
}

static stls_reason reason_of_system(int number)
{
  switch (number) {
    case ENOENT:
      return STLS_REASON_NO_SUCH_FILE;
    case EISDIR:
      return STLS_REASON_IS_DIRECTORY;
    case ENOTDIR:
      return STLS_REASON_NOT_DIRECTORY;
    case EACCES:
    case EPERM:
      return STLS_REASON_PERMISSION_DENIED;
    default:
      return STLS_REASON_FILE_ERROR;
  }
}

static void set_message(stls_error *record, const char *format, va_list args)
{
  vsnprintf(record->message, sizeof record->message, format, args);
  /* A message quotes outside data, and must stay one line in a log. */
  for (char *at = record->message; *at != '\0'; at++)
    if ((unsigned char)*at < 0x20 || *at == 0x7f) *at = '?';
}

static void append_code(stls_error *record)
{
  size_t used = strlen(record->message);

  if (record->reason_name[0] != '\0')
    snprintf(record->message + used, sizeof record->message - used, ": %s (%s)",
             record->reason_name, record->lib_name);
}
