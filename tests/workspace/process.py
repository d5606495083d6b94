"""What the tests start in processes of their own: someone who opens the workspace, answers, or saves plans
and reviews.

It says "ready" and waits for a line, so that all of them begin at once.
"""

from __future__ import annotations

import sys
from datetime import date

from mlmgmt_widgets.readiness import edits
from mlmgmt_widgets.readiness.entries import SignOff
from mlmgmt_widgets.timeline.plan import Plan
from mlmgmt_widgets.workspace import PlanConflict, ReviewConflict, Workspace


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def wait() -> None:
    say("ready")
    sys.stdin.readline()


def open_it(address: str) -> None:
    wait()
    with Workspace.open(address) as workspace:
        workspace.workshops.teams()
    say("opened")


def answer(address: str, code: str, token: str, first: str, count: str) -> None:
    """Answer question after question, and say so only when it is stored."""
    with Workspace.open(address) as workspace:
        workshops = workspace.workshops
        questions = workshops.get(code).rubric.questions
        wait()
        for number in range(int(first), int(first) + int(count)):
            question = questions[number % len(questions)].id
            workshops.record(code, token, question, float(number % 5), f"c{number}", sequence=number)
            say(f"stored {number}")


def enter(address: str, code: str, token: str) -> None:
    with Workspace.open(address) as workspace:
        wait()
        workspace.workshops.enter(code, token)
        say("entered")


def save(address: str, name: str, title: str, base: str) -> None:
    """Save a version, and say whether it was stored or which version was there before."""
    plan = Plan.model_validate({"title": title, "start": "2027-01-04", "tasks": [{"id": "pipeline", "weeks": 2}]})
    with Workspace.open(address) as workspace:
        wait()
        try:
            saved = workspace.plans.save(name, plan, {"by": title}, base=int(base) if base else None)
        except PlanConflict as conflict:
            say(f"conflict {conflict.newest and conflict.newest.version}")
        else:
            say(f"saved {saved.version}")


def insist(address: str, name: str, title: str, count: str) -> None:
    """Save one version after another, each on top of whatever is the newest by then."""
    with Workspace.open(address) as workspace:
        base = None
        wait()
        for number in range(int(count)):
            plan = Plan.model_validate({"title": title, "start": "2027-01-04", "tasks": [{"id": "a", "weeks": number}]})
            stored = False
            while not stored:
                try:
                    base = workspace.plans.save(name, plan, {"by": title, "number": number}, base=base).version
                    stored = True
                except PlanConflict as conflict:
                    base = conflict.newest.version if conflict.newest else None
    say("done")


def review(address: str, item: str, count: str) -> None:
    """Say something of an item again and again, and sign off each time, without ever looking at what others do."""
    author = edits.Author(item, date(2026, 11, 2))
    with Workspace.open(address) as workspace:
        saved = workspace.reviews.get("churn-model", "3")
        wait()
        for number in range(int(count)):
            signature = SignOff(role=item, by=item, on=author.on, note=f"{item} {number}")
            changed = edits.sign_off(edits.change(saved.review, item, author, note=f"note {number}"), signature)
            saved = workspace.reviews.save("churn-model", "3", changed, base=saved.revision, by=item, what=f"{number}")
    say("done")


def judge(address: str, item: str, name: str) -> None:
    """Say something of an item as somebody of this name, and say what became of it."""
    with Workspace.open(address) as workspace:
        saved = workspace.reviews.get("churn-model", "3")
        changed = edits.change(saved.review, item, edits.Author(name, date(2026, 11, 2)), status="pass")
        wait()
        try:
            stored = workspace.reviews.save("churn-model", "3", changed, base=saved.revision, by=name)
        except ReviewConflict as conflict:
            say(f"conflict {conflict.newest and conflict.newest.by} {' '.join(conflict.items)}")
        else:
            say(f"saved {stored.revision}")


{"open": open_it, "answer": answer, "enter": enter, "save": save, "insist": insist, "review": review, "judge": judge}[
    sys.argv[1]
](*sys.argv[2:])
