"""The frame of the studio's pages: the same for everybody, and it says nothing of anybody."""

from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse

from vitascope.server.web.pages import WAYS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: blob:; "
    "media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy: our own scripts and style, and films that a signed request brought into the page."""

SHELL = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vitascope: the studio</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="/programme/static/programme.css">'
    '<link rel="stylesheet" href="/studio/static/studio.css">'
    '<script type="module" src="/studio/static/studio.js"></script></head>'
    f'<body class="studio"><header><a href="/studio">Vitascope</a><span>the studio</span>{WAYS}</header>'
    '<p id="told" role="status" aria-live="polite"></p><main aria-busy="true"><p>One moment.</p></main>'
    "<noscript><p>The studio signs each request with a key of your browser, which takes JavaScript.</p></noscript>"
    "</body></html>\n"
)


def fragment(shown: str, task: BackgroundTask | None = None) -> HTMLResponse:
    """A part of a page, as an answer."""
    return HTMLResponse(shown, headers={"content-security-policy": POLICY}, background=task)
