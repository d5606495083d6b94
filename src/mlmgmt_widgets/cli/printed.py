"""What commands print for programs."""

import json
from typing import Any


def as_json(value: Any) -> str:
    """Return a value as JSON that people can read, too.

    Example:
        >>> print(as_json({"score": 1.5}))
        {
          "score": 1.5
        }
    """
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
