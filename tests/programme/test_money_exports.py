"""The journal for other programs: a spreadsheet, an accountant, a bank; each by the rules of its form."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from tests.programme.members import NOW
from vitascope.errors import MoneyError
from vitascope.programme.money.exports import as_beancount, as_csv
from vitascope.programme.money.pain import NAMESPACE, BankAccount, Payment, pain_001
from vitascope.programme.money.repository import Transfer

PAYER = BankAccount(name="Studio Programme", iban="NL91ABNA0417164300")
ANA = BankAccount(name="Aña Lima & Söhne <x>", iban="DE89370400440532013000")


def line(number=1, **changes):
    """A posted line."""
    facts = {
        "id": f"t-{number}",
        "phase": "direct",
        "debit": "pool",
        "credit": "payable:ana-1",
        "amount": 1_250,
        "currency": "EUR",
        "purpose": "bug",
        "reference": "contribution_1",
        "at": NOW.timestamp(),
        "number": number,
    }
    return Transfer(**{**facts, **changes})


LINES = [
    line(1, debit="backing", credit="pool", amount=100_000, purpose="funding", reference='bank "1"\\'),
    line(2),
    line(3, phase="pending", amount=999),
    line(4, phase="void", pending="t-3", amount=999),
    line(5, credit="waiting:Ida Børg", amount=7, purpose="royalty"),
    line(6, debit="payable:ana-1", credit="paid:sepa", amount=1_250, purpose="payout"),
    line(7, debit="backing", credit="pool", currency="JPY", amount=500, purpose="funding"),
]


def test_the_csv_has_every_line_with_decimal_amounts():
    """Pending and voided lines are in it too, and a spreadsheet runs nothing of it."""
    rows = list(csv.DictReader(io.StringIO(as_csv([*LINES, line(8, reference="=HYPERLINK(1)")]))))

    assert 8 == len(rows)
    assert ("12.50", "500") == (rows[1]["amount"], rows[6]["amount"])
    assert ("void", "t-3") == (rows[3]["phase"], rows[3]["resolves"])
    assert "'=HYPERLINK(1)" == rows[7]["reference"]


def test_the_beancount_text_follows_its_grammar_and_balances():
    """Accounts are opened before use, in letters beancount takes, and every transaction sums to zero."""
    text = as_beancount(LINES)
    account = r"(?:Assets|Liabilities|Equity)(?::[A-Z0-9][A-Za-z0-9-]*)+"
    opened, postings, sums = set(), [], []
    for row in text.splitlines():
        if match := re.fullmatch(rf"\d{{4}}-\d\d-\d\d open ({account})", row):
            opened.add(match[1])
        elif re.fullmatch(r'\d{4}-\d\d-\d\d \* "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"', row):
            sums.append(Counter())
        elif match := re.fullmatch(rf"  ({account})  (-?\d+(?:\.\d\d)?) ([A-Z]{{3}})", row):
            postings.append(match[1])
            sums[-1][match[3]] += Fraction(match[2])
        else:
            assert re.fullmatch(r'|option "\w+" ".*"|  id: "[\w-]+"', row), row

    assert 5 == len(sums)
    assert all(total == 0 for each in sums for total in each.values())
    assert set(postings) == opened
    assert 10 == len(postings)


def test_two_names_never_become_one_account():
    """What is escaped is told apart: ``a-b`` and ``a.b`` stay two."""
    text = as_beancount([line(1, credit="payable:a-b"), line(2, credit="payable:a.b"), line(3, credit="payable:A-b")])

    assert 4 == len(re.findall(r"^\S+ open ", text, re.MULTILINE))


# What pain.001.001.03 asks of the elements used: children in this order, each (name, needed, many).
SCHEMA = {
    "Document": [("CstmrCdtTrfInitn", 1, 0)],
    "CstmrCdtTrfInitn": [("GrpHdr", 1, 0), ("PmtInf", 1, 1)],
    "GrpHdr": [("MsgId", 1, 0), ("CreDtTm", 1, 0), ("NbOfTxs", 1, 0), ("CtrlSum", 0, 0), ("InitgPty", 1, 0)],
    "InitgPty": [("Nm", 0, 0)],
    "PmtInf": [
        ("PmtInfId", 1, 0),
        ("PmtMtd", 1, 0),
        ("BtchBookg", 0, 0),
        ("NbOfTxs", 0, 0),
        ("CtrlSum", 0, 0),
        ("PmtTpInf", 0, 0),
        ("ReqdExctnDt", 1, 0),
        ("Dbtr", 1, 0),
        ("DbtrAcct", 1, 0),
        ("DbtrAgt", 1, 0),
        ("ChrgBr", 0, 0),
        ("CdtTrfTxInf", 1, 1),
    ],
    "PmtTpInf": [("SvcLvl", 0, 0)],
    "SvcLvl": [("Cd", 1, 0)],
    "Dbtr": [("Nm", 0, 0)],
    "Cdtr": [("Nm", 0, 0)],
    "DbtrAcct": [("Id", 1, 0)],
    "CdtrAcct": [("Id", 1, 0)],
    "DbtrAgt": [("FinInstnId", 1, 0)],
    "FinInstnId": [("BIC", 0, 0), ("Othr", 0, 0)],
    "Othr": [("Id", 1, 0)],
    "CdtTrfTxInf": [
        ("PmtId", 1, 0),
        ("Amt", 1, 0),
        ("CdtrAgt", 0, 0),
        ("Cdtr", 0, 0),
        ("CdtrAcct", 0, 0),
        ("RmtInf", 0, 0),
    ],
    "PmtId": [("InstrId", 0, 0), ("EndToEndId", 1, 0)],
    "Amt": [("InstdAmt", 1, 0)],
    "RmtInf": [("Ustrd", 0, 1)],
}
LEAVES = {
    "MsgId": r".{1,35}",
    "PmtInfId": r".{1,35}",
    "EndToEndId": r".{1,35}",
    "CreDtTm": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "NbOfTxs": r"\d{1,15}",
    "CtrlSum": r"\d{1,16}\.\d\d",
    "PmtMtd": "TRF",
    "Cd": "SEPA",
    "ReqdExctnDt": r"\d{4}-\d\d-\d\d",
    "ChrgBr": "SLEV",
    "InstdAmt": r"\d{1,13}\.\d\d",
    "Nm": r"[A-Za-z0-9/\-?:().,'+ ]{1,70}",
    "IBAN": r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}",
    "Ustrd": r"[A-Za-z0-9/\-?:().,'+ ]{1,140}",
}


def check(element, parent=""):
    """Holds an element to the schema: order, number, content, nothing unknown."""
    assert element.tag.startswith(f"{{{NAMESPACE}}}")
    name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    if name == "Id":
        children = [("IBAN", 1, 0)] if parent.endswith("Acct") else []
    elif name in SCHEMA:
        children = SCHEMA[name]
    else:
        assert re.fullmatch(LEAVES[name], element.text or ""), (name, element.text)
        children = []
    tags = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    assert tags == [tag for tag, _, _ in children for _ in range(tags.count(tag))], (name, tags)
    for tag, needed, many in children:
        assert needed <= tags.count(tag) <= (len(tags) if many else 1), (name, tag)
    for child in element:
        check(child, name)


def payments():
    return [
        Payment(id="po-1", to=ANA, units=1_250, currency="EUR", text="Vitascope 2026-11: Dank & Gruß"),
        Payment(id="po-2", to=PAYER, units=5, currency="EUR", text=""),
    ]


def file(told=None):
    return pain_001(
        payments() if told is None else told, payer=PAYER, message="2026-11", made=NOW, on=date(2026, 11, 25)
    )


def test_the_bank_file_has_the_structure_of_its_schema():
    """Every element stands where pain.001.001.03 wants it, in letters a bank takes; sums and counts agree."""
    root = ET.fromstring(file())  # noqa: S314  # we wrote it ourselves
    space = {"p": NAMESPACE}

    check(root)
    assert ["2", "2"] == [found.text for found in root.iterfind(".//p:NbOfTxs", space)]
    assert ["12.55", "12.55"] == [found.text for found in root.iterfind(".//p:CtrlSum", space)]
    assert ["12.50", "0.05"] == [found.text for found in root.iterfind(".//p:InstdAmt", space)]
    assert {"EUR"} == {found.get("Ccy") for found in root.iterfind(".//p:InstdAmt", space)}


def test_the_check_notices_a_file_that_is_not_right():
    """The structure above is held to: an element in the wrong place does not pass."""
    root = ET.fromstring(file())  # noqa: S314  # we wrote it ourselves
    batch = root[0][1]
    batch.append(batch[0])

    with pytest.raises(AssertionError):
        check(root)


@pytest.mark.parametrize("changes", [{"currency": "USD"}, {"id": "po-2"}])
def test_what_no_sepa_file_can_carry_is_refused(changes):
    """Other currencies, and two payments of one id."""
    first, second = payments()
    from dataclasses import replace

    with pytest.raises(MoneyError):
        file([replace(first, **changes), second])
    with pytest.raises(MoneyError):
        file([])


@pytest.mark.parametrize("iban", ["", "DE89370400440532013001", "DE89 3704", "de89370400440532013000", "DE00"])
def test_an_account_number_with_a_wrong_digit_is_refused(iban):
    """The check digits of ISO 13616 are counted, and the message does not repeat the number."""
    with pytest.raises(MoneyError) as refused:
        BankAccount(name="Ana", iban=iban)

    assert not iban or iban not in str(refused.value)


def test_a_name_without_a_letter_a_bank_takes_is_refused():
    """A holder nobody could be paid under is told at once."""
    with pytest.raises(MoneyError):
        BankAccount(name="猫", iban=PAYER.iban)
