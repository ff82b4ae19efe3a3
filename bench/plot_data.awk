# SPDX-License-Identifier: MIT
# plot_data: results of bench/ to the tables that plot.gp draws, in `dir`.

# "write_1.3_aes128gcm_16384": "write 16 KiB"; what goes without saying is TLS
# 1.3 with AES-128-GCM.
function readable(name,   words, i, n, text) {
  gsub(/_aes128gcm/, "", name)
  sub(/(^|_)1\.[23](_|$)/, "_", name)
  n = split(name, words, "_")
  text = ""
  for (i = 1; i <= n; i++)
    if (words[i] != "") text = text (text == "" ? "" : " ") word(words[i])
  return text
}

# One side of a ratio is the library, perhaps in one of its ways: "naive/library"
# is "vs naive", "naive/library_bio" is "vs naive, BIO".
function describe(scenario, what,   side, text, way) {
  text = readable(scenario)
  if (split(what, side, "/") != 2) {
    text = text ", " readable(what)
  } else if (side[1] == "library" && side[2] ~ /^library_/) {
    text = text ", " readable(substr(side[2], length("library_") + 1))
  } else if (side[1] ~ /^library(_keep)?$/) {
    way = substr(side[1], length("library") + 2)
    text = text " vs " readable(side[2]) (way == "" ? "" : ", " readable(way))
  } else if (side[2] ~ /^library/) {
    way = substr(side[2], length("library") + 2)
    if (index(side[1], "_" way) > 0) way = ""
    text = text " vs " readable(side[1]) (way == "" ? "" : ", " readable(way))
  } else {
    text = text ", " readable(side[1]) " / " readable(side[2])
  }
  return text (scenario ~ /(^|_)1\.2(_|$)/ ? " (1.2)" : "")
}

function word(text) {
  if (text == 64) return "64 B"
  if (text ~ /^[0-9]+$/ && text % 1024 == 0) return text / 1024 " KiB"
  if (text ~ /^[0-9]+[KMG]iB$/) sub(/[KMG]iB/, " &", text)
  if (text ~ /^(aead|bio|ecdsa|rsa|psk)$/) return toupper(text)
  return text == "cpython" ? "CPython" : text
}

function short(value) {
  return value >= 1000 ? sprintf("%.0f", value) : sprintf("%.3g", value)
}

# How far beyond the target: above 1 it is met, whichever way it goes.
function relative(value, sign, aim) {
  return sign == ">=" ? value / aim : aim / value
}

/^[^#].*,ratio$/ {
  split($0, field, ",")
  if (field[1] ~ /^(write|read)_1\.3_aes128gcm_[0-9]+$/) {
    split(field[1], part, "_")
    has_curves = 1
    curve[part[1], part[4], field[2]] = field[3]
    sizes[part[4]] = 1
  }
}

# The summary; it also tells the targets of the curves.
/^# .* (met|SHORT)$/ {
  n = split($0, field, " ")
  sign = field[n - 2]
  name = describe(field[2], field[3])
  if (length(name) > longest) longest = length(name)
  row[++num_rows] = sprintf("\"%s\" %.6g %d \"%s\"", name, relative(field[n - 3], sign, field[n - 1]),
    $NF == "met", short(field[n - 3]) "  (" (sign == ">=" ? "≥" : "≤") " " field[n - 1] + 0 ")")
  if (field[2] ~ /^(write|read)_1\.3_aes128gcm_[0-9]+$/) {
    split(field[2], part, "_")
    aim_of[part[1], part[4], field[3]] = field[n - 1]
  }
  if ($NF == "met") num_met++
}

# Ticks at 1, 2 or 5 times a power of ten, six at most.
function step_for(span,   step) {
  step = 0.001
  while (span / step > 6)
    step *= (sprintf("%.6g", step) ~ /^0*\.?0*2/) ? 2.5 : 2
  return step
}

function put_curves(name, what,   order, n, i, size, file, low, high, step) {
  n = split("64 1024 4096 16384 262144", order, " ")
  file = dir "/" name
  printf "" >file
  lowest = highest = 1
  for (i = 1; i <= n; i++) {
    size = order[i]
    if (!(size in sizes)) continue
    print i, size, at("write", size, what), at("read", size, what), \
      aim("write", size, what), aim("read", size, what) >file
  }
  close(file)
  step = step_for(highest - lowest)
  low = int(lowest / step) * step
  high = -int(-highest / step) * step
  if (high < highest) high += step
  scales = scales sprintf("%s_low = %g\n%s_high = %g\n%s_step = %g\n", name,
    low, name, high, name, step)
}

function seen(value) {
  if (value < lowest) lowest = value
  if (value > highest) highest = value
  return value
}

function at(direction, size, what) {
  if ((direction, size, what) in curve) return seen(curve[direction, size, what] + 0)
  return "NaN"
}

function aim(direction, size, what) {
  if ((direction, size, what) in aim_of) return seen(aim_of[direction, size, what] + 0)
  return "NaN"
}

# Two columns of bars, the first one as long or longer.
END {
  put_curves("naive", "naive/library_keep")
  put_curves("custom", "library_keep/custom_bio")
  put_curves("aead", "library_keep/aead")
  half = int((num_rows + 1) / 2)
  for (i = 1; i <= num_rows; i++)
    print (i > half), (i > half ? i - half : i), row[i] >(dir "/bars")
  printf "rows = %d\ntargets = %d\nmet = %d\nlongest = %d\n" \
    "has_curves = %d\n%s", half, num_rows, num_met, longest, has_curves, scales >(dir "/counts")
}
