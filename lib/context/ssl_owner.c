/* SPDX-License-Identifier: MIT */
/* ssl_owner: finds the connection that an SSL belongs to, and its parts. */
#include "context/ssl_owner.h"

#include <stdatomic.h>

/* With an index of its own, the library leaves SSL_set_app_data to the
 * application. */
static atomic_int owner_index = -1;

static bool has_index(void);

bool stls_ssl_owner_attach(struct stls_ssl_owner *owner, SSL *ssl)
{
  return has_index() &&
         SSL_set_ex_data(ssl, atomic_load(&owner_index), owner) == 1;
}

struct stls_ssl_owner *stls_ssl_owner_of(const SSL *ssl)
{
  int index = atomic_load(&owner_index);

  return index < 0 ? NULL : SSL_get_ex_data(ssl, index);
}

/* Unlike a once-function, this can be repeated after memory was short. If two
 * threads run it at the same time, one index stays unused. */
static bool has_index(void)
{
  int index = atomic_load(&owner_index);
  int fresh;

  if (index >= 0) return true;
  fresh = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
  if (fresh >= 0) atomic_compare_exchange_strong(&owner_index, &index, fresh);
  return fresh >= 0;
}
