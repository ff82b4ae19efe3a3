/* SPDX-License-Identifier: MIT */
/* refused_item: says which item of a list of algorithms OpenSSL refuses. */
#include "context/refused_item.h"

#include <sanstls/bio.h>
#include <stdio.h>
#include <string.h>

#include "base/error_queue.h"
#include "base/mem.h"

/* Tuples of groups are separated by "/", and all else by ":". What may stand before
 * a name says how it is used (SSL_CTX_set1_groups_list(3) of OpenSSL 3.5). */
#define SEPARATORS ":/"
#define PREFIXES "?*-"

typedef enum item_state {
  TAKEN,
  REFUSED,
  NO_MEMORY
} item_state;

static item_state find(SSL_CTX *trial, const char *list,
                       int (*set)(SSL_CTX *ssl_ctx, const char *list),
                       stls_span *out_item);
static item_state try_item(SSL_CTX *trial, stls_span item,
                           int (*set)(SSL_CTX *ssl_ctx, const char *list));

void stls_refused_item_describe(const stls_context *context, const char *list,
                                int (*set)(SSL_CTX *ssl_ctx, const char *list),
                                char out[STLS_REFUSED_ITEM_SIZE])
{
  stls_error_queue_guard guard;
  item_state state = NO_MEMORY;
  stls_span item;
  SSL_CTX *trial;

  stls_error_queue_enter(&guard);
  trial = SSL_CTX_new_ex(context->libctx, context->propq, TLS_method());
  if (trial != NULL) state = find(trial, list, set, &item);
  SSL_CTX_free(trial);
  stls_error_queue_leave(&guard);
  out[0] = '\0';
  if (state == TAKEN)
    strcpy(out, ": OpenSSL knows each item, and refuses this list of them");
  else if (state == REFUSED && item.len == 0)
    strcpy(out, list[0] == '\0' ? ": it is empty" : ": an item is empty");
  else if (state == REFUSED)
    snprintf(out, STLS_REFUSED_ITEM_SIZE, ": OpenSSL does not know \"%.*s\"",
             item.len < 60 ? (int)item.len : 60, (const char *)item.data);
}

/* The first item that is not taken, in *out_item. */
static item_state find(SSL_CTX *trial, const char *list,
                       int (*set)(SSL_CTX *ssl_ctx, const char *list),
                       stls_span *out_item)
{
  item_state state;

  for (;; list++) {
    list += strspn(list, PREFIXES);
    *out_item = (stls_span){list, strcspn(list, SEPARATORS)};
    state = try_item(trial, *out_item, set);
    list += out_item->len;
    if (state != TAKEN || *list == '\0') return state;
  }
}

static item_state try_item(SSL_CTX *trial, stls_span item,
                           int (*set)(SSL_CTX *ssl_ctx, const char *list))
{
  bool is_short = false;
  char *copy;
  int done;

  /* OpenSSL 3.5 takes an empty list, but no empty item. */
  if (item.len == 0) return REFUSED;
  copy = stls_mem_alloc(item.len + 1);
  if (copy == NULL) return NO_MEMORY;
  memcpy(copy, item.data, item.len);
  copy[item.len] = '\0';
  done = set(trial, copy);
  stls_error_queue_drain(&is_short);
  stls_mem_free(copy);
  if (done == 1) return TAKEN;
  return is_short ? NO_MEMORY : REFUSED;
}
