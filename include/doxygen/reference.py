# SPDX-License-Identifier: MIT
"""What Doxygen's XML says: headers, their members, and what functions return."""
import os
import re
import xml.etree.ElementTree as ElementTree


class Reference:
    """What the XML has: files, in the order of their names, and structs."""

    def __init__(self, folder):
        index = ElementTree.parse(os.path.join(folder, "index.xml")).getroot()
        compounds = []
        for entry in index.iter("compound"):
            path = os.path.join(folder, entry.get("refid") + ".xml")
            compounds.append(ElementTree.parse(path).getroot()[0])
        self.files = [c for c in compounds if c.get("kind") == "file" and
                      c.findtext("compoundname").endswith(".h")]
        self.structs = {c.findtext("compoundname"): c for c in compounds
                        if c.get("kind") == "struct"}
        self.functions = {m.findtext("name"): m for f in self.files
                          for m in members(f, "function")}
        self.types = {m.findtext("name"): m for f in self.files
                      for m in members(f, "typedef", "enum")}
        self.types.update(self.structs)

    def file(self, name):
        return next(f for f in self.files if f.findtext("compoundname") == name)


def members(compound, *kinds):
    found = [m for m in compound.iter("memberdef") if m.get("kind") in kinds]
    return sorted(found, key=lambda m: int(m.find("location").get("line")))


def about(member):
    """What two members have in common that share a comment."""
    parts = (member.find("briefdescription"), member.find("detaileddescription"))
    return "".join(ElementTree.tostring(p, encoding="unicode").strip() for p in parts)


def text_of(element):
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def about_text(member):
    return text_of(member.find("briefdescription")) + \
        text_of(member.find("detaileddescription"))


def shared_comments(functions):
    """The functions, in lists of those that share a comment."""
    groups = []
    for function in functions:
        if groups and about(groups[-1][0]) == about(function):
            groups[-1].append(function)
        else:
            groups.append([function])
    return groups


# --- results ---

def results_of(member):
    """Own results: (terms, text element), in order."""
    items = []
    for results in member.iter("variablelist"):
        terms = None
        for child in results:
            if child.tag == "varlistentry":
                terms = child.find("term")
            else:
                items.append((terms, child))
    return items


def names_of(term):
    return re.findall(r"STLS_[A-Z_*]+", text_of(term))


def inherited_from(member):
    """The name behind "Results as", or "Other failures as"."""
    found = re.search(r"(?:[Rr]esults|ailures) (?:are )?as (?:every \w+ of )?(stls_\w+)",
                      text_of(member.find("briefdescription")) + " " +
                      text_of(member.find("detaileddescription")))
    return found.group(1) if found else None


def takes_text(function):
    return any(text_of(p.find("type")).startswith("const char *")
               for p in function.findall("param"))


def all_results(reference, member, depth=0):
    """Own results, and those of the function that the comment points to: (term,
    texts). What begins with "Also" is more about a result of that function."""
    own = [(term, [text]) for term, text in results_of(member)]
    parent = inherited_from(member)
    parent = reference.functions.get(parent, reference.types.get(parent))
    if parent is None or depth > 3:
        return own
    results = [item for item in own if not re.match("Also", text_of(item[1][0]))]
    known = {name for term, _ in results for name in names_of(term)}
    # Of the results of all setters these are only for those that take a text.
    if parent.findtext("name") in reference.types and not takes_text(member):
        known.add("STLS_ERROR_INPUT")
    results += [item for item in all_results(reference, parent, depth + 1)
                if not known.intersection(names_of(item[0]))]
    for term, more in own:
        if re.match("Also", text_of(more[0])):
            same = [r for r in results if names_of(r[0]) == names_of(term)]
            if same:
                same[0][1].extend(more)
            else:
                results.append((term, more))
    return results
