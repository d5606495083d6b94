"""A page without a kernel: the widget itself, in the test's process, answers whatever its page asks."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from playwright.sync_api import BrowserContext, Page, Route

from mlmgmt_widgets.ui import vega
from mlmgmt_widgets.ui.screen import Screen
from tests.asking import ask

HTML = """<!doctype html><html lang="en"><title>Workbook</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/style.css"><body style="margin:0"><main id="here"></main>
<script type="module">
import widget from "/widget.js";
const listeners = new Map();
const state = JSON.parse(await window.python("{}")).state;
const fire = (name, ...given) => [...listeners.get(name) ?? []].forEach((each) => each(...given));
const follow = (now) => {
  for (const name of Object.keys(now)) {
    if (JSON.stringify(state[name]) === JSON.stringify(now[name])) continue;
    state[name] = now[name];
    fire(`change:${name}`);
  }
};
const model = {
  get: (name) => state[name],
  on: (name, each) => listeners.set(name, [...listeners.get(name) ?? [], each]),
  off: (name, each) => listeners.set(name, (listeners.get(name) ?? []).filter((other) => other !== each)),
  async send(message) {
    if (window.cut) return;
    const { state: now, answer, buffers } = JSON.parse(await window.python(JSON.stringify(message)));
    follow(now);
    const bytes = buffers.map((each) => new DataView(Uint8Array.from(atob(each), (c) => c.charCodeAt(0)).buffer));
    fire("msg:custom", { ...answer, ticket: message.ticket }, bytes);
  },
};
window.listening = () => [...listeners.values()].flat().length;
window.follow = async () => follow(JSON.parse(await window.python("{}")).state);
window.leave = widget.render({ model, el: document.getElementById("here") });
</script>"""


def show(
    context: BrowserContext,
    screen: Screen,
    names: Sequence[str],
    *,
    fragment: str = "",
    host: str = "http://workbook.test",
) -> Page:
    """Show a widget on a page of its own.

    Args:
        context: of the browser.
        screen: the widget.
        names: of the traits that the page knows. What code sets reaches the page when it asks something, or with
            `window.follow()`.
        fragment: of the page's address.
        host: of the page's address.
    """
    context.route("**/*", lambda route: _serve(route, screen))
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.expose_function("python", lambda message: _answer(screen, names, message))
    page.goto(f"{host}/{fragment}")
    return page


def _serve(route: Route, screen: Screen) -> None:
    path = route.request.url.split("#")[0].split("/", 3)[3]
    files = {
        "": ("text/html", HTML),
        "widget.js": ("text/javascript", screen._esm),
        "style.css": ("text/css", screen._css),
        f"mlmgmt/static/{vega.name()}": ("text/javascript", ""),
    }
    if path not in files:
        route.fulfill(status=404, body="")
        return
    kind, body = files[path]
    if path.endswith(vega.name()):
        route.fulfill(path=vega.bundle(), content_type=kind)
    else:
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")


def _answer(screen: Screen, names: Sequence[str], message: str) -> str:
    asked = json.loads(message)
    asked.pop("ticket", None)
    answer = ask(screen, asked.pop("kind"), **asked) if asked else {}
    buffers = [base64.b64encode(each).decode() for each in answer.pop("buffers", None) or []]
    return json.dumps({"state": {name: getattr(screen, name) for name in names}, "answer": answer, "buffers": buffers})
