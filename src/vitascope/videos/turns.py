"""Whose turn it is: within a class of priority every party gets the same share of the engine, whoever ordered more.

Start-time fair queueing (Goyal, Vin, Cheng 1996): a job's turn is the later of the turn being served now and the end of
its party's own last turn; a turn is as long as the video it is for. The turn is settled when the job is entered and is
a number in its row, so the queue only has to hand out the lowest: no lock, no partitions, the same on every machine.
"""

import math

from vitascope.orders import Grant, Order, Priority
from vitascope.store.database import Transaction
from vitascope.videos import repository

_CLASSES: tuple[Priority, ...] = ("high", "normal", "low")
_BAND = 700_000_000  # turns of a class, in seconds of video; the queue takes 1 to 2**31 - 1 in all


def urgency(tx: Transaction, order: Order, grant: Grant) -> int:
    """When this job leaves the queue: lower goes first. A key asks for less priority than it has, never for more."""
    begin = 1 + _BAND * max(_CLASSES.index(order.priority), _CLASSES.index(grant.priority))
    end = begin + _BAND - 1
    serving, first, own = repository.turns(tx, model=order.model, party=grant.party, band=(begin, end))
    now = next((turn for turn in (serving, first) if turn is not None), begin)
    return min(end, max(now, math.ceil(own or 0)))
