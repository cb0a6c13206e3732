"""Compares pairs of calendars with parsers that are not ours.

Reads from standard input a JSON list of {"name", "original", "written": [...]},
writes one line for each difference. icalendar reads the lines, dateutil the
time zones and recurrences, vobject everything a second time.
"""
import base64
import datetime as dt
import io
import json
import sys
import warnings
import zoneinfo

import icalendar
import vobject
from dateutil import rrule, tz

warnings.simplefilter("ignore")
UTC = dt.timezone.utc
KNOWN = zoneinfo.available_timezones()
ZONES = {}
WINDOWS = {"W. Europe Standard Time": "Europe/Berlin"}


class Calendar:
    def __init__(self, text):
        self.zones = {}
        self.items = []
        self.default = None
        for cal in icalendar.Calendar.from_ical(text, multiple=True):
            if cal.get("X-WR-TIMEZONE"):
                self.default = str(cal["X-WR-TIMEZONE"])
            for c in cal.subcomponents:
                if c.name == "VTIMEZONE":
                    block = "BEGIN:VCALENDAR\r\n%sEND:VCALENDAR\r\n" % c.to_ical().decode()
                    block = "".join(l for l in block.splitlines(True) if not l.startswith("X-"))  # dateutil refuses them
                    if block not in ZONES:
                        ZONES[block] = tz.tzical(io.StringIO(block)).get()
                    self.zones[str(c["TZID"])] = ZONES[block]
                else:
                    self.items.append(c)

    def tzinfo(self, name):
        if name in WINDOWS:
            return zoneinfo.ZoneInfo(WINDOWS[name])
        if name in KNOWN:
            return zoneinfo.ZoneInfo(name)
        return self.zones[name]

    def when(self, prop, text=None):
        """A date, a naive datetime (floating) or an instant in UTC."""
        text = text or prop.to_ical().decode()
        if len(text) == 8:
            return dt.datetime.strptime(text, "%Y%m%d").date()
        if text.endswith("Z"):
            return dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        wall = dt.datetime.strptime(text, "%Y%m%dT%H%M%S")
        name = prop.params.get("TZID", self.default)
        if name is None:
            return wall
        at = wall.replace(tzinfo=self.tzinfo(name)).astimezone(UTC)
        described = self.zones.get(name)
        if described is not None and tz.datetime_exists(wall, described) and not tz.datetime_ambiguous(wall, described):
            other = wall.replace(tzinfo=described).astimezone(UTC)
            if other != at:
                raise ValueError("VTIMEZONE %s says %s for %s, the database %s" % (name, other, text, at))
        return at


def many(c, name):
    v = c.get(name)
    if v is None:
        return []
    return v if isinstance(v, list) else [v]


def text(c, name):
    v = c.get(name)
    return "" if v is None else str(v).replace("\r\n", "\n")


def person(p):
    return (str(p).lower().replace("mailto:", ""), str(p.params.get("CN", "")))


def attendee(p, full):
    one = {k: str(p.params.get(k, d)) for k, d in
           (("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "NEEDS-ACTION"), ("CUTYPE", "INDIVIDUAL"))}
    for k in ("DELEGATED-TO", "DELEGATED-FROM", "RSVP", "SENT-BY"):
        if k in p.params and full:
            one[k] = str(p.params[k])
    return person(p), sorted(one.items())


def alarm(a):
    return tuple(sorted((k, str(v.to_ical() if not isinstance(v, list) else [x.to_ical() for x in v]))
                        for k, v in a.items() if k not in ("DESCRIPTION", "TRIGGER"))) + (trigger(a),)


def trigger(a):
    t = a.get("TRIGGER")
    return None if t is None else (str(t.dt), str(t.params.get("RELATED", "START")))


def occurrences(cal, c, start):
    """The first fifty starts of a series, by dateutil."""
    if c.get("RRULE") is None and not many(c, "RDATE"):
        return None
    first = c["DTSTART"].to_ical().decode()
    whole = len(first) == 8
    fmt = "%Y%m%d" if whole else "%Y%m%dT%H%M%S"
    wall = dt.datetime.strptime(first.rstrip("Z"), fmt)
    name = None if first.endswith("Z") else c["DTSTART"].params.get("TZID", cal.default)
    zone = None if whole or (name is None and not first.endswith("Z")) else (cal.tzinfo(name) if name else UTC)

    def local(v):
        if isinstance(v, dt.datetime):
            return v if zone is None else v.astimezone(zone).replace(tzinfo=None)
        return dt.datetime(v.year, v.month, v.day)

    rs = rrule.rruleset()
    if c.get("RRULE") is not None:
        parts = dict(p.split("=") for p in c["RRULE"].to_ical().decode().split(";"))
        until = parts.pop("UNTIL", None)
        rule = ";".join("%s=%s" % p for p in parts.items())
        if until is not None:
            v = cal.when(c["DTSTART"], until)
            end = local(v) if isinstance(v, dt.datetime) else dt.datetime(v.year, v.month, v.day, 0 if whole else 23, 0 if whole else 59)
            rule += ";UNTIL=" + end.strftime("%Y%m%dT%H%M%S")
        rs.rrule(rrule.rrulestr(rule, dtstart=wall))
    else:
        rs.rdate(wall)
    for kind, add in (("EXDATE", rs.exdate), ("RDATE", rs.rdate)):
        for prop in many(c, kind):
            for v in prop.to_ical().decode().split(","):
                add(local(cal.when(prop, v)))
    out = []
    for d in rs:
        if len(out) == 50:
            break
        out.append(str(d.date()) if whole else str(d if zone is None else d.replace(tzinfo=zone).astimezone(UTC)))
    return out


def span(cal, c):
    start = c.get("DTSTART")
    if start is None:
        return None, None
    first = cal.when(start)
    if c.get("DTEND") is not None:
        return first, cal.when(c["DTEND"])
    if c.get("DURATION") is not None:
        d = c["DURATION"].dt
        raw = c["DURATION"].to_ical().decode()
        if isinstance(first, dt.datetime) and "T" not in raw and start.params.get("TZID"):
            wall = dt.datetime.strptime(start.to_ical().decode(), "%Y%m%dT%H%M%S") + d
            return first, wall.replace(tzinfo=cal.tzinfo(start.params["TZID"])).astimezone(UTC)
        return first, first + d
    if isinstance(first, dt.datetime):
        return first, first
    return first, first + dt.timedelta(days=1)


def describe(cal, c):
    """What must be the same in both calendars."""
    f = {}
    f["summary"] = text(c, "SUMMARY").strip()
    f["location"] = text(c, "LOCATION")
    f["description"] = text(c, "DESCRIPTION")
    f["html"] = text(c, "X-ALT-DESC")
    f["class"] = text(c, "CLASS") or "PUBLIC"
    if c.name == "VTODO":
        f["status"] = text(c, "STATUS")
        f["ours"] = text(c, "X-VANGNET-TASK-STATUS")
        f["percent"] = int(c.get("PERCENT-COMPLETE", -1))
        for k in ("DUE", "COMPLETED", "DTSTART"):
            f[k] = str(cal.when(c[k])) if c.get(k) is not None else ""
        f["duration"] = str(c["DURATION"].dt) if c.get("DURATION") else ""
        if c.get("RRULE") is not None and c.get("DTSTART") is None:
            f["rule"] = sorted(c["RRULE"].to_ical().decode().split(";"))
        elif c.get("RRULE") is not None:
            f["occurrences"] = occurrences(cal, c, None)
    else:
        f["status"] = text(c, "STATUS")
        f["transp"] = text(c, "TRANSP") or ("TRANSPARENT" if text(c, "X-MICROSOFT-CDO-BUSYSTATUS") == "FREE" else "OPAQUE")
        first, last = span(cal, c)
        f["start"], f["end"] = str(first), str(last)
        f["all-day"] = not isinstance(first, dt.datetime)
        f["sequence"] = int(c.get("SEQUENCE", 0))
        if c.get("DTSTART") is not None:
            f["occurrences"] = occurrences(cal, c, first)
        f["recurrence-id"] = key(cal, c)[1]
    f["busy"] = text(c, "X-MICROSOFT-CDO-BUSYSTATUS")
    f["priority"] = int(c.get("PRIORITY", 0))
    f["categories"] = sorted(str(x) for p in many(c, "CATEGORIES") for x in p.cats)
    f["organizer"] = [person(p) for p in many(c, "ORGANIZER")]
    f["sent-by"] = [str(p.params.get("SENT-BY", "")) for p in many(c, "ORGANIZER")]
    f["attendees"] = sorted(attendee(p, True) for p in many(c, "ATTENDEE"))
    f["alarms"] = sorted(alarm(a) for a in c.subcomponents if a.name == "VALARM")
    f["files"] = sorted((str(p.params.get("X-FILENAME", "")), str(p.params.get("FMTTYPE", "")), str(p.to_ical())) for p in many(c, "ATTACH"))
    for k in ("URL", "GEO", "COMMENT", "CONTACT", "RELATED-TO", "RESOURCES", "COLOR", "REQUEST-STATUS", "X-APPLE-STRUCTURED-LOCATION",
              "CREATED", "LAST-MODIFIED", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK",
              "X-MICROSOFT-CDO-INTENDEDSTATUS", "X-MS-OLK-ORIGINALSTART"):
        f[k] = sorted(str(p.to_ical()) for p in many(c, k))
    return f


# What the original need not say: what a reader has to assume then.
IMPLIED = {
    "status": {"": ("CONFIRMED", "TENTATIVE", "NEEDS-ACTION", "COMPLETED", "IN-PROCESS")},
    "busy": {"": ("BUSY", "FREE", "TENTATIVE")},
    "priority": {0: (0, 5)},
    "percent": {-1: (0, 100)},
}


def key(cal, c):
    rid = c.get("RECURRENCE-ID")
    return str(c.get("UID", "")), str(cal.when(rid)) if rid is not None else "", c.name


def compare(one):
    a = Calendar(one["original"])
    b = [(cal, c) for cal in map(Calendar, one["written"]) for c in cal.items]
    left = list(b)
    for c in a.items:
        k = key(a, c)
        want = describe(a, c)
        same = [p for p in left if key(*p) == k]
        if not same:
            yield "%s is missing" % (k,)
            continue
        other = min(same, key=lambda p: describe(*p)["summary"] != want["summary"] or
                    describe(*p).get("start") != want.get("start"))
        left.remove(other)
        got = describe(*other)
        for f in want:
            w, g = want[f], got.get(f)
            if w == g or not isinstance(w, list) and g in IMPLIED.get(f, {}).get(w, ()):
                continue
            yield "%s %s: %.300r became %.300r" % (k[0], f, w, g)
        if c.get("DTSTAMP") is not None and c["DTSTAMP"].to_ical() != other[1]["DTSTAMP"].to_ical() and c.get("LAST-MODIFIED") is None and c.name == "VEVENT":
            yield "%s DTSTAMP became %s" % (k[0], other[1]["DTSTAMP"].to_ical())
    for p in left:
        yield "%s is new" % (key(*p),)
    for text in one["written"]:
        again(text)


def again(text):
    """Reads with vobject, which fails on what it does not understand."""
    for cal in vobject.readComponents(text):
        for c in cal.components():
            if c.name == "VEVENT" and hasattr(c, "dtstart") and hasattr(c, "rrule"):
                for n, _ in enumerate(c.getrruleset(addRDate=True)):
                    if n == 3:
                        break


def main():
    for one in json.load(sys.stdin):
        try:
            for line in compare(one):
                print("%s: %s" % (one["name"], line))
        except Exception as e:  # a calendar that cannot be read is a difference
            print("%s: %s: %s" % (one["name"], type(e).__name__, e))
    print("done")


if __name__ == "__main__":
    main()
