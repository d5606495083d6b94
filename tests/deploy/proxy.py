"""Running nginx with the configuration that is shipped."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"
START_SECONDS = 30
_MAIN = """
{user}
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/mlmgmt.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """An nginx that is running.

    Attributes:
        url: where it answers.
        secure: where it answers with TLS, if it does.
        log: what it wrote of requests.
        errors: what it wrote of errors.
    """

    url: str
    secure: str
    log: Path
    errors: Path

    def requests(self) -> list[list[str]]:
        """What was logged: moment, status, method, path, bytes, seconds, replicas, their answers."""
        return [line.split(" ", 6) for line in self.log.read_text().splitlines()]


def shipped(folder: Path, replicas: Sequence[int], port: int, secure: int | None = None) -> str:
    """The shipped configuration with other ports and places, and its lines for TLS where that is wanted."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    if secure is not None:
        text = re.sub(r"^(\s*)#tls ", r"\1", text, flags=re.MULTILINE).replace("/etc/ssl/mlmgmt", str(folder))
    changes = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "/var/log/nginx": str(folder),
        "127.0.0.1:8866": f"127.0.0.1:{replicas[0]}",
        "127.0.0.1:8867": f"127.0.0.1:{replicas[1]}",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@contextmanager
def proxying(folder: Path, replicas: Sequence[int], *, tls: bool = False) -> Iterator[Proxy]:
    """Run nginx before two replicas on these ports until the block ends."""
    port, secure = free_ports(2)
    folder.mkdir(parents=True, exist_ok=True)
    if tls:
        _make_certificate(folder)
    (folder / "mlmgmt.conf").write_text(shipped(folder, replicas, port, secure if tls else None))
    user = "user root;" if os.geteuid() == 0 else ""  # it may look into the tests' folders
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))
    command = [program(), "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
    process = subprocess.Popen(command)
    try:
        _wait_for(port)
        yield Proxy(
            f"http://127.0.0.1:{port}",
            f"https://127.0.0.1:{secure}" if tls else "",
            folder / "mlmgmt.log",
            folder / "mlmgmt-error.log",
        )
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def program() -> str:
    """Where nginx is; `make test-deploy` installs it."""
    path = os.environ.get("PATH", "")
    found = shutil.which(os.environ.get("NGINX", "nginx"), path=f"{path}:/usr/sbin:/usr/local/sbin")
    assert found, "nginx is not installed; `make test-deploy` does that"
    return found


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _make_certificate(folder: Path) -> None:
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names, *files]
    subprocess.run(make, capture_output=True, check=True)


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("nginx did not start")
