"""What the charts of deliveries share: their layouts, the days that they show, and the deadline."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mlmgmt_widgets.timeline.charts_axes import Data, beside, likely, short_day
from mlmgmt_widgets.timeline.charts_dates import Places, Span, with_deadline
from mlmgmt_widgets.timeline.workdays import as_date
from mlmgmt_widgets.ui.chart_rows import Frame

if TYPE_CHECKING:
    from mlmgmt_widgets.timeline.forecast import Forecast

SHARES = (0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95)
_EARLIEST, _LATEST = 0.005, 0.995  # of the delivered trials: what is beyond is not drawn
_GUTTER, _GUTTER_NARROW = 46, 38  # pixels, for shares at the left
_OUTCOMES, _OUTCOMES_NARROW = 106, 76  # for what becomes of all futures, at the right
_MARGIN, _MARGIN_NARROW = 18, 10  # where nothing stands there


def frames(*, research: bool) -> tuple[Frame, Frame]:
    """The layouts of charts of deliveries, wide and for a phone; with research there is room for no-go at the right."""
    right, right_narrow = (_OUTCOMES, _OUTCOMES_NARROW) if research else (_MARGIN, _MARGIN_NARROW)
    wide = Frame(text=0, left=_GUTTER, right=right, plot=700 - _GUTTER - right, above=False)
    return wide, Frame(
        text=0, left=_GUTTER_NARROW, right=right_narrow, plot=356 - _GUTTER_NARROW - right_narrow, above=True
    )


def span_of(*forecasts: Forecast) -> Span:
    """The days that charts of deliveries show: nearly all deliveries, and the deadline where it is not too far off."""
    days = [
        as_date(day)
        for each in forecasts
        if each.delivers
        for day in each.plan.workdays.ends(each.quantiles((_EARLIEST, _LATEST)))
    ]
    plan = forecasts[-1].plan
    return with_deadline(days or [plan.start, plan.start + timedelta(days=60)], plan.deadline)


class Deliveries:
    """What the charts say of a forecast's deliveries, worked out once for all of them.

    Attributes:
        forecast: whose they are.
        span: the days of the axis.
        success: the share of trials that are delivered.
        weeks: quantiles of the deliveries, by their share; empty where nothing is delivered.
        days: the same as days.
        places: the same as places on the axis.
        due: the deadline, where there is one.
        on_time: the chance of the deadline; None without one.
    """

    def __init__(self, forecast: Forecast, span: Span) -> None:
        self.forecast, self.span = forecast, span
        self.success = forecast.success_probability
        self.due, self.on_time = forecast.plan.deadline, forecast.on_time
        shares = SHARES if forecast.delivers else ()
        weeks = forecast.quantiles(shares) if shares else ()
        days, places = forecast.plan.workdays.ends(weeks), Places(forecast.plan, span).of(weeks)
        self.weeks = {share: float(each) for share, each in zip(shares, weeks, strict=True)}
        self.days = {share: as_date(day) for share, day in zip(shares, days, strict=True)}
        self.places = {share: round(float(x), 4) for share, x in zip(shares, places, strict=True)}

    @property
    def no_go(self) -> float | None:
        """The share of trials that end in no-go; None where the plan has no research, and so no gate."""
        return None if self.forecast.plan.research is None else 1 - self.success

    def mark(self, share: float, frame: Frame) -> str:
        """What is written beside the day of a quantile."""
        return f"P{100 * share:.0f} · {short_day(self.days[share], frame)}"

    def deadline(self, frame: Frame, y: float, base: float) -> Data:
        """The deadline as a line with its chance above it; where it is not on the axis, a label at the axis's end.

        Args:
            frame: the layout.
            y: the middle of the label, in pixels.
            base: where the line ends.
        """
        if self.due is None or self.on_time is None:
            return {"due": [], "due-said": []}
        text = f"deadline {short_day(self.due, frame)}: {likely(self.on_time)}"
        if not self.span.shows(self.due):
            text, x = (f"{text} →", 1.0) if self.due >= self.span.until else (f"← {text}", 0.0)
            return {"due": [], "due-said": [{**beside(x, text, frame, free=True), "x": x, "y": y}]}
        x = round(self.span.ends(self.due), 4)
        said = {**beside(x, text, frame, free=True), "x": x, "y": y}
        return {"due": [{"x": x, "y": y - 7, "y2": base}], "due-said": [said]}
