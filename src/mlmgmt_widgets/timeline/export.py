"""A forecast as files: the memo to decide by, the trials, a calendar, and the plan to simulate again.

Text that people typed is never taken for markup, and a file of the same forecast has the same bytes.
"""

from __future__ import annotations

import csv
import io
import json as json_module
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.timeline.export_yaml import to_yaml
from mlmgmt_widgets.ui.report import slug

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast
    from mlmgmt_widgets.timeline.scenarios import Comparison


class _About(NamedTuple):
    """What a file says beside the forecast."""

    name: str
    made_at: datetime
    comparison: Comparison | None
    note: str


def file(
    forecast: Forecast, kind: str, *, made_at: datetime, comparison: Comparison | None = None, note: str = ""
) -> tuple[str, bytes]:
    """Return a file's name and contents.

    Args:
        forecast: to export.
        kind: markdown, html, csv, ics, yaml or json.
        made_at: the moment whose day stands in the file's name and in the memo; a calendar program compares it with
            that of an older file, so it needs a time zone there.
        comparison: from the plan that was kept to this one, for the memo.
        note: what somebody wants to say in the memo.

    Raises:
        Refusal: if there is no such kind, or the forecast cannot be written as one.

    Example:
        >>> from datetime import UTC
        >>> from mlmgmt_widgets.timeline.plan import Plan
        >>> from mlmgmt_widgets.timeline.simulation import simulate
        >>> plan = Plan(title="Two weeks", start="2027-01-04", tasks=[{"id": "build", "weeks": 2}])
        >>> name, data = file(simulate(plan, 256), "yaml", made_at=datetime(2026, 11, 24, tzinfo=UTC))
        >>> print(name, data.decode(), sep=chr(10), end="")
        two-weeks-2026-11-24.yaml
        # The same numbers: mlmgmt forecast two-weeks-2026-11-24.yaml --draws 256 --seed 0
        title: Two weeks
        start: 2027-01-04
        tasks:
          - id: build
            weeks: 2
    """
    if kind not in _KINDS:
        raise Refusal(f"There is no export as {kind!r}; choose one of {', '.join(_KINDS)}.")
    extension, write = _KINDS[kind]
    name = f"{slug(forecast.plan.title) or 'plan'}-{made_at:%Y-%m-%d}{extension}"
    contents = write(forecast, _About(name, made_at, comparison, note))
    return name, contents if isinstance(contents, bytes) else contents.encode("utf-8")


def to_csv(forecast: Forecast) -> str:
    """Return the trials as CSV, one row each, with the columns of `Forecast.to_frame()`.

    Numbers have all their digits. A no-go has neither weeks nor a date. No cell holds what people typed: tasks stand in
    the header by their ids, which no spreadsheet takes for formulas.
    """
    trials, plan = forecast.trials, forecast.plan
    weeks = np.where(trials.delivered, trials.weeks, np.nan)
    days = np.datetime_as_string(plan.workdays.ends(weeks))
    columns: dict[str, list[Any]] = {
        "trial": list(range(forecast.draws)),
        "delivered": trials.delivered.tolist(),
        "weeks": ["" if delivered else week for delivered, week in zip(~trials.delivered, weeks.tolist(), strict=True)],
        "date": np.where(trials.delivered, days, "").tolist(),
    }
    if trials.experiments is not None:
        columns["experiments"] = trials.experiments.tolist()
    columns |= {f"{name} ended": ends.tolist() for name, ends in trials.ends.items()}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def to_ics(forecast: Forecast, *, stamp: datetime) -> bytes:
    """Return the forecast's days as an iCalendar: see `export_ics.to_ics`."""
    from mlmgmt_widgets.timeline import export_ics

    return export_ics.to_ics(forecast, stamp=stamp)


def to_json(forecast: Forecast) -> str:
    """Return what `mlmgmt forecast --json` prints."""
    return json_module.dumps(forecast.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _yaml(forecast: Forecast, about: _About) -> str:
    again = f"mlmgmt forecast {about.name} --draws {forecast.draws} --seed {forecast.seed}"
    return f"# The same numbers: {again}\n{to_yaml(forecast.plan)}"


def _markdown(forecast: Forecast, about: _About) -> str:
    from mlmgmt_widgets.timeline import memo

    return memo.markdown(forecast, comparison=about.comparison, note=about.note, made_on=about.made_at.date())


def _html(forecast: Forecast, about: _About) -> str:
    from mlmgmt_widgets.timeline import memo

    return memo.html(forecast, comparison=about.comparison, note=about.note, made_on=about.made_at.date())


_KINDS: dict[str, tuple[str, Callable[[Forecast, _About], str | bytes]]] = {
    "markdown": (".md", _markdown),
    "html": (".html", _html),
    "csv": (".csv", lambda forecast, _: to_csv(forecast)),
    "ics": (".ics", lambda forecast, about: to_ics(forecast, stamp=about.made_at)),
    "yaml": (".yaml", _yaml),
    "json": (".json", lambda forecast, _: to_json(forecast)),
}

__all__ = ["file", "to_csv", "to_ics", "to_json", "to_yaml"]
