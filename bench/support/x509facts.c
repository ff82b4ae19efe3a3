/* SPDX-License-Identifier: MIT */
/* x509facts: asks a certificate of OpenSSL what most programs ask. */
#include "x509facts.h"

#include <openssl/bn.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "bench.h"

static size_t print_name(const X509_NAME *name);
static size_t print_serial(const X509 *x509);
static size_t print_alt_names(X509 *x509);

size_t x509facts_ask(X509 *x509)
{
  struct tm from, until;
  size_t sum = print_name(X509_get_subject_name(x509)) +
               print_name(X509_get_issuer_name(x509)) + print_serial(x509);

  bench_need(ASN1_TIME_to_tm(X509_get0_notBefore(x509), &from) == 1 &&
                 ASN1_TIME_to_tm(X509_get0_notAfter(x509), &until) == 1,
             "ASN1_TIME_to_tm");
  return sum + print_alt_names(x509) + (size_t)from.tm_year +
         (size_t)until.tm_year + X509_get_key_usage(x509);
}

static size_t print_name(const X509_NAME *name)
{
  BIO *bio = BIO_new(BIO_s_mem());
  size_t len;

  X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
  len = BIO_ctrl_pending(bio);
  BIO_free(bio);
  return len;
}

static size_t print_serial(const X509 *x509)
{
  BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), NULL);
  char *text = BN_bn2hex(number);
  size_t len = strlen(text);

  OPENSSL_free(text);
  BN_free(number);
  return len;
}

static size_t print_alt_names(X509 *x509)
{
  GENERAL_NAMES *names =
      X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
  BIO *bio = BIO_new(BIO_s_mem());
  size_t len;

  for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
    GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(names, i));
  len = BIO_ctrl_pending(bio);
  BIO_free(bio);
  GENERAL_NAMES_free(names);
  return len;
}
