/* SPDX-License-Identifier: MIT */
/* options: the words and switches of the command. */
#include "command/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
  const char *text;
  int value;
};

static const struct word roles[] = {
    {"client", STLS_CLIENT}, {"server", STLS_SERVER}, {NULL, 0}};

static const struct word pieces[] = {
    {"recorded", STLS_PIECES_RECORDED}, {"whole", STLS_PIECES_WHOLE},
    {"records", STLS_PIECES_RECORDS},   {"bytes", STLS_PIECES_BYTES},
    {"seeded", STLS_PIECES_SEEDED},     {NULL, 0}};

static const struct word mutations[] = {
    {"cut", STLS_MUTATION_CUT},
    {"flip", STLS_MUTATION_FLIP},
    {"duplicate", STLS_MUTATION_DUPLICATE},
    {"reorder", STLS_MUTATION_REORDER},
    {"refragment", STLS_MUTATION_REFRAGMENT},
    {"coalesce", STLS_MUTATION_COALESCE},
    {NULL, 0}};

static const struct option switches[] = {
    {"output", required_argument, NULL, 'o'},
    {"connect", required_argument, NULL, 'c'},
    {"send", required_argument, NULL, 's'},
    {"seconds", required_argument, NULL, 't'},
    {"role", required_argument, NULL, 'r'},
    {"seed", required_argument, NULL, 'n'},
    {"kind", required_argument, NULL, 'k'},
    {"pieces", required_argument, NULL, 'p'},
    {"hex", no_argument, NULL, 'x'},
    {"list", no_argument, NULL, 'l'},
    {"insecure", no_argument, NULL, 'i'},
    {"secrets", no_argument, NULL, 'e'},
    {NULL, 0, NULL, 0}};

static bool take(int letter, struct options *options);
static bool read_word(const char *name, const struct word *words,
                      int *out_value);
static bool read_seed(struct options *options);
static bool read_seconds(struct options *options);

bool options_read(int argc, char **argv, struct options *out_options)
{
  int letter;

  memset(out_options, 0, sizeof *out_options);
  out_options->role = STLS_CLIENT;
  out_options->seconds = 10;
  while ((letter = getopt_long(argc, argv, "o:", switches, NULL)) != -1)
    if (!take(letter, out_options)) return false;
  out_options->words = argv + optind;
  out_options->num_words = (size_t)(argc - optind);
  return true;
}

void options_explain(void)
{
  fputs(
      "\n"
      "  -o, --output FILE     where it goes, instead of standard output\n"
      "  --role client|server  which end is recorded\n"
      "  --seed N              of the random bytes; of a mutation; of "
      "--pieces\n"
      "  --pieces recorded|whole|records|bytes|seeded\n"
      "                        how a replay cuts what arrives\n"
      "  --kind cut|flip|duplicate|reorder|refragment|coalesce\n"
      "                        the mutation\n"
      "  --connect HOST[:PORT] records a connection to this server, as a "
      "client\n"
      "  --send TEXT           what the client sends\n"
      "  --seconds N           for how long it listens (10)\n"
      "  --insecure            does not verify the server\n"
      "  --secrets             notes what the keys follow from, for a replay\n"
      "  --hex                 shows the bytes, too\n"
      "  --list                names the scenarios\n",
      stdout);
}

static bool take(int letter, struct options *options)
{
  int value = 0;
  bool is_good = true;

  switch (letter) {
    case 'o':
      options->output = optarg;
      break;
    case 'c':
      options->connect = optarg;
      break;
    case 's':
      options->send = optarg;
      break;
    case 't':
      return read_seconds(options);
    case 'r':
      is_good = read_word("role", roles, &value);
      options->role = (stls_role)value;
      break;
    case 'n':
      return read_seed(options);
    case 'k':
      is_good = read_word("kind", mutations, &value);
      options->mutation = (stls_mutation)value;
      break;
    case 'p':
      is_good = read_word("pieces", pieces, &value);
      options->pieces = (stls_pieces)value;
      options->has_pieces = true;
      break;
    case 'x':
      options->hex = true;
      break;
    case 'l':
      options->list = true;
      break;
    case 'i':
      options->insecure = true;
      break;
    case 'e':
      options->secrets = true;
      break;
    default:
      return false;
  }
  return is_good;
}

static bool read_word(const char *name, const struct word *words,
                      int *out_value)
{
  for (size_t i = 0; words[i].text != NULL; i++)
    if (strcmp(words[i].text, optarg) == 0) {
      *out_value = words[i].value;
      return true;
    }
  fprintf(stderr, "sanstls-transcript: --%s: there is no '%s'\n", name, optarg);
  return false;
}

static bool read_seed(struct options *options)
{
  char *end = NULL;

  errno = 0;
  options->seed = strtoull(optarg, &end, 0);
  options->has_seed = true;
  if (errno == 0 && end != optarg && *end == '\0' && *optarg != '-')
    return true;
  fprintf(stderr, "sanstls-transcript: --seed: '%s' is no seed\n", optarg);
  return false;
}

static bool read_seconds(struct options *options)
{
  char *end = NULL;
  long seconds = strtol(optarg, &end, 10);

  options->seconds = (int)seconds;
  if (end != optarg && *end == '\0' && seconds > 0 && seconds <= 3600)
    return true;
  fprintf(stderr, "sanstls-transcript: --seconds: '%s' is not from 1 to 3600\n",
          optarg);
  return false;
}
