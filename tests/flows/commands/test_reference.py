"""docs/commands.md is what the commands say of themselves."""

from flows.reference import text


def test_the_reference_is_up_to_date(root):
    assert (root / "docs/commands.md").read_text(encoding="utf-8") == text(), "run: python -m flows.reference > docs/commands.md"
