"""`mlmgmt serve` and `mlmgmt lab`."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from traitlets.config import Config

from mlmgmt_widgets.serving import chapters, home, provisioner
from mlmgmt_widgets.serving.home import Home, ServingError
from mlmgmt_widgets.serving.kernels import small_environment

_CONNECTED_SECONDS = 2 * 3600  # how long a kernel lives idle while its page is open
_ALONE_SECONDS = 10 * 60  # and while it is not: a phone in a pocket, a closed tab
_CULL_SECONDS = 60
# What Voila's own front end loads, on pages that need it: widgets, and nothing of an editor.
_EXTENSIONS = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"]
# A roomful of kernels shares a few cores: threads of their own for linear algebra only get in the way. Said to the
# fork server as well, which loads that library, so that it forks with a single thread.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_ALL = {"", "0.0.0.0", "::"}  # noqa: S104 - the words for "on every address"
_LAB_DEFAULTS = Path(__file__).with_name("lab")
_SECRETS = ("MLMGMT_FACILITATOR_KEY", "MLMGMT_DATABASE_URL")


def serve(  # noqa: PLR0913 - the options of `mlmgmt serve`
    host: str = "127.0.0.1",
    port: int = 8866,
    database: str | None = None,
    *,
    open_browser: bool = False,
    kernels: Literal["forked", "local"] | None = None,
    max_participants: int | None = None,
) -> None:
    """Serve the workbook until the process is told to stop.

    Args:
        host: the address to listen on; `0.0.0.0` lets phones in the same network in.
        port: the port; 0 takes any free one.
        database: a SQLAlchemy URL; by default `$MLMGMT_DATABASE_URL`, else a file in the home folder.
        open_browser: show the facilitator's page in this machine's browser.
        kernels: whether kernels are forked from a process that has imported what they need, or started as
            Jupyter does; by default forked where that is possible.
        max_participants: how many may be inside at once; by default as many as there is memory for. Whoever comes
            later waits on a page that says so.

    Raises:
        ServingError: when something that serving needs is missing or refused, in a sentence.

    Example:
        >>> serve(host="0.0.0.0", port=8866)  # doctest: +SKIP
    """
    forks = _forks(kernels)
    there = home.find()
    key = home.facilitator_key(there.folder)
    url = database_of(there, database)
    # Nothing that is started from here on inherits what only the server may know.
    for name in _SECRETS:
        os.environ.pop(name, None)
    if forks:
        # The last keeps a debugger's hints, which mean nothing to whoever serves, off the terminal.
        provisioner.prepare({**small_environment(), **_ONE_THREAD, "PYDEVD_DISABLE_FILE_VALIDATION": "1"})
    _migrate(url)

    def announce(bound: int) -> None:
        # Only now is the port known, and no kernel has started yet.
        app.kernel_manager.extra_environment = kernel_environment(there, url, key, host, bound)
        for line in links(host, bound, key):
            print(line, flush=True)  # noqa: T201 - this is what the command is for
        if open_browser:
            webbrowser.open(_facilitator(f"http://{_name(host)}:{bound}", key))

    from mlmgmt_widgets.serving.app import Workbook

    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    # Jupyter Server's pings, counted in milliseconds, have the name of tornado's, in seconds, which never come to one.
    logging.getLogger("tornado.general").addFilter(lambda record: "websocket_ping_timeout" not in record.getMessage())
    app = Workbook(config=configuration(there, host, port, forks=forks))
    app.announce = announce
    app.places = max_participants
    app.initialize([])
    app.start()


def _forks(asked: str | None) -> bool:
    if asked == "forked" and not provisioner.available():
        raise ServingError("Kernels cannot be forked on this system or with this Python; leave --kernels out.")
    return asked != "local" and provisioner.available()


def configuration(there: Home, host: str, port: int, *, forks: bool = True) -> Config:
    """Return how Voila is configured.

    Args:
        there: the folders.
        host: the address to listen on.
        port: the port to listen on.
        forks: whether kernels are forked where that is possible.
    """
    config = Config()
    config.Voila.ip = host
    config.Voila.port = port
    config.Voila.root_dir = str(there.notebooks)
    config.Voila.open_browser = False
    config.Voila.config_file_paths = []  # ours is the whole configuration; no file elsewhere loosens it
    config.Voila.log_level = logging.ERROR
    config.Voila.identity_provider_class = "mlmgmt_widgets.serving.app.Visitor"
    config.VoilaConfiguration = Config(
        template="mlmgmt",
        allow_template_override="NO",
        allow_theme_override="NO",
        show_tracebacks=False,
        file_allowlist=[],
        file_denylist=[".*"],
        attempt_fix_notebook=True,
        extension_allowlist=_EXTENSIONS,
        kernel_spec_manager_class="mlmgmt_widgets.serving.kernels.WorkbookKernelSpecs",
        prelaunch_hook=chapters.without_lab_cells,
        multi_kernel_manager_class="mlmgmt_widgets.serving.kernels.WorkbookKernels",
    )
    config.VoilaExecutor.timeout = 120
    config.WorkbookKernelSpecs.forks = forks
    config.WorkbookKernels.alone_seconds = _ALONE_SECONDS
    config.WorkbookKernels.cull_idle_timeout = _CONNECTED_SECONDS
    config.WorkbookKernels.cull_interval = _CULL_SECONDS
    config.WorkbookKernels.root_dir = str(there.notebooks)
    return config


def kernel_environment(there: Home, database: str, key: str, host: str, port: int) -> dict[str, str]:
    """Return what kernels see beside the small environment: never the facilitator's key, only its hash."""
    environment = {**_folders(there, database), "MLMGMT_FACILITATOR_KEY_HASH": home.key_hash(key), **_ONE_THREAD}
    # On one address the facilitator's browser knows best how it got here, through a proxy perhaps; on all of them
    # it may have come by one that others cannot use.
    public = os.environ.get("MLMGMT_PUBLIC_URL") or (f"http://{_reachable(host)}:{port}" if host in _ALL else "")
    return environment | ({"MLMGMT_PUBLIC_URL": public} if public else {})


def _folders(there: Home, database: str) -> dict[str, str]:
    """Return what tells any kernel, served or not, where things are."""
    environment = {"MLMGMT_DATABASE_URL": database, "MLMGMT_NOTEBOOKS": str(there.notebooks)}
    return environment | ({"MLMGMT_CONTENT": str(there.content)} if there.content else {})


def links(host: str, port: int, key: str) -> list[str]:
    """Return the lines that `mlmgmt serve` prints once it answers."""
    here = f"http://{_name(host)}:{port}"
    lines = [
        "The workbook is open. Ctrl+C closes it.",
        "",
        f"  Home          {here}/",
        f"  Facilitator   {_facilitator(here, key)}",
        f"  Survey        {here}/voila/render/maturity_survey.ipynb",
        f"  Timeline      {_page(here, 'timeline_estimator', key)}",
        f"  Readiness     {_page(here, 'readiness_review', key)}",
    ]
    reachable = _reachable(host)
    if reachable != _name(host):
        lines += ["", f"  Phones and laptops in the same network: http://{reachable}:{port}/"]
    lines += [
        "",
        "  A link with a key opens what is kept on this server: give it to nobody.",
        "  Participants get theirs from the facilitator's page.",
    ]
    return lines


def lab(port: int = 8888, *, open_browser: bool = True) -> None:
    """Open the same notebooks in JupyterLab, to read and to change, until it is closed.

    Raises:
        ServingError: when the notebooks belong to an installed package, where changes would be lost.
    """
    there = home.find()
    if not os.access(there.notebooks, os.W_OK) or "site-packages" in there.notebooks.parts:
        raise ServingError(
            f"The notebooks in {there.notebooks} belong to the installed package. "
            "`mlmgmt new FOLDER` lays out a copy of your own; run `mlmgmt lab` there."
        )
    # No key and no public address: whoever runs JupyterLab owns the database, and participants cannot join here.
    environment = dict(os.environ) | _folders(there, database_of(there))
    # JupyterLab's own defaults, changed where they would ask about news; a person's own settings go before them.
    configured = [environment.get("JUPYTER_CONFIG_PATH"), str(_LAB_DEFAULTS)]
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, configured))
    command = [
        *(sys.executable, "-m", "jupyterlab", f"--port={port}", f"--notebook-dir={there.notebooks}"),
        "--LabApp.default_url=/lab/tree/index.ipynb",
        # Nothing asks another host, not even for news.
        *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
    ]
    if not open_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # a container; the address is this machine's alone and holds a token
    if os.name == "posix":
        # JupyterLab takes this process's place: Ctrl+C and every other signal reach it, and with it its kernels.
        sys.stdout.flush()
        os.execve(sys.executable, command, environment)  # noqa: S606 - our own Python, without a shell
    try:
        status = subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the same
    except KeyboardInterrupt:
        return
    if status:
        raise ServingError(f"JupyterLab ended with status {status}; what it printed above says why.")


def database_of(there: Home, database: str | None = None) -> str:
    """Return the database's URL, password included.

    Args:
        there: the folders.
        database: a SQLAlchemy URL; by default `$MLMGMT_DATABASE_URL`, else a file in the home folder.

    Raises:
        WorkspaceError: if that is no database URL.
        ServingError: if the database would lie in the folder that is served.
    """
    from mlmgmt_widgets.workspace.address import database_url, default_url, parse, sqlite_path

    url = database_url(database or os.environ.get("MLMGMT_DATABASE_URL") or default_url(there.folder))
    path = sqlite_path(parse(url))
    if path and path.resolve().is_relative_to(there.notebooks):
        raise ServingError(f"The database {path} lies in the folder that is served; put it elsewhere.")
    return url


def _migrate(url: str) -> None:
    """Bring the database up to date once, here, where a refusal reaches whoever started the server."""
    from mlmgmt_widgets.workspace import Workspace

    Workspace.open(url).close()


def _facilitator(base: str, key: str) -> str:
    return _page(base, "maturity_workshop", key)


def _page(base: str, notebook: str, key: str) -> str:
    return f"{base}/voila/render/{notebook}.ipynb#key={quote(key, safe='')}"


def _name(host: str) -> str:
    """Return how this machine's own browser reaches the server."""
    if host in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared with, not listened on
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _reachable(host: str) -> str:
    """Return how others reach the server: this machine's address when it listens on all."""
    return _network_address() or "localhost" if host in _ALL else _name(host)


def _network_address() -> str | None:
    """Return the address from which this machine would speak to others; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of documentation: no packet leaves for a UDP connect
            address = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if ipaddress.ip_address(address).is_unspecified else address
