"""Checklists and reviews for tests: a toy of each, some of any shape, and the rules, written down a second time.

`rulings` is that second time: plain Python on the dicts of the YAML, after the contract and not after the code.
"""

from __future__ import annotations

import fnmatch
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from mlmgmt_widgets.readiness import Checklist, Finding, Review, Verdict, evaluate

TODAY = date(2026, 11, 24)
STAGES = ("prototype-exit", "shadow", "production")
TIERS = ("low", "medium", "high")
VERSION = "3"  # of the model under review
READ = ("junit", "evidently", "great_expectations", "pandera", "mlflow", "file", "tag")
AGES = 30  # days: how long what ages counts


def days(count: int) -> date:
    """So many days after today."""
    return TODAY + timedelta(days=count)


def item(name: str = "floor", **changes: Any) -> dict[str, Any]:
    return {"id": name, "stage": STAGES[0], "question": "Can the team show it?", **changes}


def checklist(*items: dict[str, Any], **changes: Any) -> Checklist:
    """A checklist of these items."""
    head = {"id": "toy", "version": "1.0.0", "title": "A toy checklist", "stages": STAGES}
    return Checklist.model_validate({**head, "items": items or (item(),), **changes})


def review(entries: dict[str, Any] | None = None, **changes: Any) -> Review:
    """A review of the toy checklist."""
    head = {"checklist": "toy@1.0.0", "subject": "churn-model", "version": VERSION}
    return Review.model_validate({**head, "items": entries or {}, **changes})


def found(asked: dict[str, Any], said: dict[str, Any], today: date = TODAY, **changes: Any) -> Finding:
    """What is found of one item."""
    return verdict_on(asked, said, today, **changes).of(asked["id"])


def verdict_on(asked: dict[str, Any], said: dict[str, Any], today: date = TODAY, **changes: Any) -> Verdict:
    made = review({asked["id"]: said}, **changes)
    return evaluate(checklist(asked), made, stage=asked["stage"], today=today)


def ruled(finding: Finding) -> str:
    """A finding in one word: passed, na, waived, or the reason why it is open."""
    return finding.reason or finding.outcome


# The rules


def rulings(
    asked: dict[str, Any],
    said: dict[str, Any],
    today: date = TODAY,
    version: str = VERSION,
    sign_offs: tuple[dict[str, Any], ...] = (),
) -> set[str]:
    """What may be found of one item, in one word.

    It is one word, except where several pieces of evidence do not count, for several reasons: then any of these may be
    given.
    """
    status = said.get("status", "unknown")
    if status == "fail":
        return {"failed"}  # bad news stands, whatever version it was said of and whatever the evidence shows
    other = _another(asked, said.get("version"), version)
    ahead = said.get("on") is not None and (said["on"] - today).days > 1  # what is said then does not count yet
    if status == "na":
        return {"stale-version" if other else "missing" if ahead else "na"}
    # What the review names and what is not there may be the bad news: beside it nothing passes.
    named = [each for each in said.get("evidence", ()) if not _of_another(asked, said, each, version)]
    good = {"missing"} if any(_is_unread(each) for each in named) else {"passed"}
    shown, speaks_against = _by_evidence(asked, said, today, version, sign_offs)
    if status == "waived":
        if not asked.get("waivable", True):
            return {"not-waivable"}
        if not other and not ahead and today <= said["until"]:
            return {"waived"}
        lapsed = "stale-version" if other else "missing" if ahead else "waiver-expired"
        return good if shown == good == {"passed"} else {lapsed}
    if asked.get("rule"):
        said_so = shown or {"missing"}  # a pass that somebody typed is not enough
    elif shown and (status == "unknown" or shown == {"passed"} or speaks_against):
        said_so = shown  # evidence that brings a measure of its own outweighs a typed pass
    elif status == "unknown":
        said_so = {"missing"}
    else:
        said_so = {"stale-version"} if other else {"missing"} if ahead else _by_word(asked, said, today, version)
    return good if said_so == {"passed"} else said_so


def _another(asked: dict[str, Any], about: str | None, version: str) -> bool:
    return about is not None and about != version and not asked.get("carries_over", False)


def _of_another(asked: dict[str, Any], said: dict[str, Any], each: dict[str, Any], version: str) -> bool:
    return _another(asked, each.get("version") or said.get("version"), version)


def _source(each: dict[str, Any]) -> str | None:
    return next((name for name in READ if name in each), None)


def _is_unread(each: dict[str, Any]) -> bool:
    return _source(each) is not None and "value" not in each and "checks" not in each and not each.get("found")


def _too_old(asked: dict[str, Any], on: date | None, today: date) -> str | None:
    if on is not None and (on - today).days > 1:
        return "missing"  # still to come; one day is forgiven
    if "expires_after_days" not in asked:
        return None
    if on is None or (today - on).days > asked["expires_after_days"]:
        return "expired"
    return None


def _piece(asked: dict[str, Any], said: dict[str, Any], each: dict[str, Any], today: date, version: str) -> Any:
    """A piece of evidence as: why it does not count, its day, what it measures, and whether it meets that."""
    source = _source(each)
    # What is read has the day of its file, or none.
    on = each.get("on") if source and "source" not in each else each.get("on") or said.get("on")
    if source is None and "link" not in each and "metric" not in each and said.get("on") and on:
        on = min(on, said["on"])  # a note makes nothing younger
    if _of_another(asked, said, each, version):
        why: str | None = "stale-version"
    else:
        why = "missing" if _is_unread(each) else _too_old(asked, on, today)
    thing = ("metric", each["metric"]) if "metric" in each else (source, each[source]) if source else None
    return why, on or date.min, thing, _meets(asked.get("rule") or {}, each, today)


def _meets(rule: dict[str, Any], each: dict[str, Any], today: date) -> bool | None:
    """Whether it meets what it is held against; None where that is nothing."""
    held: list[bool] = []
    if "value" in each:
        against = [each, rule] if rule.get("metric") == each["metric"] else [each]
        held += [each["value"] >= one["at_least"] for one in against if "at_least" in one]
        held += [each["value"] <= one["at_most"] for one in against if "at_most" in one]
    if "checks" in each:
        held.append(each["checks"].get("failed", 0) == 0 and each["checks"]["passed"] > 0)
    if each.get("found") and "metric" not in each:
        against = [each, rule] if "file" in each and "file" in rule else [each]
        limits = [one["younger_than_days"] for one in against if "younger_than_days" in one]
        held.append(all("on" in each and (today - each["on"]).days <= limit for limit in limits))
    return all(held) if held else None


def _is_asked_for(rule: dict[str, Any], each: dict[str, Any]) -> bool:
    if "metric" in rule:
        return each.get("metric") == rule["metric"]
    for name in ("file", "tag", "mlflow"):
        if name in rule:
            return name in each and "metric" not in each and fnmatch.fnmatchcase(each[name], rule[name])
    return any(name in rule and name in each for name in READ)


def _by_evidence(
    asked: dict[str, Any], said: dict[str, Any], today: date, version: str, sign_offs: tuple[dict[str, Any], ...]
) -> tuple[set[str], bool]:
    """What the evidence says by itself, nothing where nothing is measured; and whether some of it fails."""
    rule = asked.get("rule") or {}
    pieces = [(_piece(asked, said, each, today, version), each) for each in said.get("evidence", ())]
    measured = [(piece, each) for piece, each in pieces if piece[3] is not None]
    others, against = _measured([piece for piece, each in measured if not _is_asked_for(rule, each)])
    if not rule:
        return others, against
    if "sign_off" in rule:
        decided, fails = _signed(asked, rule["sign_off"], today, version, sign_offs), False
    else:
        decided, fails = _measured([piece for piece, each in measured if _is_asked_for(rule, each)])
    return (others, True) if decided == {"passed"} and against else (decided, fails)


def _measured(pieces: list[Any]) -> tuple[set[str], bool]:
    """What measures say, and whether one of them speaks against the item.

    Of several of the same thing the latest counts, and of several of one day the worst. What failed for this version
    and grew old since has not passed by that: until it is measured again, it keeps the item open.
    """
    things = [[piece for piece in pieces if piece[2] == thing] for thing in {piece[2] for piece in pieces}]
    latest = [_of_the_last_day([each for each in several if each[0] is None] or several) for several in things]
    of_this = [[each for each in several if each[0] != "stale-version"] for several in things]
    fails = [each for several in of_this if all(each[0] for each in several) for each in _of_the_last_day(several)]
    fails = [each for each in fails if not each[3]]
    words = {
        ("passed" if each[3] else "failed") if each[0] is None else each[0] for several in latest for each in several
    }
    if "failed" in words:
        return {"failed"}, True
    if fails:
        stale = [each for several in latest for each in several if each[0] and not each[3]]
        return {each[0] for each in (*fails, *stale)}, True
    return ({"passed"} if "passed" in words else words), False


def _of_the_last_day(pieces: list[Any]) -> list[Any]:
    return [each for each in pieces if each[1] == max(other[1] for other in pieces)]


def _signed(
    asked: dict[str, Any], role: str, today: date, version: str, sign_offs: tuple[dict[str, Any], ...]
) -> set[str]:
    """The last sign-off of the role for this version decides; a no-go is bad news, and stands."""
    given = [each for each in sign_offs if each["role"] == role and each.get("stage") in {None, asked["stage"]}]
    if not given:
        return {"missing"}
    given = [each for each in given if each["on"] <= today + timedelta(days=1)] or given  # what has come by now
    last = ([each for each in given if each.get("version") in {None, version}] or given)[-1]
    if last.get("decision") == "no-go":
        return {"failed"}
    if _another(asked, last.get("version"), version):
        return {"stale-version"}
    return {_too_old(asked, last["on"], today) or "passed"}


def _by_word(asked: dict[str, Any], said: dict[str, Any], today: date, version: str) -> set[str]:
    """A pass that somebody typed is as old as the youngest of its evidence, or as itself where there is none."""
    if not said.get("evidence"):
        return {_too_old(asked, said.get("on"), today) or "passed"}
    pieces = [_piece(asked, said, each, today, version) for each in said["evidence"]]
    if any(piece[0] is None for piece in pieces):
        return {"passed"}
    return {why for why, on, _, _ in pieces if on == max(piece[1] for piece in pieces)}


# Of any shape

WHEN = (-400, -AGES - 1, -AGES, -AGES + 1, -8, -7, -1, 0, 1, 2, 40)  # days from today, most of them on a boundary
WORDS = ("the board agreed", "it is a batch model", "seen in March", "a number of 7%", "Zoë's, as agreed")
NAMES = ("Ada", "Bo", "Zoë Ö.-K")
ROLES = ("ml-engineer", "product-owner")
METRICS = ("auc", "p99_ms")
RULES: tuple[dict[str, Any], ...] = (
    {"metric": "auc", "at_least": 0.8},
    {"metric": "p99_ms", "at_most": 120},
    {"metric": "auc", "at_least": 0.5, "at_most": 0.99},
    {"junit": "*serving*"},
    {"tag": "v*"},
    {"file": "reports/*.json", "younger_than_days": 7},
    {"file": "reports/*"},
    {"sign_off": ROLES[0]},
)
VALUES = (0.5, 0.79999999, 0.8, 0.99, 0.990001, 120, 120.5, 12_345.6)


def whens() -> st.SearchStrategy[date]:
    return st.sampled_from(WHEN).map(days)


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _sometimes(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_CHECKS = st.builds(
    lambda passed, failed, skipped: {
        "passed": passed,
        "failed": failed,
        "skipped": skipped,
        "failing": [f"test_{i}" for i in range(min(failed, 2))],
    },
    st.integers(0, 3),
    st.sampled_from((0, 0, 1, 3)),
    st.integers(0, 2),
)
_BOUNDS = st.sampled_from(({}, {}, {"at_least": 0.8}, {"at_most": 120}, {"at_least": 0.79999999, "at_most": 0.8}))


@st.composite
def evidences(draw: st.DrawFn) -> dict[str, Any]:
    """A piece of evidence of any kind, read or not, of any day and version."""
    kind = draw(st.sampled_from(("link", "note", "metric", "junit", "tag", "file")))
    values: dict[str, Any] = {
        "on": draw(_sometimes(whens())),
        "version": draw(_sometimes(st.sampled_from((VERSION, "2")))),
        "by": draw(_sometimes(st.sampled_from(NAMES))),
    }
    if kind in {"link", "note"}:
        values[kind] = draw(st.sampled_from(("seen", "https://example.org/1")))
    elif kind == "metric":
        values |= {"metric": draw(st.sampled_from(METRICS)), "value": draw(st.sampled_from(VALUES)), **draw(_BOUNDS)}
    elif kind == "junit":
        values |= {"junit": draw(st.sampled_from(("a.xml", "b.xml"))), "checks": draw(_sometimes(_CHECKS))}
    else:
        names = {"tag": ("v3", "v3.1", "rc1"), "file": ("reports/a.json", "reports/b.txt", "notes.txt")}
        values |= {kind: draw(st.sampled_from(names[kind])), "found": draw(st.sampled_from((True, True, False, None)))}
        if kind == "file":
            values["younger_than_days"] = draw(_sometimes(st.sampled_from((0, 7))))
    return without_none(values)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """What a review says of an item."""
    status = draw(st.sampled_from(("pass", "fail", "na", "waived", "unknown")))
    values: dict[str, Any] = {
        "status": status,
        "by": draw(_sometimes(st.sampled_from(NAMES))),
        "on": draw(_sometimes(whens())),
        "version": draw(_sometimes(st.sampled_from((VERSION, "2")))),
        "reason": draw(_sometimes(st.sampled_from(WORDS))),
        "evidence": draw(st.lists(evidences(), max_size=4)),
        "owner": draw(_sometimes(st.sampled_from(NAMES))),
        "due": draw(_sometimes(whens())),
    }
    if status in {"na", "waived"}:
        values["reason"] = draw(st.sampled_from(WORDS))
    if status == "waived":
        values |= {"by": draw(st.sampled_from(NAMES)), "until": draw(whens())}
    return without_none(values)


@st.composite
def items(draw: st.DrawFn, name: str = "floor") -> dict[str, Any]:
    """An item of any kind, asked at every tier."""
    values = {
        "stage": draw(st.sampled_from(STAGES)),
        "severity": draw(st.sampled_from(("blocking", "blocking", "advisory"))),
        "expires_after_days": draw(_sometimes(st.just(AGES))),
        "waivable": draw(_sometimes(st.just(False))),
        "carries_over": draw(_sometimes(st.just(True))),
        "rule": draw(_sometimes(st.sampled_from(RULES))),
    }
    return item(name, **without_none(values))


def sign_offs() -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(
        st.fixed_dictionaries(
            {
                "role": st.sampled_from(ROLES),
                "by": st.sampled_from(NAMES),
                "on": whens(),
                "decision": st.sampled_from(("go", "go", "no-go")),
            },
            optional={"version": st.sampled_from((VERSION, "2")), "stage": st.sampled_from(STAGES)},
        ),
        max_size=3,
    )


@st.composite
def reviewed(draw: st.DrawFn) -> tuple[Checklist, Review]:
    """A checklist of any shape, and a review that fits it."""
    names = [f"i{n}" for n in range(draw(st.integers(1, 5)))]
    upwards = st.sampled_from([(), *(TIERS[i:] for i in range(len(TIERS)))])
    asked = checklist(*({**draw(items(name)), "tiers": draw(upwards)} for name in names), tiers=TIERS)
    mentioned = draw(st.lists(st.sampled_from(names), unique=True))
    said = {name: draw(entries()) for name in mentioned}
    return asked, review(said, tier=draw(st.sampled_from(TIERS)), sign_offs=draw(sign_offs()))
