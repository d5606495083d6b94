"""What an item asks of its evidence, and what it costs a plan: the small parts of a checklist's item."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from mlmgmt_widgets.content import FrozenModel, Identifier, Number, Problem, Text, shown
from mlmgmt_widgets.raw import get, is_number

SUBJECTS = ("metric", "junit", "evidently", "great_expectations", "pandera", "mlflow", "file", "tag", "sign_off")
"""What a rule can be about; each rule is about one of them."""

LONGEST = 520
"""Weeks: ten years, as in plans."""


class Rule(FrozenModel):
    """By which evidence an item is decided; the status that somebody typed does not count then, but a fail does.

    A pattern is one of a shell: `*` stands for anything, `?` for one character.

    Attributes:
        metric: the name of a metric, which must lie within `at_least` and `at_most`.
        junit: the pattern of tests: in a JUnit report, each must have passed, and one at least must have run.
        evidently: the pattern of tests in an Evidently result.
        great_expectations: the pattern of expectations in a Great Expectations result.
        pandera: the pattern of checks in a pandera result.
        mlflow: the pattern of a reference such as models:/churn@champion; what it refers to must be there.
        file: the pattern of a path; the file must be there.
        younger_than_days: and at most so many days old; the last day counts.
        tag: the pattern of a git tag, which must be there.
        sign_off: the role that must have signed off this version.
    """

    metric: Text | None = Field(None, description="The name of a metric.")
    at_least: Number | None = Field(None, description="Its least value; that value passes.")
    at_most: Number | None = Field(None, description="Its greatest value; that value passes.")
    junit: Text | None = Field(None, description="The pattern of tests in a JUnit report.")
    evidently: Text | None = Field(None, description="The pattern of tests in an Evidently result.")
    great_expectations: Text | None = Field(None, description="The pattern of expectations.")
    pandera: Text | None = Field(None, description="The pattern of checks in a pandera result.")
    mlflow: Text | None = Field(None, description="The pattern of a reference, such as models:/churn@*.")
    file: Text | None = Field(None, description="The pattern of a path.")
    younger_than_days: Annotated[int, Field(strict=True, ge=0, le=36_500)] | None = None
    tag: Text | None = Field(None, description="The pattern of a git tag.")
    sign_off: Identifier | None = Field(None, description="The role that must have signed off.")

    @property
    def subject(self) -> str:
        """What it is about: one of `SUBJECTS`."""
        return next(name for name in SUBJECTS if getattr(self, name) is not None)

    @property
    def pattern(self) -> str:
        """The name or the pattern that it looks for."""
        return str(getattr(self, self.subject))

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """A rule is about one thing, and has the bounds that belong to it."""
        given = [name for name in SUBJECTS if get(data, name) is not None]
        if not given:
            yield Problem((), "a rule about nothing", f"one of {', '.join(SUBJECTS)}")
        for name in given[1:]:
            yield Problem((name,), f"'{name}' beside '{given[0]}'", "a rule about one thing")
        yield from bounds(data)
        if get(data, "metric") is not None and get(data, "at_least") is None and get(data, "at_most") is None:
            yield Problem(("metric",), "a metric without a bound", "'at_least' or 'at_most' beside it")
        if get(data, "younger_than_days") is not None and get(data, "file") is None:
            yield Problem(("younger_than_days",), "an age without a file", "'file' beside it")


def bounds(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Bounds belong to a metric, and the least value is not above the greatest."""
    low, high = get(data, "at_least"), get(data, "at_most")
    for name, value in (("at_least", low), ("at_most", high)):
        if value is not None and get(data, "metric") is None:
            yield Problem((name,), "a bound without a metric", "'metric' beside it")
    if is_number(low) and is_number(high) and low > high:
        yield Problem(("at_least",), shown(low), f"a number of at most {shown(high)}, the greatest value")


class Weeks(FrozenModel):
    """Low, likely and high, in weeks of five working days."""

    low: Annotated[Number, Field(ge=0, le=LONGEST)]
    likely: Annotated[Number, Field(ge=0, le=LONGEST)]
    high: Annotated[Number, Field(ge=0, le=LONGEST)]

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """They do not run backwards."""
        low, likely, high = (get(data, name) for name in ("low", "likely", "high"))
        if is_number(low) and is_number(likely) and likely < low:
            yield Problem(("likely",), shown(likely), f"a number of at least {shown(low)}, the low")
        if is_number(likely) and is_number(high) and likely > high:
            yield Problem(("likely",), shown(likely), f"a number of at most {shown(high)}, the high")


def _weeks(value: Any, handler: ValidatorFunctionWrapHandler) -> "float | Weeks":
    """Let the form say which of the two it is, so that faults are those of that one alone."""
    del handler
    if isinstance(value, Weeks):
        return value
    if isinstance(value, Mapping):
        return Weeks.model_validate(value)
    if not is_number(value) or not 0 <= value <= LONGEST:
        context = {
            "found": shown(value),
            "expected": f"a number of weeks from 0 to {LONGEST}, or {{low, likely, high}}",
        }
        raise PydanticCustomError("content", "found {found}, expected {expected}", context)
    return float(value)


WeeksField = Annotated[float | Weeks, WrapValidator(_weeks)]
