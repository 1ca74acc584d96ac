"""One fetched page, the same whether it comes from the network or from the archive."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urldefrag, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from spiders.errors import HarvestError

#: what a portal declares although it means something else, tried when the declared encoding does not fit the bytes
_FALLBACKS = {"pl": "cp1250", "cs": "cp1250", "sk": "cp1250", "hu": "cp1250", "sl": "cp1250", "hr": "cp1250", "ro": "cp1250"}
_FALLBACKS |= {"bg": "cp1251", "el": "cp1253", "et": "cp1257", "lv": "cp1257", "lt": "cp1257"}

#: what a byte order mark begins with
_MARKS = b"\xef\xfe\xff\0"

#: elements inside elements; pages of real portals stay under a hundred
_DEPTH = 500
_DEEP = ">".join(["*"] * _DEPTH)
#: asked first: a selector is parsed at every call, and this one is short; of elements beside each other one is enough
_UNUSUAL = ">".join([*["*"] * 59, ":first-child"])
#: bytes from which on unclosed elements are counted before a page is parsed, and how many of one kind are too many
_WORTH_COUNTING, _UNCLOSED = 200_000, 3000
_OPENED = re.compile(
    rb"<(?!(?:p|li|td|tr|th|dt|dd|option|br|img|input|meta|link|hr|source|col|area|wbr|param|tbody|thead|script)\b)([a-z][a-z0-9]{0,20}+)",
    re.I,
)
_CLOSED = re.compile(rb"</([a-z][a-z0-9]{0,20}+)", re.I)

_BASE = re.compile(rb"<base\b", re.I)

#: addresses that are already in the form that reading and writing them again would give: what most links are. The general way takes
#: ten times as long. Host and path of a whole one, one that starts at the root, and the beginning of the page's own
_WHOLE = re.compile(r"https?://([A-Za-z0-9.-]+)(/[^\x00-\x20?#;]*)?")
_ROOTED = re.compile(r"(?![^?#;]*/\.)/(?!/)[^\x00-\x20?#;]*")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?=[/?#]|\Z)")

#: JSON's escape of half a character; most stand beside their other half
_HALF = re.compile(r"\\u[dD][89a-fA-F]")

_SESSION_KEYS = re.compile(r"(php|jsp|asp|cf)?_?sess(ion)?_?id|sid|jsessionid|cftoken|zenid|s_id", re.I)
_PATH_SESSION = re.compile(r";jsessionid=[^/?#]*", re.I)
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|pk_\w+|mtm_\w+|_ga|_gl|ref_src|yclid|msclkid", re.I)


@dataclass
class Page:
    """A response in the platform's hands.

    ``url`` is where it came from after redirects, ``asked`` the address asked for; ``context`` is what the platform gave the
    fetch along; ``reserved`` is true where the portal reserves its text: then only facts may be taken.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    asked: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    reserved: bool = False
    languages: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """The header ``name`` (any case), or None."""
        name = name.lower()
        return next((v for k, v in self.headers.items() if k.lower() == name), None)

    @property
    def content_type(self) -> str:
        """The bare media type in lower case, or an empty string."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        """The body as text: by byte order mark, UTF-8 validity, declaration, in that order of trust."""
        return decode(self.body, self.header("content-type"), self.languages)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed HTML. Raises HarvestError for a page that nests deeper than any page does: parsers need hours for it."""
        if len(self.body) > _WORTH_COUNTING:
            opened = Counter(m[1].lower() for m in _OPENED.finditer(self.body))
            closed = Counter(m[1].lower() for m in _CLOSED.finditer(self.body))
            if any(n - closed[tag] > _UNCLOSED for tag, n in opened.items()):
                raise HarvestError("the page opens thousands of elements that it never closes", where=self.url)
        # the parser wants UTF-8, which most bodies are: their text would be made, and turned back, for nothing
        tree = LexborHTMLParser(self.body if _is_utf8(self.body) else self.text)
        if tree.css_first(_UNUSUAL) is not None and tree.css_first(_DEEP) is not None:
            raise HarvestError(f"the page nests deeper than {_DEPTH} elements", where=self.url)
        return tree

    @cached_property
    def json(self) -> Any:
        """The parsed JSON. Raises HarvestError where it is none."""
        try:
            return json_of(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as e:
            raise HarvestError(f"the answer is no JSON: {e}", where=self.url) from e

    def join(self, href: str) -> str:
        """``href`` as an absolute address without fragment; ``<base href>`` counts. Where it is no address (an open bracket, a port of
        letters), its host is quoted whole, so that whoever follows it is refused by name and no neighbour is harmed."""
        href = href.strip()
        if _WHOLE.fullmatch(href):
            return href
        if self._origin and _ROOTED.fullmatch(href):
            return self._origin + href
        return joined(self.base, href)

    @cached_property
    def base(self) -> str:
        """What relative addresses on this page start from: its own address where ``<base href>`` is none."""
        may = "tree" in self.__dict__ or _BASE.search(self.body)  # what is no HTML is not parsed for this
        href = next((n.attributes["href"] for n in self.tree.tags("base") if "href" in n.attributes), None) if may else None
        try:
            return urljoin(self.url, href) if href else self.url
        except ValueError:
            return self.url

    @cached_property
    def _origin(self) -> str:
        """What an address that starts at the root follows; empty where it takes more than putting them together."""
        origin = _ORIGIN.match(self.base)
        return origin[0] if origin else ""


@dataclass(frozen=True)
class Fetch:
    """An address to fetch and the platform's method (``parse``) that reads the answer.

    ``context`` must be JSON-ready: it is archived with the page, so that a replay can call the same method again.
    ``conditional``: send validators of the last run. ``first``: before waiting detail pages.
    """

    url: str
    parse: str = "parse"
    context: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    conditional: bool = True
    first: bool = False
    #: statuses besides 200 that the platform wants to read itself; 0 stands for no answer at all
    accept: tuple[int, ...] = ()
    #: fetch it although it was fetched in this run
    again: bool = False


@dataclass(frozen=True)
class Claimed:
    """How many listings the portal says it has. Several are added up."""

    total: int
    source: str = ""


@dataclass(frozen=True)
class Known:
    """A listing that the portal still shows, unchanged since the last run by its own word: sighted, not fetched."""

    record_id: str
    token: str | None = None


@dataclass(frozen=True)
class Deleted:
    """A listing that the portal itself reports as deleted."""

    record_id: str
    evidence: str


@dataclass(frozen=True)
class Note:
    """Something worth remembering for the next run (``Memory.doors``) and for a probe. The first of a key counts."""

    key: str
    value: Any


@dataclass(frozen=True)
class Problem:
    """Something on a page that could not be used; it is kept with its reason and harms nothing else.

    ``short``: true where listings may be missing because of it, so that none is called missing in this run.
    """

    reason: str
    url: str
    short: bool = False


def json_of(text: str, *, strict: bool = True) -> Any:
    """What a JSON text says. Half of a character that JSON writes as two, where a portal cut its text inside an emoji, becomes U+FFFD:
    no file could hold it. Raises ValueError or RecursionError."""
    value = json.loads(text, strict=strict)
    if _HALF.search(text):
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return value


def decode(body: bytes, content_type: str | None = None, languages: tuple[str, ...] = ()) -> str:
    """``body`` as text.

    Bytes that are valid UTF-8 beyond ASCII are UTF-8, whatever the portal declares: no other encoding looks so by chance.
    """
    bom, mark = read_bom(body)
    if bom and mark:
        return body[len(mark) :].decode(bom, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    name = resolve_encoding(declared) if declared else None
    if name in (None, "utf-8", "cp1252"):
        # a UTF-8 page with a few torn bytes stays UTF-8; otherwise the code page of the portal's language is likelier
        text = body.decode("utf-8", "replace")
        torn = text.count("\ufffd")
        if name != "cp1252" and sum(c > "\x7f" for c in text) >= 3 * torn:
            return text
        name = next((_FALLBACKS[lang] for lang in languages if lang in _FALLBACKS and name != "cp1252"), "cp1252")
    try:
        return body.decode(name or "cp1252", "replace")
    except LookupError:
        return body.decode("cp1252", "replace")


def _is_utf8(body: bytes) -> bool:
    """True where `decode` reads ``body`` as UTF-8 without a mark, byte for byte."""
    try:
        return body.isascii() or (not (body[0] in _MARKS and read_bom(body)[0]) and bool(body.decode("utf-8")))
    except UnicodeDecodeError:
        return False


def joined(base: str, href: str) -> str:
    """``href`` on a page whose relative addresses start from ``base``; see `Page.join`."""
    try:
        found = urldefrag(urljoin(base, href))[0]
        _ = urlsplit(found).port
    except ValueError:
        scheme, _, rest = href.rpartition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme or 'http'}://{quote(host, safe='')}{slash}{path}"
    return found


def public_url(url: str) -> str:
    """``url`` without what changes from visit to visit: fragment and session ids. Otherwise as the portal writes it."""
    return url if _WHOLE.fullmatch(url) else _public(url)


@lru_cache(maxsize=4096)
def _public(url: str) -> str:
    parts = urlsplit(urldefrag(url)[0])
    query = parts.query
    if query and any(_SESSION_KEYS.fullmatch(k) for k, _ in parse_qsl(query, keep_blank_values=True)):
        query = "&".join(p for p in query.split("&") if not _SESSION_KEYS.fullmatch(p.split("=")[0]))
    return urlunsplit((parts.scheme, parts.netloc, _PATH_SESSION.sub("", parts.path), query, ""))


def url_key(url: str) -> str:
    """One key for the spellings of an address: scheme, ``www.``, a last slash, order of parameters and tracking do not count."""
    whole = _WHOLE.fullmatch(url)
    return whole[1].lower().removeprefix("www.") + (whole[2] or "").rstrip("/") if whole else _key(url)


@lru_cache(maxsize=4096)
def _key(url: str) -> str:
    parts = urlsplit(public_url(url))
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    query = urlencode(sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)))
    return f"{host}{port}{parts.path.rstrip('/')}?{query}".rstrip("?")
