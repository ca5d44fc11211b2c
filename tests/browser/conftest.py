"""The demo program in its own processes, as a newcomer starts it, and a real Chromium in front of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from support.pages import enter

from openinfusion.platform.access.roles import Role

START_WITHIN_S = 120
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Demo:
    """Where the demo answers."""

    url: str
    mllp_port: int
    http_port: int
    folder: Path
    environment: dict[str, str] = field(repr=False)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an `openinfusion` command on the demo's database."""
        command = [sys.executable, "-m", "openinfusion.project.command", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`openinfusion demo` with a few patients, until the tests end."""
    folder = tmp_path_factory.mktemp("demo")
    port, mllp, http = _free_port(), _free_port(), _free_port()
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    environment |= {
        "OPENINFUSION_DATA_DIR": str(folder), "OPENINFUSION_DEMO": "1", "OPENINFUSION_MLLP_PORT": str(mllp),
        "OPENINFUSION_GATEWAY_HTTP_PORT": str(http),
    }  # fmt: skip
    log = (folder / "demo.log").open("w")
    command = [
        sys.executable,
        "-m",
        "openinfusion.project.command",
        "demo",
        "--patients",
        "12",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, folder / "demo.log")
        yield Demo(url, mllp, http, folder, environment)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        log.close()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the demo ended: {log.read_text()[-3000:]}")
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise RuntimeError(f"the demo did not answer within {START_WITHIN_S} s: {log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it the tests are skipped, but never in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, demo: Demo):
    """``open_page(width=390)`` -> a page whose console problems fail the test at its end."""
    contexts, problems = [], []

    def get(*, width: int = 1440, height: int = 1000, java_script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=java_script, base_url=demo.url
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield get
    for context in contexts:
        context.close()
    expected = re.compile(r"status of (400|403|404|409|422)|ERR_INTERNET_DISCONNECTED|Failed to fetch")
    assert [text for text in problems if not expected.search(text)] == []


@pytest.fixture
def sign_in(open_page):
    """``sign_in(Role.NURSE, width=390)`` -> a page signed in as that role."""

    def get(role: Role, **options) -> Page:
        page = open_page(**options)
        enter(page, role)
        return page

    return get
