"""What people and browsers hand in, checked and made clean before it is stored.

Nothing here trusts its annotations: the values come from outside.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from mlmgmt_widgets.assessment.rubric import Rubric
from mlmgmt_widgets.workspace.errors import UnknownWorkshop, WorkspaceError
from mlmgmt_widgets.workspace.tables import CODE_LENGTH, ID_LENGTH, NAME_LENGTH

# No letter that looks like a digit, and no vowel: codes are read aloud, and form no words.
ALPHABET = "CDFGHJKMNPQRTVWXY34679"
FEWEST_ANONYMOUS = 3  # of two people, each knows what the other said
MOST_IN_GROUP = 1000
MOST_ROLES = 30
NOTE_LENGTH = 2000
MOST_JSON = 1_000_000  # characters of a plan, a forecast, a review or a checklist, as they are stored
MOST_VERSIONS = 2**31 - 1  # what a column of whole numbers holds

_TOKEN = re.compile(r"[0-9a-fA-F]{32,128}")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # no database keeps all of these


def new_code() -> str:
    """Return a join code nobody can guess from another one."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def plain_code(code: object) -> str:
    """Return a join code as it is stored, however a person typed it.

    Raises:
        UnknownWorkshop: if it cannot be a code.

    Example:
        >>> plain_code(" kdt-7wc ")
        'KDT7WC'
    """
    text = "".join(re.findall(r"[^\W_]", code)).upper() if isinstance(code, str) else ""
    if not text:
        raise UnknownWorkshop("Please enter the join code of a workshop.")
    if len(text) != CODE_LENGTH or not text.isascii():
        raise no_such_workshop(text)
    return text


def no_such_workshop(code: str) -> UnknownWorkshop:
    """Return the refusal for a code that leads nowhere."""
    shown = _UNWRITABLE.sub("", code)[: 2 * CODE_LENGTH]
    return UnknownWorkshop(f"There is no workshop with the code {shown}; please check the code.")


def token_hash(code: str, token: object) -> str:
    """Return what is stored of a participant's token; in each workshop it is another value.

    Raises:
        WorkspaceError: if the token is not at least 32 hexadecimal digits.
    """
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise WorkspaceError("Your personal link is not complete; please join the workshop again.")
    return hashlib.sha256(f"{code}:{token.lower()}".encode()).hexdigest()


def one_line(text: object, what: str, limit: int = NAME_LENGTH) -> str:
    """Return a name or label on one line, without characters that cannot be stored.

    Raises:
        WorkspaceError: if it is no text or longer than `limit` characters.
    """
    if not isinstance(text, str):
        raise WorkspaceError(f"{what} must be text.")
    line = " ".join(_UNWRITABLE.sub(" ", text).split())
    if len(line) > limit:
        raise WorkspaceError(f"{what} may have {limit} characters at most.")
    return line


def writable(text: str) -> str:
    """Return a longer text without the characters that cannot be stored; lines stay lines."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n"))


def note(text: object) -> str:
    """Return a note as it is stored.

    Raises:
        WorkspaceError: if it is no text or too long.
    """
    if not isinstance(text, str):
        raise WorkspaceError("A note must be text.")
    clean = writable(text).strip()
    if len(clean) > NOTE_LENGTH:
        raise WorkspaceError(f"A note may have {NOTE_LENGTH} characters at most.")
    return clean


def smallest_group(size: object, *, anonymous: bool) -> int:
    """Return the smallest group that is shown.

    Raises:
        WorkspaceError: if it is no whole number, or too small to keep anybody anonymous.
    """
    fewest = FEWEST_ANONYMOUS if anonymous else 1
    if isinstance(size, bool) or not isinstance(size, int) or not fewest <= size <= MOST_IN_GROUP:
        why = " in an anonymous workshop: of two people, each knows what the other said" if anonymous else ""
        raise WorkspaceError(f"The smallest group that is shown must be {fewest} people or more{why}.")
    return size


def roles(given: Iterable[object]) -> tuple[str, ...]:
    """Return the roles of a workshop.

    Raises:
        WorkspaceError: if one is empty, too long or there twice, or there are too many.
    """
    if isinstance(given, str):
        raise WorkspaceError("Roles must be a list of names.")
    names = tuple(one_line(role, "A role") for role in given)
    if "" in names:
        raise WorkspaceError("A role needs a name.")
    if len({name.casefold() for name in names}) < len(names):
        raise WorkspaceError("Each role can be there only once.")
    if len(names) > MOST_ROLES:
        raise WorkspaceError(f"A workshop may have {MOST_ROLES} roles at most.")
    return names


def sequence(number: object) -> int:
    """Return the number of a write.

    Raises:
        WorkspaceError: if it is no whole number that a browser can count to.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 2**53:
        raise WorkspaceError("This answer has no proper number; please reload the page.")
    return number


def agreed(score: object, rubric: Rubric) -> float | None:
    """Return an agreed score.

    Raises:
        WorkspaceError: if it is no number on the rubric's scale.
    """
    if score is None:
        return None
    low, high = (f(choice.value for choice in rubric.answers) for f in (min, max))
    sentence = f"An agreed score must be a number from {low:g} to {high:g}."
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        raise WorkspaceError(sentence)
    if not low <= score <= high:
        raise WorkspaceError(sentence)
    return float(score)


def storable(rubric: Rubric) -> Rubric:
    """Return the rubric.

    Raises:
        WorkspaceError: if an id is longer than the database keeps.
    """
    for name in (rubric.id, *(question.id for question in rubric.questions)):
        if len(name) > ID_LENGTH:
            raise WorkspaceError(f"The id {name[:40]}… is longer than {ID_LENGTH} characters.")
    return rubric


def plan_name(name: object) -> str:
    """Return the name of a plan.

    Raises:
        WorkspaceError: if it is no text, empty or too long.
    """
    line = one_line(name, "A plan's name")
    if not line:
        raise WorkspaceError("Please give the plan a name.")
    return line


def plan_version(number: object) -> int:
    """Return the number of a plan's version.

    Raises:
        WorkspaceError: if no version can have it.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST_VERSIONS:
        raise WorkspaceError("That is not the number of a version; the versions of a plan count 1, 2, 3 and so on.")
    return number


def model_name(subject: object) -> str:
    """Return the name of a model under review.

    Raises:
        WorkspaceError: if it is no text, empty or too long.
    """
    line = one_line(subject, "A model's name", ID_LENGTH)
    if not line:
        raise WorkspaceError("Please say which model the review is of.")
    return line


def model_version(version: object) -> str:
    """Return the version of a model under review.

    Raises:
        WorkspaceError: if it is no text, empty or too long.
    """
    line = one_line(version, "A model's version", ID_LENGTH)
    if not line:
        raise WorkspaceError("Please say which version of the model the review is of.")
    return line


def revision(number: object) -> int:
    """Return the number of a review's revision.

    Raises:
        WorkspaceError: if no revision can have it.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST_VERSIONS:
        raise WorkspaceError("That is not the number of a revision; the revisions of a review count 1, 2, 3 and so on.")
    return number


def author(name: object) -> str:
    """Return the name of somebody who changes a review.

    Raises:
        WorkspaceError: if it is no text, empty or too long.
    """
    line = one_line(name, "Your name")
    if not line:
        raise WorkspaceError("Please say who you are; every change of a review is kept with a name.")
    return line


def plain_values(given: object, what: str) -> dict[str, Any]:
    """Return a mapping as a database gives it back: with lists for tuples, and text for keys.

    Raises:
        WorkspaceError: if it is no mapping, too large, or holds what JSON cannot hold, such as a NaN.
    """
    if not isinstance(given, Mapping):
        raise WorkspaceError(f"{what} must be a mapping of names to values.")
    try:
        text = json.dumps(dict(given), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise WorkspaceError(
            f"{what} holds something that cannot be saved; it may hold text, finite numbers, true and false, lists "
            "and mappings.",
        ) from None
    if len(text) > MOST_JSON:
        raise WorkspaceError(f"{what} is too large to be saved; {MOST_JSON / 1e6:g} MB are kept at most.")
    values: dict[str, Any] = json.loads(text)
    return values
