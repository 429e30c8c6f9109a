"""``vitascope keys``: what signs here, a new signing key, and the stewards of a trace."""

from typing import Annotated

import typer

keys = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What signs here, and who may trace.")


@keys.command()
def show() -> None:
    """Print who signs, until when, and the root certificates to give to whoever wants to verify without Vitascope."""
    from vitascope.provenance.authority import open_authority
    from vitascope.settings import settings

    authority = open_authority(settings().home)
    whose = (
        "a local authority, unknown to the public lists" if authority.is_self_issued else "the operator's certificate"
    )
    typer.echo(f"Signs: {whose}; {authority.signer.algorithm}, until {authority.signer.expires:%Y-%m-%d}.")
    typer.echo(authority.anchors.decode(), nl=False)


@keys.command()
def rotate(
    root: Annotated[bool, typer.Option("--root", help="Make a new root as well; the old one stays known.")] = False,
) -> None:
    """Make a new signing key for the local authority. Files signed before stay known."""
    from vitascope.provenance.authority import rotate as rotate_keys
    from vitascope.settings import settings

    authority = rotate_keys(settings().home, with_root=root)
    typer.echo(f"A new key signs, until {authority.signer.expires:%Y-%m-%d}.")


@keys.command()
def steward(name: Annotated[str, typer.Argument(help="Who may answer for a trace, with another.")]) -> None:
    """Make NAME a steward and print their key, once."""
    from vitascope.provenance.audit import admit
    from vitascope.settings import settings

    typer.echo(admit(settings().home, name))
