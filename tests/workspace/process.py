"""What the tests start in processes of their own: someone who opens the workspace, and someone who answers.

It says "ready" and waits for a line, so that all of them begin at once.
"""

from __future__ import annotations

import sys

from mlmgmt_widgets.workspace import Workspace


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


{"open": open_it, "answer": answer, "enter": enter}[sys.argv[1]](*sys.argv[2:])
