"""The rules of the house: who may import what, who reads the environment, and that nothing is undocumented or untested."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: data walks left to right; imports point left
ORDER = ("spiders", "transforms", "warehouse", "flows")
SOURCES = sorted(p for package in ORDER for p in (ROOT / package).rglob("*.py"))


def names(paths: list[Path]) -> list[str]:
    return [p.relative_to(ROOT).as_posix() for p in paths]


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports, lazily or not."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", SOURCES, ids=names(SOURCES))
def test_imports_point_left(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    right = ORDER[ORDER.index(package) + 1 :]
    wrong = sorted(name for name in imported(path) if name.split(".")[0] in (*right, "tests", "benchmarks"))
    assert not wrong, f"{package} must not import {wrong}"


def test_only_flows_imports_the_samples() -> None:
    for path in SOURCES:
        inside = path.relative_to(ROOT).as_posix()
        if inside.startswith(("flows/", "spiders/samples/")):
            continue
        assert not any(name.startswith("spiders.samples") for name in imported(path)), inside


def test_only_flows_reads_the_environment() -> None:
    for path in SOURCES:
        inside = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if not inside.startswith("flows/"):
            assert not re.search(r"\bos\.(environ|getenv)|\bgetenv\(", text), f"{inside} reads the environment"


@pytest.mark.parametrize("path", SOURCES, ids=names(SOURCES))
def test_modules_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=names(SOURCES))
def test_no_error_is_swallowed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{path}:{node.lineno}: bare except"
            silent = len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
            broad = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            assert not (silent and broad), f"{path}:{node.lineno}: an unforeseen error is swallowed"


@pytest.mark.parametrize("path", SOURCES, ids=names(SOURCES))
def test_sql_lives_in_sql_files(path: Path) -> None:
    """A look at the catalogue or at all rows of a table whose name is a variable may stand in Python; everything else is a file."""
    statement = re.compile(
        r"\s*(WITH\s+\w+\s+AS|INSERT\s+INTO|CREATE\s+(OR\s+REPLACE\s+)?(TABLE|VIEW|MACRO)|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.I
    )
    query = re.compile(r"\s*SELECT\s.+\sFROM\b.*\b(JOIN|UNION|GROUP BY|OVER)\b", re.I | re.S)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not statement.match(node.value) and not query.match(node.value), f"{path}:{node.lineno}: SQL in Python"


def test_no_module_names_a_sample_host_or_reads_gold() -> None:
    cards = (ROOT / "spiders/samples/cards").glob("*.toml")
    hosts = {host for card in cards for host in re.findall(r"[\w.-]+\.test\b", card.read_text(encoding="utf-8"))}
    assert len(hosts) >= 12
    for path in [*SOURCES, *(p for package in ORDER for p in (ROOT / package).rglob("*.toml")), *ROOT.glob("warehouse/sql/**/*.sql")]:
        inside = path.relative_to(ROOT).as_posix()
        if inside.startswith("spiders/samples/"):
            continue
        text = path.read_text(encoding="utf-8")
        assert not [host for host in hosts if host in text], f"{inside} names a sample host"
        assert "gold/records" not in text and "benchmarks/gold" not in text, f"{inside} reads gold"


def modules(folder: str) -> list[str]:
    return sorted(p.stem for p in (ROOT / folder).glob("*.py") if not p.stem.startswith("_"))


@pytest.mark.parametrize(
    ("folder", "tests", "document"),
    [
        ("spiders/platforms", "tests/spiders/platforms", "spiders/README.md"),
        ("warehouse/exports", "tests/warehouse/exports", "docs/exports.md"),
        ("flows/commands", "tests/flows/commands", "docs/commands.md"),
    ],
)
def test_every_part_is_documented_and_tested(folder: str, tests: str, document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    tested = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / tests).rglob("*.py"))
    for name in modules(folder):
        assert re.search(rf"\b{name}\b", text), f"{document} does not speak of {name}"
        assert re.search(rf"\b{name}\b", tested), f"no test in {tests} speaks of {name}"


def test_every_table_and_view_is_in_the_data_dictionary() -> None:
    text = (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")
    for path in ROOT.glob("warehouse/sql/*.sql"):
        for name in re.findall(
            r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:TABLE|VIEW|MACRO)\s+(?:IF NOT EXISTS\s+)?(?:atlas\.)?(\w+)",
            path.read_text(encoding="utf-8"),
            re.I,
        ):
            assert re.search(rf"\b{name}\b", text), f"docs/data-dictionary.md does not speak of {name} ({path.name})"


def test_every_package_is_listed_for_installation() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    there = {p.parent.relative_to(ROOT).as_posix().replace("/", ".") for package in ORDER for p in (ROOT / package).rglob("__init__.py")}
    assert there <= listed, sorted(there - listed)
