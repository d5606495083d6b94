"""The exceptions whose text is meant for the person who asked."""


class Refusal(ValueError):  # noqa: N818 - it is an answer, not a fault of the program
    """Something was refused; the message is one plain sentence that says why and, where it can, what to do.

    Whoever shows errors (a widget's page, the command line) shows the text of a `Refusal` as it stands and
    treats every other exception as a defect. The text may reach any visitor of a served page. What only the
    person who runs the program should read, such as a file's path, goes into a note (`add_note`); Python's
    tracebacks show notes, and so does the command line.
    """


class Passing(Refusal):
    """Refused for now: the same request may succeed later, without anything being wrong with it."""


def in_full(refusal: Refusal) -> str:
    """Return a refusal as the person who runs the program may read it.

    Example:
        >>> refusal = Refusal("The server's storage is busy.")
        >>> in_full(refusal)
        "The server's storage is busy."
        >>> refusal.add_note("/srv/workspace.sqlite is busy.")
        >>> in_full(refusal)
        '/srv/workspace.sqlite is busy.'
    """
    return "\n".join(getattr(refusal, "__notes__", ())) or str(refusal)
