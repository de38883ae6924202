"""The app in a real browser at the size of a phone: opened, cut off, closed, opened again."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from support.live import Live

SLUG = "leeds"
READY = "navigator.serviceWorker.ready.then(() => caches.keys()).then(names => names.length > 0)"
# Everything that the browser keeps of this site, as raw text: databases, caches, storages, cookies that scripts see.
HELD = """async () => {
  const text = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      return new TextDecoder('latin1').decode(value) + new TextDecoder('utf-16le').decode(value);
    }
    if (value instanceof CryptoKey) return `CryptoKey(${value.extractable})`;
    if (Array.isArray(value)) return value.map(text).join(' ');
    if (value && typeof value === 'object') return Object.entries(value).map(([k, v]) => k + '=' + text(v)).join(' ');
    return String(value);
  };
  const found = {databases: [], caches: [], storages: JSON.stringify([{...localStorage}, {...sessionStorage}])};
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((resolve) => { indexedDB.open(name).onsuccess = (e) => resolve(e.target.result); });
    for (const table of db.objectStoreNames) {
      const rows = await new Promise((resolve) => {
        db.transaction(table).objectStore(table).getAll().onsuccess = (e) => resolve(e.target.result);
      });
      found.databases.push(...rows.map((row) => `${table}: ${text(row)}`));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.caches.push(request.url + ' ' + await (await cache.match(request)).text());
    }
  }
  return found;
}"""


@dataclass
class Held:
    """What a browser keeps, as text."""

    databases: list[str]
    caches: list[str]
    storages: str

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join([*self.databases, *self.caches, self.storages])


@dataclass
class App:
    """The app of one visitor in one browser; `page` is its open tab."""

    live: Live
    context: BrowserContext
    page: Page

    @property
    def main(self) -> Locator:
        """The part of the page that the app fills."""
        return self.page.locator("#view")

    def sign_in(self) -> None:
        """Sign in, open the app, and wait until it could open again without signal."""
        self.live.sign_in(self.page, SLUG, "Home visitor", then="/app")
        expect(self.main).to_contain_text("Kept on this phone until")
        assert self.page.evaluate(READY)

    def reopen(self) -> None:
        """Close the tab and open the app in a new one."""
        self.page.close()
        self.page = self.context.new_page()
        self.page.goto(self.live.address(SLUG, "/app"))

    def open(self, where: str) -> None:
        """Go to one of the app's pages."""
        self.page.evaluate("where => { location.hash = where }", where)

    def write(self, visit_id: str, words: str) -> None:
        """Fill in the record of a visit."""
        self.open(f"record/{visit_id}")
        expect(self.page.locator("#record-form")).to_be_visible()
        self.page.get_by_label("It took place").check()
        self.page.get_by_label("How did it go?").fill(words)

    def record(self, visit_id: str, words: str) -> None:
        """Record a visit and wait until the phone has it."""
        self.write(visit_id, words)
        self.page.get_by_role("button", name="Save the record").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Visits")

    def held(self) -> Held:
        """Everything that the browser keeps of this site."""
        return Held(**self.page.evaluate(HELD))


def visits_of_today(live: Live, first: int, count: int) -> list[dict[str, str]]:
    """Plan visits of today for the home visitor; answers each with its id and the child's first name."""
    done = subprocess.run(
        [sys.executable, "-m", "support.live_visits", SLUG, str(first), str(count)],
        env={**os.environ, **live.environment, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    planned: list[dict[str, str]] = json.loads(done.stdout)
    return planned


NewPage = Callable[..., Page]


def app_of(live: Live, visitor: NewPage) -> App:
    """A visitor's phone with the app open and filled."""
    page = visitor()
    app = App(live, page.context, page)
    app.sign_in()
    return app
