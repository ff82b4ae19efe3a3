/* SPDX-License-Identifier: MIT */
/* certificate_lazy: what of a certificate is decoded when somebody asks for it. */
#include "x509/certificate_lazy.h"

#include <stdatomic.h>

#include "base/error.h"
#include "base/mem.h"

struct stls_certlate_part {
  struct stls_arena arena;
  struct stls_extensions extensions;
};

static struct stls_certlate_part *get(struct stls_certificate_lazy *late,
                                      const X509 *x509);
static struct stls_certlate_part *decode(const X509 *x509);
static void free_part(struct stls_certlate_part *part);

/* Said where nothing is known: whoever relies on an extension that is absent
 * looks here. */
#define BAD STLS_EXTENSION_MALFORMED
static const struct stls_extensions unknown = {
    .states = {BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD},
    .values.path_length = -1};
#undef BAD

_Static_assert(STLS_EXTENSIONS_NUM == 12, "each has its state in `unknown`");

const struct stls_extensions *stls_certificate_lazy_extensions(
    struct stls_certificate_lazy *late, const X509 *x509)
{
  const struct stls_certlate_part *part = get(late, x509);

  return part == NULL ? &unknown : &part->extensions;
}

bool stls_certificate_lazy_is_decoded(struct stls_certificate_lazy *late,
                                      const X509 *x509)
{
  return get(late, x509) != NULL;
}

void stls_certificate_lazy_free(struct stls_certificate_lazy *late)
{
  free_part(atomic_load(&late->part));
}

/* Of threads that decode it at a time the first one's counts. */
static struct stls_certlate_part *get(struct stls_certificate_lazy *late,
                                      const X509 *x509)
{
  struct stls_certlate_part *part =
      atomic_load_explicit(&late->part, memory_order_acquire);
  struct stls_certlate_part *fresh;
  stls_error_guard guard;

  if (part != NULL) return part;
  stls_error_enter(&guard);
  fresh = decode(x509);
  stls_error_leave(&guard);
  if (fresh == NULL) return NULL;
  if (atomic_compare_exchange_strong(&late->part, &part, fresh)) return fresh;
  free_part(fresh);
  return part;
}

static struct stls_certlate_part *decode(const X509 *x509)
{
  struct stls_certlate_part *part = stls_mem_zalloc(sizeof *part);

  if (part == NULL) return NULL;
  if (stls_extensions_decode(&part->arena, x509, &part->extensions) == STLS_OK)
    return part;
  free_part(part);
  return NULL;
}

static void free_part(struct stls_certlate_part *part)
{
  if (part == NULL) return;
  stls_arena_free(&part->arena);
  stls_mem_free(part);
}
