"""Run the examples of the documentation and write their output anew: `python docs/refresh.py data/sample`.

An example is a line `$ eduatlas ...` in a fenced block marked `console`; what follows in the block is its output. Tests run the same
examples and compare. `data/sample` in an example stands for the given data folder.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)


def pages() -> list[Path]:
    """Every page that may hold examples."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])


def examples(text: str) -> list[tuple[str, str]]:
    """(command, output) of every example of a page."""
    found = []
    for block in BLOCK.findall(text):
        for part in re.split(r"^(?=\$ )", block, flags=re.M):
            if part.startswith("$ "):
                command, _, output = part.partition("\n")
                found.append((command[2:], output))
    return found


def run(command: str, data: Path) -> str:
    """The output of one example on ``data``. Raises CalledProcessError where the command fails."""
    words = shlex.split(command)
    if words[0] != "eduatlas":
        raise ValueError(f"an example must call eduatlas: {command}")
    words = [str(data) if word == "data/sample" else word for word in words[1:]]
    result = subprocess.run([sys.executable, "-m", "flows.cli", *words], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return result.stdout.replace(str(data), "data/sample")


def refreshed(text: str, data: Path) -> str:
    """The page with every example's output as it is now."""

    def block(match: re.Match[str]) -> str:
        parts = "".join(f"$ {command}\n{run(command, data)}" for command, _ in examples(match[0]))
        return f"```console\n{parts}```"

    return BLOCK.sub(block, text)


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    for page in pages():
        before = page.read_text(encoding="utf-8")
        after = refreshed(before, folder)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(page.relative_to(ROOT))
