"""What axe and the Nu checker see of a page beside its words: two pages alike in that need one look.

A page's skeleton is its elements as they are shown, with their attributes, but without words, numbers and ids of rows;
equal neighbours, such as the rows of a list, count once. Also in it: how many ids stand twice, and how many references
lead nowhere. Its paints are the colours in which any of its words stand on their ground, at each size of letters; what
lies over other things, and pictures under words, are new paints each time, for nobody can tell from there what is seen.

A page is looked at at two widths. Its main part mostly is the same at both, and what stands around it is the same as
around other pages at that width: where both were looked at, and the main part in this very page, one look was enough.
At full length everything is new each time.
"""

from dataclasses import dataclass
from hashlib import sha256

from playwright.sync_api import Error, Page

from support.lengths import AT_LENGTH

_LOOK = r"""() => {
  const worded = new Set(["value", "content", "nonce", "src", "href", "action", "title"]);
  const plain = text => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "-").replace(/\d+/g, "0");
  const states = ["checked", "disabled", "open"];
  const said = node => [...node.attributes]
    .map(each => each.name + (worded.has(each.name) ? Boolean(each.value.trim()) : `=${plain(each.value)}`))
    .concat(states.filter(state => node[state]), node.getClientRects().length ? [] : ["hidden"]).sort().join(" ");
  const paints = new Set(), mains = [];
  const clear = colour => colour === "transparent" || colour.startsWith("rgba(");
  const paint = (node, ground) => {
    const style = getComputedStyle(node);
    return [style.color, ground, style.fontSize, style.fontWeight, style.opacity].join(" ");
  };
  const of = (node, under) => {
    const inner = [], own = getComputedStyle(node);
    const pictured = own.backgroundImage !== "none", over = !["static", "relative"].includes(own.position);
    const ground = pictured ? `picture ${Math.random()}` : clear(own.backgroundColor) ? under : own.backgroundColor;
    if (over && node.offsetWidth > 1 && (pictured || !clear(own.backgroundColor))) paints.add(`over ${Math.random()}`);
    for (const child of node.childNodes) {
      const words = child.nodeType === 3 && child.data.trim();
      if (words) paints.add(paint(node, ground));
      const one = child.nodeType === 1 ? of(child, ground) : words ? "#" : "";
      if (one && one !== inner[inner.length - 1]) inner.push(one);
    }
    const told = `<${node.localName} ${said(node)}>${inner.join("")}</>`;
    return node.localName === "main" ? `<main ${mains.push(told)}>` : told;
  };
  const ids = [...document.querySelectorAll("[id]")].map(each => each.id), known = new Set(ids);
  const naming = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list"];
  const lost = naming.flatMap(name => [...document.querySelectorAll(`[${name}]`)]
    .flatMap(each => each.getAttribute(name).split(/\s+/))).filter(each => each && !known.has(each));
  const around = of(document.documentElement, "white");
  return [mains.join(""), [around, ids.length - known.size, lost.length].join(" "), [...paints]];
}"""


@dataclass(frozen=True, slots=True)
class New:
    """What of a page no page before it had."""

    skeleton: bool
    paints: bool


_skeletons: set[str] = set()  # in this process, whose one browser and checker look at all that it opens
_around: set[str] = set()
_paints: set[str] = set()


def what_is_new(page: Page, mains: set[str] | None = None) -> New:
    """What of the page, as it is shown now, has not been looked at; from now on it counts as looked at.

    `mains` are the main parts that this very page had at other widths, if it was looked at there. A click that somebody
    made just before may still take the document away: then the next is read.
    """
    page.wait_for_load_state()
    try:
        main, around, painted = page.evaluate(_LOOK)
    except Error:
        page.wait_for_load_state()
        main, around, painted = page.evaluate(_LOOK)
    mains = set() if mains is None else mains
    mark = sha256(f"{main} {around}".encode()).hexdigest()
    known = mark in _skeletons or (main in mains and around in _around)
    new = New(AT_LENGTH or not known, AT_LENGTH or not _paints.issuperset(painted))
    mains.add(main)
    _skeletons.add(mark)
    _around.add(around)
    _paints.update(painted)
    return new
