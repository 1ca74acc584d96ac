"""WordPress through its REST interface: posts, pages and custom types with their taxonomies and meta fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from spiders.base import Claimed, Door, Fetch, Known, Option, Page, Platform, Problem, Yield
from spiders.errors import HarvestError
from spiders.extract.labels import PERSON, field_for

#: REST answers 400 to more
PER_PAGE = 100
#: types of WordPress itself and of page builders, which hold no listings of their own
_BUILT_IN = re.compile(
    r"(post|page|attachment|nav_menu_item|wp_.*|elementor.*|e-.*|e_.*|jet-.*|fl-.*|et_.*|popup.*|.*_?form|acf-.*|.*template.*|slide.*)"
)
_API = "https://api.w.org/"


class WordPress(Platform):
    """``url`` is the root of the interface, as in ``https://example.org/wp-json/``.

    A first run reads every entry, a hundred a page. Later runs read ids and dates of change only, and then the entries that changed.
    """

    name = "wordpress"
    about = "WordPress REST interface"
    rank = 10
    options = {
        "types": Option(list, "REST bases of the types to read, such as ['initiative']", required=True),
        "fields": Option(dict, "raw field -> JSON path such as 'acf.laufzeit', or 'taxonomy:region' for the names of terms"),
        "language": Option(str, "language of all entries, where the interface does not say"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        roots: dict[str, str] = {}
        if m := re.search(r'<([^>]+)>;\s*rel="https://api\.w\.org/"', page.header("link") or ""):
            roots[page.join(m[1])] = f"Link header rel={_API}"
        for node in page.tree.css(f'link[rel="{_API}"]'):
            roots.setdefault(page.join(node.attributes.get("href") or ""), f"link element rel={_API}")
        if not roots and (b"wp-content" in page.body or b"WordPress" in page.body[:20000]):
            home = page.url.split("/", 3)
            roots[f"{home[0]}//{home[2]}/wp-json/"] = "wp-content in the page"
            roots[f"{home[0]}//{home[2]}/?rest_route=/"] = "wp-content in the page"
        for root, why in roots.items():
            yield Door(f"{root.rstrip('/')}/wp/v2/types", root, why)

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        try:
            kinds = answer.json
        except HarvestError:
            return None
        if not isinstance(kinds, dict) or "post" not in kinds:
            return None
        own = [k["rest_base"] for name, k in kinds.items() if isinstance(k, dict) and k.get("rest_base") and not _BUILT_IN.fullmatch(name)]
        return {"types": own or ["posts"]}

    def start(self) -> Iterator[Yield]:
        for kind in self.option("types"):
            yield self._index(kind, 1) if self.memory.tokens else self._full(kind, 1)

    def _address(self, kind: str, **query: Any) -> str:
        root = self.harvest.url
        parts = urlsplit(root)
        if "rest_route=" in parts.query:
            return f"{root.rstrip('/')}/wp/v2/{kind}&{urlencode(query, safe=',:')}"
        return f"{root.rstrip('/')}/wp/v2/{kind}?{urlencode(query, safe=',:')}"

    def _full(self, kind: str, number: int) -> Fetch:
        url = self._address(kind, per_page=PER_PAGE, page=number, orderby="id", order="asc", _embed="wp:term")
        return Fetch(url, "parse", {"type": kind, "page": number}, first=True)

    def _index(self, kind: str, number: int) -> Fetch:
        url = self._address(kind, per_page=PER_PAGE, page=number, orderby="id", order="asc", _fields="id,type,modified_gmt")
        return Fetch(url, "parse_index", {"type": kind, "page": number}, first=True)

    def _paging(self, page: Page) -> tuple[int, int | None]:
        pages, total = page.header("x-wp-totalpages") or "", page.header("x-wp-total") or ""
        return int(pages) if pages.isdigit() else 1, int(total) if total.isdigit() else None

    def parse(self, page: Page) -> Iterator[Yield]:
        """A page of whole entries."""
        yield from self._entries(page)
        yield from self._more(page, self._full)

    def parse_index(self, page: Page) -> Iterator[Yield]:
        """A page of ids and dates of change: what changed is fetched, the rest is sighted."""
        kind, changed = page.context["type"], []
        for entry in self._list(page):
            record_id = self._record_id(entry, kind)
            if (token := entry.get("modified_gmt")) and self.memory.tokens.get(record_id) == token:
                yield Known(record_id, token)
            else:
                changed.append(entry["id"])
        if changed:
            ids = ",".join(map(str, changed))
            yield Fetch(self._address(kind, per_page=PER_PAGE, include=ids, _embed="wp:term"), "parse_some", {"type": kind})
        yield from self._more(page, self._index)

    def parse_some(self, page: Page) -> Iterator[Yield]:
        """The entries that changed."""
        yield from self._entries(page)

    def _more(self, page: Page, fetch: Any) -> Iterator[Yield]:
        kind, number = page.context["type"], page.context["page"]
        pages, total = self._paging(page)
        if number == 1 and total is not None:
            yield Claimed(total, f"X-WP-Total of {kind}")
            if total == 0:
                yield Problem(f"the type {kind} holds no entries; `types` names what to read, such as ['posts']", page.url, short=True)
        if number < pages and self._list(page):
            yield fetch(kind, number + 1)
        elif number < pages:
            yield Problem(f"page {number} of {pages} is empty", page.url, short=True)

    def _list(self, page: Page) -> list[dict[str, Any]]:
        answer = page.json
        return [e for e in answer if isinstance(e, dict) and "id" in e] if isinstance(answer, list) else []

    def _entries(self, page: Page) -> Iterator[Yield]:
        if not isinstance(page.json, list):
            yield Problem("the answer is no list of entries", page.url, short=True)
        for entry in self._list(page):
            yield self._entry(page, entry)

    def _record_id(self, entry: dict[str, Any], kind: str) -> str:
        return self.record_id("", platform_id=f"wp:{entry.get('type') or kind}:{entry['id']}")

    def _entry(self, page: Page, entry: dict[str, Any]) -> Yield:
        kind = page.context["type"]
        title = _rendered(entry.get("title"))
        if not title:
            return Problem(f"entry {entry['id']} has no title", page.url)
        values: dict[str, Any] = {
            "description": _rendered(entry.get("content")) or _rendered(entry.get("excerpt")),
            "language": self.option("language") or _text(entry.get("lang")),
            "published": _text(entry.get("date_gmt")),
            "modified": _text(entry.get("modified_gmt")),
        }
        sources = {k: k for k, v in values.items() if v} | {"title": "title.rendered"}
        labels = self._labels(entry)
        for name, found in labels.items():
            field = field_for(name, self.option("labels"), values["language"])
            if field and field not in values:
                values[field], sources[field] = "; ".join(found), f"label {name}"
        for field, path in self.option("fields", {}).items():
            if value := self._path(entry, path):
                values[field], sources[field] = value, path
        url = values.pop("url", None) or _text(entry.get("link")) or page.url
        return self.listing(
            page,
            title=values.pop("title", None) or title,
            url=page.join(url),
            platform_id=f"wp:{entry.get('type') or kind}:{entry['id']}",
            sources=sources,
            labels=labels,
            **values,
        )

    def _labels(self, entry: dict[str, Any]) -> dict[str, list[str]]:
        """Every meta field and taxonomy of an entry: name -> texts."""
        found: dict[str, list[str]] = {}
        for box in ("acf", "meta"):
            table = entry.get(box)
            for name, value in table.items() if isinstance(table, dict) else ():
                texts = _texts(value)
                if texts and not name.startswith("_") and field_for(name, self.option("labels")) != PERSON:
                    found[name] = texts
        for taxonomy, names in _terms(entry).items():
            found[taxonomy] = names
        return found

    def _path(self, entry: dict[str, Any], path: str) -> str | None:
        if path.startswith("taxonomy:"):
            return "; ".join(_terms(entry).get(path.partition(":")[2], [])) or None
        value: Any = entry
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return "; ".join(_texts(value)) or None


def _rendered(value: Any) -> str | None:
    """The rendered text of a WordPress field object, or the text itself."""
    if isinstance(value, dict):
        value = value.get("rendered")
    return _text(value)


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    """The texts in a JSON value: numbers as written, lists and objects one by one."""
    if isinstance(value, dict):
        value = [value["name"]] if "name" in value else list(value.values())
    if isinstance(value, list):
        return [t for v in value for t in _texts(v)]
    if isinstance(value, bool) or value is None:
        return []
    return [str(value).strip()] if str(value).strip() else []


def _terms(entry: dict[str, Any]) -> dict[str, list[str]]:
    """Taxonomy -> names of an entry's terms, from its embedded terms."""
    found: dict[str, list[str]] = {}
    embedded = entry.get("_embedded")
    groups = embedded.get("wp:term", []) if isinstance(embedded, dict) else []
    for group in groups:
        for term in group if isinstance(group, list) else ():
            if isinstance(term, dict) and term.get("name") and term.get("taxonomy"):
                found.setdefault(term["taxonomy"], []).append(str(term["name"]))
    return found
