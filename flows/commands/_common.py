"""Options that every command takes, before or after its name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from flows import config


def with_settings(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its ``Settings`` as first argument, made from the common options wherever they stand."""

    @click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder.")
    @click.option("--sample", is_flag=True, help="The embedded sample portals (default folder data/sample).")
    @click.option("--quiet", is_flag=True, help="No progress, only results.")
    @click.option("--json", "as_json", is_flag=True, help="Results as JSON.")
    @click.option("--allow-private", is_flag=True, help="Let harvest, probe and check reach private addresses.")
    @click.pass_context
    @functools.wraps(function)
    def wrapped(
        ctx: click.Context, *args: Any, data: Path | None, sample: bool, quiet: bool, as_json: bool, allow_private: bool, **rest: Any
    ) -> Any:
        before = ctx.find_root().obj or {}
        settings = config.resolve(
            data=data or before.get("data"),
            sample=sample,
            quiet=quiet or before.get("quiet", False),
            json=as_json or before.get("json", False),
            allow_private=allow_private or before.get("allow_private", False),
        )
        return function(settings, *args, **rest)

    return wrapped
