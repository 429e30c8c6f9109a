"""Characters on their member's page, in a real browser: kept from a file, seen, shared, and deleted."""

import pytest
from entering import come_in, party_of

from tests.server.pictures import cut_out, drawing

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _keep(window, name, content, kind="image/png", **more):
    window.fill("form[data-post$=keep] input[name=name]", name)
    window.set_input_files("input[name=file]", {"name": "picture.png", "mimeType": kind, "buffer": content})
    for field, words in more.items():
        window.fill(f"form[data-post$=keep] input[name={field}]", words)
    window.click("text=Keep them")


def test_somebody_is_kept_shared_and_deleted(programme, window):
    """The picture is seen, the order to copy beside it; what cannot be kept is told, and what was typed stays."""
    come_in(programme, window, "cleo@example.org", "Cleo")
    window.click("button:has-text('Your characters')")
    window.wait_for_selector("text=You keep none yet")

    _keep(window, "<Bo>", cut_out(), credit="Cleo & co")
    window.wait_for_selector("text=<Bo> is kept.")
    assert "thanks to Cleo & co" in window.inner_text("article")
    assert '"characters": [{"id": "char_' in window.inner_text("article code")
    assert window.eval_on_selector("article img", "image => image.complete && image.naturalWidth > 0")

    _keep(window, "Kit", drawing(colour="white"))
    window.wait_for_selector("#told:has-text('of one colour')")
    assert "Kit" == window.input_value("form[data-post$=keep] input[name=name]")

    window.click("summary:has-text('Say who else')")
    window.select_option("article select", "approved")
    window.fill("article input[name=people]", party_of(programme, "Cleo") + "x")
    window.click("text=Let it be so")
    window.wait_for_selector("article:has-text('may have it, until')")
    window.click("text=Delete it, picture and all")
    window.wait_for_selector("text=You keep none yet")
