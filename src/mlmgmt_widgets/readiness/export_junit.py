"""A verdict as JUnit XML, for whatever shows test results: one test case for each item that is asked."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree as ET

from mlmgmt_widgets.readiness import steps
from mlmgmt_widgets.readiness.checklist import Checklist
from mlmgmt_widgets.readiness.judging import Finding
from mlmgmt_widgets.readiness.verdict import Verdict
from mlmgmt_widgets.readiness.wording import outcome, sentence

# What XML 1.0 cannot hold at all, and the control characters that it advises against.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def to_junit(checklist: Checklist, verdict: Verdict) -> str:
    """Return a verdict as JUnit XML.

    What blocks has failed; what does not apply, is waived or is only advised was skipped. The class of a case is
    `readiness.STAGE.THEME` with the item's own stage, and its name is the item's id, which stays when titles change.

    Args:
        checklist: that was asked.
        verdict: on the review.

    Example:
        >>> from mlmgmt_widgets.readiness import Checklist, Review, evaluate
        >>> item = {"id": "plan", "stage": "live", "theme": "rollback", "question": "Is there a plan?"}
        >>> checklist = Checklist(id="toy", version="1", title="Toy", stages=["live"], items=[item])
        >>> review = Review(checklist="toy@1", subject="churn", version="3")
        >>> xml = to_junit(checklist, evaluate(checklist, review, stage="live"))
        >>> '<testcase classname="readiness.live.rollback" name="plan" time="0">' in xml
        True
    """
    cases = [_case(finding, verdict) for finding in verdict.findings]
    failures = sum(finding.blocks for finding in verdict.findings)
    skipped = sum(finding.outcome != "passed" for finding in verdict.findings) - failures
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    name = f"{verdict.subject} {verdict.version}, {checklist.key}"
    suites = ET.Element("testsuites", {"name": "readiness", **counts, "time": "0"})
    stamp = {"timestamp": f"{verdict.today.isoformat()}T00:00:00"}
    suite = ET.SubElement(suites, "testsuite", {"name": _held(name), **counts, "time": "0", **stamp})
    properties = ET.SubElement(suite, "properties")
    for key, value in _about(checklist, verdict).items():
        ET.SubElement(properties, "property", {"name": key, "value": _held(value)})
    suite.extend(cases)
    ET.indent(suites)
    text = ET.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _about(checklist: Checklist, verdict: Verdict) -> dict[str, str]:
    return {
        "verdict": sentence(verdict),
        "stage": verdict.stage,
        **({"tier": verdict.tier} if verdict.tier else {}),
        "subject": verdict.subject,
        "version": verdict.version,
        "checklist": checklist.key,
    }


def _case(finding: Finding, verdict: Verdict) -> ET.Element:
    item = finding.item
    case = ET.Element("testcase", {"classname": f"readiness.{item.stage}.{item.group}", "name": item.id, "time": "0"})
    said = finding.said or "nothing"
    if finding.blocks and finding.reason is not None:
        failure = ET.SubElement(case, "failure", {"message": _held(f"{outcome(finding)}: {said}")})
        failure.set("type", finding.reason)
        failure.text = _held(
            f"{item.name}\nfound: {said}\nneeded: {steps.needed(item)}\nowner: {steps.who(finding)}\n"
            f"what to do: {steps.step(finding, verdict.version)}"
        )
    elif finding.outcome == "open":
        ET.SubElement(case, "skipped", {"message": _held(f"advisory, {outcome(finding)}: {said}")})
    elif finding.outcome == "waived":
        ET.SubElement(case, "skipped", {"message": _held(said)})
    elif finding.outcome == "na":
        ET.SubElement(case, "skipped", {"message": _held(f"not applicable: {said}")})
    return case


def _held(text: str) -> str:
    """Text without what XML cannot hold."""
    return _NO_XML.sub(" ", text)


def write(path: Path, text: str) -> None:
    """Write a file as a whole or not at all: whoever reads it meanwhile finds the old one, or the new one.

    Args:
        path: of the file; a pipe or a device is written to as it is.
        text: of it.

    Raises:
        OSError: that names the file, if it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        try:
            beside.write_text(text, encoding="utf-8", newline="\n")
            beside.replace(path)
        finally:
            with suppress(OSError):
                beside.unlink()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    except ValueError:  # a name that no file can have
        raise OSError(None, "no file can have such a name", str(path)) from None


__all__ = ["to_junit", "write"]
