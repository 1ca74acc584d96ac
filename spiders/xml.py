"""XML from strangers: no entities, no network, no huge trees."""

from __future__ import annotations

import re

from lxml import etree

from spiders.errors import HarvestError

_ENTITY = re.compile(rb"<!ENTITY", re.I)


def refuse_entities(body: bytes, url: str) -> None:
    """Raises HarvestError where the document declares entities of its own (billion laughs, external files)."""
    head = body[:65536].replace(b"\0", b"")  # UTF-16 hides nothing
    if _ENTITY.search(head) or _ENTITY.search(body):
        raise HarvestError("the XML declares entities and is not read", where=url)


def parse_xml(body: bytes, url: str) -> etree._Element:
    """The root of an XML document; small faults are mended. Raises HarvestError where it is no XML."""
    refuse_entities(body, url)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise HarvestError(f"the answer is no XML: {e}", where=url) from e
    if root is None:
        raise HarvestError("the answer is no XML", where=url)
    return root
