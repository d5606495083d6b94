"""Voila with the workbook's handlers, headers and kernels."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tornado.ioloop
from jupyter_core.paths import jupyter_path
from jupyter_core.utils import run_sync
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.utils import url_path_join
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import GZipContentEncoding, OutputTransform, RedirectHandler, RequestHandler
from voila.app import Voila
from voila.paths import collect_static_paths

from mlmgmt_widgets.serving import channels, leftovers, limits, pages, statics
from mlmgmt_widgets.serving.capacity import Capacity
from mlmgmt_widgets.serving.home import ServingError
from mlmgmt_widgets.serving.notebooks import HOME
from mlmgmt_widgets.serving.opening import Opener, Turns
from mlmgmt_widgets.serving.warm import WarmPages

TEMPLATE = Path(__file__).parent / "template"

_log = logging.getLogger(__name__)

# The widgets' scripts arrive over the kernel's connection and are imported from blob: addresses.
_POLICY = (
    "default-src 'none'; script-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' {sockets}; form-action 'self'; frame-ancestors 'self'; base-uri 'self'"
)


class Protection(OutputTransform):
    """Puts the security headers on every answer: pages, files, errors."""

    def __init__(self, request: HTTPServerRequest) -> None:
        # Some browsers do not count a websocket to the same host as 'self'.
        sockets = f"ws://{request.host} wss://{request.host}"
        self._headers = {
            "Content-Security-Policy": _POLICY.format(sockets=sockets),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: bool,  # noqa: FBT001 - tornado's
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Set the headers."""
        del finishing
        for name, value in self._headers.items():
            headers[name] = value
        headers.pop("Server", None)
        return status_code, headers, chunk


class Visitor(IdentityProvider):
    """Whoever opens a page. No account and no cookie: what someone may do hangs on the keys they hold."""

    auth_enabled = False

    def get_user(self, handler: RequestHandler) -> User:
        """Return the same visitor for everyone."""
        del handler
        return User(username="visitor")


class Alive(RequestHandler):
    """Says that the server is there, and starts nothing."""

    def get(self) -> None:
        """Answer with nothing."""
        self.set_header("Cache-Control", "no-store")
        self.set_status(204)

    head = get


class Goodbye(RequestHandler):
    """Ends a page's kernel when the page is closed; the browser sends this as its last word."""

    async def post(self, kernel_id: str) -> None:
        """End the kernel. Whoever knows its id, which is random, was shown its page."""
        kernels = self.settings["kernel_manager"]
        if kernel_id not in kernels:
            self.set_status(404)  # so that a proxy before several servers asks the next one
            return
        await kernels.shutdown_kernel(kernel_id, now=True)
        self.set_status(204)


class Known(KernelHandler):
    """Says that a kernel is there, to whoever knows its id; a page asks before it connects again."""

    SUPPORTED_METHODS = ("GET", "HEAD")


class VegaBundle(statics.PackedFiles):
    """The drawing library of the charts, made on this machine when it is first asked for."""

    async def get(self, name: str) -> None:  # type: ignore[override]
        """Send the bundle called `name`."""
        from mlmgmt_widgets.ui import vega

        if name == vega.name():
            path = await tornado.ioloop.IOLoop.current().run_in_executor(None, vega.bundle)
            self.folders = [path.parent]
        super().get(name)


def _draw_ahead() -> None:
    """Make the drawing library before the first visitor needs it; only ever once on a machine."""
    from mlmgmt_widgets.ui import vega

    # A folder that cannot be written to: the pages that draw say so, and all others work.
    with contextlib.suppress(OSError):
        statics.pack(vega.bundle())


def _log_request(handler: RequestHandler) -> None:
    """Log failures, without the address's query: nothing that a visitor sent is kept."""
    if handler.get_status() >= 500:  # noqa: PLR2004 - server errors
        _log.error("%s %s %s", handler.get_status(), handler.request.method, handler.request.path)


class Workbook(Voila):  # type: ignore[misc]
    """The server."""

    announce: Callable[[int], None] | None = None  # told the port once the server answers
    places: int | None = None  # how many participants may be inside
    port: int
    rooms: pages.Rooms

    def start(self) -> None:
        """Clear away what killed servers left, then serve."""
        leftovers.sweep(Path(self.connection_dir_root))
        super().start()

    def setup_template_dirs(self) -> None:
        """Find our template beside Voila's own."""
        os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(TEMPLATE), os.environ.get("JUPYTER_PATH")]))
        super().setup_template_dirs()

    @property
    def data_dir(self) -> str:
        """Voila's own data folder, not the one of our template."""
        return next(path for path in jupyter_path("voila") if not path.startswith(str(TEMPLATE)))

    def init_settings(self) -> dict[str, Any]:
        """Compress and protect every answer; show an unknown address as a page in words."""
        settings: dict[str, Any] = super().init_settings()
        settings["transforms"] = [GZipContentEncoding, Protection]
        settings["default_handler_class"] = pages.Missing
        settings["default_handler_args"] = {
            "folder": Path(self.root_dir),
            "voila_configuration": self.voila_configuration,
        }
        settings["websocket_max_message_size"] = limits.MESSAGE_BYTES
        settings["websocket_compression_options"] = {"compression_level": 4, "mem_level": 5}
        settings["ws_ping_interval"] = limits.PING_MILLISECONDS
        settings["ws_ping_timeout"] = limits.PONG_MILLISECONDS
        settings["log_function"] = _log_request
        settings["openings"] = limits.Openings()
        return settings

    def init_handlers(self) -> list[Any]:
        """Put our pages and files in front of Voila's, and leave out what the workbook does not need."""
        folder = Path(self.root_dir)
        rooms = self.rooms = self._rooms(folder)
        lab = [*collect_static_paths(["voila", "nbconvert"], "lab"), *self.static_paths]
        root = self.server_url
        return [
            (url_path_join(root, r"/mlmgmt/alive"), Alive),
            (url_path_join(root, r"/voila/api/shutdown/([\w-]+)"), Goodbye),
            (url_path_join(root, r"/api/kernels/([\w-]+)"), Known),
            (url_path_join(root, r"/api/kernels/([\w-]+)/channels"), channels.Channels, {"meters": limits.Meters()}),
            (
                url_path_join(root, r"/mlmgmt/static/(vega-[\w.-]+\.js)"),
                VegaBundle,
                {"folders": (), "seconds": statics.YEAR},
            ),
            (
                url_path_join(root, r"/mlmgmt/static/\w+/(.*)"),
                statics.PackedFiles,
                {"folders": [statics.FOLDER], "seconds": statics.YEAR},
            ),
            (url_path_join(root, r"/voila/static/(.*)"), statics.PackedFiles, {"folders": lab}),
            (
                url_path_join(root, r"/voila/labextensions/(.*)"),
                statics.PackedFiles,
                {"folders": self.labextensions_path},
            ),
            (url_path_join(root, r"/mlmgmt/room/(.*)"), pages.Room, {"rooms": rooms}),
            (
                url_path_join(root, r"/voila/render/(.*)"),
                pages.PageHandler,
                {"rooms": rooms, "voila_configuration": self.voila_configuration},
            ),
            # A redirect, so that links from one notebook to the next mean the same here and in JupyterLab.
            (root, RedirectHandler, {"url": url_path_join(root, "voila/render", HOME), "permanent": False}),
        ]
        # Of Voila's own addresses nothing is taken over: no page of ours asks for any other.

    def _rooms(self, folder: Path) -> pages.Rooms:
        kernels = self.kernel_manager
        known = {
            "base_url": self.base_url,
            "voila_configuration": self.voila_configuration,
            "traitlet_config": self.config,
            "template_paths": self.template_paths,
            "config_manager": self.config_manager,
            "contents_manager": self.contents_manager,
            "kernel_spec_manager": self.kernel_spec_manager,
        }
        opener = Opener(kernels, self.app.settings, known)
        capacity = Capacity(kernels, self.places)
        turns = Turns(2 * (os.cpu_count() or 1))
        warm = WarmPages(folder, opener=opener, kernels=kernels, capacity=capacity, turns=turns)
        return pages.Rooms(folder, opener, turns, capacity, warm)

    def listen(self) -> None:
        """Answer on the one port that was asked for; print where."""
        try:
            sockets = bind_sockets(self.port, address=self.ip or None)
        except OSError as error:
            shutil.rmtree(self.connection_dir, ignore_errors=True)
            raise ServingError(f"Port {self.port} cannot be used ({error.strerror}); --port takes another.") from None
        limits.allow_many_connections()
        server = HTTPServer(self.app, **limits.HTTP_OPTIONS)
        server.add_sockets(sockets)
        self._claim = leftovers.claim(Path(self.connection_dir))
        self.port = sockets[0].getsockname()[1]
        self.ioloop = tornado.ioloop.IOLoop.current()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._handle_signal_stop)
        if self.announce:
            self.announce(self.port)
        self.ioloop.run_in_executor(None, _draw_ahead)
        warming = self.ioloop.asyncio_loop.create_task(self.rooms.warm.keep())  # type: ignore[attr-defined]
        try:
            self.ioloop.start()
        finally:
            warming.cancel()
            server.stop()
            self.stop()

    def stop(self) -> None:
        """End all kernels, at once: their pages keep what was not confirmed, and everything else is stored."""
        run_sync(self.kernel_manager.shutdown_all)(now=True)
        shutil.rmtree(self.connection_dir, ignore_errors=True)
