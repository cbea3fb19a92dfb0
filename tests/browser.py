"""The browser that the page's tests drive: the system's Chromium or Chrome, else Playwright's own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OFF = (
    # The address bar's own pages, of which no window without a head shows anything: half of a processor's time for opening one.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # What Playwright turns off by itself: of two such arguments a browser heeds the last alone.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable"),
    *("LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)
ARGUMENTS = (
    *("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Pages are drawn in the browser's own process: half a second of a processor less for each window than in one for a GPU's sake.
    *("--disable-gpu", "--in-process-gpu", "--disable-software-rasterizer"),
    f"--disable-features={','.join(OFF)}",
)


def executable() -> str | None:
    """The path of an installed browser, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def ensure() -> None:
    """See to it that there is a browser; Playwright fetches its own where the system has none."""
    if executable() is None:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            own = Path(playwright.chromium.executable_path)
        if not own.exists():
            subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    ensure()
