import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.browser.walking import Walk
from tests.journeys.outside import Outside
from tests.journeys.visitor import Addresses

# No sandbox of its own (the tests may run as root) and no talk with its maker.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"el": "el-GR", "en": "en-GB"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


NewWalk = Callable[..., Walk]


@pytest.fixture
def new_walk(chromium: Browser, at: Addresses, outside: Outside) -> Iterator[NewWalk]:
    """A fresh browser profile per person; with `cookies`, one more of somebody who is signed in."""
    with ExitStack() as profiles:

        def make(
            *, script: bool = True, language: str = "el", pictures: str = "", cookies: StorageState | None = None
        ) -> Walk:
            context: BrowserContext = chromium.new_context(
                storage_state=cookies,
                java_script_enabled=script,
                locale=LOCALES[language],
                viewport={"width": 1280, "height": 900},
                reduced_motion="reduce",  # colours on their way from one to the other have no contrast worth measuring
            )
            profiles.callback(context.close)
            page: Page = context.new_page()
            page.set_default_timeout(15_000)
            return Walk(page=page, at=at, outside=outside, script=script, language=language, pictures=pictures)

        yield make
