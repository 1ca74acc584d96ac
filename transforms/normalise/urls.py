"""One canonical form for every address of a page.

The form is published, so it keeps what a browser may need (``www.``); `page_key` goes further and is only compared. It is a fixed point,
so that a canonical address is never changed again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pandas as pd

from transforms.normalise.steps import NOTHING, Outcome, Priors, fill, made, raw, refused, typed
from transforms.normalise.values import Refusal

_HOLD = files("transforms.normalise") / "lookups"
_PARAMETERS = tomllib.loads((_HOLD / "urls-parameters.toml").read_text(encoding="utf-8"))
_HOSTS = tomllib.loads((_HOLD / "urls-hosts.toml").read_text(encoding="utf-8"))

_DROPPED = {name for name in (*_PARAMETERS["tracking"], *_PARAMETERS["session"]) if not name.endswith("*")}
_PREFIXES = tuple(name[:-1] for name in (*_PARAMETERS["tracking"], *_PARAMETERS["session"]) if name.endswith("*"))
_RENDERING: dict[str, list[str]] = _PARAMETERS["rendering"]
_MIRRORS: dict[str, str] = _HOSTS["mirrors"]
_RENDERED = re.compile(rf"(?:{'|'.join(_HOSTS['renderings'])})\.(?=[^.]+\.)")

#: longest address that is read
MAX_LENGTH = 4000

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_LOOKS_LIKE_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#]|$)")
_CONTROL = re.compile(r"[\ud800-\udfff\x00-\x1f\x7f-\xa0\u2028\u2029\u200b-\u200f\u2060\ufeff\xad]")
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid|sessionid)=[^/;?#]*", re.I)
_ASP_SESSION = re.compile(r"/\([a-z]\([a-z0-9]{20,}\)\)(?=/)", re.I)
_NUMERIC = re.compile(r"\[|[\d.]+$|localhost$")
_HASH_ROUTE = re.compile(r"!?/.")
_AMP = re.compile(r"(?:\.amp)+(?=\.html?$)|(?<=.)(?:\.amp)+$", re.I)
_LAST = frozenset({*_HOSTS["indexes"], "amp", "amp.html", "print", "printview"})
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$")
_SAFE_PATH = "/-._~!$&'()*+,;=:@"
_SAFE_QUERY = "-._~!$'()*,;:@/?"


def canonical(url: str | None) -> str | Refusal:
    """The canonical form of a web address, or why there is none. ``canonical(canonical(x)) == canonical(x)``; never raises.

    Scheme is https (http only for an address with a number or a port of its own), host is lower case and ASCII; default ports, dot
    segments, tracking and session parameters, index pages, trailing slashes, fragments (but for hash routes) and the AMP, mobile and
    print renderings are dropped, percent-encoding is made uniform and query parameters are sorted.
    """
    if not isinstance(url, str) or not url.strip():
        return Refusal("empty")
    if len(url) > MAX_LENGTH:
        return Refusal("too long for an address")
    return _canonical(url)


@lru_cache(maxsize=1 << 16)
def _canonical(url: str) -> str | Refusal:
    text = _dressed(url)
    if isinstance(text, Refusal):
        return text
    try:
        parts = urlsplit(text)
        port = parts.port
        name = parts.hostname or ""
    except ValueError as error:
        return Refusal(f"not an address: {error}")
    host = _host(name)
    if isinstance(host, Refusal):
        return host
    own_port = port not in (None, 80, 443)
    scheme = "http" if text.startswith("http:") and (own_port or _NUMERIC.match(host)) else "https"
    authority = f"{host}:{port}" if own_port else host
    path = _path(parts.path)
    query = _query(parts.query)
    fragment = parts.fragment if _HASH_ROUTE.match(parts.fragment) else ""
    if host == "youtu.be" and path != "/":
        authority, path, query = "www.youtube.com", "/watch", _query(f"v={path[1:]}&{parts.query}")
    out = f"{scheme}://{authority}{path}"
    if query:
        out += f"?{query}"
    if fragment:
        out += "#" + quote(_unquoted(fragment), safe=_SAFE_PATH + "?").rstrip("/")
    return out


def _dressed(url: str) -> str | Refusal:
    """The address with its scheme and without blanks, quotes and brackets around it."""
    text = _CONTROL.sub("", url.strip().strip("<>\"'“”„«»")) if not url.isascii() or not url.isprintable() else url.strip().strip("<>\"'")
    text = text.strip().replace(" ", "%20").replace("\\", "/").replace("&amp;", "&")
    if text.startswith("//"):
        text = "https:" + text
    scheme = _SCHEME.match(text)
    if scheme and _LOOKS_LIKE_HOST.match(text):
        scheme = None  # example.org:8080/a
    if scheme is None:
        if not _LOOKS_LIKE_HOST.match(text):
            return Refusal("no web address")
        return "https://" + text
    if scheme[1].lower() not in ("http", "https"):
        return Refusal(f"not a web page: {scheme[1].lower()}")
    rest = text[scheme.end() :].lstrip("/")
    return f"{scheme[1].lower()}://{rest}" if rest else Refusal("no host")


def _host(name: str) -> str | Refusal:
    """The host in ASCII, lower case, without rendering labels, mirrors replaced."""
    host = unquote(name).lower().strip(".")
    if not host:
        return Refusal("no host")
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return Refusal("the host is no domain name")
    labels = host.split(".")
    if len(labels) == 1 and host != "localhost":
        return Refusal("the host is no domain name")
    if not all(_LABEL.match(label) for label in labels) or len(host) > 253:
        return Refusal("the host is no domain name")
    while True:
        before = host
        host = _RENDERED.sub("", host, count=1)
        host = _MIRRORS.get(host, host)
        if host == before:
            return host


def _unquoted(text: str) -> str:
    """Text with its percent-escapes undone; bytes that are no UTF-8 stay escaped."""
    try:
        return unquote(text, errors="strict") if "%" in text else text
    except UnicodeDecodeError:
        return text


def _escaped(segment: str) -> str:
    """One uniform percent-encoding of a path segment; an escaped slash, percent or question mark stays escaped."""
    try:
        return quote(unquote(segment, errors="strict"), safe=_SAFE_PATH.replace("/", ""))
    except UnicodeDecodeError:
        return re.sub(r"%[0-9a-fA-F]{2}", lambda m: m[0].upper(), quote(segment, safe=_SAFE_PATH + "%"))


def _path(path: str) -> str:
    path = _ASP_SESSION.sub("", _SESSION_PATH.sub("", path))
    kept: list[str] = []
    for segment in path.split("/"):
        segment = _escaped(segment)
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    while kept and (plain := _AMP.sub("", kept[-1])).lower() in _LAST:
        kept.pop()
    if kept:
        kept[-1] = plain
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    if not query:
        return ""
    pairs = parse_qsl(query.replace("&amp;", "&"), keep_blank_values=True, errors="surrogateescape")
    kept = sorted({(name, value) for name, value in pairs if not _is_dress(name.lower(), value.lower())})
    return "&".join(_pair(name, value) for name, value in kept)


def _pair(name: str, value: str) -> str:
    left = quote(name.encode("utf-8", "surrogateescape"), safe=_SAFE_QUERY)
    right = quote(value.encode("utf-8", "surrogateescape"), safe=_SAFE_QUERY)
    return f"{left}={right}" if value else left


def _is_dress(name: str, value: str) -> bool:
    if not name or name in _DROPPED or name.startswith(_PREFIXES):
        return True
    shown = _RENDERING.get(name)
    return shown is not None and (shown == ["*"] or value in shown)


def page_key(url: str | None) -> str | Refusal:
    """What two addresses of one page have in common: the canonical form without scheme, ``www.`` and case. Only for comparing."""
    found = canonical(url)
    return found.partition("://")[2].removeprefix("www.").rstrip("/").lower() if isinstance(found, str) else found


def canonical_many(urls: Iterable[str | None]) -> list[str | Refusal]:
    """``canonical`` of every address, one a value; equal ones are read once."""
    return [canonical(url) for url in urls]


def urls_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """url (the page's own rel=canonical before the address it was found at) and official_url."""

    def page(key: tuple[str, str | None, bool]) -> Outcome:
        url, stated, shared = key
        own, told = canonical(url), canonical(stated)
        if isinstance(own, str) and isinstance(told, str) and not shared and _same_site(own, told):
            return made(told, raw=stated or "", rule="urls.rel-canonical", confidence=0.99)
        return made(own, raw=url, rule="urls.canonical", confidence=1.0) if isinstance(own, str) else refused("url", url, own.reason)

    def official(key: tuple[str, str | None]) -> Outcome:
        text, page_url = key
        found = canonical(text)
        if not isinstance(found, str):
            return refused("official_url", text, found.reason)
        return NOTHING if found == page_url else made(found, raw=text, rule="urls.canonical", confidence=1.0)

    keys = zip(raw(frame, "url"), raw(frame, "canonical_url"), (bool(s) for s in raw(frame, "shared_page")), strict=True)
    frame = fill(frame, ("url",), keys, page)
    return fill(frame, ("official_url",), zip(raw(frame, "official_url"), typed(frame, "url"), strict=True), official)


def _same_site(one: str, other: str) -> bool:
    """True where rel=canonical stays on its host and does not point many pages at the home page."""
    a, b = urlsplit(one), urlsplit(other)
    return a.netloc == b.netloc and (len(b.path) > 1 or len(a.path) <= 1)
