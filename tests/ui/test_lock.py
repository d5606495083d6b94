"""The key to the facilitator's screen."""

from __future__ import annotations

import hashlib

import pytest

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.ui import lock as lock_module
from mlmgmt_widgets.ui.lock import Guesses, Lock


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, which take no time here."""
    made: list[float] = []
    monkeypatch.setattr(lock_module.time, "sleep", made.append)
    monkeypatch.setenv(lock_module.KEY_HASH, hashlib.sha256(b"correct horse battery").hexdigest())
    return made


def test_no_number_of_wrong_keys_ends_the_pauses(pauses: list[float]) -> None:
    lock = Lock()
    for _ in range(3000):
        with pytest.raises(Refusal, match="not the facilitator"):
            lock.try_key("wrong")
    assert pauses == sorted(pauses)
    assert pauses[0] > 0
    assert len(pauses) == 3000
    assert max(pauses) < 20  # the browser waits that long for an answer
    lock.try_key("correct horse battery")
    assert lock.open


@pytest.mark.usefixtures("pauses")
def test_half_a_character_is_a_wrong_key_like_any_other() -> None:
    with pytest.raises(Refusal, match="not the facilitator"):
        Lock().try_key("\ud83d")


def test_keys_are_compared_as_hashes_in_a_time_that_tells_nothing(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, expected: bytes) -> bool:
        compared.append((given, expected))
        return given == expected

    monkeypatch.setattr(lock_module.hmac, "compare_digest", compare)
    lock = Lock()
    for key in ("c", "correct horse batterx"):
        with pytest.raises(Refusal):
            lock.try_key(key)
    lock.try_key("correct horse battery")
    assert [len(each) for pair in compared for each in pair] == [64] * 6
    assert len(pauses) == 2


def test_a_page_looks_at_five_wrong_codes_whatever_lies_between_them() -> None:
    guesses = Guesses()
    for _ in range(5):
        guesses.check()
        guesses.wrong()
    with pytest.raises(Refusal, match="reload"):
        guesses.check()
