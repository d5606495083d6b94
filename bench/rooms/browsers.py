"""Three real Chromiums that open a page at nearly the same time, one of them as slow as a phone.

Run by `bench.rooms.room` as `python -m bench.rooms.browsers`, so that their work is told apart from the server's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from playwright.async_api import BrowserType, Page, async_playwright

from bench.rooms.helpers import say, told

NAMES = ("laptop 1", "laptop 2", "phone")
PHONE_CPU = 4
# A phone on a slow 4G network, as Chromium's own developer tools simulate one: bytes a second, milliseconds.
SLOW_4G = {
    "offline": False,
    "downloadThroughput": 1.6e6 / 8 * 0.9,
    "uploadThroughput": 0.75e6 / 8 * 0.9,
    "latency": 150 * 3.75,
}


async def visitor(name: str, chromium: BrowserType, job: Mapping[str, Any], begin: asyncio.Event) -> None:
    """Start a browser, say so, open the page when all begin, and say when the first question could be answered."""
    async with AsyncExitStack() as stack:
        browser = await chromium.launch(
            executable_path=job["chromium"],
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        stack.push_async_callback(browser.close)
        small = name == "phone"
        context = await browser.new_context(viewport={"width": 390 if small else 1280, "height": 844}, has_touch=small)
        page = await context.new_page()
        if small:
            session = await context.new_cdp_session(page)
            await session.send("Emulation.setCPUThrottlingRate", {"rate": PHONE_CPU})
            await session.send("Network.enable")
            await session.send("Network.emulateNetworkConditions", SLOW_4G)
        say("open", browser=name)
        await begin.wait()
        await asyncio.sleep(job["offsets"][NAMES.index(name)])
        try:
            say("visited", browser=name, seconds=await seconds_to_question(page, job))
        except Exception as error:  # noqa: BLE001 - a figure of the table, too
            say("failed", person=None, kind=f"browser, {name}: {str(error).splitlines()[0]}")
            say("visited", browser=name, seconds=None)
        await job["leave"].wait()


async def seconds_to_question(page: Page, job: Mapping[str, Any]) -> float:
    """Return the seconds from navigation until the first question can be answered."""
    page.set_default_timeout(1000 * job["patience"])
    started = time.monotonic()
    await page.goto(job["url"], wait_until="commit")
    if job["button"]:
        await page.locator(job["button"]).first.click()
    await page.locator(job["ready"]).first.wait_for()
    return time.monotonic() - started


async def run() -> None:
    """Be the browsers of one job."""
    job = {**told(), "leave": asyncio.Event()}
    begin = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with async_playwright() as playwright:
        there = [asyncio.create_task(visitor(name, playwright.chromium, job, begin)) for name in job["names"]]
        if await loop.run_in_executor(None, told):
            begin.set()
            await loop.run_in_executor(None, told)
        else:
            for each in there:
                each.cancel()
        job["leave"].set()
        await asyncio.gather(*there, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(run())
