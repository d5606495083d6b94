"""The load generator measures what it says it measures; its figures decide what the README may claim."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench import room
from bench.rooms import report
from bench.rooms.figures import Cost, Cpu, Kept, Room, Spread, compare, quantile
from hypothesis import given
from hypothesis import strategies as st

FEW = st.lists(st.floats(0, 1e6), min_size=1, max_size=300)


@given(FEW, st.sampled_from([0.5, 0.95, 1.0]))
def test_a_quantile_is_numpys_nearest_rank(values: list[float], share: float) -> None:
    assert quantile(values, share) == np.quantile(values, share, method="inverted_cdf")


def test_nothing_measured_has_no_spread_and_no_quantile() -> None:
    assert Spread.of([]) is None
    with pytest.raises(ValueError, match="needs values"):
        quantile([], 0.5)


@pytest.mark.parametrize(
    ("confirmed", "sent", "stored", "kept"),
    [
        ({"q": (1, "")}, {"q": (1, "")}, {"q": (1, "")}, Kept(1, 1)),
        ({"q": (1, "")}, {"q": (1, "")}, {}, Kept(1, 0, lost=1)),
        ({"q": (1, "")}, {"q": (1, "")}, {"q": (2, "")}, Kept(1, 1, lost=1)),
        ({"q": (1, "why")}, {"q": (1, "why")}, {"q": (1, "")}, Kept(1, 1, lost=1)),
        # Sent, stored, and the confirmation went astray: the database may hold either.
        ({"q": (1, "")}, {"q": (2, "")}, {"q": (2, "")}, Kept(1, 1, unconfirmed=1)),
        ({"q": (1, "")}, {"q": (2, "")}, {"q": (1, "")}, Kept(1, 1)),
        ({}, {"q": (2, "")}, {"q": (2, "")}, Kept(0, 1, unconfirmed=1)),
        ({}, {"q": (2, "")}, {}, Kept()),
        # Nobody said that.
        ({}, {}, {"q": (2, "")}, Kept(0, 1, invented=1)),
        ({}, {"q": (1, "")}, {"q": (2, "")}, Kept(0, 1, invented=1)),
    ],
)
def test_confirmed_answers_are_compared_with_stored_ones_both_ways(
    confirmed: dict[str, object], sent: dict[str, object], stored: dict[str, object], kept: Kept
) -> None:
    assert compare(confirmed, sent, stored) == kept  # type: ignore[arg-type]


OURS = Room(
    name="ours",
    participants=100,
    joined=100,
    join=Spread(100, 1.0, 2.0, 3.0),
    after_last=14.9,
    saved=Spread(3500, 0.02, 0.4, 0.9),
    saved_together=Spread(3000, 0.02, 0.14, 0.5),
    cost=Cost(104, Spread(104, 30.0, 35.0, 60.0), total=3120.0, shared=100.0),
    cpu=Cpu(20.0, 32.0),
    kept=Kept(3500, 3500),
    people=104,
)
STOCK = replace(OURS, name="stock Voila", join=Spread(100, 30.0, 50.0, 55.0))


def test_aims_are_met_or_not_by_the_figures_of_the_room() -> None:
    assert [aim.met for aim in report.aims([OURS], STOCK)] == [True] * 6
    slow = replace(OURS, after_last=15.1, saved_together=Spread(9, 0.1, 0.151, 0.2), kept=Kept(3500, 3499, lost=1))
    large = replace(slow, cost=replace(OURS.cost, total=4200.0), failures={"page: HTTP 500": 1})
    quick = replace(STOCK, join=Spread(100, 5.0, 9.9, 12.0))
    assert [aim.met for aim in report.aims([large], quick)] == [False] * 6


def test_somebody_who_never_got_in_does_not_pass_as_quick() -> None:
    absent = replace(OURS, joined=99, after_last=None)
    assert report.aims([absent], None)[0].met is False
    assert not absent.whole


def test_stock_voila_is_compared_with_a_room_of_the_same_size() -> None:
    small = replace(OURS, name="ours, 30", participants=30, joined=30, join=Spread(30, 1.0, 1.0, 1.0))
    few = replace(STOCK, participants=30, joined=30, join=Spread(30, 10.0, 20.0, 30.0))
    assert "20.0 times" in report.aims([OURS, small], few)[1].figure
    assert report.aims([OURS], few)[1].met is None


def test_the_table_has_a_column_for_each_room_and_names_every_failure() -> None:
    broken = replace(STOCK, failures={"page: no answer in time": 7}, browsers={"phone": 12.25})
    lines = report.table([OURS, broken], {"Panel": {"phone": 3.5}}).splitlines()
    assert lines[0].split("  ")[-1].strip() == "stock Voila"
    assert "  stock Voila: 7 x page: no answer in time" in lines
    assert next(line for line in lines if "phone" in line).split()[-2:] == ["-", "12.2"]
    assert next(line for line in lines if line.startswith("  phone")).split() == ["phone", "3.50"]


@pytest.mark.timeout(600)  # a server and four kernels on a busy machine
def test_a_small_room_is_held_from_arrival_to_the_last_answer(tmp_path: Path) -> None:
    figures = tmp_path / "room.json"
    people = ["--participants", "3", "--arrive", "0.5", "--think", "0.01", "--limit", "500"]
    status = room.main([*people, "--no-stock", "--no-browsers", "--json", str(figures)])
    (held,) = json.loads(figures.read_text())["rooms"]
    questions = 35  # of the shipped rubric
    assert status == 0
    assert held["joined"] == 3
    assert held["failures"] == {}
    assert held["kept"] == {
        "confirmed": 3 * questions,
        "stored": 3 * questions,
        "lost": 0,
        "unconfirmed": 0,
        "invented": 0,
    }
    assert held["cost"]["kernels"] >= 4
    assert held["cpu"]["kernels"] > 0
