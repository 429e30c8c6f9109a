"""Somebody who is signed in at the studio of a desk, without a window: what their browser would send, signed."""

from contextlib import contextmanager

import httpx2
from desks import MOST, SECRETS
from signing import Browser

from vitascope.programme.access import repository as access
from vitascope.videos import book


class Sitting:
    """One session of somebody new, or of a party that is there."""

    def __init__(self, desk, party=None, **limits):
        self.desk, self._browser = desk, Browser()
        self.party = party or desk.key(**{"limits": MOST, **limits}).key.party
        self._cookie = self._browser.come_in(desk.database, self.party, SECRETS)

    def post(self, page, **values):
        """The answer to one request of the studio."""
        with httpx2.Client(base_url=self.desk.url, timeout=60) as client:
            return self._browser.post(client, f"/studio/{page}", self._cookie, **values)

    @contextmanager
    def streaming(self, page):
        """An answer that goes on."""
        with httpx2.Client(base_url=self.desk.url, timeout=60) as client:
            answer = self._browser.stream(client, f"/studio/{page}", self._cookie)
            yield answer
            answer.close()

    def order(self, prompt="a parrot flies", **values):
        """The id of a film that is ordered."""
        answer = self.post("order", prompt=prompt, seconds="1", size="64x64", **values)
        assert 200 == answer.status_code, answer.text
        return answer.json()["video"]

    def film(self, prompt="a parrot flies", **values):
        """The id of a film that was ordered and is made."""
        video = self.order(prompt, **values)
        self.desk.finish(video)
        return video

    def job(self, video):
        """What the book says of it."""
        with self.desk.database.reading() as tx:
            return book.get(tx, video, self.party)

    def change_access(self, changed):
        """Let their access be another."""
        with self.desk.database.transaction() as tx:
            access.change_permission(tx, changed(access.permission(tx, f"access_{self.party}")))
