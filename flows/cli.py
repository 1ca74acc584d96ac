"""The command line. Commands live in ``flows/commands``, one module each, and are imported only when called."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from flows import commands
from spiders.errors import EduatlasError

EXIT_CODES = """\b
Exit codes:
  0    done
  1    done, but something wants attention: portals held back, drift, not found
  2    wrong use or input
  3    failed; the published state is untouched
  4    refused: another run holds the lock
  130  interrupted"""


class LazyGroup(click.Group):
    """Commands are the modules of ``flows.commands``; each is imported when it is called or asked for help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(m.name for m in pkgutil.iter_modules(commands.__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"flows.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        import difflib

        if args and args[0] not in self.list_commands(ctx):
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " See 'eduatlas --help'."
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)


@click.command(cls=LazyGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder [EDUATLAS_DATA, else data/live].")
@click.option("--quiet", is_flag=True, help="No progress, only results.")
@click.option("--json", "as_json", is_flag=True, help="Results as JSON.")
@click.option("--allow-private", is_flag=True, help="Let harvest, probe and check reach private addresses.")
@click.version_option(package_name="eduatlas")
@click.pass_context
def app(ctx: click.Context, data: Path | None, quiet: bool, as_json: bool, allow_private: bool) -> None:
    """Europe's digital-education initiatives and strategies as one open dataset."""
    ctx.obj = {"data": data, "quiet": quiet, "json": as_json, "allow_private": allow_private}


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point: run a command and end the process with the exit code that its outcome means."""
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors are written to standard error in words."""
    try:
        code = app.main(args=list(argv) if argv is not None else None, prog_name="eduatlas", standalone_mode=False)
    except EduatlasError as error:
        click.echo(f"eduatlas: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("eduatlas: interrupted; what was published stands", err=True)
        return 130
    except BrokenPipeError:
        # the reader of a pipe left early; Python would complain once more at exit
        sys.stdout = None  # type: ignore[assignment]
        return 0
    except OSError as error:
        click.echo(f"eduatlas: {_in_words(error)}", err=True)
        return 3
    except Exception:
        traceback.print_exc()
        click.echo("eduatlas: that was not foreseen. Nothing was published; please report the lines above.", err=True)
        return 3
    return code if isinstance(code, int) else 0


def _in_words(error: OSError) -> str:
    import errno

    where = f"{error.filename}: " if error.filename else ""
    hints = {
        errno.ENOSPC: "Free some space; the last published release stands.",
        errno.EROFS: "The file system is read-only; name another folder with --data.",
        errno.EACCES: "Fix the permissions, or name another folder with --data.",
    }
    return f"{where}{error.strerror or error}\n  {hints.get(error.errno or 0, 'What was published stands.')}"


if __name__ == "__main__":
    main()
