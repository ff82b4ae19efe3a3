/* SPDX-License-Identifier: MIT */
/* transcript_file: saves transcripts in files, and loads them. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "testing/transcript_format.h"

static stls_result write_file(const char *path, bool is_secret,
                              const struct stls_string_buffer *text,
                              stls_error *err);
static int open_file(const char *path, bool is_secret);
static stls_result read_file(const char *path, struct stls_string_buffer *out,
                             stls_error *err);
static void clear(struct stls_string_buffer *text);

stls_result stls_transcript_save(const stls_transcript *transcript,
                                 const char *path, stls_error *err)
{
  struct stls_string_buffer text = {0};
  stls_result result;

  if (transcript == NULL) return stls_error_null(err, "transcript");
  if (path == NULL) return stls_error_null(err, "path");
  result = stls_transcript_format_all(transcript, &text, err);
  if (result == STLS_OK)
    result = write_file(path, transcript->is_secret, &text, err);
  clear(&text);
  return result;
}

stls_result stls_transcript_load(const char *path,
                                 stls_transcript **out_transcript,
                                 stls_error *err)
{
  struct stls_string_buffer text = {0};
  stls_result result;

  if (path == NULL) return stls_error_null(err, "path");
  if (out_transcript == NULL) return stls_error_null(err, "out_transcript");
  result = read_file(path, &text, err);
  if (result == STLS_OK)
    result = stls_transcript_parse(text.len == 0 ? "" : text.data, text.len,
                                   path, out_transcript, err);
  clear(&text);
  return result;
}

static stls_result write_file(const char *path, bool is_secret,
                              const struct stls_string_buffer *text,
                              stls_error *err)
{
  const int file = open_file(path, is_secret);
  size_t done = 0;
  int number = 0;

  if (file < 0) return stls_error_system(err, errno, path);
  while (done < text->len && number == 0) {
    const ssize_t written = write(file, text->data + done, text->len - done);
    if (written >= 0)
      done += (size_t)written;
    else if (errno != EINTR)
      number = errno;
  }
  if (close(file) != 0 && number == 0) number = errno;
  return number == 0 ? STLS_OK : stls_error_system(err, number, path);
}

/* A secret one is readable for its owner only, also in a file that was there. */
static int open_file(const char *path, bool is_secret)
{
  const mode_t owner = S_IRUSR | S_IWUSR;
  const mode_t all = owner | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                        is_secret ? owner : all);
  struct stat about;

  if (file >= 0 && is_secret && fstat(file, &about) == 0 &&
      S_ISREG(about.st_mode))
    (void)!fchmod(file, owner);
  return file;
}

static stls_result read_file(const char *path, struct stls_string_buffer *out,
                             stls_error *err)
{
  FILE *file = fopen(path, "re");
  char piece[16384];
  size_t len;
  int number = 0;

  if (file == NULL) return stls_error_system(err, errno, path);
  while ((len = fread(piece, 1, sizeof piece, file)) > 0)
    stls_string_buffer_put(out, piece, len);
  if (ferror(file)) number = errno == 0 ? EIO : errno;
  (void)fclose(file);
  stls_mem_wipe(piece, sizeof piece);
  if (number != 0) return stls_error_system(err, number, path);
  return out->has_failed ? stls_error_memory(err) : STLS_OK;
}

static void clear(struct stls_string_buffer *text)
{
  if (text->data != NULL) stls_mem_wipe(text->data, text->len);
  stls_string_buffer_free(text);
}
