"""`eduatlas export`: the published release to where it is wanted."""

from __future__ import annotations

import click

from flows import config, console
from flows.commands._common import with_settings
from flows.config import Settings


@click.command("export")
@click.option(
    "--to",
    "target",
    required=True,
    metavar="TARGET",
    help="A folder, an fsspec address (s3://, sftp://, webdav+https://) or ckan+https://host/dataset.",
)
@click.option(
    "--format", "formats", multiple=True, metavar="NAME", help="Only this export (csv, parquet, jsonl, xlsx, rdf, dcat ...); repeatable."
)
@click.option("--release", "version", metavar="VERSION", help="Default: the published one.")
@with_settings
def command(settings: Settings, target: str, formats: tuple[str, ...], version: str | None) -> None:
    """Bring a release to TARGET: only what changed is sent, every file is verified. Secrets come from EDUATLAS_EXPORT_<NAME> alone."""
    from flows.console import Progress
    from warehouse.deliver import deliver

    release = settings.releases / (version or "latest")
    say = Progress(settings.quiet).say
    report = deliver(release.resolve(), target, secrets=config.export_secrets(), exports=formats or None, say=say)
    if settings.json:
        console.dump(report)
    else:
        size = f"{report.sent_bytes / 1e6:.1f} MB"
        told = f"{len(report.sent)} files sent ({size}), {report.unchanged} were there, {len(report.removed)} removed"
        click.echo(f"release {report.version} at {report.target}: {told}")
