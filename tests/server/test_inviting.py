"""Whom a steward invites: all who are named, or the answer says why not; and names as they are written."""

import pytest
from desks import error_of, steward


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


@pytest.fixture(scope="module")
def sally(desk):
    """A steward with a cohort called first."""
    with steward(desk) as client:
        client.post("/v1/programme/cohorts", json={"id": "first", "name": "The first"})
        yield client


def test_a_table_that_was_mended_is_sent_again(sally):
    """Whoever was invited gets no second letter: their line says by which invitation, which may be taken back."""
    rows = ["name;email", "Al;al@example.org", "Bo;bo-example.org", "Cy;cy@example.org"]
    first = sally.post("/v1/programme/invitations", json={"cohort": "first", "table": "\n".join(rows)}).json()
    rows[2] = "Bo;bo@example.org"
    again = sally.post("/v1/programme/invitations", json={"cohort": "first", "table": "\n".join(rows)}).json()

    assert ["al@example.org", "cy@example.org"] == sorted(one["email"] for one in first["data"])
    assert [(3, "it has no mail address")] == [(fault["line"], fault["why"]) for fault in first["faults"]]
    assert ["bo@example.org"] == [one["email"] for one in again["data"]]
    assert [2, 4] == [fault["line"] for fault in again["faults"]]
    assert all(f"invited already, by {one['id']}" in str(again["faults"]) for one in first["data"])


@pytest.mark.parametrize(
    ("whom", "status", "said"),
    [
        ({}, 400, "neither `emails` nor `table`"),
        ({"emails": ["z@example.org"], "table": "y@example.org"}, 400, "both `emails` and `table`"),
        ({"emails": [1, None, {"a": 1}]}, 200, "it has no mail address"),
        ({"table": 'p@example.org\n"q@example.org\nr@example.org'}, 400, "quotation mark left open"),
        ({"table": "Di,di@example.org,an@example.org"}, 200, "it has several mail addresses"),
    ],
)
def test_nobody_who_was_named_is_left_out_in_silence(sally, whom, status, said):
    """Either they are invited, or the answer says why not."""
    answer = sally.post("/v1/programme/invitations", json={"cohort": "first", **whom})

    assert status == answer.status_code
    assert said in answer.text
    assert [] == answer.json().get("data", [])


def test_a_name_is_kept_as_it_was_written_or_refused(anybody, sally):
    """One of 100 letters is kept whole, a longer one and one of two lines are told; the invitation stays good."""
    wish = {"cohort": "first", "emails": ["long@example.org"]}
    (made,) = sally.post("/v1/programme/invitations", json=wish).json()["data"]
    token = made["link"].rpartition("#invitation=")[2]
    terms = anybody.post("/v1/programme/invitations/open", json={"token": token}).json()["terms"]["hash"]
    for name in ("n" * 101, "Ana\nLima", "Ana\x1b[31m"):
        body = {"token": token, "terms": terms, "name": name}
        assert "at most 100" in error_of(anybody.post("/v1/programme/invitations/accept", json=body))["message"]

    whole = anybody.post("/v1/programme/invitations/accept", json={"token": token, "terms": terms, "name": "n" * 100})
    assert 200 == whole.status_code
