"""A page without a mouse: real presses of Tab, and what they reach."""

from playwright.sync_api import Page

# What a person can act on and sees. Of a group of radio buttons Tab reaches one, and the arrows the others.
_REACHABLE = """() => {
  const seen = new Set();
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary");
  window.portageStops = [...all].filter(it => {
    if (it.disabled || it.type === "hidden" || it.closest("[aria-hidden=true]") || !it.checkVisibility()) return false;
    if (it.type !== "radio") return true;
    const group = `${it.form?.action} ${it.name}`;
    const chosen = it.form?.querySelector(`input[type=radio][name="${CSS.escape(it.name)}"]:checked`);
    if (seen.has(group) || (chosen && chosen !== it)) return false;
    seen.add(group);
    return true;
  });
  return window.portageStops.length;
}"""
_HERE = """() => {
  const it = document.activeElement;
  const shown = getComputedStyle(it), label = it.labels?.[0] ? getComputedStyle(it.labels[0], "::before") : null;
  const marked = each => each && (each.outlineStyle !== "none" || each.boxShadow !== "none");
  return [window.portageStops.indexOf(it), Boolean(marked(shown) || marked(label)), it.outerHTML.slice(0, 120)];
}"""


def assert_works_by_keyboard(page: Page) -> None:
    """Tab reaches everything that a person can act on, in the order of the page, and each shows that it is there."""
    stops = page.evaluate(_REACHABLE)
    reached: list[int] = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        place, marked, element = page.evaluate(_HERE)
        if place >= 0:
            assert marked, f"nobody sees that this is where they are: {element}"
            reached.append(place)
    missed = page.evaluate(
        "reached => portageStops.filter((it, place) => !reached.includes(place)).map(it => it.outerHTML)", reached
    )
    assert not missed, f"Tab never reaches {missed}"
    assert reached == sorted(reached), f"Tab goes back and forth: {reached}"
