"""CSV for spreadsheets and scripts: UTF-8, one header line, commas; lists and maps as JSON with a readable column beside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import compute
from pyarrow import csv as arrow_csv

from warehouse.digest import quote
from warehouse.exports import Source
from warehouse.exports._about import sql
from warehouse.exports._flat import Flat, flat
from warehouse.exports._lines import batches

NAME = "csv"
FORMAT = "text/csv"

#: what begins so a spreadsheet would run as a formula; the last four are the wide forms of the first four
_RISKY = "=+-@\t\r\n＝＋－＠"
_PATTERN = f"^[{_RISKY}]".replace("-", r"\-")
_FIRST_BYTES = np.isin(np.arange(256), [sign.encode()[0] for sign in _RISKY])


def write(source: Source, folder: Path) -> list[Path]:
    """One file per dataset. Text is in quotes, so that an empty one differs from none."""
    source.con.execute(sql("readable"))
    files = []
    for dataset in source.datasets():
        path = folder / f"{dataset.name}.csv"
        columns = flat(dataset)
        rows = batches(source.con, f"SELECT {', '.join(_said(column) for column in columns)} FROM {quote(dataset.name)}")
        # in less time and memory than DuckDB's own COPY, which looks at every text whether it needs quotes
        with arrow_csv.CSVWriter(path, rows.schema, write_options=arrow_csv.WriteOptions(quoting_header="none")) as out:
            for batch in rows:
                cells = [safe(cell) if _is_text(column) else cell for column, cell in zip(columns, batch.columns, strict=True)]
                out.write_batch(pa.record_batch(cells, schema=rows.schema))
        files.append(path)
    return files


def safe(texts: pa.StringArray) -> pa.StringArray:
    """What a spreadsheet would run as a formula becomes plain text by a leading apostrophe."""
    _, offsets, data = texts.buffers()
    if not data:
        return texts
    # most batches have none, which their first bytes tell in a fraction of the time
    starts, letters = np.frombuffer(offsets, np.int32)[texts.offset :][: len(texts)], np.frombuffer(data, np.uint8)
    if not _FIRST_BYTES[letters[np.minimum(starts, len(letters) - 1)]].any():
        return texts
    return compute.if_else(compute.match_substring_regex(texts, _PATTERN), compute.binary_join_element_wise("'", texts, ""), texts)


def _said(column: Flat) -> str:
    return f"{f'iso_time({column.said})' if column.type == 'TIMESTAMP' else column.said} AS {quote(column.name)}"


def _is_text(column: Flat) -> bool:
    # no formula begins with the bracket of a list or map in JSON
    return column.type == "VARCHAR" and not column.is_json
