"""Language variants: the addresses under which a page says that it stands in other languages (hreflang).

They are evidence that two listings are one page in two languages: a listing whose ``url`` another one names as its variant. A page may
claim too much, so what a site-wide language switch would write is left out: variants of a page that shows several listings, the other
language's home page, one address for several languages, and an address that several listings name.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from transforms.normalise.steps import NOTHING, Outcome, Priors, made, raw, record, refused, typed
from transforms.normalise.urls import canonical, page_key

_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def variants_of(alternates: Mapping[str, str], url: str | None) -> dict[str, str]:
    """language (BCP 47, lower case) -> canonical address, of the ``alternates`` that are other pages than ``url`` and not home pages."""
    own = page_key(url) if url else None
    at_home = not url or len(urlsplit(url).path) <= 1
    found: dict[str, str] = {}
    for code, address in alternates.items():
        tag, target = code.strip().lower().replace("_", "-"), canonical(address)
        if not _CODE.fullmatch(tag) or not isinstance(target, str) or page_key(target) == own:
            continue
        if at_home or len(urlsplit(target).path) > 1:
            found[tag] = target
    times = defaultdict(set)
    for tag, target in found.items():
        times[page_key(target)].add(tag.split("-")[0])
    return {tag: target for tag, target in sorted(found.items()) if len(times[page_key(target)]) == 1}


def variants_step(frame: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """url_variants, from the hreflang alternates of pages that show one listing."""
    listed = raw(frame, "alternates")
    if not any(listed):
        return frame
    shared, urls = typed(frame, "shared_page"), typed(frame, "url")
    tables = [_table(value) if value and not many else {} for value, many in zip(listed, shared, strict=True)]
    found = [variants_of(table, url) if table else {} for table, url in zip(tables, urls, strict=True)]
    claims: dict[Any, set[str | None]] = defaultdict(set)
    for variants, url in zip(found, urls, strict=True):
        for target in variants.values():
            claims[page_key(target)].add(url)

    def one(variants: dict[str, str], table: Mapping[str, str]) -> Outcome:
        kept = {tag: target for tag, target in variants.items() if len(claims[page_key(target)]) == 1}
        if kept:
            return made(_json(kept), raw=_json(dict(table)), rule="urls.hreflang", confidence=0.9)
        return refused("url_variants", _json(dict(table)), "several listings name them") if variants else NOTHING

    return record(frame, ("url_variants",), [one(variants, table) for variants, table in zip(found, tables, strict=True)])


def _table(value: Any) -> Mapping[str, str]:
    """Alternates as the harvest gives them: a table, or its JSON text in files that hold no tables."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return {k: v for k, v in value.items() if isinstance(k, str) and isinstance(v, str)} if isinstance(value, Mapping) else {}


def _json(value: Mapping[str, str]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
