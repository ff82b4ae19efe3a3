/* SPDX-License-Identifier: MIT */
/* error_queue: saves, reads and clears the thread's OpenSSL error queue. */
#include "base/error_queue.h"

#include <openssl/err.h>

#include "base/mem.h"
#include "base/openssl_code.h"

/* OpenSSL keeps at most this many entries in a thread's queue. */
#define QUEUE_MAX 16

struct saved_entry {
  unsigned long code;
  int line;
  char *file;
  char *function;
  char *data;
};

struct stls_error_queue_saved {
  size_t num;
  struct saved_entry entries[QUEUE_MAX];
};

static void restore(struct stls_error_queue_saved *saved);

/* The texts are borrowed from the queue's slots, which the operation that
 * follows may reuse: hence the copies. */
struct stls_error_queue_saved *stls_error_queue_save(void)
{
  struct stls_error_queue_saved *saved = stls_mem_zalloc(sizeof *saved);
  const char *file, *function, *data;
  int line, flags;
  unsigned long code;

  if (saved == NULL) {
    ERR_clear_error();
    return NULL;
  }
  while (saved->num < QUEUE_MAX &&
         (code = ERR_get_error_all(&file, &line, &function, &data, &flags)) !=
             0) {
    struct saved_entry *entry = &saved->entries[saved->num++];
    entry->code = code;
    entry->line = line;
    entry->file = stls_mem_strdup(file ? file : "");
    entry->function = stls_mem_strdup(function ? function : "");
    if ((flags & ERR_TXT_STRING) != 0 && data != NULL && data[0] != '\0')
      entry->data = stls_mem_strdup(data);
  }
  return saved;
}

void stls_error_queue_leave(stls_error_queue_guard *guard)
{
  stls_error_queue_clear();
  if (guard->saved != NULL) restore(guard->saved);
  guard->saved = NULL;
}

unsigned long stls_error_queue_take(void)
{
  return ERR_get_error();
}

void stls_error_queue_clear(void)
{
  /* Looking costs a tenth of clearing, and the queue is nearly always empty. */
  if (ERR_peek_error() != 0) ERR_clear_error();
}

bool stls_error_queue_is_empty(void)
{
  return ERR_peek_error() == 0;
}

size_t stls_error_queue_drain(bool *out_memory)
{
  size_t num = 0;
  unsigned long code;

  *out_memory = false;
  for (; (code = stls_error_queue_take()) != 0; num++)
    if (stls_openssl_code_is_memory(code)) *out_memory = true;
  return num;
}

stls_result stls_error_queue_classify(void)
{
  bool is_memory;
  size_t num = stls_error_queue_drain(&is_memory);

  return is_memory || num == 0 ? STLS_ERROR_MEMORY : STLS_ERROR_INPUT;
}

static void restore(struct stls_error_queue_saved *saved)
{
  for (size_t i = 0; i < saved->num; i++) {
    struct saved_entry *entry = &saved->entries[i];
    ERR_new();
    ERR_set_debug(entry->file, entry->line, entry->function);
    ERR_set_error(ERR_GET_LIB(entry->code), ERR_GET_REASON(entry->code), NULL);
    /* The format of ERR_set_error would cut long data. */
    if (entry->data != NULL) ERR_add_error_data(1, entry->data);
    stls_mem_free(entry->file);
    stls_mem_free(entry->function);
    stls_mem_free(entry->data);
  }
  stls_mem_free(saved);
}
