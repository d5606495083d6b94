"""Folders, the key and the links."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from mlmgmt_widgets.serving import home, run
from mlmgmt_widgets.serving.folder import new
from mlmgmt_widgets.serving.home import Home, ServingError
from mlmgmt_widgets.workspace import WorkspaceError

REPOSITORY = Path(__file__).parents[2]


def test_a_folder_of_ones_own_is_found_from_inside_it(tmp_path: Path) -> None:
    own = new(tmp_path / "ours")
    found = home.find(own / "notebooks", {})
    assert found == Home(own, own / "notebooks", own / "data")


def test_elsewhere_the_shipped_notebooks_are_served(tmp_path: Path) -> None:
    found = home.find(tmp_path, {"MLMGMT_HOME": str(tmp_path / "home")})
    assert found == Home(tmp_path / "home", REPOSITORY / "notebooks", None)


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    key = home.facilitator_key(tmp_path, {})
    assert len(key) >= 20
    assert home.facilitator_key(tmp_path, {}) == key
    assert stat.S_IMODE((tmp_path / "facilitator.key").stat().st_mode) == 0o600


def test_a_given_key_goes_before_the_file_and_is_not_written(tmp_path: Path) -> None:
    given = "a key of our own"
    assert home.facilitator_key(tmp_path, {"MLMGMT_FACILITATOR_KEY": given}) == given
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("blank", [" {}", "{}\n", "\t{} \r\n", "\u00a0{}"])
def test_blanks_around_a_key_do_not_count(tmp_path: Path, blank: str) -> None:
    key = "a key of our own"
    assert home.facilitator_key(tmp_path, {"MLMGMT_FACILITATOR_KEY": blank.format(key)}) == key
    (tmp_path / "facilitator.key").write_text(blank.format(key))
    assert home.facilitator_key(tmp_path, {}) == key


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("x" * 15, "has 15 characters; it must have 16 to 200"),
        (" " * 10 + "x" * 10, "has 10 characters"),
        ("x" * 201, "has 201 characters"),
        ("  ", "is empty"),
        ("line\nline of a longer key", "cannot be shown"),
        ("undecodable \udcff in a key", "cannot be shown"),
    ],
)
def test_a_key_that_would_not_do_is_refused_at_the_start(tmp_path: Path, key: str, said: str) -> None:
    with pytest.raises(ServingError, match=said) as refused:
        home.facilitator_key(tmp_path, {"MLMGMT_FACILITATOR_KEY": key})
    assert key.strip() not in str(refused.value) or not key.strip()


def test_a_key_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facilitator.key").write_bytes(b"\xff" * 30)
    with pytest.raises(ServingError, match="is not text"):
        home.facilitator_key(tmp_path, {})


def test_an_empty_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facilitator.key").touch()
    with pytest.raises(ServingError, match="is empty"):
        home.facilitator_key(tmp_path, {})


def test_kernels_are_told_the_hash_and_not_the_key(tmp_path: Path) -> None:
    seen = run.kernel_environment(Home(tmp_path, tmp_path, None), "sqlite:///x", "the-key", "127.0.0.1", 8866)
    assert "the-key" not in seen.values()
    assert seen["MLMGMT_FACILITATOR_KEY_HASH"] == home.key_hash("the-key")
    assert "MLMGMT_PUBLIC_URL" not in seen  # the facilitator's browser knows the address


def test_on_all_addresses_join_links_name_the_one_that_others_can_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_network_address", lambda: "192.168.7.5")
    there = Home(tmp_path, tmp_path, None)
    seen = run.kernel_environment(there, "sqlite:///x", "k", "0.0.0.0", 8866)  # noqa: S104 - only words
    assert seen["MLMGMT_PUBLIC_URL"] == "http://192.168.7.5:8866"
    monkeypatch.setenv("MLMGMT_PUBLIC_URL", "https://workshops.example")
    seen = run.kernel_environment(there, "sqlite:///x", "k", "0.0.0.0", 8866)  # noqa: S104
    assert seen["MLMGMT_PUBLIC_URL"] == "https://workshops.example"


def test_the_links_name_the_facilitators_page_with_its_key() -> None:
    text = "\n".join(run.links("127.0.0.1", 8866, "k"))
    for notebook in ("maturity_workshop", "timeline_estimator", "readiness_review"):
        assert f"http://127.0.0.1:8866/voila/render/{notebook}.ipynb#key=k" in text
    assert "http://127.0.0.1:8866/voila/render/maturity_survey.ipynb\n" in text  # participants hold no key
    assert "Phones" not in text


@pytest.mark.parametrize("key", ["a+b & c%20d #e?f=g/h", "ein Schlüssel, ähnlich lang", "😀" * 16])
def test_a_key_of_any_characters_survives_its_link(key: str) -> None:
    text = "\n".join(run.links("127.0.0.1", 8866, key))
    link = re.search(r"Facilitator\s+(\S+)\n", text)
    assert link
    # What a browser does with the part after the #: URLSearchParams reads it like a query.
    assert parse_qs(urlsplit(link[1]).fragment, strict_parsing=True) == {"key": [key]}


def test_on_all_addresses_phones_are_told_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_network_address", lambda: "192.168.7.5")
    text = "\n".join(run.links("0.0.0.0", 8866, "k"))  # noqa: S104 - only words
    assert "http://192.168.7.5:8866/" in text
    assert "http://localhost:8866/voila/render/maturity_workshop.ipynb#key=k" in text


@pytest.mark.parametrize("url", ["nonsense", "://"])
def test_what_is_no_database_url_is_refused_in_a_sentence(tmp_path: Path, url: str) -> None:
    with pytest.raises(WorkspaceError, match="not the address of a database"):
        run.database_of(Home(tmp_path, tmp_path, None), url)


def test_a_database_in_the_served_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServingError, match="put it elsewhere"):
        run.database_of(Home(tmp_path / "home", tmp_path, None), f"sqlite:///{tmp_path}/team.sqlite")


def test_a_new_folder_has_notebooks_content_and_instructions(tmp_path: Path) -> None:
    own = new(tmp_path / "a" / "b")
    assert (own / "notebooks" / "maturity_survey.ipynb").is_file()
    assert (own / "data" / "rubrics" / "mlops-maturity.yaml").is_file()
    assert "mlmgmt serve" in (own / "README.md").read_text()
    assert (own / "mlmgmt.toml").is_file()


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ServingError, match="not empty"):
        new(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
