"""The WordPress REST API of a sample portal, answered from the folder ``wp-json`` that holds its posts and terms.

``<rest base>.json`` is a list of post objects or of term objects, as the API writes them; ``_embedded`` is added on demand.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spiders.samples.world import Index, World

LARGEST_PAGE = 100


class RestError(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status}}


class RestApi:
    """Answers paths under ``/wp-json/``. ``clamp``: most items that the site gives a page, however many are asked for."""

    def __init__(self, folder: Path, host: str, index: Index, clamp: int | None = None) -> None:
        self.folder = folder
        self.host = host
        self.clamp = clamp
        self._entries = {e.post: e for e in index.entries if e.post is not None}

    def answer(self, path: str, query: Mapping[str, str], world: World) -> tuple[int, dict[str, str], str]:
        """Status, headers and JSON text for ``path`` (from ``/wp-json`` on)."""
        try:
            value, headers = self._find(path.removeprefix("/wp-json").strip("/").split("/"), query, world)
        except RestError as e:
            return e.status, {}, _dumps(e.body)
        return 200, headers, _dumps(value)

    def posts(self, base: str, world: World) -> list[dict[str, Any]]:
        """The posts or terms behind a rest base, as ``world`` shows them."""
        items = self._read(base)
        if items and "title" not in items[0]:
            return items
        return [self._shown(post, world) for post in items if not self._dropped(post["id"], world)]

    def page_of(self, path: str, world: World) -> dict[str, Any] | None:
        """The post whose link is ``path``, if there is one."""
        for file in sorted(self.folder.glob("[!_]*.json")):
            for post in self.posts(file.stem, world):
                if "title" in post and post["link"] == f"http://{self.host}{path}":
                    return post
        return None

    def _dropped(self, post: int, world: World) -> bool:
        entry = self._entries.get(post)
        return entry is not None and entry.record in world.dropped

    def _shown(self, post: dict[str, Any], world: World) -> dict[str, Any]:
        entry = self._entries.get(post["id"])
        if entry is None or entry.record not in world.titles:
            return post
        return {**post, "title": {"rendered": html.escape(world.titles[entry.record], quote=False)}}

    def _read(self, base: str) -> Any:
        path = self.folder / f"{base}.json"
        if base.startswith("_") or not path.is_file():
            raise RestError(404, "rest_no_route", "No route was found matching the URL and request method.")
        return json.loads(path.read_text(encoding="utf-8"))

    def _find(self, parts: list[str], query: Mapping[str, str], world: World) -> tuple[Any, dict[str, str]]:
        if parts == [""]:
            return json.loads((self.folder / "_index.json").read_text(encoding="utf-8")), {}
        if parts[:2] != ["wp", "v2"] or len(parts) not in (3, 4):
            raise RestError(404, "rest_no_route", "No route was found matching the URL and request method.")
        if parts[2] in ("types", "taxonomies"):
            return json.loads((self.folder / f"_{parts[2]}.json").read_text(encoding="utf-8")), {}
        items = self.posts(parts[2], world)
        if len(parts) == 3:
            return self._collection(parts[2], items, query)
        for item in items:
            if str(item["id"]) == parts[3]:
                return self._dressed(item, query), {}
        raise RestError(404, "rest_post_invalid_id", "Invalid post ID.")

    def _collection(self, base: str, items: list[dict[str, Any]], query: Mapping[str, str]) -> tuple[Any, dict[str, str]]:
        asked = _number(query, "per_page", 10, most=LARGEST_PAGE)
        number = _number(query, "page", 1)
        size = min(asked, self.clamp or asked)
        if "include" in query:
            wanted = query["include"].split(",")
            items = [i for i in items if str(i["id"]) in wanted]
        if "modified_after" in query:
            items = [i for i in items if i.get("modified_gmt", "") > query["modified_after"]]
        if query.get("orderby") == "id":
            items = sorted(items, key=lambda i: i["id"], reverse=query.get("order", "desc") == "desc")
        pages = -(-len(items) // size)
        if number > max(pages, 1):
            raise RestError(400, "rest_post_invalid_page_number", "The page number requested is larger than the number of pages available.")
        headers = {"X-WP-Total": str(len(items)), "X-WP-TotalPages": str(pages)}
        if number < pages:
            headers["Link"] = f'<http://{self.host}/wp-json/wp/v2/{base}?per_page={asked}&page={number + 1}>; rel="next"'
        return [self._dressed(i, query) for i in items[(number - 1) * size : number * size]], headers

    def _dressed(self, item: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        if "_embed" in query and "title" in item:
            item = {**item, "_embedded": {"wp:term": self._terms(item)}}
        if "_fields" in query:
            wanted = {f.split(".")[0] for f in query["_fields"].split(",")}
            item = {k: v for k, v in item.items() if k in wanted}
        return item

    def _terms(self, item: dict[str, Any]) -> list[list[dict[str, Any]]]:
        found = []
        for link in item.get("_links", {}).get("wp:term", []):
            base = link["href"].split("/wp/v2/")[1].split("?")[0]
            terms = {t["id"]: t for t in self._read(base)}
            found.append([terms[i] for i in item.get(base, [])])
        return found


def _number(query: Mapping[str, str], name: str, default: int, most: int | None = None) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or int(text) < 1 or (most and int(text) > most):
        raise RestError(400, "rest_invalid_param", f"Invalid parameter(s): {name}")
    return int(text)


def _dumps(value: Any) -> str:
    """JSON with escaped non-ASCII letters, as PHP writes it."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
