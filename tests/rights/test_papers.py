"""The papers of a data set: made from the register, valid by the form's own checker, honest about what is not known."""

import json
from dataclasses import replace

import pytest

from vitascope.rights.consent.croissant import as_text, croissant, works_table
from vitascope.rights.consent.papers import About, dataset_card, summary, summary_markdown
from vitascope.rights.register import Register

BASE = Register.load()
ABOUT = About(model="s", weights_sha256="ab" * 32, published="2026-11-23")
SMALL = Register(works=dict(list(BASE.works.items())[:3]))
RAI = ("dataCollection", "dataLimitations", "dataBiases", "personalSensitiveInformation", "dataUseCases")


def document(register=BASE):
    return croissant(register, name="vitascope-xs", published="2026-11-23", version="1.0.0")


@pytest.mark.filterwarnings("ignore")  # the checker's own libraries warn of each other
def test_the_croissant_is_valid_and_gives_the_works_again(tmp_path):
    """MLCommons' own checker finds no fault in it and reads a record for each work."""
    import mlcroissant

    path = tmp_path / "croissant.json"
    path.write_text(as_text(document()))
    (tmp_path / "works.csv").write_text(works_table(BASE))

    dataset = mlcroissant.Dataset(str(path))
    read = {record["works/work_id"].decode(): record for record in dataset.records("works")}

    assert "" == dataset.metadata.issues.report()
    assert BASE.works.keys() == read.keys()
    assert all(BASE.works[name].licence == record["works/licence"].decode() for name, record in read.items())


def test_the_croissant_says_what_it_claims_to_conform_to():
    """Croissant 1.1 and RAI 1.0, an ODRL offer of the training use, and where it comes from."""
    told = document(SMALL)

    assert ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"] == told["conformsTo"]
    assert ["sc:CreativeWork", "odrl:Offer"] == told["usageInfo"]["@type"]
    assert "train-ai" == told["usageInfo"]["odrl:permission"]["odrl:constraint"]["odrl:rightOperand"]
    assert f"urn:sha256:{SMALL.sha256()}" == told["prov:wasDerivedFrom"]["@id"]
    assert all(told[f"rai:{field}"] for field in RAI)


def test_the_papers_follow_the_register():
    """A work that leaves the register leaves every paper, and their hash changes."""
    gone = next(iter(SMALL.works))
    less = replace(SMALL, works={name: work for name, work in SMALL.works.items() if name != gone})

    for paper in (
        works_table,
        lambda register: dataset_card(register, ABOUT),
        lambda register: as_text(document(register)),
    ):
        assert paper(SMALL) != paper(less)
    assert gone in works_table(SMALL)
    assert gone not in works_table(less)
    assert gone not in dataset_card(less, ABOUT)


def test_the_summary_has_the_parts_of_the_form():
    """General information, sources, processing; nothing was crawled, and it says so."""
    told = summary(BASE, ABOUT)

    assert {"template", "general_information", "data_sources", "data_processing"} == told.keys()
    assert [] == told["data_sources"]["data_crawled_and_scraped"]
    assert 419 == sum(source["works"] for source in told["data_sources"]["publicly_available_datasets"])
    assert BASE.sha256() == told["general_information"]["register_sha256"]
    page = summary_markdown(BASE, ABOUT)
    for heading in ("## General information", "## Data sources", "## Data processing"):
        assert heading in page
    assert json.dumps(told)


def test_the_card_names_every_ground_and_licence():
    """Counts by consent and licence add up to the works."""
    card = dataset_card(BASE, ABOUT)
    counts = [int(line.split()[1]) for line in card.splitlines() if line.startswith("- ") and " x " in line]

    assert 2 * len(BASE.works) == sum(counts)
    assert all(work.id in card for work in BASE.works.values() if work.kind in ("animation", "still"))
