"""OAI-PMH: records of repositories and archives, in Dublin Core or a format near it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from lxml import etree

from spiders.base import Claimed, Deleted, Door, Fetch, Known, Note, Option, Page, Platform, Problem, Yield
from spiders.errors import HarvestError
from spiders.extract.labels import field_for
from spiders.extract.nodes import squeeze
from spiders.platforms._records import local_name, record_listing, xml_of
from spiders.xml import parse_xml

OAI = "{http://www.openarchives.org/OAI/2.0/}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: a list in more pieces than this is a circle
MAX_PAGES = 20_000
#: resumption tokens that are remembered, to tell a list that goes round in circles
_PAST = 20
#: statuses with which some servers give their OAI error
_REASONS = (400, 404, 422, 500)
#: element (local name, Dublin Core and its refinements) -> raw field; the first that is filled counts
_FIELDS = {
    "description": ("description", "abstract"),
    "language": ("language",),
    "organisation": ("publisher",),
    "topic": ("subject",),
    "place": ("spatial", "coverage"),
    "period": ("temporal",),
    "published": ("issued", "date", "created", "available"),
    "licence": ("license", "licence"),
    "target_group": ("audience",),
}
#: elements that hold people
_PEOPLE = frozenset({"creator", "contributor", "author", "name", "namePart", "displayForm"})
_LICENCE = re.compile(r"https?://\S*(?:creativecommons|licen[cs]e|opendatacommons|etalab)\S*", re.I)


class Oai(Platform):
    """``url`` is the base address of the repository, ``https://example.org/oai``.

    Where the repository keeps deletions for ever, later runs ask for what changed since the last complete run; elsewhere they
    read the headers of all records, then the records that changed.
    """

    name = "oai"
    rank = 20
    about = "OAI-PMH repositories"
    options = {
        "set": Option(str, "setSpec of the set to read; without it everything"),
        "prefix": Option(str, "metadata format; oai_dc without it"),
        "fields": Option(dict, "raw field -> local name of a metadata element, such as 'coverage'"),
    }

    @classmethod
    def doors(cls, page: Page) -> Iterator[Door]:
        found: dict[str, str] = {}
        if page.body[:1000].find(b"<OAI-PMH") >= 0:
            found[page.url.partition("?")[0]] = "the address itself"
        for node in page.tree.css('a[href*="verb=Identify"], a[href$="/oai"], a[href*="/oai/"], a[href*="oai-pmh" i], a[href*="oai2d"]'):
            url = page.join(node.attributes.get("href") or "").partition("?")[0]
            if urlsplit(url).hostname == urlsplit(page.url).hostname:
                found.setdefault(url, "a link to an OAI-PMH interface")
        for url, why in list(found.items())[:2]:
            yield Door(f"{url}?verb=Identify", url, why)

    @classmethod
    def opens(cls, door: Door, answer: Page) -> dict[str, Any] | None:
        if b"<OAI-PMH" not in answer.body[:1000]:
            return None
        try:
            return {} if parse_xml(answer.body, answer.url).find(f"{OAI}Identify") is not None else None
        except HarvestError:
            return None

    def start(self) -> Iterator[Yield]:
        if self.memory.tokens:
            yield self._ask("parse_identity", {}, {"verb": "Identify"})
        else:
            yield self._records()

    # -- what is asked

    def _ask(self, parse: str, context: dict[str, Any], query: dict[str, str], *, first: bool = True, again: bool = False) -> Fetch:
        url = f"{self.harvest.url.rstrip('?&')}?{urlencode(query, safe=':,')}"
        return Fetch(url, parse, context, {"Accept": "text/xml, application/xml"}, first=first, again=again, accept=_REASONS)

    @property
    def _prefix(self) -> str:
        return self.option("prefix") or "oai_dc"

    @property
    def _note(self) -> str:
        return f"oai {self.harvest.url} {self.option('set') or ''} {self._prefix}"

    def _records(self, since: str | None = None, **context: Any) -> Fetch:
        query = {"verb": "ListRecords", "metadataPrefix": self._prefix} | self._chosen() | ({"from": since} if since else {})
        return self._ask("parse", {"verb": "ListRecords", "since": since, "depth": 1, **context}, query, again=bool(context))

    def _headers(self, **context: Any) -> Fetch:
        query = {"verb": "ListIdentifiers", "metadataPrefix": self._prefix} | self._chosen()
        return self._ask("parse_headers", {"verb": "ListIdentifiers", "depth": 1, **context}, query, again=bool(context))

    def _chosen(self) -> dict[str, str]:
        return {"set": self.option("set")} if self.option("set") else {}

    # -- what is answered

    def parse_identity(self, page: Page) -> Iterator[Yield]:
        """What the repository says of itself: may deletions be relied on?"""
        root, problem = _document(page)
        deleted, granularity = root.findtext(f"{OAI}Identify/{OAI}deletedRecord"), root.findtext(f"{OAI}Identify/{OAI}granularity")
        since = self.memory.doors.get(self._note)
        alone = len(self.card.harvest) == 1 and not self.option("set")
        if problem or deleted != "persistent" or not isinstance(since, str) or not alone:
            yield self._headers()
        else:
            yield self._records(since if "hh:mm:ss" in (granularity or "") else since[:10])

    def parse(self, page: Page) -> Iterator[Yield]:
        """A piece of the list of records."""
        root, problem = _document(page)
        if problem:
            yield problem
        code, message = _error(root)
        if code == "noRecordsMatch" and page.context.get("since"):
            yield from self._unchanged(page, root, [])
            return
        if code:
            yield from self._refused(page, code, message, self._records)
            return
        gone: list[str] = list(page.context.get("gone", ()))
        for record in root.iter(f"{OAI}record"):
            for result in self._record(page, record):
                if isinstance(result, Deleted):
                    gone.append(result.record_id)
                yield result
        more = yield from self._more(page, root, "parse", gone)
        if not more and not problem:
            yield from self._unchanged(page, root, gone)

    def parse_headers(self, page: Page) -> Iterator[Yield]:
        """A piece of the list of headers: what changed is fetched, the rest is sighted."""
        root, problem = _document(page)
        if problem:
            yield problem
        code, message = _error(root)
        if code:
            yield from self._refused(page, code, message, self._headers)
            return
        gone: list[str] = list(page.context.get("gone", ()))
        for header in root.iter(f"{OAI}header"):
            identifier, token, deleted = _header(header)
            if not identifier:
                yield Problem("a header without identifier", page.url)
                continue
            record_id = self.record_id("", platform_id=identifier)
            if deleted:
                gone.append(record_id)
                yield Deleted(record_id, f"deleted {token or ''}".strip())
            elif token and self.memory.tokens.get(record_id) == token:
                yield Known(record_id, token)
            else:
                query = {"verb": "GetRecord", "identifier": identifier, "metadataPrefix": self._prefix}
                yield self._ask("parse_one", {"id": identifier}, query, first=False)
        yield from self._more(page, root, "parse_headers", gone)

    def parse_one(self, page: Page) -> Iterator[Yield]:
        """One record that changed."""
        root, problem = _document(page)
        if problem:
            yield problem
        code, message = _error(root)
        if code == "idDoesNotExist":
            yield Deleted(self.record_id("", platform_id=page.context["id"]), f"idDoesNotExist: {message}")
        elif code:
            yield Problem(_said(code, message), page.url)
        for record in root.iter(f"{OAI}record"):
            yield from self._record(page, record)

    def _refused(self, page: Page, code: str, message: str, restart: Any) -> Iterator[Yield]:
        if code == "badResumptionToken" and page.context.get("depth", 1) > 1 and not page.context.get("restarted"):
            yield Problem("the resumption token was no longer valid; the list is read again from its beginning", page.url)
            since = {"since": page.context["since"]} if page.context.get("since") else {}
            yield restart(restarted=True, **since)
        else:
            yield Problem(_said(code, message), page.url, short=True)

    def _more(self, page: Page, root: etree._Element, method: str, gone: list[str]) -> Any:
        """The next piece by its resumption token; true where there is one. The total is claimed with the last piece."""
        context = page.context
        node = next(root.iter(f"{OAI}resumptionToken"), None)
        token = (node.text or "").strip() if node is not None else ""
        size = node.get("completeListSize") if node is not None else None
        total = int(size) if size and size.isdigit() else context.get("total")
        depth = context.get("depth", 1)
        mark, past = hashlib.sha256(token.encode()).hexdigest()[:8], context.get("past", [])
        if token and mark in past:
            yield Problem("the repository gives the same resumption token again", page.url, short=True)
        elif token and depth >= MAX_PAGES:
            yield Problem(f"the list has more than {MAX_PAGES} pieces", page.url, short=True)
        elif token:
            begun = context.get("begun") or root.findtext(f"{OAI}responseDate")
            following = {
                **context,
                "depth": depth + 1,
                "token": token,
                "past": [*past, mark][-_PAST:],
                "total": total,
                "gone": gone,
                "begun": begun,
            }
            yield self._ask(method, following, {"verb": context["verb"], "resumptionToken": token}, again=bool(context.get("restarted")))
            return True
        if total and not context.get("since"):
            yield Claimed(max(total - len(gone), 0), "completeListSize without deleted records")
        return False

    def _unchanged(self, page: Page, root: etree._Element, gone: list[str]) -> Iterator[Yield]:
        """The list is complete: when it was, and after a list of changes everything that is not on it."""
        begun = page.context.get("begun") or root.findtext(f"{OAI}responseDate") or ""
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", begun.strip()):
            yield Note(self._note, begun.strip())
        if page.context.get("since"):
            for record_id, token in self.memory.tokens.items():
                if record_id not in gone:
                    yield Known(record_id, token)

    # -- a record

    def _record(self, page: Page, record: etree._Element) -> Iterator[Yield]:
        header = record.find(f"{OAI}header")
        identifier, token, deleted = _header(header) if header is not None else (None, None, False)
        if not identifier:
            yield Problem("a record without identifier", page.url)
            return
        if deleted:
            yield Deleted(self.record_id("", platform_id=identifier), f"deleted {token or ''}".strip())
            return
        found = _elements(record)
        titles = found.get("title", [])
        title, language = _wanted(titles, self.card.languages)
        if not title:
            yield Problem(f"record {identifier} has no title", page.url)
            return
        values: dict[str, str | None] = {}
        for field, names in _FIELDS.items():
            several = next((found[n] for n in names if n in found), [])
            one = field in ("description", "language", "published")
            values[field] = _wanted(several, self.card.languages)[0] if one else "; ".join(dict.fromkeys(t for t, _ in several))
        values["language"] = values["language"] or language
        values["modified"] = token
        addresses = [
            t for n in ("identifier", "URI", "url", "relation") for t, _ in found.get(n, []) if t.startswith(("http://", "https://"))
        ]
        licence = next((m[0] for n in ("rights", "accessRights") for t, _ in found.get(n, []) if (m := _LICENCE.search(t))), None)
        values["licence"] = values["licence"] or licence
        base = self.harvest.url.rstrip("?&")
        own = f"{base}?{urlencode({'verb': 'GetRecord', 'identifier': identifier, 'metadataPrefix': self._prefix}, safe=':')}"
        taken = {"title", *(n for names in _FIELDS.values() for n in names)}
        labels = {n: list(dict.fromkeys(t for t, _ in v)) for n, v in found.items() if n not in taken or field_for(n) is None}
        yield record_listing(
            self,
            page,
            title=title,
            values=values,
            labels={n: v for n, v in labels.items() if n not in ("title", "description", "abstract")},
            record={n: [t for t, _ in v] for n, v in found.items()},
            url=addresses[0] if addresses else own,
            platform_id=identifier,
        )


def _document(page: Page) -> tuple[etree._Element, Problem | None]:
    """The answer's root; what is broken in it is mended where that is possible, and then the list counts as short."""
    root, problem = xml_of(page)
    if root.tag != f"{OAI}OAI-PMH":
        said = f"answered {page.status}: " if page.status != 200 else ""
        raise HarvestError(f"{said}the answer is no OAI-PMH but {local_name(root)!r}", where=page.url)
    return root, problem


def _error(root: etree._Element) -> tuple[str, str]:
    node = root.find(f"{OAI}error")
    return ("", "") if node is None else (node.get("code") or "error", squeeze(node.text or ""))


def _said(code: str, message: str) -> str:
    hints = {
        "cannotDisseminateFormat": "the card's prefix names a metadata format that the repository does not have",
        "noSetHierarchy": "the card names a set, the repository has none",
        "noRecordsMatch": "the repository shows no record for the card's set and prefix",
    }
    hint = hints.get(code)
    return f"OAI-PMH error {code}{f': {message}' if message else ''}{f' ({hint})' if hint else ''}"


def _header(header: etree._Element) -> tuple[str | None, str | None, bool]:
    identifier = squeeze(header.findtext(f"{OAI}identifier") or "")
    token = squeeze(header.findtext(f"{OAI}datestamp") or "")
    return identifier or None, token or None, header.get("status") == "deleted"


def _elements(record: etree._Element) -> dict[str, list[tuple[str, str | None]]]:
    """Local name -> (text, language) of every element of the metadata that holds text; those of people are left out."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    metadata = record.find(f"{OAI}metadata")
    for node in metadata.iter(etree.Element) if metadata is not None else ():
        name, value = local_name(node), squeeze(node.text or "")
        if value and name not in _PEOPLE and not any(local_name(p) in _PEOPLE for p in node.iterancestors(etree.Element)):
            found.setdefault(name, []).append((value, node.get(_LANG)))
    return found


def _wanted(several: list[tuple[str, str | None]], languages: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The text in the portal's first language that has one, else the first text."""
    for language in languages:
        for value, said in several:
            if said and said.lower().replace("_", "-").split("-")[0] == language.split("-")[0]:
                return value, said
    return several[0] if several else (None, None)
