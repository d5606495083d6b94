"""A section of a Hugging Face model card: the readiness in words, and the metrics in the front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mlmgmt_widgets.errors import Refusal
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.counting import Weighed
from mlmgmt_widgets.readiness.report_content import Report
from mlmgmt_widgets.readiness.review import Review
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.readiness.wording import outcome, sentence
from mlmgmt_widgets.ui import markdown as md
from mlmgmt_widgets.ui.document import Rows
from mlmgmt_widgets.words import day, in_words
from mlmgmt_widgets.yaml_text import dump

DATASET = "readiness-review"
"""The type of dataset by which our results are known again in a card."""

_BEGIN, _END = "<!-- readiness: begin -->", "<!-- readiness: end -->"
_SECTION = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
_FRONT_MATTER = re.compile(
    r"\A\s*---[ \t]*(?:\r\n|\r|\n)(?P<yaml>.*?)(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL
)


def card(checklist: Checklist, review: Review, verdict: Verdict, existing: str | None = None) -> str:
    """Return a model card with a section on readiness.

    Its front matter has a `model-index` with every metric that was typed or read and that counts for this version. In a
    card that is there already, what an earlier call wrote is replaced, and everything else stays.

    Args:
        checklist: that the review fills in.
        review: with its evidence as it was typed or read.
        verdict: on it.
        existing: the card to add to; left out, a new one.

    Raises:
        Refusal: if the card's front matter cannot be used, or huggingface_hub, which reads it, is not installed.

    Example:
        >>> from datetime import date
        >>> from mlmgmt_widgets.readiness import Checklist, Review, evaluate
        >>> item = {"id": "floor", "stage": "live", "question": "?", "rule": {"metric": "auc", "at_least": 0.8}}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> said = {"floor": {"evidence": [{"metric": "auc", "value": 0.83}]}}
        >>> review = Review(checklist="toy@1", subject="churn", version="3", items=said)
        >>> verdict = evaluate(checklist, review, stage="live", today=date(2026, 11, 24))
        >>> print(card(checklist, review, verdict).partition("<!--")[0].strip())
        ---
        model-index:
          - name: churn
            results:
              - task:
                  type: other
                dataset:
                  type: readiness-review
                  name: toy@1
                  config: floor
                metrics:
                  - type: auc
                    value: 0.83
                    name: 'Floor: auc'
        ---
    """
    section = _section(Report(checklist, review, verdict))
    results = list(_results(checklist, verdict))
    if existing is None or not _FRONT_MATTER.match(existing):
        index = {"model-index": [{"name": verdict.subject, "results": results}]} if results else None
        front = f"---\n{dump(index, 'model card')}---\n" if index else ""
        blank = "\n" if front and existing else ""
        return _with_section(f"{front}{blank}{existing or ''}", section)
    return _with_section(_merged(existing, verdict.subject, results), section)


# -- the section ---------------------------------------------------------------------------------------------------


def _section(made: Report) -> str:
    lines = [_BEGIN, "", "## Readiness", "", f"**{md.linked(sentence(made.verdict))}**", ""]
    lines += [md.linked(f"{made.title} · {made.about}"), ""]
    for title, rows in _tables(made):
        lines += [f"### {title}", "", *md.table(rows.columns, rows.rows, rows.right, md.linked), ""]
    return "\n".join([*lines, _END])


def _tables(made: Report) -> Iterator[tuple[str, Rows]]:
    if open_ := made.blocking():
        yield "What blocks it", open_
    if metrics := _metric_rows(made.verdict):
        yield "Metrics", metrics
    if waived := made.waived():
        yield "Waivers", waived
    if signed := made.signed():
        yield "Sign-offs", signed
    rows = [(in_words(each.item.group), each.item.name, outcome(each)) for each in made.verdict.findings]
    yield "Items", Rows(["Theme", "Item", "State"], rows)


def _metric_rows(verdict: Verdict) -> Rows | None:
    rows = [
        (finding.item.name, each.said, day(each.on) if each.on else "")
        for finding in verdict.findings
        for each in _measured(finding.evidence)
    ]
    return Rows(["Item", "Found", "Of"], rows) if rows else None


def _measured(evidence: tuple[Weighed, ...]) -> Iterator[Weighed]:
    """The metrics that count: of this version, and not too old."""
    yield from (each for each in evidence if each.reason is None and each.evidence.value is not None)


def _with_section(whole: str, section: str) -> str:
    """A card with the section in the place of an earlier one, or at its end."""
    front = _FRONT_MATTER.match(whole)
    head, body = (whole[: front.end()], whole[front.end() :]) if front else ("", whole)
    end = "\r\n" if "\r\n" in whole else "\n"
    section = section.replace("\n", end)
    if _SECTION.search(body):
        return head + _SECTION.sub(lambda _: section, body, count=1)
    before = f"{body.rstrip()}{end}{end}" if body.strip() else end * bool(head)
    return f"{head}{before}{section}{end}"


# -- the front matter ----------------------------------------------------------------------------------------------


def _results(checklist: Checklist, verdict: Verdict) -> Iterator[dict[str, Any]]:
    """The results of a model-index, one for each item that has metrics."""
    for finding in verdict.findings:
        metrics = [
            {"type": each.evidence.metric, "value": each.evidence.value, "name": _metric_name(finding.item.name, each)}
            for each in _measured(finding.evidence)
        ]
        if metrics:
            dataset = {"type": DATASET, "name": checklist.key, "config": finding.item.id}
            yield {"task": {"type": "other"}, "dataset": dataset, "metrics": metrics}


def _metric_name(item: str, each: Weighed) -> str:
    where = each.evidence.where or {}
    rows = f" ({', '.join(f'{column} {value}' for column, value in where.items())})" if where else ""
    return f"{item}: {each.evidence.metric}{rows}"


def _merged(existing: str, subject: str, results: list[dict[str, Any]]) -> str:
    """A card with our results in its front matter, in the place of those of an earlier time."""
    try:
        from huggingface_hub import ModelCard
        from huggingface_hub.repocard import RepoCard
    except ImportError:
        raise Refusal(
            "To add to a model card that has a front matter, install huggingface_hub: "
            "pip install 'mlmgmt-widgets[model-card]'."
        ) from None
    import yaml

    try:
        # Not ModelCard: that one takes the model-index apart, and does not keep all of it.
        found = RepoCard(existing)
        index = _index(found.data.get("model-index"), subject, results)
        if index or "model-index" in found.data:
            found.data["model-index"] = index or None
        merged = str(found)
        ModelCard(merged)  # which refuses what the Hub would not understand
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 2}" if mark else ""
        raise Refusal(f"The model card's front matter is broken YAML{line}.") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refusal(f"The model card's front matter cannot be used: {' '.join(str(error).split())}.") from None
    return merged


def _index(index: Any, subject: str, results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A model-index with our results: in the entry of the model or, where there is one entry only, in that one."""
    entries = [dict(entry) for entry in index or []]
    for entry in entries:
        entry["results"] = [
            each for each in entry.get("results") or [] if (each.get("dataset") or {}).get("type") != DATASET
        ]
    own = next((entry for entry in entries if entry.get("name") == subject), None)
    if own is None and len(entries) == 1:
        own = entries[0]
    if own is None and results:
        own = {"name": subject, "results": []}
        entries.append(own)
    if own is not None:
        own["results"] += results
    return [entry for entry in entries if entry["results"]]


__all__ = ["card"]
