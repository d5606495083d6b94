"""Imported once by the fork server, so that a kernel finds these modules already there.

Only modules that start no thread and open no file or socket when imported belong here: a forked child
inherits memory, not threads, and a lock held by a vanished thread is held for ever.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import warnings

from mlmgmt_widgets.serving import forking

MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "psutil",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.utf_8_sig",
    "faulthandler",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "anywidget",
    "ipywidgets",
    "pydantic",
    "yaml",
    "numpy",
    "sqlalchemy.orm",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg",  # where it is installed
    "alembic.command",
    "alembic.config",
    "alembic.migration",
    "pandas",
    "altair",
    "segno",
    "mlmgmt_widgets.content",
    "mlmgmt_widgets.assessment.rubric",
    "mlmgmt_widgets.assessment.responses",
    "mlmgmt_widgets.assessment.scoring",
    "mlmgmt_widgets.assessment.levels",
    "mlmgmt_widgets.assessment.agreement",
    "mlmgmt_widgets.assessment.anonymity",
    "mlmgmt_widgets.assessment.agenda",
    "mlmgmt_widgets.assessment.charts",
    "mlmgmt_widgets.assessment.results",
    "mlmgmt_widgets.assessment.export",
    "mlmgmt_widgets.assessment.survey",
    "mlmgmt_widgets.assessment.workshop",
    "scipy.special",
    "holidays",
    "holidays.countries.united_kingdom",
    "mlmgmt_widgets.timeline.simulation",
    "mlmgmt_widgets.timeline.charts",
    "mlmgmt_widgets.timeline.export",
    "mlmgmt_widgets.timeline.memo",
    "mlmgmt_widgets.timeline.estimator",
    "mlmgmt_widgets.readiness.evidence",
    "mlmgmt_widgets.readiness.charts",
    "mlmgmt_widgets.readiness.export",
    "mlmgmt_widgets.readiness.board",
    "mlmgmt_widgets.readiness.record",
    "mlmgmt_widgets.workspace",
    "mlmgmt_widgets.workspace.database",
    "mlmgmt_widgets.workspace.schema",
    "mlmgmt_widgets.workspace.workspace",
    "mlmgmt_widgets.workspace.workshops",
    "mlmgmt_widgets.workspace.plans",
    "mlmgmt_widgets.workspace.reviews",
)


def load() -> None:
    """Import what kernels use; what cannot be imported is left to the kernel that wants it."""
    # What a kernel started and left behind becomes ours, and the fork server takes note of its end; it wonders, too.
    forking.adopt_orphans()
    warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")
    for name in MODULES:
        try:
            importlib.import_module(name)
        except Exception:
            logging.getLogger(__name__).debug("not preloaded: %s", name, exc_info=True)
    with contextlib.suppress(Exception):
        from jupyter_client import localinterfaces

        localinterfaces.local_ips()  # looked up once and kept; every kernel would look again
    # Objects that the collector never touches stay in memory pages that all kernels share.
    gc.collect()
    gc.freeze()


load()
