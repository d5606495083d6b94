"""Plans for tests: small ones that stay still while the shipped content grows, and any plan at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from mlmgmt_widgets.timeline.plan import Plan

MONDAY = date(2027, 1, 4)
TYPED = "<script>alert('x')</script> | *bold* \"quoted\" =HYPERLINK(1)"
# What YAML 1.1 or 1.2 takes for something else, or would, without quotes.
NASTY = [
    "No", "yes", "y", "N", "on", "null", "~", "=", "<<", "true", "2027-01-04", "2027-01-04 10:00:00", "1e3", "012",
    "09", "0o17", "0x1f", "0b1", "1_000", "1:30", "190:20:30.15", "+.inf", ".nan", "-1", "+1.5e3", ".5", "1.",
    "a: b", "a:", ": a", "# x", "a # b", "- x", "-", "--- a", "? x", "! x", "!!int 3", "& a", "*a", "| x", "> x",
    "% x", "@x", "`x`", "'", '"', "''", "{a: 1}", "[1]", "a, b", "}", "two\nlines", "\ttab\tin it", "a\r\nb",
    "trailing \\", "🚀 emoji", "\u2028line\u2029", "\x85next", "nul\0bell\x07del\x7f", "\ufeffmark", "é" * 90,
    "long " * 60 + "end", "double  spaces   " * 20 + "end",
]  # fmt: skip


def a_plan(**changes: Any) -> Plan:
    """Research of at most three experiments of two weeks each, half of which pass; a task of three weeks after it."""
    data: dict[str, Any] = {
        "title": "A ranking model",
        "start": MONDAY,
        "research": {"timebox_weeks": 2, "success": 0.5, "max_experiments": 3, "parallel": 1},
        "tasks": [{"id": "rollout", "weeks": 3, "after": ["research"]}],
    }
    return Plan.model_validate({name: value for name, value in {**data, **changes}.items() if value is not None})


def texts() -> st.SearchStrategy[str]:
    """Text that says something."""
    return st.one_of(st.sampled_from(NASTY), st.text(min_size=1, max_size=30)).filter(lambda text: bool(text.strip()))


def identifiers() -> st.SearchStrategy[str]:
    """Kebab-case ids, those among them that look like numbers or words of YAML."""
    return st.one_of(
        st.from_regex(r"\A[a-z0-9]{1,8}(-[a-z0-9]{1,4}){0,2}\Z"), st.sampled_from(["no", "on", "null", "1e3", "0x1f"])
    ).filter(lambda name: name != "research")


def durations() -> st.SearchStrategy[Any]:
    """Durations of every kind, as plain data."""
    weeks = st.one_of(st.integers(0, 520), st.floats(0, 520))
    ranges = st.lists(weeks, min_size=3, max_size=3).map(sorted)
    ends = st.lists(st.floats(0.01, 520), min_size=2, max_size=2, unique=True).map(sorted)
    return st.one_of(
        weeks,
        st.builds(
            lambda ends, kind: dict(zip(("low", "likely", "high"), ends, strict=True)) | kind,
            ranges,
            st.sampled_from([{}, {"distribution": "pert"}, {"distribution": "triangular"}]),
        ),
        ends.map(lambda ends: {"p10": ends[0], "p90": ends[1]}),
        st.lists(weeks, min_size=5, max_size=60).map(lambda past: {"history": past}),
    )


def days() -> st.SearchStrategy[date]:
    """Weekdays of this century and the next."""
    weekday = st.dates(date(2000, 1, 3), date(2150, 1, 1))
    return weekday.map(lambda day: day - timedelta(days=max(0, day.weekday() - 4)))


def _only(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans of any shape, with and without each of their parts, that end before the year 9999."""
    optional = st.none()
    probability = st.one_of(st.sampled_from([0, 1]), st.floats(0, 1))
    people = st.floats(2, 10_000)
    title = optional | texts()
    team = draw(
        optional
        | st.fixed_dictionaries(
            {},
            optional={
                "people": people,
                "availability": st.floats(0.2, 1),
                "research_share": st.floats(0, 0.8),
                "holidays": st.sampled_from(["GB", "NO", "DE-BY"]),
                "days_off": st.lists(days(), max_size=30),
            },
        )
    )
    counts = st.integers(0, 20).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))
    learned = counts.map(lambda found: {"successes": found[0], "trials": found[1]})
    research = draw(
        optional
        | st.fixed_dictionaries(
            {"timebox_weeks": durations(), "success": probability | learned, "max_experiments": st.integers(1, 100)},
            optional={"parallel": st.integers(1, 100)},
        )
    )
    names = draw(st.lists(identifiers(), unique=True, min_size=0 if research else 1, max_size=8))
    cut = draw(st.integers(0 if research else 1, len(names)))
    tasks: list[dict[str, Any]] = []
    for place, name in enumerate(names[:cut]):
        before = [*names[:place], *(["research"] if research else [])]
        after = draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        with_effort = draw(st.booleans())
        kind = "effort_weeks" if with_effort else "weeks"
        by = (
            draw(people if with_effort and "people" not in (team or {}) else optional | people) if with_effort else None
        )
        task = {"id": name, "title": draw(title), kind: draw(durations()), "people": by, "after": after or None}
        tasks.append(_only(task))
    to_delay = [*names[:cut], *(["research"] if research else [])]
    risks = [
        _only(
            {
                "id": name,
                "title": draw(title),
                "probability": draw(probability),
                "weeks": draw(durations()),
                "delays": draw(st.sampled_from(to_delay)),
            }
        )
        for name in names[cut:]
    ]
    ratios = st.lists(st.floats(0.01, 3), min_size=5, max_size=40)
    start = draw(days())
    data = {
        "title": draw(texts()),
        "start": start,
        "team": team,
        "research": research,
        "tasks": tasks,
        "risks": risks,
        "overrun": draw(optional | ratios),
        "deadline": draw(optional | days().map(lambda day: max(day, start))),
    }
    return Plan.model_validate(_only(data))
