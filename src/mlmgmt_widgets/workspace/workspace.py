"""The workspace: one database with one repository for each capability."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from mlmgmt_widgets.workspace.address import database_url, in_words, parse, sqlite_path
from mlmgmt_widgets.workspace.database import Database
from mlmgmt_widgets.workspace.errors import WorkspaceError
from mlmgmt_widgets.workspace.plans import Plans
from mlmgmt_widgets.workspace.reviews import Reviews
from mlmgmt_widgets.workspace.schema import bring_up_to_date
from mlmgmt_widgets.workspace.workshops import Workshops


class Workspace:
    """What a team's workshops, plans and reviews leave behind, kept in one database.

    Open it in the process that uses it: its connection does not survive a fork.

    Attributes:
        workshops: the workshops, their participants, answers, snapshots and decisions.
        plans: the plans that were saved, in every version, each with its forecast.
        reviews: the reviews of model versions, in every revision, each with its checklist.

    Example:
        >>> with Workspace.open("sqlite://") as workspace:  # in memory
        ...     workspace.workshops.teams()
        ()
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.workshops = Workshops(database)
        self.plans = Plans(database)
        self.reviews = Reviews(database)

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """Open the workspace; create it, or migrate it, where that is needed.

        Args:
            url: a SQLAlchemy URL; `None` takes `$MLMGMT_DATABASE_URL`, else `default_url()`.

        Raises:
            WorkspaceError: if the address is wrong, the database cannot be reached or written, or it was
                written by a newer version of the program (it is then left untouched).
        """
        address = parse(database_url(url))
        path = sqlite_path(address)
        if path:
            try:
                # Answers are nobody else's business, on a shared machine too.
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise WorkspaceError(
                    "The server's storage cannot be opened. Please tell whoever runs the server.",
                    f"The folder {path.parent} for the workspace cannot be created: {error.strerror}.",
                ) from error
        database = Database(address)
        try:
            bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @property
    def place(self) -> str:
        """Where the database is, in words and without user or password."""
        return in_words(self._database.url)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
