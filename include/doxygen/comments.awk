# SPDX-License-Identifier: MIT
# Doxygen's input filter: writes a header of include/sanstls with its plain
# comments in Doxygen's form. What it reads:
#
# - the second line, "/* x: job. */", is about the file, and so is a comment that
#   stands by itself: an empty line, or only a "struct x;", follows it;
# - "/* --- title --- */" begins a section;
# - any other comment is about the declaration below it, and about those that
#   follow without an empty line, as far as they are not types with members.
#
# In a comment the first sentence is the summary. A paragraph that begins with a
# result ("STLS_OK: text", "STLS_ERROR_INPUT, STLS_ERROR_MEMORY.") is the list of
# results: an item begins at the margin, or after a full stop. "- " and "1. " begin
# items of a list. Names of the library become references: one that is not there is
# Doxygen's error. `code`, and parameters with an underscore or a star, are code.

BEGIN {
  # What a result means about which the comment says nothing.
  in_general["STLS_OK"] = "Done."
  in_general["STLS_ERROR_MEMORY"] = "Out of memory."
}
{ line[FNR] = $0 }
END { convert(FNR) }

function convert(num_lines,   i, first, text) {
  file = FILENAME
  sub(/.*\//, "", file)
  for (i = 1; i <= num_lines; i++) {
    if (line[i] !~ /^ *\/\*/) {
      pass(line[i])
      continue
    }
    first = i
    text = ""
    while (i < num_lines && line[i] !~ /\*\/ *$/) text = text stripped(line[i++]) "\n"
    text = text stripped(line[i])
    sub(/^\n+/, "", text)
    sub(/\n+$/, "", text)
    if (text ~ /^SPDX/) continue
    if (first <= 2) about_file(text, 1)
    else if (text ~ /^--- .* ---$/) section(text, line[first])
    # Neither does an enum or a struct have comments of its own inside.
    else if (line[first] ~ /^ /) {
      if (line[i + 1] != "") print comment(text, "")
    }
    else if (is_alone(line[i + 1], line[i + 2])) about_file(text, 0)
    else i = about_declarations(text, i + 1)
  }
}

# What is not a comment. Guards and forward declarations are nothing to a reader.
function pass(text) {
  if (text ~ /^STLS_END_DECLS/) end_section()
  if (text !~ /^#(ifndef|define) SANSTLS_[A-Z0-9_]*_H$/ && text !~ /^struct [a-z0-9_]*;$/)
    print text
  else if (text ~ /^#ifndef/) print "#if 1"
}

function stripped(text) {
  sub(/^ *\/\* ?/, "", text)
  sub(/ *\*\/ *$/, "", text)
  sub(/^ *\*( |$)/, "", text)
  return text
}

function is_alone(next_line, after_next) {
  return next_line == "" || (next_line ~ /^struct [a-z0-9_]*;$/ && after_next == "")
}

function section(text, raw) {
  # Doxygen has no sections within an enum.
  if (raw ~ /^ /) return
  end_section()
  gsub(/^--- | ---$/, "", text)
  print "/** @name " marked(capital(text)) " */\n/** @{ */"
  is_in_section = 1
}

function end_section() {
  if (is_in_section) print "/** @} */"
  is_in_section = 0
}

function about_file(text, has_job,   end) {
  delete is_parameter
  if (has_job) {
    sub(/^[a-z_0-9]*: /, "", text)
    end = end_of_sentence(text)
    print "/** @file sanstls/" file "\n@brief " capital(marked(flat(substr(text, 1, end))))
    print "\n" body(substr(text, end + 1)) "*/"
  } else print "/** @file sanstls/" file "\n" body(text) "*/"
}

function capital(text) { return toupper(substr(text, 1, 1)) substr(text, 2) }

# Writes the declarations from line `first` on, each with the comment, and returns
# the last line that belongs to them.
function about_declarations(text, first,   i, last, code, doc, begins) {
  for (last = first; line[last + 1] != "" && line[last + 1] !~ /^\/\*/; last++)
    if (line[last] ~ /\{$/) break
  for (i = first; i <= last; i++) code = code " " line[i]
  doc = comment(text, code)
  begins = 1
  for (i = first; i <= last; i++) {
    if (begins) print doc
    print line[i]
    begins = line[i] ~ /;$/ || (line[i] ~ /^#/ && line[i] !~ /\\$/)
  }
  return last
}

# comment(TEXT, CODE): TEXT as Doxygen's comment about CODE, which is "" where it
# has no parameters.
function comment(text, code,   end) {
  delete is_parameter
  find_parameters(code)
  if (text ~ /^(STLS_[A-Z]+|- )/ && is_result(text)) return "/**\n" body(text) "*/"
  end = end_of_sentence(text)
  return "/** @brief " marked(flat(substr(text, 1, end))) "\n\n" \
    body(substr(text, end + 1)) "*/"
}

# The identifiers within parentheses of CODE.
function find_parameters(code,   i, num, word) {
  if (!sub(/^[^(]*\(/, "", code)) return
  num = split(code, word, /[^A-Za-z0-9_]+/)
  for (i = 1; i <= num; i++)
    if (word[i] !~ /^((stls|STLS)_.*|const|void|int|bool|char|size_t|)$/)
      is_parameter[word[i]]
}

# The place of the stop that ends the first sentence or, without one, paragraph.
function end_of_sentence(text,   at, rest, next_two, paragraph) {
  paragraph = index(text "\n\n", "\n\n") - 1
  for (at = 1; at < paragraph; at++) {
    if (substr(text, at, 1) != ".") continue
    next_two = substr(text, at + 1, 2)
    if (next_two !~ /^[ \n][^a-z]/) continue
    # "(ssl.SSLContext.", and its member on the next line.
    if (substr(text, 1, at) ~ /\([^)]*$/ && next_two ~ /^\n/) continue
    return at
  }
  return paragraph
}

# The paragraphs of TEXT.
function body(text,   out, i, num, paragraph) {
  num = split(text, paragraph, /\n\n+/)
  for (i = 1; i <= num; i++) {
    sub(/^[ \n]+/, "", paragraph[i])
    if (paragraph[i] == "") continue
    if (is_result(paragraph[i])) out = out results(paragraph[i]) "\n"
    else out = out listed(paragraph[i]) "\n"
  }
  return out
}

function is_result(text) {
  return text ~ /^STLS_(OK|CLOSED|WANT_[A-Z]+|ERROR_([A-Z]+|\*))([.:,;]| \(| also| and )/
}

# A paragraph with items of lists, each of them in one line.
function listed(text,   i, num, row, out) {
  num = split(text, row, "\n")
  for (i = 1; i <= num; i++) {
    if (sub(/^ *- /, "", row[i])) out = out "\n\n- " row[i]
    else if (sub(/^ *[0-9]+\. /, "", row[i])) out = out "\n\n-# " row[i]
    else if (out ~ /\n\n-#? [^\n]*$/ && row[i] !~ /^ /) out = out "\n\n" row[i]
    else {
      sub(/^ +/, "", row[i])
      out = out (out == "" ? "" : " ") row[i]
    }
  }
  num = split(out, row, "\n")
  out = ""
  for (i = 1; i <= num; i++)
    if (row[i] ~ /^-#? /)
      out = out substr(row[i], 1, index(row[i], " ")) marked(flat(substr(row[i], index(row[i], " ") + 1))) "\n"
    else out = out marked(row[i]) "\n"
  return out
}

# A paragraph of results as a list with a term and a text for each item; what
# follows the list at the margin, or after a result without a text, comes behind it.
function results(text,   i, num, row, items, term, rest, out) {
  num = split(text, row, "\n")
  for (i = 1; i <= num; i++) {
    if (row[i] !~ /^ / && !is_result(row[i])) break
    items = items (i == 1 ? "" : (row[i] ~ /^ / ? "" : "\n")) row[i]
    gsub(/ +/, " ", items)
  }
  for (; i <= num; i++) rest = rest " " row[i]
  # One item each.
  items = one_each(items)
  out = "@par Results\n<dl>\n"
  num = split(items, row, "\n")
  for (i = 1; i <= num; i++) {
    if (!match(row[i], /^STLS_[A-Z_*]+((, | and |, and )(other failures|_[A-Z]+|STLS_[A-Z_*]+))*/)) continue
    term = substr(row[i], 1, RLENGTH)
    text = substr(row[i], RLENGTH + 1)
    out = out "<dt>" full_names(term) "</dt>\n"
    sub(/^[:.,;] */, "", text)
    sub(/^ +/, "", text)
    if (text ~ /(^|\. )Any thread\.$/) {
      sub(/ *Any thread\.$/, "", text)
      rest = rest " Any thread."
    }
    out = out "<dd>" (text == "" ? in_general[term] : begun(text)) "</dd>\n"
  }
  out = out "</dl>\n"
  sub(/^ +/, "", rest)
  return out (rest == "" ? "" : "\n@par\n" marked(rest) "\n")
}

# TEXT as a sentence, unless it begins with a name.
function begun(text,   word) {
  word = text
  sub(/[^A-Za-z0-9_].*/, "", word)
  if (word ~ /_/ || word in is_parameter) return marked(text)
  return capital(marked(text))
}

# "STLS_OK. STLS_ERROR_MISUSE: a text. STLS_ERROR_MEMORY." in lines of one each.
function one_each(text,   out) {
  while (match(text, /[.;] STLS_(ERROR_[A-Z]+|WANT_[A-Z]+|CLOSED)([.:,;]| \(| also)/)) {
    out = out substr(text, 1, RSTART - 1) ".\n"
    text = substr(text, RSTART + 2)
  }
  return out text
}

# "STLS_ERROR_TLS, _ALERT" with all names whole.
function full_names(text) {
  gsub(/, _/, ", STLS_ERROR_", text)
  return marked(text)
}

function flat(text) {
  gsub(/\n */, " ", text)
  return text
}

# TEXT with Doxygen's marks, and without anything else that Doxygen would read; between
# quotes it reads nothing.
function marked(text,   out, before, token) {
  while (match(text, /`[^`]+`|"[^"]*"|stls_[a-z0-9_]+\([a-z_0-9, ]*\)|(stls|STLS)_[A-Za-z0-9_]*\**|\*?[a-z][a-z0-9]*_[a-z0-9_]+|\*[a-z]+/)) {
    before = substr(text, 1, RSTART - 1)
    token = substr(text, RSTART, RLENGTH)
    text = substr(text, RSTART + RLENGTH)
    out = out escaped(before)
    if (token ~ /^`/) out = out code_of(substr(token, 2, length(token) - 2))
    else if (token ~ /^"/) out = out token
    else if (token ~ /\)$/) out = out code_of(token)
    else if (token ~ /^(stls|STLS)_.*[^_*]$/) out = out reference(token)
    else if (is_parameter_token(token)) out = out code_of(token)
    else out = out escaped(token)
  }
  return out escaped(text)
}

function reference(name) { return "@ref " name " \"" name "\"" }

function code_of(text) { return "<code>" escaped(text) "</code>" }

function is_parameter_token(token) {
  sub(/^\*/, "", token)
  return token in is_parameter
}

function escaped(text) {
  gsub(/[\\@#%$]/, "\\\\&", text)
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  gsub(/>/, "\\&gt;", text)
  gsub(/::/, "\\\\::", text)
  while (match(text, /--/)) text = substr(text, 1, RSTART - 1) "\\-\\-" substr(text, RSTART + 2)
  return text
}
