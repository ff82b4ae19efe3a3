# SPDX-License-Identifier: MIT
# summary: figures of run.sh, "pass,peer,scenario,variant,value,unit", to medians
# and ratios. Lines of pass 0 name versions.

function sorted_median(text,   values, n, i, j, v) {
  n = split(text, values, " ")
  for (i = 2; i <= n; i++) {
    v = values[i] + 0
    for (j = i - 1; j > 0 && values[j] + 0 > v; j--) values[j + 1] = values[j]
    values[j + 1] = v
  }
  return values[int((n + 1) / 2)] + 0
}

# Receives into memory of its own through a callback, so the copy that recv()
# makes is in its time; then it is in the library's, too.
# `base` is "library" or "library_direct".
function yardstick(peer, base) {
  if (peer ~ /^(gnutls|mbedtls|wolfssl|bearssl|go)$/) return base "_received"
  return base
}

function version_in(text) {
  if (!match(text, /OpenSSL [0-9]+\.[0-9]+\.[0-9]+/)) return ""
  return substr(text, RSTART + 8, RLENGTH - 8)
}

function target(scenario, variant, base,   number, is_new) {
  if (variant != "cpython" || openssl["cpython"] != openssl["library"]) return 0
  split(openssl["library"], number, ".")
  is_new = number[1] > 3 || number[2] >= 5
  if (base == "library_direct") {
    if (scenario == "both_1.3_16384") return is_new ? 2.6 : 1.7
    if (scenario == "both_1.3_64") return is_new ? 6 : 4
    return 0
  }
  if (scenario == "both_1.3_16384") return is_new ? 1.9 : 1.35
  if (scenario == "both_1.3_64") return is_new ? 4 : 2.8
  return 0
}

function note(pass, peer, scenario, variant, value, unit) {
  cost[pass, peer, scenario, variant] = value
  if (pass > passes) passes = pass
  if (!((peer, scenario, variant) in seen)) {
    seen[peer, scenario, variant] = ++num_rows
    row_peer[num_rows] = peer
    row_scenario[num_rows] = scenario
    row_variant[num_rows] = variant
    row_unit[num_rows] = unit
  }
}

$1 == 0 { if (version_in($0) != "") openssl[$2] = version_in($0); next }
{
  note($1 + 0, $2, $3, $4, $5, $6)
  # Whichever is second completes the sum.
  if ($3 ~ /^(read|write)_/) {
    rest = substr($3, index($3, "_"))
    other = ($3 ~ /^read/ ? "write" : "read") rest
    if (($1 + 0, $2, other, $4) in cost)
      note($1 + 0, $2, "both" rest, $4, $5 + cost[$1 + 0, $2, other, $4], $6)
  }
}

END {
  for (i = 1; i <= num_rows; i++) {
    peer = row_peer[i]; scenario = row_scenario[i]; variant = row_variant[i]
    all = ratios = direct_ratios = ""
    for (pass = 1; pass <= passes; pass++) {
      mine = cost[pass, peer, scenario, variant]
      ours = cost[pass, peer, scenario, yardstick(peer, "library")]
      direct = cost[pass, peer, scenario, yardstick(peer, "library_direct")]
      all = all " " mine
      if (ours > 0) ratios = ratios " " mine / ours
      if (direct > 0) direct_ratios = direct_ratios " " mine / direct
    }
    if (variant ~ /^library/) {
      # Beside each peer it ran again: the median of all.
      library[scenario "," variant] = library[scenario "," variant] all
      unit_of[scenario "," variant] = row_unit[i]
      continue
    }
    printf "%s,%s,%.4g,%s\n", scenario, variant, sorted_median(all), row_unit[i]
    ratio[++num_ratios, "library"] = sorted_median(ratios)
    ratio[num_ratios, "library_direct"] = sorted_median(direct_ratios)
    ratio_row[num_ratios] = i
  }
  for (i = 1; i <= num_rows; i++) {
    name = row_scenario[i] "," row_variant[i]
    if (!(name in library) || (name in printed)) continue
    printed[name] = 1
    printf "%s,%.4g,%s\n", name, sorted_median(library[name]), unit_of[name]
  }
  for (k = 1; k <= num_ratios; k++)
    printf "%s,%s/library,%.3g,ratio\n%s,%s/library_direct,%.3g,ratio\n",
      row_scenario[ratio_row[k]], row_variant[ratio_row[k]],
      ratio[k, "library"], row_scenario[ratio_row[k]],
      row_variant[ratio_row[k]], ratio[k, "library_direct"]
  print_table("library", "")
  print_table("library_direct", " with direct records")
  print_targets("library")
  print_targets("library_direct")
}

# A row for each peer; sizes are bytes, ratios the peer's cost by the library's.
function print_table(base, how,   columns, n, i, k, version, line, faster,
    verdicts, is_shown, value) {
  n = split("write_16384 read_16384 both_16384 write_64 read_64 both_64 " \
            "handshake", columns, " ")
  printf "#\n# cost by the library's%s; below 1 the peer is faster\n# %-16s",
    how, "peer"
  for (i = 1; i <= n; i++) printf "%12s", columns[i]
  printf "\n"
  for (k = 1; k <= num_ratios; k++) {
    variant = row_variant[ratio_row[k]]
    if (variant in is_shown) continue
    is_shown[variant] = 1
    line = faster = ""
    for (i = 1; i <= n; i++) {
      value = value_of(variant, columns[i], base)
      line = line sprintf("%12s", value == "" ? "-" : sprintf("%.3g", value))
      # As it is printed: 0.9996 is no difference.
      if (value != "" && sprintf("%.3g", value) + 0 < 1)
        faster = faster (faster == "" ? "" : ", ") columns[i]
    }
    printf "# %-16s%s\n", variant, line
    if (faster != "")
      verdicts = verdicts "# " variant " is faster than the library" how ": " \
        faster "\n"
  }
  printf "#\n%s#\n", verdicts
}

# Each peer has one version of TLS: "write_16384" is "write_1.3_16384".
function value_of(variant, column, base,   k, scenario) {
  for (k = 1; k <= num_ratios; k++) {
    scenario = row_scenario[ratio_row[k]]
    sub(/_1\.[23]/, "", scenario)
    if (row_variant[ratio_row[k]] == variant && scenario == column)
      return ratio[k, base]
  }
  return ""
}

function print_targets(base,   k, scenario, variant, least) {
  for (k = 1; k <= num_ratios; k++) {
    scenario = row_scenario[ratio_row[k]]
    variant = row_variant[ratio_row[k]]
    least = target(scenario, variant, base)
    if (least > 0)
      printf("# %-28s %-34s %8.3g  >= %-6.4g %s\n", scenario,
             variant "/" base, ratio[k, base], least,
             ratio[k, base] >= least ? "met" : "SHORT")
  }
  if (base == "library" && ("cpython" in openssl) && openssl["cpython"] != openssl["library"])
    print "# no targets for cpython: its OpenSSL is not the library's"
}
