"""What the platforms that read records (JSON, XML, RDF, tables) share: texts in a value, paths, and labels that fill raw fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from spiders.base import Page, Platform, Problem
from spiders.extract.labels import PERSON, field_for
from spiders.listing import Listing
from spiders.xml import parse_xml, refuse_entities

#: a labelled value longer than this is prose and no fact
LONGEST_VALUE = 2000


def texts(value: Any) -> list[str]:
    """The texts in a JSON value, in order: numbers as written, lists one by one, of an object its name, title, label or value."""
    if isinstance(value, dict):
        name = next((value[k] for k in ("display_name", "title", "name", "label", "value", "@value") if value.get(k)), None)
        return texts(name)
    if isinstance(value, (list, tuple)):
        return list(dict.fromkeys(t for v in value for t in texts(v)))
    if value is None or isinstance(value, bool):
        return []
    text = str(value).strip()
    return [text] if text else []


def text(value: Any) -> str | None:
    """The texts in a JSON value joined by ``; ``, or None."""
    return "; ".join(texts(value)) or None


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path in a JSON value; a list on the way is searched in every item. A key may hold dots itself."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for step in path.split("."):
        if isinstance(value, list):
            value = [v[step] for v in value if isinstance(v, dict) and step in v]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def in_language(value: Any, languages: Iterable[str]) -> tuple[str | None, str | None]:
    """(text, language) of a value that may be a table of languages (``{"de": …, "en": …}``): the first wanted one, else any."""
    if not isinstance(value, dict):
        return text(value), None
    filled = {str(k): v for k, v in value.items() if texts(v)}
    for language in (*languages, *filled):
        if language in filled:
            return text(filled[language]), language
    return None, None


def xml_of(page: Page, body: bytes | None = None) -> tuple[etree._Element, Problem | None]:
    """The root of an XML answer. What is broken in it is mended where that is possible, and then the problem says that it is short.

    Raises HarvestError where it is no XML or declares entities.
    """
    data = page.body if body is None else body
    refuse_entities(data, page.url)
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)), None
    except (etree.XMLSyntaxError, ValueError) as e:
        root = parse_xml(data, page.url)
        return root, Problem(f"the XML is broken ({e}); read is what stands before or around the fault", page.url, short=True)


def local_name(node: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments."""
    return str(node.tag).rpartition("}")[2].rpartition(":")[2] if isinstance(node.tag, str) else ""


def record_listing(
    platform: Platform,
    page: Page,
    *,
    title: str,
    values: Mapping[str, str | None],
    labels: Mapping[str, list[str]],
    record: Any = None,
    sources: Mapping[str, str] | None = None,
    **named: Any,
) -> Listing:
    """A raw listing of a record.

    ``values`` are the fields that the format itself defines; ``labels`` fill those that it leaves open, by the shared
    dictionary and the card's own labels; the card's ``fields`` (raw field -> path in ``record``) win over both. Labels of
    people are left out. ``named``: what ``Platform.listing`` takes (url, platform_id, key, shared_page …).
    """
    found: dict[str, Any] = {k: v for k, v in values.items() if v}
    taken = {"title": "title", **{k: k for k in found}, **(sources or {})}
    kept: dict[str, list[str]] = {}
    for label, several in labels.items():
        field = field_for(label, platform.option("labels"), found.get("language"))
        several = [t for t in several if t and len(t) <= LONGEST_VALUE]
        if field == PERSON or not several:
            continue
        kept[label] = several
        if field and field != "title" and field not in found:
            found[field], taken[field] = "; ".join(several), f"label {label}"
    for field, path in platform.option("fields", {}).items():
        if value := text(at(record, path)):
            found[field], taken[field] = value, path
    title = found.pop("title", None) or title
    named["url"] = found.pop("url", None) or named.get("url")
    if named["url"]:
        named["url"] = page.join(named["url"])
    if found.get("official_url"):
        found["official_url"] = page.join(found["official_url"])
    return platform.listing(
        page, title=title, labels=kept, sources={k: v for k, v in taken.items() if k in {*found, "title"}}, **named, **found
    )
