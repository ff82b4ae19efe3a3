# SPDX-License-Identifier: MIT
# Doxygen's input filter for documents: README.md, which is the first page of the
# HTML, include/README.md and include/ERRORS.md. Their anchors are those of a page of
# its own; Doxygen has one name space for all pages, and makes anchors of its own.
# So each heading gets an anchor, and each link leads there, to a page of the
# reference, or, where the target is not a part of it, becomes its text. `stls_x` is
# a link to its declaration.

BEGIN {
  label["README.md"] = "readme"
  label["include/README.md"] = "guide"
  label["include/ERRORS.md"] = "messages"
}

FNR == 1 {
  folder = FILENAME ~ /include\/[A-Z]+\.md$/ ? "include/" : ""
  document = FILENAME
  sub(/.*\//, folder, document)
}

/^ *```/ { is_code = !is_code }
is_code || /^ *```/ { print; next }

/^#+ / {
  print $0 " {#" (/^# / ? page_of(document) : label[document] "_" anchor($0)) "}"
  next
}

# Doxygen's mark for a numbered list.
{
  sub(/^[0-9]+\. /, "-# ")
  print linked($0)
}

function page_of(path) { return path == "README.md" ? "mainpage" : label[path] }

# What GitHub makes of a heading.
function anchor(heading) {
  sub(/^#+ /, "", heading)
  heading = tolower(heading)
  gsub(/[^a-z0-9 _-]/, "", heading)
  gsub(/ /, "-", heading)
  return heading
}

# LINE with its links, and with names outside of them as links.
function linked(line,   out, before, text, target) {
  while (match(line, /\[[^][]*\]\([^)]*\)/)) {
    before = substr(line, 1, RSTART - 1)
    text = substr(line, RSTART, RLENGTH)
    line = substr(line, RSTART + RLENGTH)
    out = out named(before)
    target = text
    sub(/^\[[^][]*\]\(/, "", target)
    sub(/\)$/, "", target)
    text = substr(text, 2, index(text, "](") - 2)
    target = in_reference(target)
    out = out (target == "" ? text : link(text, target))
  }
  return out named(line)
}

# TARGET as Doxygen has it; "" where it does not.
function in_reference(target,   path, place) {
  if (target ~ /^[a-z]+:/) return target
  path = target
  sub(/#.*/, "", path)
  place = substr(target, length(path) + 2)
  path = path == "" ? document : folder path
  sub(/^include\/\.\.\//, "", path)
  if (path == "include/sanstls") return "files.html"
  if (!(path in label)) return ""
  if (place != "") return "@ref " label[path] "_" place
  return path == "README.md" ? "index.html" : "@ref " label[path]
}

# Within a link back quotes mean nothing to Doxygen.
function link(text, target) {
  gsub(/`/, "", text)
  return "[" text "](" target ")"
}

function named(text,   out, name) {
  while (match(text, /`(stls|STLS)_[A-Za-z0-9_]*[A-Za-z0-9](\(\))?`/)) {
    name = substr(text, RSTART + 1, RLENGTH - 2)
    out = out substr(text, 1, RSTART - 1)
    text = substr(text, RSTART + RLENGTH)
    sub(/\(\)$/, "", name)
    out = out link(name, "@ref " name)
  }
  return out text
}
