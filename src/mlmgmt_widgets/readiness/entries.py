"""What a review says of one item: its status, its evidence, who said so, and what it said before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from mlmgmt_widgets.content import Day, FrozenModel, Identifier, Number, Problem, Text, shown
from mlmgmt_widgets.raw import get, is_number, items
from mlmgmt_widgets.readiness import item_rule

Status = Literal["pass", "fail", "na", "waived", "unknown"]

SOURCES = ("junit", "evidently", "great_expectations", "pandera", "mlflow", "file", "tag")
"""What evidence can be read from; each piece of evidence is read from one of them, or typed."""

_RESULTS = {
    "checks": {"junit", "evidently", "great_expectations", "pandera"},
    "found": {"file", "mlflow", "tag"},
    "missing": set(SOURCES),
}

Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]


class Checks(FrozenModel):
    """How many tests, expectations or checks of a result passed.

    Attributes:
        failing: the names of the first ones that failed.
    """

    passed: Count
    failed: Count = 0
    skipped: Count = 0
    failing: tuple[Text, ...] = Field((), max_length=20)

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """No more are named than have failed."""
        failed, named = get(data, "failed") or 0, len(items(data, "failing"))
        if is_number(failed) and named > failed:
            yield Problem(("failing",), f"{named} names", f"at most {shown(failed)}, the number that failed")


class Evidence(FrozenModel):
    """One piece of evidence: a link, a note, a value that was typed, or a file, run or tag that is read.

    Attributes:
        link: an address to look at.
        note: what there is to say about it.
        metric: the name of a metric: its value is typed, or read from `file` or `mlflow`.
        value: the value of the metric.
        at_least: its least value, where the item has no rule that says so.
        at_most: its greatest value.
        file: a path. With a metric, a JSON or a CSV to read it from; else its being there is the evidence.
        younger_than_days: the age in days up to which the file counts.
        at: where in a JSON the metric is, such as test.auc; left out, wherever its name is found.
        where: column and value that choose a CSV's row.
        junit: the path of a JUnit report.
        evidently: the path of an Evidently result in JSON.
        great_expectations: the path of a Great Expectations validation result in JSON.
        pandera: the path of pandera's error report or summary in JSON.
        mlflow: a run, a model version or an alias: runs:/ID, models:/churn/3, models:/churn@champion.
        tracking: the address of the MLflow server or database; left out, that of the environment.
        tag: a git tag, or a pattern of one.
        checks: how the tests or checks went: what was read from `junit`, `evidently` and the like.
        found: what was read from a file, a run or a tag: that it is there.
        missing: why nothing could be read.
        source: the name of the file that the values were taken from, when it is not read again.
        by: who added it.
        on: the day that it is of; left out, the day of the item.
        version: of the model that it is about; left out, that of the item.
    """

    link: Text | None = None
    note: Text | None = None
    metric: Text | None = None
    value: Number | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    file: Text | None = None
    younger_than_days: Annotated[int, Field(strict=True, ge=0, le=36_500)] | None = None
    at: Text | None = None
    where: dict[Text, Text] | None = None
    junit: Text | None = None
    evidently: Text | None = None
    great_expectations: Text | None = None
    pandera: Text | None = None
    mlflow: Text | None = None
    tracking: Text | None = None
    tag: Text | None = None
    checks: Checks | None = None
    found: Annotated[bool, Field(strict=True)] | None = None
    missing: Text | None = None
    source: Text | None = None
    by: Text | None = None
    on: Day | None = None
    version: Text | None = None

    @property
    def read_from(self) -> str | None:
        """What it is read from, one of `SOURCES`; None for what was typed."""
        return next((name for name in SOURCES if getattr(self, name) is not None), None)

    @property
    def is_read(self) -> bool:
        """Whether there is something that was read, or typed in its place."""
        return self.value is not None or self.checks is not None or bool(self.found)

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """Evidence says something, and is read from one place at most."""
        given = [name for name in SOURCES if get(data, name) is not None]
        for name in given[1:]:
            yield Problem((name,), f"'{name}' beside '{given[0]}'", "evidence that is read from one place")
        if not given and all(get(data, name) is None for name in ("link", "note", "metric")):
            yield Problem((), "evidence of nothing", "a link, a note, a metric, or one of " + ", ".join(SOURCES))
        yield from item_rule.bounds(data)
        yield from _belongs(data, given)


def _belongs(data: Mapping[str, Any], given: list[str]) -> Iterator[Problem]:
    metric = get(data, "metric") is not None
    if get(data, "value") is not None and not metric:
        yield Problem(("value",), "a value without a metric", "'metric' beside it")
    if metric and get(data, "value") is None and not {"file", "mlflow"} & set(given):
        yield Problem(("metric",), "a metric without a value", "'value', or 'file' or 'mlflow' to read it from")
    needs = {"at": "file", "where": "file", "younger_than_days": "file", "tracking": "mlflow"}
    for name, needed in needs.items():
        if get(data, name) is not None and needed not in given:
            yield Problem((name,), f"'{name}' without '{needed}'", f"'{needed}' beside it")
    for name, fits in _RESULTS.items():
        if get(data, name) is not None and not fits & set(given):
            yield Problem((name,), f"'{name}' of nothing", f"one of {', '.join(sorted(fits))} beside it")


_NEEDS = {"na": ("reason",), "waived": ("reason", "until", "by")}


class State(FrozenModel):
    """What stands of an item at one moment.

    Attributes:
        status: pass, fail, na (with a reason), waived (with a reason, who did, and until when), or unknown.
        reason: why it is so.
        until: the last day of a waiver.
        by: who said so.
        role: in which role.
        on: when they did.
        version: of the model that they said it of; left out, the review's.
        evidence: what it rests on.
        note: what there is to say beside it.
        owner: who sees to it, by name.
        due: by when.
    """

    status: Status = "unknown"
    reason: Text | None = None
    until: Day | None = None
    by: Text | None = None
    role: Identifier | None = None
    on: Day | None = None
    version: Text | None = None
    evidence: tuple[Evidence, ...] = Field((), max_length=200)
    note: Text | None = None
    owner: Text | None = None
    due: Day | None = None

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """An exception says why, and a waiver until when and by whom."""
        status = get(data, "status")
        for name in _NEEDS.get(status, ()) if isinstance(status, str) else ():
            if get(data, name) is None:
                yield Problem((name,), "nothing", f"'{name}', since the status is {status}")
        if get(data, "until") is not None and status != "waived":
            yield Problem(("until",), "a last day without a waiver", "'status: waived'")


class Change(FrozenModel):
    """A change of an item: who made it and when, and what stood there before."""

    by: Text
    on: Day
    role: Identifier | None = None
    was: State


class Entry(State):
    """What a review says of an item, with all that it said before, oldest first."""

    history: tuple[Change, ...] = Field((), max_length=2000)

    @property
    def state(self) -> State:
        """What stands now, without what was before."""
        return State.model_validate({name: getattr(self, name) for name in State.model_fields})


class SignOff(FrozenModel):
    """Somebody, in a role, says whether a version may pass a stage.

    Attributes:
        stage: that it is about; left out, all of them.
        decision: go or no-go; the last one of a role counts.
    """

    role: Identifier
    by: Text
    on: Day
    version: Text | None = None
    stage: Identifier | None = None
    decision: Literal["go", "no-go"] = "go"
    note: Text | None = None
