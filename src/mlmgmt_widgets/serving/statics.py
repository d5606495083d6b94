"""Static files, compressed once and kept by browsers."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tornado.web import HTTPError, RequestHandler

FOLDER = Path(__file__).parent / "static"
_COMPRESSED = frozenset({".css", ".html", ".js", ".json", ".map", ".svg", ".ttf", ".txt"})
_LEVEL = 6
YEAR = 31_536_000


@dataclass(frozen=True)
class _Packed:
    body: bytes
    gzipped: bytes | None
    tag: str
    kind: str


@lru_cache(maxsize=512)
def _packed(path: Path, _modified: int, size: int) -> _Packed:
    body = path.read_bytes()
    gzipped = gzip.compress(body, _LEVEL, mtime=0) if path.suffix in _COMPRESSED and size else None
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    return _Packed(body, gzipped, hashlib.sha256(body).hexdigest()[:20], kind or "application/octet-stream")


def pack(path: Path) -> _Packed:
    """Read a file and compress it, once for as long as it stays the same."""
    status = path.stat()
    return _packed(path, status.st_mtime_ns, status.st_size)


def edition(folder: Path = FOLDER) -> str:
    """Return a word that changes whenever one of our own static files does."""
    tags = "".join(pack(path).tag for path in sorted(folder.iterdir()) if path.is_file())
    return hashlib.sha256(tags.encode()).hexdigest()[:10]


def url(base_url: str, name: str) -> str:
    """Return the address of one of our own static files.

    The edition is a folder in it, so that modules which import each other carry it along.
    """
    return f"{base_url}mlmgmt/static/{edition()}/{name}"


class PackedFiles(RequestHandler):
    """Files from a list of folders; the first that has the file answers."""

    def initialize(self, folders: Iterable[Path | str], seconds: int = 3600) -> None:
        """Take the folders, and for how many seconds a browser keeps a file without asking again."""
        self.folders = [Path(each) for each in folders]
        self.seconds = seconds

    def head(self, name: str) -> None:
        """Answer as `get` does; tornado leaves the body out."""
        self.get(name)

    def get(self, name: str) -> None:
        """Send the file `name`."""
        packed = pack(self._find(name))
        self.set_header("Content-Type", packed.kind + ("; charset=utf-8" if packed.gzipped else ""))
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("Etag", f'"{packed.tag}"')
        lasting = ", immutable" if self.seconds >= YEAR else ""
        self.set_header("Cache-Control", f"public, max-age={self.seconds}{lasting}")
        if self.check_etag_header():
            self.set_status(304)
            return
        if packed.gzipped and "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.write(packed.gzipped)
        else:
            self.write(packed.body)

    def _find(self, name: str) -> Path:
        for folder in self.folders:
            root = folder.resolve()
            with contextlib.suppress(ValueError, OSError):  # no name of a file: a zero in it, too long, a loop
                path = (root / name).resolve()
                if path.is_relative_to(root) and path.is_file():
                    return path
        raise HTTPError(404)
