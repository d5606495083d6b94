"""Plain values as people say them, the same on every screen, in every file and on the command line."""

import re
from collections.abc import Sequence
from datetime import date

_WRITTEN = {"ml": "ML", "mlops": "MLOps", "llm": "LLM", "api": "API", "auc": "AUC"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_SHORT = re.compile(rf"\b({'|'.join(_WRITTEN)})\b")


def day(value: date) -> str:
    """A day as people say it.

    Example:
        >>> day(date(2027, 6, 30))
        '30 June 2027'
    """
    return f"{value.day} {value:%B %Y}"


def in_words(identifier: str) -> str:
    """An id as words.

    Example:
        >>> in_words("data-access"), in_words("ml-engineer")
        ('Data access', 'ML engineer')
    """
    words = _SHORT.sub(lambda found: _WRITTEN[found[0]], identifier.replace("-", " "))
    return words[:1].upper() + words[1:]


def listed(names: Sequence[str]) -> str:
    """Several names in a sentence.

    Example:
        >>> listed(["data"]), listed(["data", "serving", "people"])
        ('data', 'data, serving and people')
    """
    *most, last = names or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(number: int, one: str, several: str | None = None) -> str:
    """How many there are.

    Example:
        >>> counted(1, "item"), counted(3, "item"), counted(2, "entry", "entries")
        ('1 item', '3 items', '2 entries')
    """
    return f"{number} {one if number == 1 else several or one + 's'}"


def plain(text: str) -> str:
    r"""Return text with blanks where it has characters that no page may hold, or that turn its direction.

    Example:
        >>> plain("go\x07od")
        'go od'
    """
    return _CONTROL.sub(" ", text)
