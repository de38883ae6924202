"""What axe and the Nu checker see of a page beside its words: two pages alike in that need one look.

A page's skeleton is its elements as they are shown, with their attributes, but without words, numbers and ids of rows;
equal neighbours, such as the rows of a list, count once. Also in it: how many ids stand twice, and how many references
lead nowhere. Its paints are the colours in which any of its words stand on their ground, at each size of letters.
"""

from dataclasses import dataclass
from hashlib import sha256

from playwright.sync_api import Error, Page

_LOOK = r"""() => {
  const worded = new Set(["value", "content", "nonce", "src", "href", "action", "title"]);
  const plain = text => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "-").replace(/\d+/g, "0");
  const states = ["checked", "disabled", "open"];
  const said = node => [...node.attributes]
    .map(each => each.name + (worded.has(each.name) ? Boolean(each.value.trim()) : `=${plain(each.value)}`))
    .concat(states.filter(state => node[state]), node.getClientRects().length ? [] : ["hidden"]).sort().join(" ");
  const paints = new Set();
  const clear = colour => colour === "transparent" || colour.startsWith("rgba(");
  const paint = (node, ground) => {
    const style = getComputedStyle(node);
    return [style.color, ground, style.fontSize, style.fontWeight, style.opacity].join(" ");
  };
  const of = (node, under) => {
    const inner = [], own = getComputedStyle(node);
    const ground = clear(own.backgroundColor) ? under : own.backgroundColor;
    for (const child of node.childNodes) {
      const words = child.nodeType === 3 && child.data.trim();
      if (words) paints.add(paint(node, ground));
      const one = child.nodeType === 1 ? of(child, ground) : words ? "#" : "";
      if (one && one !== inner[inner.length - 1]) inner.push(one);
    }
    return `<${node.localName} ${said(node)}>${inner.join("")}</>`;
  };
  const ids = [...document.querySelectorAll("[id]")].map(each => each.id), known = new Set(ids);
  const naming = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list"];
  const lost = naming.flatMap(name => [...document.querySelectorAll(`[${name}]`)]
    .flatMap(each => each.getAttribute(name).split(/\s+/))).filter(each => each && !known.has(each));
  return [[of(document.documentElement, "white"), ids.length - known.size, lost.length].join(" "), [...paints]];
}"""


@dataclass(frozen=True, slots=True)
class New:
    """What of a page no page before it had."""

    skeleton: bool
    paints: bool


_skeletons: set[str] = set()  # in this process, whose one browser and checker look at all that it opens
_paints: set[str] = set()


def what_is_new(page: Page) -> New:
    """What of the page, as it is shown now, has not been looked at; from now on it counts as looked at.

    A click that somebody made just before may still take the document away: then the next is read.
    """
    page.wait_for_load_state()
    try:
        told, painted = page.evaluate(_LOOK)
    except Error:
        page.wait_for_load_state()
        told, painted = page.evaluate(_LOOK)
    mark = sha256(told.encode()).hexdigest()
    new = New(mark not in _skeletons, not _paints.issuperset(painted))
    _skeletons.add(mark)
    _paints.update(painted)
    return new
