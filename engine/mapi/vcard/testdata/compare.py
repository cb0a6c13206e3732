"""Compares vCards field by field, read with vobject.

For every NAME.in.vcf in the folder given, there are one or more NAME.KIND.vcf
with what became of it. Every difference is a line on standard output;
the last line says how many files were compared.
"""
import base64
import glob
import hashlib
import os
import re
import sys
import urllib.parse

import vobject

# vobject ends a text at a comma that is not escaped, which texts of version 2.1
# and addresses of data have.
split_texts = vobject.vcard.stringToTextValues
vobject.vcard.VCardTextBehavior.decode.__func__.__globals__["stringToTextValues"] = (
    lambda s, listSeparator=None, **more: split_texts(s, listSeparator=listSeparator or "\x00", **more)
)
vobject.vcard.toListOrString = lambda s: (lambda v: v[0] if len(v) == 1 else v)(split_texts(s))

IGNORED = {"VERSION", "PRODID", "AGENT", "VCARD", "X-ABLABEL", "X-ABADR"}
SAME = {
    "X-MS-TEL": "TEL", "X-ANNIVERSARY": "ANNIVERSARY", "X-MS-ANNIVERSARY": "ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY": "ANNIVERSARY",
    "X-EVOLUTION-MANAGER": "X-MS-MANAGER", "X-EVOLUTION-SPOUSE": "X-MS-SPOUSE", "X-GENDER": "GENDER", "IMPP": "X-MS-IMADDRESS",
    "HOBBY": "X-MS-INTERESTS", "X-ADDRESSBOOKSERVER-KIND": "KIND", "X-ADDRESSBOOKSERVER-MEMBER": "MEMBER",
}
RELATED = {"spouse": "X-MS-SPOUSE", "child": "X-MS-CHILD", "manager": "X-MS-MANAGER", "assistant": "X-MS-ASSISTANT"}
PLAIN_TYPES = {"voice", "pref", "internet", ""}


def read(path):
    raw = open(path, "rb").read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    return list(vobject.readComponents(text, allowQP=True))


def types(line):
    all_types = set()
    for key, values in line.params.items():
        if key.upper() == "TYPE":
            for v in values:
                all_types.update(t.strip().lower() for t in v.replace('"', "").split(","))
    for single in line.singletonparams:
        if single.upper() not in ("QUOTED-PRINTABLE", "BASE64", "B"):
            all_types.add(single.lower())
    return all_types - PLAIN_TYPES


def param(line, name):
    for key, values in line.params.items():
        if key.upper() == name:
            return ",".join(values).replace('"', "").replace("^n", "\n")
    return ""


def one(value):
    """A component that may be a list."""
    if isinstance(value, list):
        return ", ".join(str(v).strip() for v in value if v)
    return str(value).strip()


def several(value):
    return "\n".join(s.strip() for s in (value if isinstance(value, list) else [value]) if s.strip())


def content(line):
    """What a field with bytes holds."""
    value = line.value
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if value.lower().startswith("data:"):
        return hashlib.sha256(base64.b64decode(value.split(",", 1)[1])).hexdigest()
    if any(v.upper() in ("B", "BASE64") for k, vs in line.params.items() if k.upper() == "ENCODING" for v in vs):
        return hashlib.sha256(base64.b64decode(value)).hexdigest()
    return value


def day(line):
    v = line.value.strip()
    v = re.sub(r"[T ].*", "", v) if re.match(r"[-0-9]", v) else v
    v = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", v)
    v = re.sub(r"^--(\d\d)-?(\d\d)$", r"1604-\1-\2", v)
    return v


def place(line):
    t = types(line)
    return "work" if "work" in t else "home" if "home" in t else "other"


def address(line, old):
    a = line.value
    parts = [several(x) for x in (a.box, a.extended, a.street, a.city, a.region, a.code, a.country)]
    if old:  # no lists there
        parts = [p.replace("\n", ", ") for p in parts]
    parts[1] = parts[1].replace("\n", ", ") if place(line) == "work" else parts[1]
    if place(line) != "work" and parts[1]:
        parts[2], parts[1] = parts[1] + "\n" + parts[2], ""
    return tuple(parts)


def organisation(value):
    parts = [one(v) for v in (value if isinstance(value, list) else value.split(";"))]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def words(value):
    parts = value if isinstance(value, list) else re.split(r"(?<!\\),", value)
    return sorted({p.replace("\\,", ",").strip() for p in parts if p.strip()})


def fields(card, people):
    labels, mates = {}, {}
    old = card.version.value == "2.1" if hasattr(card, "version") else False
    for line in card.lines():
        if line.name == "X-ABLABEL":
            labels[line.group] = line.value.replace("_$!<", "").replace(">!$_", "")
        elif line.name == "X-ABADR":
            mates[line.group] = line.value
    out = {}

    def add(name, *value):
        out.setdefault(name, set()).add(value)

    for line in card.lines():
        name = SAME.get(line.name, line.name)
        label = labels.get(line.group, "")
        beside = (label, mates.get(line.group, ""))
        if line.name in IGNORED:
            continue
        if name == "X-ABDATE" and label == "Anniversary":
            name = "ANNIVERSARY"
        if name in ("RELATED", "X-ABRELATEDNAMES"):
            kinds = [RELATED[k] for k in types(line) | {label.lower()} if k in RELATED]
            if kinds and ":" not in line.value:
                name = kinds[0]
        if name == "N":
            n = line.value
            value = tuple(one(x) for x in (n.family, n.given, n.additional, n.prefix, n.suffix))
            if any(value):
                add(name, value)
        elif name == "ADR":
            if any(address(line, old)):
                add(name, place(line), tuple(sorted(types(line) - {"postal"})), address(line, old), *beside)
            if param(line, "LABEL"):
                add("LABEL", place(line), param(line, "LABEL"))
        elif name == "LABEL":
            add(name, place(line), line.value.replace("\r\n", "\n").strip())
        elif name == "ORG":
            if organisation(line.value):
                add(name, organisation(line.value))
        elif name == "TEL":
            if line.value.strip():
                add(name, tuple(sorted(types(line))), re.sub("^tel:", "", line.value.strip()), *beside)
        elif name == "EMAIL":
            if line.value:
                add(name, tuple(sorted(types(line))), line.value.strip(), param(line, "X-CN"), *beside)
        elif name in ("BDAY", "ANNIVERSARY"):
            add(name, day(line))
        elif name == "REV":
            add(name, re.sub("[-:]", "", line.value))
        elif name == "GENDER":
            add(name, line.value[:1].upper())
        elif name in ("CATEGORIES", "NICKNAME"):
            for w in words(line.value):
                add(name, w)
        elif name == "NOTE":
            text = line.value.replace("\r\n", "\n").rstrip()
            if text:
                before = out.pop(name, None)
                add(name, (next(iter(before))[0] + "\n\n" if before else "") + text)
        elif name == "MEMBER":
            known = people.get(line.value.replace("urn:uuid:", ""))
            address_of = "mailto:" + known if known else urllib.parse.unquote(line.value)
            add(name, address_of, "" if address_of[7:] in people.values() else param(line, "X-CN"))
        elif name == "UID":
            add(name, line.value)
        elif name in ("PHOTO", "KEY", "LOGO"):
            add(name, content(line))
        elif name == "URL":
            add(name, tuple(sorted(types(line))), line.value.replace("\\:", ":").strip(), *beside)
        elif name == "CLASS" and line.value == "PUBLIC":
            pass
        elif name == "X-EVOLUTION-FILE-AS" and line.value.replace("\\,", ",") == ", ".join(one(x) for x in (card.n.value.family, card.n.value.given)):
            pass  # what Exchange says of itself
        elif one(line.value):
            add(name, one(line.value), label if line.name not in ("X-ABDATE", "X-ABRELATEDNAMES") or name == line.name else "")
    return out


def compare(name, before, after):
    if len(before) != len(after):
        yield f"{name}: {len(before)} cards became {len(after)}"
        return
    people = {}
    for card in before:
        if hasattr(card, "uid") and hasattr(card, "email"):
            people[card.uid.value.replace("urn:uuid:", "")] = card.email.value
    for i, (a, b) in enumerate(zip(before, after)):
        x, y = fields(a, people), fields(b, people)
        if "X-MS-OL-DEFAULT-POSTAL-ADDRESS" not in x:  # written to say which ADR is preferred
            y.pop("X-MS-OL-DEFAULT-POSTAL-ADDRESS", None)
        for key in sorted(set(x) | set(y)):
            if x.get(key, set()) != y.get(key, set()):
                yield f"{name} card {i} {key}: {sorted(x.get(key, set()), key=repr)!r} became {sorted(y.get(key, set()), key=repr)!r}"[:2000]


def main(folder):
    n = 0
    for path in sorted(glob.glob(os.path.join(folder, "*.in.vcf"))):
        stem = path[: -len(".in.vcf")]
        before = read(path)
        for other in sorted(glob.glob(glob.escape(stem) + ".*.vcf")):
            if other != path:
                n += 1
                for line in compare(os.path.basename(other), before, read(other)):
                    print(line)
    print(f"compared {n} files")


main(sys.argv[1])
