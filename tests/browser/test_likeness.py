"""A likeness on its person's page, in a real browser: claimed, given, met, and taken back."""

import pytest
from entering import come_in, party_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _say(window, name, circle, people="", **more):
    window.fill("label input[name=name]", name)
    window.select_option("select[name=circle]", circle)
    window.fill("input[name=people]", people)
    for field, words in more.items():
        window.fill(f"[name={field}]", words)
    window.click("text=Let it be so")


def test_two_people_name_each_other_and_one_takes_it_back(programme, window, chromium):
    """What was said stands there as text, with who has not answered; the first no closes both."""
    come_in(programme, window, "ana@example.org", "Ana")
    other = chromium.new_context().new_page()
    come_in(programme, other, "ben@example.org", "Ben")
    ana, ben = party_of(programme, "Ana"), party_of(programme, "Ben")
    for page in (window, other):
        page.click("button:has-text('Your likeness')")
        page.wait_for_selector("h1:has-text('Your likeness')")
    assert ana in window.inner_text("main"), "what others name her by"
    _say(window, "@Smile", "mutuals", ben, never_with="beer\nwater gun", restrictions="<b>Kindly.</b>")
    window.wait_for_selector("text=once they name you")
    assert "Never with beer, water gun. <b>Kindly.</b>" in window.inner_text("article")
    other.click("text=Back to my page")
    other.click("button:has-text('Your likeness')")
    other.wait_for_selector("text=once you name them")
    _say(other, "grin", "mutuals", ana)
    other.wait_for_selector("td:has-text('you may')")
    assert "mutual" in other.inner_text("article")

    other.click("text=Take it all back")
    other.wait_for_selector("text=nobody but you uses it from now on")
    assert "once you name them" in other.inner_text("main")
    _say(window, "smile", "approved")
    window.wait_for_selector("#told:has-text('name others for approved and mutuals')")
    assert "smile" == window.input_value("label input[name=name]"), "what was typed is kept"
    other.context.close()
