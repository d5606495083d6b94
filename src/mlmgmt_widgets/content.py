"""Content is YAML that people edit: reading it, and saying exactly what is wrong with it.

`load` turns a file into a frozen model or raises `ContentError`, which names every fault of the file at once:
file, line, field, what was found and what was expected. The same models check values built in Python, so a
rubric made from a dict is refused for the same reasons.

Example:
    >>> from mlmgmt_widgets.assessment.rubric import Rubric
    >>> load("pulse", Rubric).id
    'pulse'
"""

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    Strict,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from mlmgmt_widgets.documents import AT_MOST, TOO_MANY, Document, Fault, Location, has_too_many, read_document, writable
from mlmgmt_widgets.errors import Refusal

__all__ = [
    "ContentError",
    "Day",
    "Fault",
    "FrozenModel",
    "Identifier",
    "Number",
    "Problem",
    "Text",
    "Version",
    "find",
    "load",
    "names",
    "nearest",
    "notebooks",
    "shipped",
    "shown",
    "validate",
]

M = TypeVar("M", bound=BaseModel)

_HELPED = 20  # unknown keys for which the nearest known one is sought: among thousands that takes its time
SHOWN_FAULTS = 50
"""How many faults an error's text lists; `ContentError.faults` has all of them."""


class ContentError(Refusal):
    """What is wrong with a file; its text has one line a fault.

    Attributes:
        faults: Every fault that was found, in the order of the file.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[:SHOWN_FAULTS]]
        if len(self.faults) > SHOWN_FAULTS:
            lines.append(f"{self.faults[0].file}: and {len(self.faults) - SHOWN_FAULTS} more faults")
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class Problem:
    """A fault that a model finds in its own data; the loader adds file and line.

    Attributes:
        where: The path of the value from the model that reports it.
        found: What is there.
        expected: What should be.
    """

    where: Location
    found: str
    expected: str


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelt most like `word`, or None when none comes near."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def shown(value: object) -> str:
    """A value as a fault shows it: short, on one line, in YAML's words."""
    if isinstance(value, str):
        return f"'{_shortened(' '.join(writable(value).split()), 60)}'"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, Mapping | BaseModel):
        return "a mapping"
    if isinstance(value, list | tuple | set | frozenset):
        return "a list" if value else "an empty list"
    if isinstance(value, int) and value.bit_length() > LONGEST_INTEGER:
        return "a number beyond all bounds"
    return _shortened(str(value), 40)


LONGEST_INTEGER = 1000
"""Bits; Python refuses to write out integers of some thousand digits."""


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


Text = Annotated[str, Strict(), StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that says something: blank text and numbers without quotes are refused."""
Identifier = Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
"""A permanent kebab-case name."""
Version = Annotated[str, Strict(), StringConstraints(pattern=r"^[0-9]+(\.[0-9]+){0,2}([-+][0-9A-Za-z.-]+)?$")]
"""A version such as 1.0.0."""
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
"""A finite number; true and "3" are not numbers."""


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else _no_day(value)
        except ValueError:
            return _no_day(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _no_day(value)


def _no_day(value: object) -> object:
    context = {"found": shown(value), "expected": "a day such as 2027-01-31"}
    raise PydanticCustomError("content", "found {found}, expected {expected}", context)


Day = Annotated[date, BeforeValidator(_day)]
"""A day, written 2027-01-31; numbers and moments are no days."""


class FrozenModel(BaseModel):
    """The base of all content models: a value that does not change and that refuses unknown keys.

    A subclass overrides `problems` for what types cannot say. It is asked even when a type is wrong
    somewhere, with the data as it came, so that one fault never hides another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def summary(self) -> str:
        """What it is, in a few words, for `mlmgmt check`."""
        return type(self).__name__.lower()

    @classmethod
    def problems(cls, data: Mapping[str, Any]) -> Iterator[Problem]:
        """Faults beyond the types; `data` may hold anything, of any type."""
        del data
        yield from ()

    def __copy__(self) -> Self:
        copied = super().__copy__()
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]  # cached properties: a copy with a change (model_copy) has others
        return copied

    @model_validator(mode="wrap")
    @classmethod
    def _all_faults_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(data, Mapping):
            return handler(data)
        details = [_details(problem, data) for problem in _unknown_keys(cls, data)]
        details += [_details(problem, data) for problem in cls.problems(data)]
        try:
            model = handler(data)
        except ValidationError as error:
            details += [_again(found) for found in error.errors(include_url=False) if not _is_said_elsewhere(found)]
        if details:
            raise ValidationError.from_exception_data(cls.__name__, _once(details))
        return model


def _once(details: list[InitErrorDetails]) -> list[InitErrorDetails]:
    """Each error once: pydantic runs the validators of a model that refers to itself twice."""
    return list({(detail.get("loc"), str(detail["type"])): detail for detail in details}.values())


def _unknown_keys(model: type[BaseModel], data: Mapping[str, Any]) -> Iterator[Problem]:
    known = [info.alias or name for name, info in model.model_fields.items()]
    unknown = [key for key in data if key not in known]
    for number, key in enumerate(unknown):
        near = nearest(str(key), known) if number < _HELPED else None
        expected = f"'{near}'" if near else "one of " + ", ".join(known)
        yield Problem((str(key),), f"the unknown key {shown(str(key))}", expected)


def _is_said_elsewhere(error: Any) -> bool:
    """An unknown key of the model itself, or a list called too short only because its items are faulty."""
    if error["type"] == "too_short":
        return bool(len(error["input"]) >= error["ctx"]["min_length"])
    return bool(error["type"] == "extra_forbidden" and len(error["loc"]) == 1)


def _details(problem: Problem, data: object) -> InitErrorDetails:
    value = at(data, problem.where)
    context = {"found": problem.found, "expected": problem.expected}
    kind = PydanticCustomError("content", "found {found}, expected {expected}", context)
    return InitErrorDetails(type=kind, loc=problem.where, input=value)


def _again(error: Any) -> InitErrorDetails:
    """An error of pydantic's as one of ours, so that it passes through the models above unchanged."""
    found, expected = _in_words(error)
    kind = PydanticCustomError("content", "found {found}, expected {expected}", {"found": found, "expected": expected})
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"])


_EXPECTED = {
    "string_type": "text",
    "string_too_short": "text that is not blank",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}
_LIMITS = {
    "greater_than": ("gt", "a number above {}"),
    "greater_than_equal": ("ge", "a number of at least {}"),
    "less_than": ("lt", "a number below {}"),
    "less_than_equal": ("le", "a number of at most {}"),
    "too_short": ("min_length", "at least {} of them"),
    "too_long": ("max_length", "at most {} of them"),
    "string_too_long": ("max_length", "at most {} characters"),
    "literal_error": ("expected", "one of {}"),
    "enum": ("expected", "one of {}"),
}


def _in_words(error: Any) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "content":
        return context["found"], context["expected"]
    if kind == "missing":
        return "nothing", f"'{error['loc'][-1]}'"
    found = shown(error["input"])
    if kind == "string_type" and isinstance(error["input"], int | float):
        return found, "text (with quotes, if it is meant as text)"
    if kind in {"too_short", "too_long"}:
        found = str(len(error["input"]))
    if kind == "string_pattern_mismatch":
        version = context["pattern"].startswith("^[0-9]")
        expected = "a version such as 1.0.0" if version else "a kebab-case id such as data-quality"
        return found, expected
    if kind in _LIMITS:
        name, sentence = _LIMITS[kind]
        return found, sentence.format(_plain(context[name]))
    return found, _EXPECTED.get(kind, _lower_first(error["msg"]))


def _plain(limit: object) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


def _lower_first(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input should be ")
    return text[:1].lower() + text[1:]


def at(data: object, where: Location) -> object:
    """The value at a path of keys and positions, or None where the path leads nowhere."""
    for step in where:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            data = getattr(data, str(step), None) if isinstance(data, BaseModel) else None
    return data


def validate(document: Document, model: type[M]) -> M:
    """A document as a model.

    Raises:
        ContentError: With the faults of the document itself and those that the model found.
    """
    faults = list(document.faults)
    if document.readable and has_too_many(document.data):
        faults.append(document.fault((), TOO_MANY, AT_MOST))
    elif document.readable:
        try:
            instance = model.model_validate(document.data)
        except ValidationError as error:
            faults += [_fault(document, found) for found in error.errors(include_url=False)]
    if faults:
        raise ContentError(sorted(faults, key=lambda fault: fault.line or 0))
    return instance


def _fault(document: Document, error: Any) -> Fault:
    where = tuple(step for step in error["loc"] if step != "[key]")
    found, expected = _in_words(error)
    return document.fault(where, found, expected)


def load(path_or_name: str | os.PathLike[str], model: type[M], kind: str = "rubrics") -> M:
    """Read a piece of content.

    Args:
        path_or_name: A path, or the name of something in `data/<kind>/`, such as `pulse`.
        model: What it should be.
        kind: The folder in `data/` that names are looked up in.

    Raises:
        ContentError: With every fault: no such file, unreadable YAML, unknown keys, wrong types and values.

    Example:
        >>> from mlmgmt_widgets.assessment.rubric import Rubric
        >>> load("pulse", Rubric).title
        'Sprint pulse'
    """
    return validate(read_document(find(kind, path_or_name)), model)


def find(kind: str, name: str | os.PathLike[str], suffix: str = ".yaml") -> Path:
    """The file of a shipped name or a path.

    A bare name is looked up in the folder `$MLMGMT_CONTENT` (laid out like `data/`) first, so that a team's
    own copy of a rubric stands before the shipped one, and then in what is shipped.

    Raises:
        ContentError: When there is no such file; it lists the names there are.
    """
    text = os.fspath(name)
    if re.fullmatch(r"[\w-]+", text) and isinstance(name, str):
        for folder in _folders():
            if (candidate := folder / kind / f"{text}{suffix}").is_file():
                return candidate
    path = Path(text)
    if path.is_file():
        return path
    if path.is_dir():
        raise ContentError([Fault(text, None, "", "a folder", "a file")])
    known = names(kind, suffix)
    near = nearest(text, known)
    expected = f"a path or one of {', '.join(known)}" if known else "a path"
    raise ContentError([Fault(text, None, "", "no such file", expected + (f" (nearest: {near})" if near else ""))])


def names(kind: str, suffix: str = ".yaml") -> tuple[str, ...]:
    """The names that `find` knows: one's own content and what is shipped, in alphabetical order."""
    return tuple(sorted({file.stem for folder in _folders() for file in (folder / kind).glob(f"*{suffix}")}))


MARKER = "mlmgmt.toml"
"""`mlmgmt new` puts this file into a folder of one's own."""


def own_folder(cwd: Path | None = None) -> Path | None:
    """The folder made by `mlmgmt new` in which we stand, if we stand in one."""
    here = Path.cwd() if cwd is None else cwd
    return next((each for each in (here, *here.parents) if (each / MARKER).is_file()), None)


def _folders() -> list[Path]:
    """Where content is looked for, in order: what the environment names, one's own folder, what is shipped."""
    home = own_folder()
    own = os.environ.get("MLMGMT_CONTENT") or (home and home / "data")
    return [Path(own), shipped()] if own else [shipped()]


def shipped() -> Path:
    """The folder of the content that travels with the package (in a checkout, the repository's `data/`)."""
    return _travelling("data")


def notebooks() -> Path:
    """The folder of the workbook's pages: `$MLMGMT_NOTEBOOKS`, else the package's, else the repository's."""
    own = os.environ.get("MLMGMT_NOTEBOOKS")
    return Path(own) if own else _travelling("notebooks")


def _travelling(folder: str) -> Path:
    package = Path(__file__).parent
    inside = package / folder
    return inside if inside.is_dir() else package.parents[1] / folder
