/* SPDX-License-Identifier: MIT */
/* flat: is a BIO_METHOD that copies once: the bound of libssl's transport. */
#include "flat.h"

#include <string.h>

#include "bench.h"

static BIO_METHOD *new_method(void);
static int flat_write(BIO *bio, const char *data, int len);
static int flat_read(BIO *bio, char *out, int len);
static long flat_ctrl(BIO *bio, int command, long number, void *data);

BIO *flat_bio_new(struct flat *flat)
{
  static BIO_METHOD *method;
  BIO *bio;

  if (method == NULL) method = new_method();
  bio = BIO_new(method);
  bench_need(bio != NULL, "BIO_new");
  BIO_set_data(bio, flat);
  BIO_set_init(bio, 1);
  return bio;
}

void flat_show(struct flat *from, struct flat *to)
{
  to->in = from->out;
  to->in_len = from->out_len;
  from->out_len = 0;
}

static BIO_METHOD *new_method(void)
{
  BIO_METHOD *method =
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "flat");

  bench_need(method != NULL, "BIO_meth_new");
  BIO_meth_set_write(method, flat_write);
  BIO_meth_set_read(method, flat_read);
  BIO_meth_set_ctrl(method, flat_ctrl);
  return method;
}

static int flat_write(BIO *bio, const char *data, int len)
{
  struct flat *flat = BIO_get_data(bio);

  memcpy(flat->out + flat->out_len, data, (size_t)len);
  flat->out_len += (size_t)len;
  return len;
}

static int flat_read(BIO *bio, char *out, int len)
{
  struct flat *flat = BIO_get_data(bio);
  size_t part = flat->in_len < (size_t)len ? flat->in_len : (size_t)len;

  BIO_clear_retry_flags(bio);
  if (part == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  memcpy(out, flat->in, part);
  flat->in += part;
  flat->in_len -= part;
  return (int)part;
}

static long flat_ctrl(BIO *bio, int command, long number, void *data)
{
  (void)bio;
  (void)number;
  (void)data;
  return command == BIO_CTRL_FLUSH;
}
