"""The reference of all commands as Markdown, from the commands themselves: `python -m flows.reference > docs/commands.md`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from flows.cli import EXIT_CODES, app

COMMON = frozenset({"data", "sample", "quiet", "as_json", "allow_private", "help"})


def leaves(group: click.Group, context: click.Context, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its words, groups opened."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, context, (*path, name))
            if command.invoke_without_command:
                yield (*path, name), command
        else:
            yield (*path, name), command


def text() -> str:
    """The whole reference."""
    context = click.Context(app, info_name="eduatlas")
    parts = [
        "# Commands",
        "Made from the commands themselves by `python -m flows.reference`; a test compares the two.",
        "Options of every command, before or after its name: `--data FOLDER`, `--sample`, `--quiet`, `--json`, `--allow-private`.",
        "```text\n" + EXIT_CODES.replace("\b\n", "") + "\n```",
    ]
    for words, command in leaves(app, context):
        usage = " ".join(["eduatlas", *words, *(_argument(p) for p in command.params if isinstance(p, click.Argument))])
        parts.append(f"## {' '.join(words)}\n\n`{usage}`\n\n{(command.help or '').strip()}")
        options = [p for p in command.params if isinstance(p, click.Option) and p.name not in COMMON]
        if options:
            parts.append("\n".join(f"- `{', '.join(o.opts)}`{_value(o)}: {o.help}" for o in options))
    return "\n\n".join(parts) + "\n"


def _argument(parameter: click.Argument) -> str:
    return parameter.make_metavar(click.Context(click.Command("x")))


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return f" ({' | '.join(map(str, option.type.choices))})"
    return f" {option.metavar or (option.name or '').upper()}"


if __name__ == "__main__":
    print(text(), end="")
