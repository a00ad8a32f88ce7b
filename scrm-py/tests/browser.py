"""How does a page behave in a browser? Chromium, driven by its own driver over the WebDriver protocol.

Needs the programs `chromium` and `chromedriver` (Debian's packages `chromium` and `chromium-driver`) and nothing else.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
DRIVER = shutil.which("chromedriver")


class Browser:
    """One window, without a network."""

    def __init__(self, port: int) -> None:
        self._session = f"http://127.0.0.1:{port}/session"
        args = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--disable-extensions"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            args.append("--no-sandbox")
        options = {"binary": CHROMIUM, "args": args}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        made = self._call("", {"capabilities": {"alwaysMatch": wanted}})
        self._session += "/" + made["sessionId"]
        self.cdp("Network.enable")
        offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        self.cdp("Network.emulateNetworkConditions", **offline)

    def _call(self, path: str, body: dict[str, Any] | None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._session + path, data, headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def cdp(self, command: str, **params: Any) -> Any:
        return self._call("/goog/cdp/execute", {"cmd": command, "params": params})

    def show(self, page: Path, width: int, height: int, scheme: str) -> None:
        """Opens a file in a window of a size, by day (`light`) or by night (`dark`)."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.cdp("Emulation.setDeviceMetricsOverride", **metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.cdp("Emulation.setEmulatedMedia", media="screen", features=features)
        self._call("/url", {"url": page.resolve().as_uri()})

    def run(self, script: str) -> Any:
        return self._call("/execute/sync", {"script": script, "args": []})

    def complaints(self) -> list[str]:
        """What the console says."""
        return [entry["message"] for entry in self._call("/se/log", {"type": "browser"})]

    def screenshot(self, to: Path) -> None:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(base64.b64decode(self._call("/screenshot", None)))

    def close(self) -> None:
        self._call("", None, "DELETE")


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser, which is gone afterwards."""
    assert DRIVER, "no chromedriver"
    driver = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert driver.stdout
        ports = (re.search(r"started successfully on port (\d+)", line) for line in driver.stdout)
        port = next(int(found[1]) for found in ports if found)
        window = Browser(port)
        try:
            yield window
        finally:
            window.close()
    finally:
        driver.terminate()
        driver.wait(30)
        if driver.stdout:
            driver.stdout.close()


# What stands in the tables: for each, row by row, what machines read of each cell (none of a text).
NUMBERS = """
const cell = td => {
  const found = td.querySelector('data, time');
  return found ? (found.getAttribute('value') ?? found.getAttribute('datetime')) : null;
};
const tables = {};
for (const table of document.querySelectorAll('table'))
  tables[table.id] = [...table.tBodies[0].rows].filter(row => !row.querySelector('.nothing'))
    .map(row => [...row.cells].map(cell));
for (const list of document.querySelectorAll('dl.figures'))
  tables[list.id] = [[...list.querySelectorAll('dd:not(.meaning)')].map(cell)];
return tables;
"""

# What is wrong with how it looks: what is wider than the window, texts of charts that are cut off, or lie on each other.
FAULTS = """
const faults = [];
if (document.documentElement.scrollWidth > window.innerWidth)
  faults.push('wider than the window: ' + document.documentElement.scrollWidth);
if (performance.getEntriesByType('resource').length) faults.push('something was loaded');
if (document.scripts.length) faults.push('there is a script');
for (const figure of document.querySelectorAll('figure')) {
  const seen = [...figure.querySelectorAll('svg')].filter(svg => getComputedStyle(svg).display !== 'none');
  if (seen.length !== 1) { faults.push(seen.length + ' pictures in a figure'); continue; }
  const frame = seen[0].viewBox.baseVal;
  const boxes = [];
  for (const text of seen[0].querySelectorAll('text')) {
    const box = text.getBBox();
    if (box.x < -1 || box.y < -1 || box.x + box.width > frame.width + 1 || box.y + box.height > frame.height + 1)
      faults.push(seen[0].querySelector('title').textContent + ': cut off: ' + text.textContent.trim());
    for (const [other, name] of boxes)
      if (box.x < other.x + other.width && other.x < box.x + box.width &&
          box.y + 3 < other.y + other.height && other.y + 3 < box.y + box.height)
        faults.push(seen[0].querySelector('title').textContent + ': on each other: ' + name + ', ' + text.textContent.trim());
    boxes.push([box, text.textContent.trim()]);
  }
}
return faults;
"""

# The background, and whether all text stands out from what lies behind it (WCAG 2.2, 1.4.3: a contrast of 4.5).
CONTRAST = """
const light = color => {
  const parts = color.match(/[\\d.]+/g).map(Number).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
};
const behind = element => {
  for (let at = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color !== 'rgba(0, 0, 0, 0)' && !color.endsWith(', 0)')) return light(color);
  }
  return 1;
};
const faults = new Set();
for (const element of document.querySelectorAll('h1, h2, h3, a, p, td, th, dt, dd, small, caption, figcaption, li, mark, text, summary')) {
  if (element.closest('svg') && getComputedStyle(element.closest('svg')).display === 'none') continue;
  const style = getComputedStyle(element);
  const front = light(element.localName === 'text' ? style.fill : style.color), back = behind(element);
  const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
  if (contrast < 4.5) faults.add(element.localName + ' ' + element.className + ' ' + contrast.toFixed(1));
}
return [behind(document.body), [...faults]];
"""
