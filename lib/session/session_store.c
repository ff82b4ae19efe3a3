/* SPDX-License-Identifier: MIT */
/* session_store: keeps a server's sessions by a clock that OpenSSL does not know. */
#include "session/session_store.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/mem.h"
#include "session/session_lifetime.h"

/* Twenty sessions in each with OpenSSL's default size of a cache. */
#define NUM_BUCKETS 1024

struct entry {
  SSL_SESSION *session;
  struct entry *next_in_bucket;
  struct entry *newer;
  struct entry *older;
};

struct stls_session_store {
  CRYPTO_RWLOCK *lock;
  struct stls_session_store_counts counts;
  struct entry *newest;
  struct entry *oldest;
  struct entry *buckets[NUM_BUCKETS];
};

static struct entry **place_of(stls_session_store *store,
                               const unsigned char *id, size_t id_len);
static struct entry **place_of_session(stls_session_store *store,
                                       const SSL_SESSION *session);
static void insert(stls_session_store *store, struct entry *entry);
static void drop(stls_session_store *store, struct entry **place);
static void free_entry(struct entry *entry);
static bool is_over(const SSL_SESSION *session, int64_t now);

stls_session_store *stls_session_store_new(void)
{
  stls_session_store *store = stls_mem_zalloc(sizeof *store);

  if (store == NULL) return NULL;
  store->lock = CRYPTO_THREAD_lock_new();
  if (store->lock != NULL) return store;
  stls_mem_free(store);
  return NULL;
}

void stls_session_store_free(stls_session_store *store)
{
  if (store == NULL) return;
  while (store->oldest != NULL) {
    struct entry *entry = store->oldest;
    store->oldest = entry->newer;
    free_entry(entry);
  }
  CRYPTO_THREAD_lock_free(store->lock);
  stls_mem_free(store);
}

void stls_session_store_put(stls_session_store *store,
                            const SSL_SESSION *session, size_t max)
{
  struct entry *entry = stls_mem_zalloc(sizeof *entry);
  struct entry **place;

  if (entry == NULL) return;
  entry->session = SSL_SESSION_dup(session);
  if (entry->session == NULL) {
    free_entry(entry);
    return;
  }
  CRYPTO_THREAD_write_lock(store->lock);
  place = place_of_session(store, session);
  if (*place != NULL) drop(store, place);
  while (max > 0 && store->counts.number >= max) {
    drop(store, place_of_session(store, store->oldest->session));
    store->counts.cache_full++;
  }
  insert(store, entry);
  CRYPTO_THREAD_unlock(store->lock);
}

SSL_SESSION *stls_session_store_find(stls_session_store *store,
                                     const unsigned char *id, size_t id_len,
                                     int64_t now)
{
  SSL_SESSION *found = NULL;
  struct entry **place;

  CRYPTO_THREAD_write_lock(store->lock);
  place = place_of(store, id, id_len);
  if (*place == NULL) {
    store->counts.misses++;
  } else if (is_over((*place)->session, now)) {
    store->counts.timeouts++;
    drop(store, place);
  } else {
    found = SSL_SESSION_dup((*place)->session);
  }
  CRYPTO_THREAD_unlock(store->lock);
  return found;
}

void stls_session_store_remove(stls_session_store *store,
                               const SSL_SESSION *session)
{
  struct entry **place;

  CRYPTO_THREAD_write_lock(store->lock);
  place = place_of_session(store, session);
  if (*place != NULL) drop(store, place);
  CRYPTO_THREAD_unlock(store->lock);
}

struct stls_session_store_counts stls_session_store_count(
    stls_session_store *store)
{
  struct stls_session_store_counts counts;

  CRYPTO_THREAD_read_lock(store->lock);
  counts = store->counts;
  CRYPTO_THREAD_unlock(store->lock);
  return counts;
}

/* Returns where the pointer to the entry is, or would be. Identifiers are
 * random, and those that a client makes up are not stored. */
static struct entry **place_of(stls_session_store *store,
                               const unsigned char *id, size_t id_len)
{
  const size_t hash = id_len < 2 ? 0 : (size_t)id[0] << 8 | id[1];
  struct entry **place = &store->buckets[hash % NUM_BUCKETS];

  while (*place != NULL) {
    unsigned len = 0;
    const unsigned char *own = SSL_SESSION_get_id((*place)->session, &len);
    if (len == id_len && memcmp(own, id, len) == 0) break;
    place = &(*place)->next_in_bucket;
  }
  return place;
}

static struct entry **place_of_session(stls_session_store *store,
                                       const SSL_SESSION *session)
{
  unsigned len = 0;
  const unsigned char *id = SSL_SESSION_get_id(session, &len);

  return place_of(store, id, len);
}

static void insert(stls_session_store *store, struct entry *entry)
{
  *place_of_session(store, entry->session) = entry;
  entry->older = store->newest;
  if (store->newest != NULL) store->newest->newer = entry;
  if (store->oldest == NULL) store->oldest = entry;
  store->newest = entry;
  store->counts.number++;
}

static void drop(stls_session_store *store, struct entry **place)
{
  struct entry *entry = *place;

  *place = entry->next_in_bucket;
  if (entry->newer != NULL)
    entry->newer->older = entry->older;
  else
    store->newest = entry->older;
  if (entry->older != NULL)
    entry->older->newer = entry->newer;
  else
    store->oldest = entry->newer;
  store->counts.number--;
  free_entry(entry);
}

static void free_entry(struct entry *entry)
{
  SSL_SESSION_free(entry->session);
  stls_mem_free(entry);
}

static bool is_over(const SSL_SESSION *session, int64_t now)
{
  const int64_t made = stls_session_lifetime_creation_time(session);

  return stls_session_lifetime_is_in_future(made, now) ||
         now - made > SSL_SESSION_get_timeout(session);
}
