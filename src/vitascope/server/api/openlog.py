"""The log for everybody: checkpoint, proofs, leaves, and the lines of auditors. Who watches is a stranger: no key."""

import json
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import PlainTextResponse, Response

from vitascope.errors import LogError, RecordNotFoundError
from vitascope.programme.roles import audit, erasing
from vitascope.programme.roles.forgetting import opening_for, openings_of
from vitascope.rights.log import Log, Opening
from vitascope.rights.proof import prove
from vitascope.server import fields, wire
from vitascope.server.calls import ANY, LINE, OPEN, SCOPE, acted, asked, body
from vitascope.server.desk import Anybody, AtDesk, Desk, Visitor
from vitascope.server.openapi import answers
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/rights/log", tags=["log"])

_NOTE = {"type": "string", "minLength": 1, "maxLength": 20_000}
_MOST_LEAVES = 1_000
_MOST_SAID = 100
_SIZE = Query(ge=0, le=2**53)


@router.get("/checkpoint", responses=answers(None, media_type="text/plain"), openapi_extra=OPEN)
async def retrieve_checkpoint(desk: AtDesk) -> Response:
    """The log's signed checkpoint (C2SP tlog-checkpoint); keep it, and ask later whether the log continues it."""
    log = await _log(desk)
    return PlainTextResponse(log.note)


@router.get("/consistency", responses=ANY, openapi_extra=OPEN)
async def retrieve_consistency(desk: AtDesk, old: Annotated[int, _SIZE], new: Annotated[int, _SIZE]) -> Response:
    """The proof that the log of size ``new`` begins with the one of size ``old`` (RFC 6962, 2.1.2)."""
    log = await _log(desk)
    try:
        proof = await desk.aside(lambda: log.prove_consistency(old, new))
    except LogError as error:
        raise RecordNotFoundError(str(error)) from error
    return wire.answer({"object": "log.consistency", "old": old, "new": new, "proof": [step.hex() for step in proof]})


@router.get("/leaves", responses=ANY, openapi_extra=OPEN)
async def list_leaves(
    desk: AtDesk, start: Annotated[int, _SIZE] = 0, limit: Annotated[int, Query(ge=1, le=_MOST_LEAVES)] = _MOST_LEAVES
) -> Response:
    """The commitments from leaf ``start`` on, to compute the root oneself; what they say is told to nobody here."""
    log = await _log(desk)
    found = await desk.aside(lambda: [log.commitment(at).hex() for at in range(start, min(start + limit, log.size))])
    return wire.answer({"object": "list", "data": found, "size": log.size})


@router.get("/leaves/{leaf}/proof", responses=ANY, openapi_extra=OPEN)
async def prove_leaf(leaf: Annotated[int, Path(ge=0, le=2**53)], visit: Anybody) -> Response:
    """That a leaf is in the log: its path to the root of the signed checkpoint (RFC 6962, 2.1.1).

    With the key of somebody whom the leaf names, also what it says and its salt, in `opening`, unless it was erased.
    """
    log = await _log(visit.desk)

    def look(tx: Transaction, party: str) -> Opening | None:
        return opening_for(tx, log, party, leaf) if leaf < log.size else None

    opening = await visit.read(SCOPE, lambda tx, grant, _now: look(tx, grant.party)) if visit.credential else None
    try:
        proof = await visit.desk.aside(lambda: prove(log, leaf, opening=opening))
    except LogError as error:
        raise RecordNotFoundError(str(error)) from error
    return wire.answer(proof.document)


@router.get("/mine", responses=ANY)
async def list_own(
    visit: Visitor,
    after: Annotated[int | None, Query(ge=0, le=2**53, description="The last leaf of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_SAID, description="Leaves on a page.")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="By their number.")] = "desc",
) -> Response:
    """The leaves that name you, what each says, and where its proof is; newest first, nobody else's."""
    log = await _log(visit.desk)

    def look(tx: Transaction, party: str) -> list[dict[str, object]]:
        there = [one for one in openings_of(tx, log, party) if _is_behind(one.index, after, order)]
        return [_own(one) for one in (there if order == "asc" else reversed(there))][: limit + 1]

    found = await visit.read(SCOPE, lambda tx, grant, _now: look(tx, grant.party))
    return wire.answer({"object": "list", "data": found[:limit], "has_more": len(found) > limit})


@router.get("/cosignatures", responses=answers(None, media_type="text/plain"), openapi_extra=OPEN)
async def retrieve_cosigned(desk: AtDesk) -> Response:
    """The newest checkpoint that auditors signed, with their lines below ours."""
    note = await desk.look(lambda tx, _now: audit.cosigned(tx))
    if note is None:
        raise RecordNotFoundError("No auditor has signed a checkpoint yet.")
    return PlainTextResponse(note)


@router.post("/auditors", responses=ANY, openapi_extra=body(["key"], {"key": "example.org/auditor+01+..."}, key=LINE))
async def name_auditor(request: Request, visit: Visitor) -> Response:
    """Name the public key that your cosignatures are checked with; for auditors."""
    key = fields.needed(fields.text(await asked(request, visit, "key"), "key", most=200), "key")
    name = await acted(visit, lambda tx, actor, now: audit.enrol(tx, visit.desk.log, actor, key, now=now))
    return wire.answer({"object": "auditor", "name": name})


@router.post("/cosignatures", responses=ANY, openapi_extra=body(["note"], {"note": "..."}, note=_NOTE))
async def cosign(request: Request, visit: Visitor) -> Response:
    """Hand a checkpoint back with your line below it; for auditors, who looked first whether it only added."""
    note = fields.needed(fields.text(await asked(request, visit, "note"), "note", most=20_000), "note")
    log = await _log(visit.desk)
    size = await acted(visit, lambda tx, actor, now: audit.take(tx, log, actor, note, now=now))
    return wire.answer({"object": "cosignature", "size": size})


@router.post("/leaves/{leaf}/erase", responses=ANY)
async def erase_leaf(leaf: Annotated[int, Path(ge=0, le=2**53)], visit: Visitor) -> Response:
    """Have what a leaf says destroyed: one steward asks, another does it; the leaf and every proof stay."""
    await visit.enter(SCOPE)
    log = await _log(visit.desk)
    done = await acted(visit, lambda tx, actor, now: erasing.erase(tx, log, actor, (leaf,), now=now))
    return wire.answer({"id": leaf, "object": "log.leaf", "state": "erased" if done.erased else "asked"})


def _is_behind(leaf: int, after: int | None, order: str) -> bool:
    return after is None or (leaf > after if order == "asc" else leaf < after)


def _own(opening: Opening) -> dict[str, object]:
    """A leaf for whom it names, in the words it commits to; the proof has its salt."""
    said = json.loads(opening.payload)
    return {
        "object": "log.leaf",
        "index": opening.index,
        "kind": said["kind"],
        "at": int(datetime.fromisoformat(said["at"]).timestamp()),
        "by": said["by"],
        "about": said["about"],
        "rule": said["rule"] or None,
        "count": said.get("count"),
        "proof": f"/v1/rights/log/leaves/{opening.index}/proof",
    }


async def _log(desk: Desk) -> Log:
    """The log with what other processes wrote to it."""
    log = desk.log
    if not isinstance(log, Log):
        raise LogError("This desk was opened without a log of its own; ask the one that keeps it.")
    await desk.aside(log.refresh)
    return log
