"""A bank file: pain.001.001.03, the credit transfer initiation of ISO 20022 that SEPA banks take; nothing is sent."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from vitascope.errors import MoneyError
from vitascope.programme.money.amount import decimal

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"
_LATIN: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")  # the character set of EPC217-08
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_ID: Final = 35
_NAME: Final = 70
_REMITTANCE: Final = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """Whose account it is, and its IBAN, checked by its own digits (ISO 13616)."""

    name: str
    iban: str

    def __post_init__(self) -> None:
        """Refuse an account no bank would take. The number itself is never part of the message."""
        compact = self.iban
        if not _IBAN.fullmatch(compact) or int("".join(str(int(d, 36)) for d in compact[4:] + compact[:4])) % 97 != 1:
            raise MoneyError(
                f"The account number has {len(compact)} characters and is no IBAN; copy it without spaces."
            )
        if not latin(self.name, _NAME):
            raise MoneyError(
                "The account holder has no name in letters a bank file carries; spell it in Latin letters."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One line of a bank file. ``id`` is the pending transfer, so that file and journal can be matched."""

    id: str
    to: BankAccount
    units: int
    currency: str
    text: str


def pain_001(payments: Sequence[Payment], *, payer: BankAccount, message: str, made: datetime, on: date) -> str:
    """The file that asks a bank to carry out ``payments`` in euro from ``payer`` on the day ``on``.

    Raises ``MoneyError`` for none, another currency than EUR, or two of one id.
    """
    strangers = sorted({payment.currency for payment in payments} - {"EUR"})
    if strangers or not payments or len({payment.id for payment in payments}) != len(payments):
        raise MoneyError(
            f"{len(payments)} payments in {', '.join(strangers) or 'EUR'} make no SEPA file: it takes one or more, all "
            "in EUR, each with its own id. Pay the others from the CSV."
        )
    root = ET.Element("Document", xmlns=NAMESPACE)
    initiation = ET.SubElement(root, "CstmrCdtTrfInitn")
    _header(initiation, payments, payer, message, made)
    _batch(initiation, payments, payer, message, on)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def latin(text: str, longest: int) -> str:
    """``text`` in the letters SEPA carries, others as spaces, cut to ``longest``."""
    return re.sub(r" +", " ", _LATIN.sub(" ", text)).strip()[:longest].strip()


def _header(parent: ET.Element, payments: Sequence[Payment], payer: BankAccount, message: str, made: datetime) -> None:
    header = ET.SubElement(parent, "GrpHdr")
    _leaf(header, "MsgId", _id(message))
    _leaf(header, "CreDtTm", f"{made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    _leaf(header, "NbOfTxs", str(len(payments)))
    _leaf(header, "CtrlSum", _sum(payments))
    _leaf(ET.SubElement(header, "InitgPty"), "Nm", latin(payer.name, _NAME))


def _batch(parent: ET.Element, payments: Sequence[Payment], payer: BankAccount, message: str, on: date) -> None:
    batch = ET.SubElement(parent, "PmtInf")
    _leaf(batch, "PmtInfId", _id(message))
    _leaf(batch, "PmtMtd", "TRF")
    _leaf(batch, "NbOfTxs", str(len(payments)))
    _leaf(batch, "CtrlSum", _sum(payments))
    kind = ET.SubElement(batch, "PmtTpInf")
    _leaf(ET.SubElement(kind, "SvcLvl"), "Cd", "SEPA")
    _leaf(batch, "ReqdExctnDt", on.isoformat())
    _account(batch, "Dbtr", payer)
    agent = ET.SubElement(ET.SubElement(batch, "DbtrAgt"), "FinInstnId")
    _leaf(ET.SubElement(agent, "Othr"), "Id", "NOTPROVIDED")  # IBAN only, as SEPA has had it since 2016
    _leaf(batch, "ChrgBr", "SLEV")
    for payment in payments:
        _payment(batch, payment)


def _payment(parent: ET.Element, payment: Payment) -> None:
    line = ET.SubElement(parent, "CdtTrfTxInf")
    _leaf(ET.SubElement(line, "PmtId"), "EndToEndId", _id(payment.id))
    amount = ET.SubElement(ET.SubElement(line, "Amt"), "InstdAmt", Ccy=payment.currency)
    amount.text = decimal(payment.units, payment.currency)
    _account(line, "Cdtr", payment.to)
    _leaf(ET.SubElement(line, "RmtInf"), "Ustrd", latin(payment.text, _REMITTANCE) or "Vitascope")


def _account(parent: ET.Element, role: str, account: BankAccount) -> None:
    _leaf(ET.SubElement(parent, role), "Nm", latin(account.name, _NAME))
    _leaf(ET.SubElement(ET.SubElement(parent, f"{role}Acct"), "Id"), "IBAN", account.iban)


def _sum(payments: Iterable[Payment]) -> str:
    return decimal(sum(payment.units for payment in payments), "EUR")


def _id(text: str) -> str:
    """An identifier of at most 35 letters of the set; the end is kept, since ids differ there."""
    return re.sub(r"[^A-Za-z0-9-]", "-", text)[-_ID:].strip("-")


def _leaf(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text
