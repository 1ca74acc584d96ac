"""One sample portal as a folder of pages: which bytes, status and headers a path gets.

``_routes.toml`` holds ``host``, and optionally ``modified`` (date of Last-Modified), ``encoding`` (of the bytes of its text files),
``content_type`` (the header sent with HTML pages), ``wordpress`` (``clamp``, ``theme``) and ``[[route]]`` tables: ``path``
(with its query, where it has one) and ``file``, ``status``, ``location``, ``content_type`` or ``encoding``.
Without a route, ``/a/b`` is the file ``a/b`` or ``a/b.html``, and ``/a/b/`` the file ``a/b/index.html``.
"""

from __future__ import annotations

import hashlib
import mimetypes
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from spiders.errors import FileError
from spiders.samples.wordpress import RestApi
from spiders.samples.world import Index, World

_TEXT = {".html", ".xml", ".rss", ".atom", ".txt"}


@dataclass
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """One portal; ``folder`` is spiders/samples/portals/<id>."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        try:
            self._table = tomllib.loads((folder / "_routes.toml").read_text(encoding="utf-8"))
            self.host: str = self._table["host"]
        except (OSError, tomllib.TOMLDecodeError, KeyError) as e:
            raise FileError(f"cannot be served: {e}", where=str(folder / "_routes.toml"), hint="It needs at least: host.") from e
        self.index = Index.read(folder / "_entries.toml")
        self.routes: dict[str, dict[str, Any]] = {r["path"]: r for r in self._table.get("route", [])}

    @cached_property
    def api(self) -> RestApi | None:
        """The WordPress REST API, where the portal has one."""
        if not (self.folder / "wp-json").is_dir():
            return None
        return RestApi(self.folder / "wp-json", self.host, self.index, self._table.get("wordpress", {}).get("clamp"))

    def answer(self, target: str, world: World) -> Answer:
        """The answer to a GET of ``target``: path with query."""
        parts = urlsplit(target)
        path = unquote(parts.path)
        name = target if target in self.routes else path
        route = self.routes.get(name, {})
        if "location" in route:
            return self._redirect(route)
        if self.api and path.startswith("/wp-json"):
            status, headers, text = self.api.answer(path, dict(parse_qsl(parts.query, keep_blank_values=True)), world)
            return self._stamped(Answer(status, text.encode(), {"Content-Type": "application/json; charset=UTF-8", **headers}), world)
        file = self._file(path, route)
        if file is None:
            return self._themed(path, world) or self._missing()
        if world.gone(self.index, name):
            return self._missing()
        return self._stamped(self._page(file, name, route, world), world)

    def _redirect(self, route: dict[str, Any]) -> Answer:
        location = route["location"]
        where = location if "://" in location else f"http://{self.host}{location}"
        return Answer(route.get("status", 301), b"", {"Location": where, "Content-Type": "text/html"})

    def _file(self, path: str, route: dict[str, Any]) -> Path | None:
        if "file" in route:
            return self.folder / route["file"]
        name = path.lstrip("/")
        if any(part.startswith(("_", ".")) for part in name.split("/")):
            return None
        for candidate in (f"{name}index.html",) if path.endswith("/") else (name, f"{name}.html"):
            file = self.folder / candidate
            if file.is_file() and "wp-json" not in file.parts:
                return file
        return None

    def _page(self, file: Path, name: str, route: dict[str, Any], world: World) -> Answer:
        body = file.read_bytes()
        if world.changed and file.suffix in _TEXT:
            encoding = route.get("encoding", self._table.get("encoding", "utf-8"))
            text = world.page(self.index, name, body.decode(encoding))
            body = text.encode(encoding, "xmlcharrefreplace")
        return Answer(route.get("status", 200), body, {"Content-Type": route.get("content_type") or self._type(file)})

    def _type(self, file: Path) -> str:
        if file.suffix == ".html":
            return self._table.get("content_type", "text/html; charset=utf-8")
        return {".rss": "application/rss+xml", ".atom": "application/atom+xml", ".xml": "application/xml", ".txt": "text/plain"}.get(
            file.suffix
        ) or (mimetypes.guess_type(file.name)[0] or "application/octet-stream")

    def _themed(self, path: str, world: World) -> Answer | None:
        """A WordPress post in the portal's theme."""
        post = self.api.page_of(path, world) if self.api else None
        if post is None:
            return None
        theme = Template((self.folder / "_theme.html").read_text(encoding="utf-8"))
        text = theme.safe_substitute(title=post["title"]["rendered"], content=post["content"]["rendered"], link=post["link"])
        return self._stamped(Answer(200, text.encode(), {"Content-Type": "text/html; charset=UTF-8"}), world)

    def _missing(self) -> Answer:
        file = self.folder / "_404.html"
        body = file.read_bytes() if file.is_file() else b"<!DOCTYPE html><html><title>404 Not Found</title><h1>Not Found</h1></html>"
        return Answer(404, body, {"Content-Type": self._table.get("content_type", "text/html; charset=utf-8")})

    def _stamped(self, answer: Answer, world: World) -> Answer:
        if answer.status == 200:
            modified: datetime = self._table.get("modified", datetime(2026, 1, 12, 8, 0, tzinfo=UTC)) + timedelta(days=world.age)
            answer.headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
            answer.headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
        return answer


def unchanged(answer: Answer, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """True where the validators of a request match ``answer``; an entity tag outranks a date."""
    if "ETag" not in answer.headers:
        return False
    if if_none_match is not None:
        tags = {t.strip().removeprefix("W/") for t in if_none_match.split(",")}
        return "*" in tags or answer.headers["ETag"] in tags
    if if_modified_since is None:
        return False
    try:
        return parsedate_to_datetime(answer.headers["Last-Modified"]) <= parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
