"""The one exception whose text is meant for the person who asked."""


class Refusal(ValueError):  # noqa: N818 - it is an answer, not a fault of the program
    """Something was refused; the message is one plain sentence that says why and, where it can, what to do.

    Whoever shows errors (a widget's page, the command line) shows the text of a `Refusal` as it stands and
    treats every other exception as a defect.
    """
