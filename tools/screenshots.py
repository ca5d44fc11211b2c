"""Pictures of the README and the docs, made from the demo program: one command, no hand work.

Starts `openinfusion demo` in a temporary folder, signs in as each role and photographs its pages at 1440 and 390 px.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openinfusion.project.settings")
django.setup()

from openinfusion.project.demo.program import PASSWORD  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "screenshots"
PORT = 8765
#: file name -> (login, address or None for the home screen)
SHOTS = {
    "readiness-board": ("operations", "/readiness/"),
    "verification-queue": ("pharmacist", None),
    "my-day": ("nurse", None),
    "planning-board": ("scheduler", None),
    "monitoring-wall": ("monitor", None),
    "claims-queue": ("biller", None),
    "referral-inbox": ("intake", None),
    "portal": ("patient", None),
    "program": ("quality", None),
    "emergency": ("nurse", "/emergency/"),
}


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="openinfusion-shots-") as folder:
        environment = os.environ | {
            "OPENINFUSION_DATA_DIR": folder,
            "OPENINFUSION_MLLP_PORT": "12575",
            "OPENINFUSION_GATEWAY_HTTP_PORT": "18001",
        }
        command = [
            sys.executable,
            "-m",
            "openinfusion.project.command",
            "demo",
            "--patients",
            "60",
            "--port",
            str(PORT),
        ]
        process = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
        try:
            wait()
            photograph()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
    return 0


def wait() -> None:
    for _ in range(400):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}", timeout=2)
            time.sleep(8)  # let the simulated pumps report
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise SystemExit("the demo did not start")


def photograph() -> None:
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for login in dict.fromkeys(login for login, _ in SHOTS.values()):
            for width in (1440, 390):
                page = signed_in(browser, login, width)
                for name, (who, address) in SHOTS.items():
                    if who == login:
                        page.goto(f"http://127.0.0.1:{PORT}{address or '/'}")
                        page.screenshot(path=OUT / f"{name}-{width}.png", full_page=False)
                page.context.close()
        browser.close()


def signed_in(browser: Browser, login: str, width: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900 if width > 600 else 844})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{PORT}/account/login/")
    page.fill("input[name=login]", f"{login}@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"^(?!.*/account/login)"))
    return page


if __name__ == "__main__":
    raise SystemExit(main())
