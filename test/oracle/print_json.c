/* SPDX-License-Identifier: MIT */
/* print_json: prints each PEM certificate as JSON, as json_oracle.py does. */
#include <sanstls/certificate.h>
#include <stdio.h>
#include <stdlib.h>

static void print(const char *path);
static stls_certificate *load(const char *path);

int main(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) print(argv[i]);
  return 0;
}

static void print(const char *path)
{
  stls_certificate *certificate = load(path);
  stls_error err = STLS_ERROR_INIT;
  stls_result result = STLS_ERROR_INPUT;
  char *json = NULL;
  size_t len = 0;

  if (certificate != NULL)
    result = stls_certificate_to_json(certificate, NULL, 0, &len, &err);
  if (result == STLS_OK) json = malloc(len + 1);
  if (json != NULL)
    result = stls_certificate_to_json(certificate, json, len + 1, &len, &err);
  printf("%s\t", path);
  if (json != NULL && result == STLS_OK) fwrite(json, 1, len, stdout);
  printf("\n");
  if (result != STLS_OK) fprintf(stderr, "%s: %s\n", path, err.message);
  free(json);
  stls_certificate_free(certificate);
}

static stls_certificate *load(const char *path)
{
  static char pem[65536];
  stls_certificate *certificate = NULL;
  stls_error err = STLS_ERROR_INIT;
  FILE *file = fopen(path, "rb");
  size_t len;

  if (file == NULL) {
    perror(path);
    exit(1);
  }
  len = fread(pem, 1, sizeof pem, file);
  fclose(file);
  if (stls_certificate_new_pem(pem, len, NULL, NULL, &certificate, &err) !=
      STLS_OK)
    fprintf(stderr, "%s: %s\n", path, err.message);
  return certificate;
}
