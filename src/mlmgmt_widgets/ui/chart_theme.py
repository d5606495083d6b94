"""How charts look: one Vega configuration, with the theme's CSS variables where a colour belongs.

A specification names roles (`level`, `question`, `quiet`, ...), never colours. The browser puts in the colours
of the theme that is on; `LIGHT` puts in those of paper, for reports and for charts shown outside our pages.
"""

from __future__ import annotations

from typing import Any

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

# The light values of ui/theme.css, which a test compares.
LIGHT = {
    "--mlm-ground": "#ffffff",
    "--mlm-sunken": "#f4f6f8",
    "--mlm-text": "#1b1f24",
    "--mlm-quiet": "#57606a",
    "--mlm-line": "#d5dae0",
    "--mlm-edge": "#767f89",
    "--mlm-accent": "#0f6cbd",
    "--mlm-accent-ground": "#eaf3fb",
    "--mlm-attention": "#8a5a00",
    "--mlm-attention-ground": "#fdf3df",
    "--mlm-blocking": "#b3261e",
    "--mlm-level-0": "#dcebf7",
    "--mlm-level-1": "#a8cfe9",
    "--mlm-level-2": "#63a8d6",
    "--mlm-level-3": "#2c78b8",
    "--mlm-level-4": "#0b4684",
}

RAMP = [f"--mlm-level-{level}" for level in range(5)]

TEMPLATE: dict[str, Any] = {
    "aria": False,  # the figure carries a name and a table; hundreds of named marks would only be noise
    "background": "transparent",
    "font": FONT,
    "padding": 0,
    "view": {"stroke": None},
    # Named schemes would not follow the theme. An array is interpolated, so it serves three answers as well as five.
    "range": {name: {"scheme": RAMP} for name in ("ordinal", "ramp", "heatmap")} | {"category": RAMP[::-1]},
    "axis": {
        "labelColor": "--mlm-quiet", "titleColor": "--mlm-quiet", "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": 400, "gridColor": "--mlm-line", "domain": False, "ticks": False, "labelPadding": 6,
    },
    "legend": {"labelColor": "--mlm-text", "titleColor": "--mlm-quiet", "labelFontSize": 12, "titleFontSize": 12},
    "title": {
        "color": "--mlm-text", "subtitleColor": "--mlm-quiet", "fontSize": 16, "subtitleFontSize": 12,
        "anchor": "start", "offset": 16, "frame": "group",
    },
    "text": {"color": "--mlm-text", "fontSize": 13},
    "bar": {"color": "--mlm-accent"},
    "line": {"color": "--mlm-accent"},
    "point": {"color": "--mlm-accent"},
    "style": {
        # Vega-Lite lets a style speak for the colour of text, lines and filled marks only through `color`.
        "section": {"fontSize": 14, "fontWeight": 600, "color": "--mlm-text", "lineHeight": 19},
        "question": {"fontSize": 13, "color": "--mlm-text", "lineHeight": 17},
        "number": {"fontSize": 13, "fontWeight": 600, "color": "--mlm-text"},
        "quiet": {"fontSize": 12, "color": "--mlm-quiet", "lineHeight": 15},
        "on-level": {"fontSize": 13, "fontWeight": 600},
        # The lowest level is close to the ground: an outline keeps its edge visible.
        "level": {"stroke": "--mlm-edge", "strokeWidth": 1},
        "bar": {"color": "--mlm-accent"},
        "blocking": {"color": "--mlm-blocking"},
        "score": {"color": "--mlm-text", "stroke": "--mlm-ground", "strokeWidth": 1.5},
        "earlier": {"color": "--mlm-ground", "stroke": "--mlm-text", "strokeWidth": 1.5},
        "range": {"color": "--mlm-text", "strokeOpacity": 0.3, "strokeCap": "round"},
        "needed": {"color": "--mlm-text", "strokeWidth": 2},
        "path": {"color": "--mlm-accent", "strokeWidth": 2},
        "rule": {"color": "--mlm-line", "strokeWidth": 1},
        "hidden": {"color": "--mlm-sunken", "stroke": "--mlm-line"},
        "halo": {"fontSize": 12, "color": "--mlm-ground", "stroke": "--mlm-ground", "strokeWidth": 4},
        "bin": {"color": "--mlm-accent", "stroke": "--mlm-ground", "strokeWidth": 1},
        "other-path": {"color": "--mlm-quiet", "strokeWidth": 1.5, "strokeDash": [5, 3]},
        "other": {"color": "--mlm-edge"},
        "other-bin": {"color": "--mlm-edge", "stroke": "--mlm-ground", "strokeWidth": 1},
        "due": {"color": "--mlm-text", "strokeWidth": 1.5, "strokeDash": [2, 3]},
        "free": {"color": "--mlm-sunken"},
        "guide": {"color": "--mlm-accent-ground"},
        "spread": {"color": "--mlm-text", "opacity": 0.3},
        "reached": {"color": "--mlm-accent", "stroke": "--mlm-ground", "strokeWidth": 1.5},
        "broken": {"color": "--mlm-ground", "stroke": "--mlm-accent", "strokeWidth": 1.75},
        "attention": {"color": "--mlm-attention"},
        "attention-ground": {"color": "--mlm-attention-ground"},
        "attention-tile": {"color": "--mlm-attention-ground", "stroke": "--mlm-attention", "strokeWidth": 1.5},
        "attention-edge": {"color": "--mlm-attention", "strokeWidth": 1.5},
    },
}  # fmt: skip


def light() -> dict[str, Any]:
    """Return the configuration in the colours of paper."""
    filled: dict[str, Any] = _fill(TEMPLATE)
    return filled | {"background": LIGHT["--mlm-ground"]}


def _fill(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _fill(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_fill(each) for each in value]
    return LIGHT.get(value, value) if isinstance(value, str) else value
