"""Every door names the use it is for: what a member declined is refused there, and nothing else is."""

import base64
import io
from dataclasses import replace

import pytest
from desks import error_of
from PIL import Image

from vitascope.programme import keys
from vitascope.programme.access import repository
from vitascope.rights.permission import Ending, end
from vitascope.rights.uses import Use

ORDER = {"prompt": "a parrot flies", "seconds": "1", "size": "64x64"}


def picture():
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


DOORS = {
    Use.VIDEO_CREATE: lambda ana, _: ana.post("/v1/videos", json=ORDER),
    Use.REFERENCE_USE: lambda ana, _: ana.post(
        "/v1/videos", json={**ORDER, "input_reference": {"image_url": picture()}}
    ),
    Use.VIDEO_REMIX: lambda ana, video: ana.post(f"/v1/videos/{video}/remix", json={"prompt": "a cat runs"}),
    Use.VIDEO_EDIT: lambda ana, video: ana.post("/v1/videos/edits", json={"prompt": "a cat", "video": {"id": video}}),
    Use.VIDEO_EXTEND: lambda ana, video: ana.post(
        "/v1/videos/extensions", json={"prompt": "a cat", "video": {"id": video}, "seconds": "2"}
    ),
    Use.GUEST_INVITE: lambda ana, _: ana.post("/v1/programme/passes", json={"name": "Demo", "renders": 3}),
}
ALSO = {Use.VIDEO_CREATE: {Use.REFERENCE_USE}}  # a picture is handed in to create


@pytest.fixture
def member(desk):
    """A key, its client, and a finished video of theirs, where a model can do everything."""
    desk.carry(verbs=("create", "remix", "edit", "extend"))
    made = desk.key(scopes=keys.MEMBER_SCOPES)
    with desk.client(made.credential) as ana:
        video = ana.post("/v1/videos", json=ORDER).json()["id"]
        desk.finish(video)
        yield made.key, ana, video
    desk.carry()


def _change(desk, key, changed):
    with desk.database.transaction() as tx:
        repository.change_permission(tx, changed(repository.permission(tx, f"access_{key.party}")))


@pytest.mark.parametrize("use", DOORS)
def test_a_declined_use_is_refused_and_nothing_else_is(desk, member, use):
    """On one's own clips too: no remix without ``video.remix``, no picture without ``reference.use``."""
    key, ana, video = member
    _change(desk, key, lambda access: replace(access, uses=access.uses - {use}))

    told = {name: door(ana, video) for name, door in DOORS.items()}

    expected = {use, *ALSO.get(use, ())}
    assert {name: 403 if name in expected else 200 for name in DOORS} == {
        name: answer.status_code for name, answer in told.items()
    }
    assert f"does not include {use}" in error_of(told[use])["message"]


def test_a_guest_makes_what_their_host_makes_and_no_passes(desk, member):
    """A pass carries every way of making; handing it on is the member's."""
    _, ana, _ = member
    (made,) = DOORS[Use.GUEST_INVITE](ana, "").json()["data"]
    with desk.client(made["key"]) as guest:
        video = guest.post("/v1/videos", json=ORDER).json()["id"]
        desk.finish(video)

        assert 200 == DOORS[Use.VIDEO_REMIX](guest, video).status_code
        assert 403 == DOORS[Use.GUEST_INVITE](guest, video).status_code


def test_an_order_is_cancelled_after_access_has_ended(desk, member):
    """To stop what one ordered is to make nothing new: it is never held."""
    key, ana, _ = member
    waiting = ana.post("/v1/videos", json=ORDER).json()["id"]
    _change(desk, key, lambda access: end(access, Ending.WITHDRAWN))

    assert "cancelled" == ana.post(f"/v1/videos/{waiting}/cancel").json()["state"]
