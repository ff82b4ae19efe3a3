/* SPDX-License-Identifier: MIT */
/* pem_codec: converts one certificate between DER and PEM. */
#include <openssl/evp.h>
#include <sanstls/util.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/out_buffer.h"
#include "util/pem_reader.h"

#define LABEL "CERTIFICATE"
#define BEGIN "-----BEGIN "
#define BEGIN_LINE BEGIN LABEL "-----\n"
#define END_LINE "-----END " LABEL "-----\n"
#define BEHIND_DASHES "there is more than white space behind the dashes"

enum {
  LINE_BYTES = 48,
  LINE_CHARS = 64
};

struct place {
  size_t line, column;
};

/* The lines between BEGIN and END. Each ends with LF. */
struct body {
  const char *at, *end;
  size_t line;
};

/* The state of the base64 decoder: the group of four characters being read, and
 * the output so far. Without `out` bytes are only counted. */
struct decoder {
  uint8_t *out;
  size_t len;
  unsigned group, num_chars, num_pads;
};

static size_t encoded_len(size_t der_len);
static void encode(const uint8_t *der, size_t der_len, char *out);
static char *put(char *out, const char *text, size_t len);
static const char *find_body(const void *pem, size_t pem_len, struct body *body,
                             struct place *place);
static const char *check_rest(const struct stls_pem_reader_walk *walk,
                              struct place *place);
static const char *decode(struct body body, struct decoder *decoder,
                          struct place *place);
static bool ends_in_dash(const char *line, const char *end);
static size_t trimmed_len(const char *line, size_t len);
static const char *take_char(struct decoder *decoder, char c);
static const char *take_pad(struct decoder *decoder);
static void shift_in(struct decoder *decoder, unsigned value);
static int base64_value(char c);
static bool is_white(char c);

stls_result stls_pem_encode_certificate(const void *der, size_t der_len,
                                        char *out, size_t out_cap,
                                        size_t *out_len, stls_error *err)
{
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (der == NULL && der_len > 0) return stls_error_null(err, "der");
  if (der_len == 0 || der_len > SIZE_MAX / 2)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                           "certificate of %zu bytes: %s", der_len,
                           der_len == 0 ? "it is empty" : "it is too long");
  result = stls_out_buffer_fit_text(encoded_len(der_len), out, out_cap, out_len,
                                    err);
  if (result != STLS_OK || out == NULL) return result;
  encode(der, der_len, out);
  out[*out_len] = '\0';
  return STLS_OK;
}

stls_result stls_pem_decode_certificate(const void *pem, size_t pem_len,
                                        uint8_t *out, size_t out_cap,
                                        size_t *out_len, stls_error *err)
{
  struct decoder counter = {0}, writer = {.out = out};
  struct place place = {1, 1};
  struct body body = {0};
  const char *fault;
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (pem == NULL && pem_len > 0) return stls_error_null(err, "pem");
  fault = find_body(pem, pem_len, &body, &place);
  if (fault == NULL) fault = decode(body, &counter, &place);
  if (fault != NULL)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_PEM_BROKEN,
                           "PEM certificate, line %zu, column %zu: %s",
                           place.line, place.column, fault);
  result = stls_out_buffer_fit(counter.len, out, out_cap, out_len, err);
  if (result == STLS_OK && out != NULL) decode(body, &writer, &place);
  return result;
}

static size_t encoded_len(size_t der_len)
{
  size_t chars = der_len / 3 * 4 + (der_len % 3 > 0 ? 4 : 0);
  size_t lines = der_len / LINE_BYTES + (der_len % LINE_BYTES > 0 ? 1 : 0);

  return strlen(BEGIN_LINE) + chars + lines + strlen(END_LINE);
}

static void encode(const uint8_t *der, size_t der_len, char *out)
{
  /* EVP_EncodeBlock adds a NUL. */
  unsigned char line[LINE_CHARS + 1];

  out = put(out, BEGIN_LINE, strlen(BEGIN_LINE));
  while (der_len > 0) {
    size_t len = der_len < LINE_BYTES ? der_len : LINE_BYTES;
    int line_len = EVP_EncodeBlock(line, der, (int)len);
    out = put(out, (const char *)line, (size_t)line_len);
    out = put(out, "\n", 1);
    der += len;
    der_len -= len;
  }
  put(out, END_LINE, strlen(END_LINE));
}

static char *put(char *out, const char *text, size_t len)
{
  memcpy(out, text, len);
  return out + len;
}

/* This and the functions below return NULL, or a static text that says what is
 * wrong at *place. */
static const char *find_body(const void *pem, size_t pem_len, struct body *body,
                             struct place *place)
{
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;
  stls_pem_reader_step step;

  stls_pem_reader_walk_init(&walk, pem, pem_len);
  step = stls_pem_reader_next(&walk, &block);
  if (step == STLS_PEM_READER_END) return "there is no start line";
  if (step == STLS_PEM_READER_FAULT &&
      block.fault != STLS_PEM_READER_UNTERMINATED &&
      block.fault != STLS_PEM_READER_LABEL) {
    place->line = block.line;
    return stls_pem_reader_fault_text(block.fault);
  }
  if (step == STLS_PEM_READER_BLOCK && block.data != pem)
    return "something stands before the BEGIN line";
  if (!stls_pem_reader_is(&block, LABEL)) {
    place->line = block.line;
    place->column = strlen(BEGIN) + 1;
    return "the label is not " LABEL;
  }
  if (step == STLS_PEM_READER_FAULT) {
    place->line = walk.line;
    return "there is no END line that matches, up to here";
  }
  body->at = (const char *)memchr(block.data, '\n', block.len) + 1;
  body->end = (const char *)block.data + block.len - 1;
  while (body->end[-1] != '\n') body->end--;
  body->line = block.line + 1;
  place->line = block.line;
  if (!ends_in_dash(pem, body->at)) return BEHIND_DASHES;
  place->line = walk.line;
  if (!ends_in_dash(body->end, (const char *)walk.at)) return BEHIND_DASHES;
  return check_rest(&walk, place);
}

static bool ends_in_dash(const char *line, const char *end)
{
  size_t len = trimmed_len(line, (size_t)(end - line));

  return line[len - 1] == '-';
}

static const char *check_rest(const struct stls_pem_reader_walk *walk,
                              struct place *place)
{
  const char *at = (const char *)walk->at, *end = (const char *)walk->end;

  place->line = walk->line + 1;
  for (; at < end && is_white(*at); at++) {
    place->column++;
    if (*at != '\n') continue;
    place->line++;
    place->column = 1;
  }
  if (at == end) return NULL;
  if ((size_t)(end - at) >= strlen(BEGIN) &&
      memcmp(at, BEGIN, strlen(BEGIN)) == 0)
    return "a second block begins, and there must be one";
  return "something stands behind the END line";
}

static const char *decode(struct body body, struct decoder *decoder,
                          struct place *place)
{
  const char *fault = NULL;

  for (place->line = body.line; body.at < body.end; place->line++) {
    const char *newline = memchr(body.at, '\n', (size_t)(body.end - body.at));
    size_t len = trimmed_len(body.at, (size_t)(newline - body.at));
    place->column = 1;
    if (len == 0) return "the line is empty";
    for (size_t i = 0; i < len; i++, place->column++)
      if ((fault = take_char(decoder, body.at[i])) != NULL) return fault;
    body.at = newline + 1;
  }
  place->column = 1;
  if (decoder->num_chars > 0) return "the base64 before it is incomplete";
  if (decoder->len == 0) return "there is no data before it";
  return NULL;
}

static size_t trimmed_len(const char *line, size_t len)
{
  while (len > 0 && is_white(line[len - 1])) len--;
  return len;
}

static const char *take_char(struct decoder *decoder, char c)
{
  int value = base64_value(c);

  if (c == '=') return take_pad(decoder);
  if (value < 0) return "this is not a base64 character";
  if (decoder->num_pads > 0) return "base64 goes on behind its padding";
  shift_in(decoder, (unsigned)value);
  return NULL;
}

static const char *take_pad(struct decoder *decoder)
{
  unsigned unused = decoder->num_chars == 2 ? 0xfU : 0x3U;

  if (decoder->num_chars < 2) return "padding cannot be here";
  if (decoder->num_pads == 0 && (decoder->group & unused) != 0)
    return "the unused bits before the padding are not zero";
  decoder->num_pads++;
  shift_in(decoder, 0);
  return NULL;
}

static void shift_in(struct decoder *decoder, unsigned value)
{
  decoder->group = decoder->group << 6 | value;
  if (++decoder->num_chars < 4) return;
  for (unsigned i = 0; i < 3 - decoder->num_pads; i++, decoder->len++)
    if (decoder->out != NULL)
      decoder->out[decoder->len] = (uint8_t)(decoder->group >> (16 - 8 * i));
  decoder->group = 0;
  decoder->num_chars = 0;
}

static int base64_value(char c)
{
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

static bool is_white(char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
