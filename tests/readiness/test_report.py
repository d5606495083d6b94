"""The report and the pull request's comment: the verdict's own findings, read back by readers of their own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from tests.pages import Page
from tests.plans import NASTY, TYPED
from tests.readiness import shapes
from tests.readiness.board_shapes import REVIEW, toy
from tests.readiness.shapes import TODAY, checklist, item, review

from mlmgmt_widgets.content import shipped
from mlmgmt_widgets.readiness import (
    Checklist,
    FolderFiles,
    Review,
    Verdict,
    evaluate,
    load_checklist,
    load_review,
    read_evidence,
    report,
    summary,
)
from mlmgmt_widgets.readiness.wording import outcome, sentence
from mlmgmt_widgets.ui.figure import Figure

READER = MarkdownIt("commonmark", {"html": True}).enable("table")
LOOSE = settings(max_examples=40)
HOSTILE = [
    TYPED, "</style></title><script>x</script>", "# 1. - [x](javascript:y) ![z](w)", "</details><img src=x onerror=y>",
    "<!-- x", "`code` ~~gone~~ **bold**", "a | b \\| c", "&lt;b&gt; &copy;", '<https://evil.example/"><script>',
    "https://evil.example/<script>alert(1)</script>", "[x]: javascript:y", "\x1b[31mred\x07",
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A review with its checklist and the verdict on it."""

    checklist: Checklist
    review: Review
    verdict: Verdict

    @classmethod
    def of(cls, asked: Checklist, made: Review, stage: str | None = None, today: date = TODAY) -> "Case":
        return cls(asked, made, evaluate(asked, made, stage=stage or asked.stages[-1], today=today))

    def text(self, form: str) -> str:
        make: Callable[..., str] = {"markdown": report.markdown, "html": report.html, "comment": report.comment}[form]
        return make(self.checklist, self.review, self.verdict)

    def page(self, form: str) -> Page:
        """What a browser makes of it, Markdown read by a reader of its own."""
        text = self.text(form)
        return Page(text if form == "html" else READER.render(text))


FORMS = pytest.mark.parametrize("form", ["markdown", "html"])
ALL_FORMS = pytest.mark.parametrize("form", ["markdown", "html", "comment"])


@pytest.fixture(scope="module")
def example() -> Case:
    """The example team's version 4, on its way to production."""
    asked = load_checklist("model-readiness")
    folder = shipped() / "examples"
    made = read_evidence(asked, load_review(folder / "churn-review-v4.yaml", asked), FolderFiles(folder))
    return Case.of(asked, made, "production", date(2026, 11, 30))


@pytest.fixture(scope="module")
def small() -> Case:
    return Case.of(toy(), Review.model_validate(REVIEW))


def squeezed(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


# -- what it says ---------------------------------------------------------------------------------------------------


@ALL_FORMS
def test_the_verdict_and_every_blocker_are_said(example: Case, form: str) -> None:
    page, verdict = example.page(form), example.verdict
    assert sentence(verdict) in squeezed(page.text)
    found = page.table("Item", "Why it is open", "Found", "Needed", "Owner", "What to do")
    blocking = [finding for finding in verdict.findings if finding.blocks]
    assert [row[:3] for row in found] == [[each.item.name, outcome(each), each.said] for each in blocking]
    assert [row[3] for row in found] == [each.item.evidence for each in blocking]
    assert found[0][4:] == ["Mei Tanaka (data scientist), due 2 December 2026", "Put it right, then show it"]
    assert found[2][5] == "Show it for version 4"


@FORMS
@LOOSE
@given(pair=shapes.reviewed())
def test_every_item_that_is_asked_is_there_once_with_what_was_found(form: str, pair: tuple[Checklist, Review]) -> None:
    case = Case.of(*pair)
    found = {row[0]: row for row in case.page(form).table("Item", "State")}
    assert len(case.page(form).table("Item", "State")) == len(case.verdict.findings)
    for finding in case.verdict.findings:
        row = found[finding.item.name]
        assert row[1:3] == [outcome(finding), " ".join(finding.said.split())]
        assert row[6] == str(len(finding.entry.history))


@FORMS
def test_progress_is_that_of_each_stage_s_own_verdict(example: Case, form: str) -> None:
    rows = {row[0]: row[1:] for row in example.page(form).table("Stage", "State")}
    for stage, name in zip(example.checklist.stages, rows, strict=True):
        own = evaluate(example.checklist, example.review, stage=stage, today=example.verdict.today)
        assert rows[name] == [
            "ready" if own.ready else "not ready",
            f"{own.passed} of {own.applicable}",
            str(len(own.waived)),
            str(len(own.findings) - own.applicable),
            str(len(own.blockers)),
        ]


@FORMS
def test_signatures_are_there_and_so_are_those_that_are_missing(form: str) -> None:
    signed = [
        {"role": "ml-engineer", "by": "Di", "on": "2026-11-01", "version": "2", "note": "for v2"},
        {"role": "product-owner", "by": "Ana", "on": "2026-11-20", "stage": "production", "decision": "no-go"},
    ]
    case = Case.of(toy(), Review.model_validate({**REVIEW, "sign_offs": signed}))
    assert case.page(form).table("Stage", "Role") == [
        ["all", "ML engineer", "go", "Di", "1 November 2026", "2", "for v2"],
        ["Production", "Product owner", "no-go", "Ana", "20 November 2026", "3", ""],
        ["Production", "ML engineer", "not yet", "", "", "3", ""],  # what was signed was version 2
    ]


@FORMS
def test_a_signature_that_was_taken_back_stands_no_longer(form: str) -> None:
    go = {"role": "ml-engineer", "by": "Di", "on": "2026-11-20", "stage": "production"}
    signed = [go, {**go, "decision": "no-go"}, {**go, "stage": "shadow"}]
    case = Case.of(toy(), Review.model_validate({**REVIEW, "sign_offs": signed}))
    rows = [row[:3] for row in case.page(form).table("Stage", "Role")]
    assert rows == [
        ["Production", "ML engineer", "go (no longer)"],
        ["Production", "ML engineer", "no-go"],
        ["Shadow", "ML engineer", "go"],
        ["Production", "Product owner", "not yet"],
    ]


@ALL_FORMS
def test_what_the_tier_added_is_there_with_the_reason(small: Case, form: str) -> None:
    rows = small.page(form).table("Item", "Why it is asked")
    assert rows == [["Rollback rehearsed", "what nobody has tried fails at night"]]


@ALL_FORMS
def test_waivers_have_their_last_day_and_what_lapses_soon_is_listed(example: Case, form: str) -> None:
    page = example.page(form)
    ((name, until, by, reason),) = page.table("Item", "Last day", "By")
    (waived,) = example.verdict.waived
    assert (name, until, by, reason) == ("Alerts that fired", "11 December 2026", waived.by, waived.reason)
    soon = [(row[0], row[1]) for row in page.table("Item", "Last day", "Why")]
    assert soon == [
        ("Alerts that fired", "11 December 2026"),
        ("Owner and deputy", "12 December 2026"),
        ("On-call rota", "20 December 2026"),
    ]


@pytest.mark.parametrize(("days", "listed"), [(30, True), (31, False)])
def test_thirty_days_ahead_is_soon_and_one_more_is_not(days: int, listed: bool) -> None:
    asked = checklist(item(expires_after_days=days))
    case = Case.of(asked, review({"floor": {"status": "pass", "on": TODAY}}))
    assert bool(case.page("comment").table("Item", "Last day", "Why")) is listed


def test_a_later_stage_s_items_are_not_in_the_comment_of_an_earlier_one() -> None:
    asked = checklist(item("a"), item("b", stage="production", expires_after_days=10))
    case = Case.of(asked, review({"b": {"status": "pass", "on": TODAY}}), "shadow")
    assert "lapsing" not in case.text("comment").lower()


@FORMS
def test_changes_are_counted_and_other_versions_named(form: str) -> None:
    history = [{"by": "Di", "on": "2026-11-01", "was": {}}] * 2
    asked = checklist(item(carries_over=True))
    said = {"status": "pass", "by": "Di", "on": "2026-11-02", "version": "2", "history": history}
    (row,) = Case.of(asked, review({"floor": said})).page(form).table("Item", "State")
    assert row[4:] == ["Di, 2 November 2026, version 2", "", "2"]


@ALL_FORMS
def test_a_review_with_nothing_in_the_way_says_so_and_no_more(form: str) -> None:
    case = Case.of(checklist(), review({"floor": {"status": "pass", "by": "Di", "on": "2026-11-01"}}))
    page = case.page(form)
    assert "Ready for production." in squeezed(page.text)
    assert not page.table("Item", "Why it is open")
    assert "Waive" not in page.text.replace("Waived", "")


def test_the_first_line_of_the_comment_is_the_verdict(example: Case) -> None:
    first, *_ = example.text("comment").splitlines()
    assert first == "## Not ready for production: 5 items block it."
    tags = [tag for tag, _ in example.page("comment").tags]
    assert tags.count("details") == tags.count("summary") == 6


# -- what people typed ----------------------------------------------------------------------------------------------


def everywhere(text: str) -> Case:
    """A text in every place that has one: open, waived, not applicable, passed, advised, and signed."""
    names = ("open", "waived", "na", "passed", "advised", "metric")
    texts = {"title": text, "question": text, "why": text, "evidence": text, "tier_reason": text, "tiers": ["high"]}
    items = [item(f"i-{name}", **texts, severity="advisory" if name == "advised" else "blocking") for name in names]
    head = {"by": text, "note": text, "owner": text, "version": "3"}
    pieces = [{"link": text, "note": text, "by": text}, {"note": text}]
    said: dict[str, dict[str, Any]] = {
        "i-open": {"status": "fail", "reason": text, **head, "evidence": pieces},
        "i-waived": {"status": "waived", "reason": text, "until": "2026-12-01", **head},
        "i-na": {"status": "na", "reason": text, **head},
        "i-passed": {"status": "pass", **head, "evidence": pieces},
        "i-metric": {"evidence": [{"metric": text, "value": 1, "at_least": 2}]},
    }
    risk = [{"id": "r", "question": text, "tier": "high", "because": text}]
    asked = checklist(*items, tiers=("low", "high"), title=text, risk=risk)
    signed = [{"role": "ml-engineer", "by": text, "on": "2026-11-01", "note": text, "version": text}]
    more = {"subject": text, "version": "3", "tier": "high", "tier_reason": text, "risk": {"r": "yes"}}
    return Case.of(asked, review(said, **more, sign_offs=signed))


SHAPE = {"html", "head", "meta", "title", "style", "body", "main", "section", "div", "h1", "h2", "h3", "p", "strong"}
SHAPE |= {"em", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code"}


@ALL_FORMS
@pytest.mark.parametrize("text", [*HOSTILE, *NASTY])
def test_what_people_typed_stays_text(text: str, form: str) -> None:
    case = everywhere(text)
    page, plain = case.page(form), everywhere("Innocent").page(form)
    shape = [tag for tag, _ in page.tags if tag != "a"]
    assert shape == [tag for tag, _ in plain.tags]  # not one element more or less than with harmless text
    assert set(shape) <= SHAPE
    links = [attributes["href"] or "" for tag, attributes in page.tags if tag == "a"]
    assert all(re.match(r"https?://evil\.example", link) for link in links)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    kept = re.sub("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", "", text)
    assert "".join(kept.split()) in "".join(re.sub("[\x00-\x1f\x7f-\x9f\u200b\ufeff]", "", page.text).split())


def test_nobody_is_notified_by_a_name_that_was_typed() -> None:
    page = everywhere("@team/all look, says mail@example.org and https://example.org/@x").text("comment")
    assert not re.search(r"(?<![\w/])@\w", page)
    assert "mail@example.org" in page
    assert "<https://example.org/@x>" in page


def test_a_comment_is_never_too_long_to_be_posted_and_counts_what_it_leaves_out() -> None:
    items = [item(f"i{n}", question="Why? " * 60, tiers=["high"]) for n in range(500)]
    case = Case.of(checklist(*items, tiers=("low", "high")), review(tier="high"))
    page = case.text("comment")
    assert len(page) < report.LONGEST_COMMENT
    shown = len(case.page("comment").table("Item", "Why it is open"))
    assert 0 < shown < 500
    assert f"And {500 - shown} more, which `mlmgmt gate` lists." in page
    assert page.count("<details>") == page.count("</details>")


# -- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(example: Case) -> str:
    bar = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_bar().encode(x="x:Q")
    figures = [Figure(f"f{n}", f"Chart {n}", "How to read it.", bar, ["x"], [[1]]) for n in (1, 2)]
    return report.html(example.checklist, example.review, example.verdict, figures)


def test_the_page_has_no_script_and_no_outside_references(drawn: str) -> None:
    page = Page(drawn)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a"} & {t for t, _ in page.tags}
    for _, attributes in page.tags:
        assert not {"src", "href", "xlink:href", "srcset"} & set(attributes)
    assert not re.search(r"@import|url\(", drawn)


def test_the_page_has_the_charts_that_it_is_given(drawn: str) -> None:
    drawings = [attributes for tag, attributes in Page(drawn).tags if tag == "svg"]
    assert [each["aria-label"] for each in drawings] == ["Chart 1", "Chart 2"]


def test_headings_leave_no_level_out(drawn: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(drawn).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_both_forms_say_the_same_words(example: Case) -> None:
    page, markdown = example.page("html"), example.page("markdown")
    assert page.tables == markdown.tables
    body = page.text[page.text.index("Readiness of", page.text.index("}")) :]
    assert squeezed(body) == squeezed(markdown.text)


# -- for a terminal -------------------------------------------------------------------------------------------------


def said(case: Case) -> str:
    return summary.text(case.checklist, case.verdict)


def test_a_log_says_what_blocks_and_why(small: Case) -> None:
    assert said(small) == (
        "NOT READY for production: churn-model 3 (tier high, toy@1.0.0, on 24 November 2026)\n"
        "\n"
        "1 item blocks it:\n"
        "\n"
        "Rollback\n"
        "  Rollback rehearsed (rehearsed): missing\n"
        "    found:  nothing is said of it\n"
        "    needed: a yes to: Can the team show it?\n"
        "    owner:  ML engineer\n"
        "\n"
        "Advised, and blocking nothing:\n"
        "  - Drift alert (drift): missing; nothing is said of it\n"
        "\n"
        "Asked because the tier is high:\n"
        "  - Rollback rehearsed (rehearsed): what nobody has tried fails at night\n"
        "\n"
        "Sign-offs, which open and block nothing by themselves:\n"
        "  - Product owner, production: not yet\n"
        "  - ML engineer, production: not yet\n"
        "\n"
        "3 of 5 passed, 1 blocking, 1 advised"
    )


@LOOSE
@given(shapes.reviewed())
def test_a_log_names_every_blocker_and_counts_what_the_verdict_counts(pair: tuple[Checklist, Review]) -> None:
    case = Case.of(*pair)
    text, verdict = said(case), case.verdict
    assert text.startswith("READY" if verdict.ready else "NOT READY")
    assert all(f"({each.item}): " in text for each in (*verdict.blockers, *verdict.advisories, *verdict.waived))
    counts = text.splitlines()[-1]
    assert counts.startswith(f"{verdict.passed} of {verdict.applicable} passed")
    assert (f"{len(verdict.blockers)} blocking" in counts) is bool(verdict.blockers)


def test_lines_are_as_wide_as_a_terminal_and_an_address_stays_whole(example: Case) -> None:
    assert max(map(len, said(example).splitlines())) <= 100
    address = "https://example.org/" + "a-b/" * 50
    asked = checklist(item(evidence=f"The page at {address} with all of it."))
    assert address in said(Case.of(asked, review()))


@pytest.mark.parametrize("text", [*HOSTILE, *NASTY, "::error::x", "a\n::set-env name=x::y", "##[error]x", "##vso[x]y"])
def test_nothing_that_was_typed_is_a_command_to_a_terminal_or_a_ci_service(text: str) -> None:
    printed = said(everywhere(f"{text} {'word ' * 30} {text}"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", printed)
    assert not [line for line in printed.splitlines() if line.strip().startswith("::")]
    assert not re.search(r"##(\[|vso|teamcity)", printed)
