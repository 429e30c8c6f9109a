"""The only reader of the environment: each setting has a name, a default and a sentence."""

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the house is told from outside, read once per process."""

    home: Path
    """``VITASCOPE_HOME``: keys, registers, compiled graphs, corpus packages. Default ``~/.vitascope``."""

    threads: int
    """``VITASCOPE_THREADS``: threads a render may use; 0 leaves it to the runtime. Default 0."""

    signing_chain: Path | None
    """``VITASCOPE_SIGNING_CHAIN``: an operator's certificates in PEM, leaf first. Default: the local authority's."""

    signing_key: Path | None
    """``VITASCOPE_SIGNING_KEY``: the private key of that leaf in PEM, without a password. Default none."""

    signing_command: str
    """``VITASCOPE_SIGNING_COMMAND``: a command that signs its standard input instead of a key. Default none."""

    badge: str
    """``VITASCOPE_BADGE``: words that every film shows in a corner, beside the invisible layers. Default none."""

    secret: str = field(repr=False)
    """``VITASCOPE_SECRET``: what keys are hashed with, 32 characters or more. Default: a file in the data folder."""

    smtp: str = field(repr=False)
    """``VITASCOPE_SMTP``: mail server, ``smtp://user:password@host:587``. Default none: letters are written out."""

    mail_from: str
    """``VITASCOPE_MAIL_FROM``: who letters are from, an address. Default none."""

    address: str
    """``VITASCOPE_ADDRESS``: where people reach the desk, for links in letters. Default ``http://localhost:8000``."""

    traces: str
    """``VITASCOPE_TRACES``: address of an OpenTelemetry collector that takes OTLP over HTTP. Default none."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    home = os.environ.get("VITASCOPE_HOME", "")
    return Settings(
        home=Path(home).expanduser() if home else Path.home() / ".vitascope",
        threads=int(os.environ.get("VITASCOPE_THREADS", "0") or "0"),
        signing_chain=_path("VITASCOPE_SIGNING_CHAIN"),
        signing_key=_path("VITASCOPE_SIGNING_KEY"),
        signing_command=os.environ.get("VITASCOPE_SIGNING_COMMAND", ""),
        badge=os.environ.get("VITASCOPE_BADGE", "").strip()[:40],
        secret=os.environ.get("VITASCOPE_SECRET", ""),
        smtp=os.environ.get("VITASCOPE_SMTP", ""),
        mail_from=os.environ.get("VITASCOPE_MAIL_FROM", ""),
        address=os.environ.get("VITASCOPE_ADDRESS", "").rstrip("/") or "http://localhost:8000",
        traces=os.environ.get("VITASCOPE_TRACES", ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """What the front desk is told from outside."""

    default_model: str
    """``VITASCOPE_DEFAULT_MODEL``: the model that Sora's names stand for. Default: the first there is."""

    fetch_images: bool
    """``VITASCOPE_FETCH_IMAGES``: 1 lets clients name a picture by its address on the web. Default 0."""

    plain_webhooks: bool
    """``VITASCOPE_PLAIN_WEBHOOKS``: 1 takes webhook addresses that begin with http://. Default 0."""

    content_links: bool
    """``VITASCOPE_CONTENT_LINKS``: 1 sends clients to the bucket for content. Default 0: the desk hands it out."""

    cors_origins: tuple[str, ...]
    """``VITASCOPE_CORS_ORIGINS``: web origins whose pages may call the API, by commas. Default none."""

    queue_limit: int
    """``VITASCOPE_QUEUE_LIMIT``: jobs that may wait in all. Default 10000."""


@cache
def desk_settings() -> DeskSettings:
    """The settings of the front desk of this process."""
    origins = os.environ.get("VITASCOPE_CORS_ORIGINS", "").split(",")
    return DeskSettings(
        default_model=os.environ.get("VITASCOPE_DEFAULT_MODEL", ""),
        fetch_images=_flag("VITASCOPE_FETCH_IMAGES"),
        plain_webhooks=_flag("VITASCOPE_PLAIN_WEBHOOKS"),
        content_links=_flag("VITASCOPE_CONTENT_LINKS"),
        cors_origins=tuple(origin.strip() for origin in origins if origin.strip()),
        queue_limit=int(os.environ.get("VITASCOPE_QUEUE_LIMIT", "") or "10000"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """What those commands are told that speak to a server as anybody's program would: ``guest`` and ``demo``."""

    server: str
    """``VITASCOPE_SERVER``: address of the server. Default ``http://localhost:8000``."""

    key: str = field(repr=False)
    """``VITASCOPE_KEY``: the key, or guest pass, they call it with. Default none: it is asked for."""


@cache
def client_settings() -> ClientSettings:
    """The settings of a client."""
    return ClientSettings(
        server=os.environ.get("VITASCOPE_SERVER", "").rstrip("/") or "http://localhost:8000",
        key=os.environ.get("VITASCOPE_KEY", "").strip(),
    )


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _path(name: str) -> Path | None:
    told = os.environ.get(name, "")
    return Path(told).expanduser() if told else None
