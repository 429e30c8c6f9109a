"""A data set's papers for machines: Croissant 1.1 with Croissant-RAI 1.0 and an ODRL offer, from the works register.

Specifications: mlcommons.org/croissant/1.1, mlcommons.org/croissant/RAI/1.0, W3C ODRL 2.2. One honest sentence a
field; what is not known is said to be unknown.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Final

from vitascope.rights.canonical import Json
from vitascope.rights.register import Register
from vitascope.types import Work

TABLE: Final = "works.csv"
_CONFORMS: Final = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
_COLUMNS: Final = ("work_id", "title", "authors", "licence", "consent", "sha256", "package", "path", "kind", "train_ai")
_CONTEXT: Final[dict[str, Json]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_RAI: Final[dict[str, Json]] = {
    "rai:dataCollection": "Drawings and animations from licensed packages, and works their artists put in themselves.",
    "rai:dataCollectionType": ["Manual Human Curation", "Software Collection"],
    "rai:dataCollectionRawData": "The files of the packages as published; each is named with its sha256.",
    "rai:dataPreprocessingProtocol": ["Drawings are centred, scaled and composed over painted scenes with captions."],
    "rai:dataAnnotationProtocol": "None by people: captions are composed from the scene that was drawn.",
    "rai:dataLimitations": ["Icon-like art of some 120 things; it shows no real people and no real places."],
    "rai:dataBiases": ["Emoji sets choose what exists: western objects and animals are over-represented."],
    "rai:personalSensitiveInformation": ["None known. Names of artists appear only as they chose to be credited."],
    "rai:dataUseCases": ["Training and evaluating the embedded text-to-video model of Vitascope."],
    "rai:dataSocialImpact": "Works are learned from under a licence or consent on record, which can be withdrawn.",
    "rai:dataReleaseMaintenancePlan": "A new snapshot whenever a consent changes; withdrawn works are not in it.",
    "rai:dataImputationProtocol": "None.",
    "rai:dataManipulationProtocol": "None beyond what preprocessing names.",
    "rai:annotationsPerItem": "0",
    "rai:machineAnnotationTools": ["none"],
}


def croissant(register: Register, *, name: str, published: str, version: str) -> dict[str, Json]:
    """The document for the works of ``register``; ``published`` is a date, ISO 8601."""
    table = works_table(register).encode()
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(_CONFORMS),
        "name": name,
        "description": f"The {len(register.works)} works that a Vitascope model may learn from, with their licences.",
        "version": version,
        "datePublished": published,
        "license": [_licence_url(licence) for licence in _licences(register)],
        "creator": [{"@type": "sc:Person", "name": author} for author in _authors(register)],
        "url": f"urn:sha256:{register.sha256()}",
        "citeAs": f"Works register {register.sha256()[:12]}",
        "isLiveDataset": False,
        "usageInfo": _offer(register),
        "prov:wasDerivedFrom": {"@id": f"urn:sha256:{register.sha256()}"},
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": TABLE,
                "name": TABLE,
                "description": "A row for each work.",
                "contentUrl": TABLE,
                "contentSize": f"{len(table)} B",
                "encodingFormat": "text/csv",
                "sha256": hashlib.sha256(table).hexdigest(),
            }
        ],
        "recordSet": [_records()],
        **_RAI,
    }


def as_text(document: dict[str, Json]) -> str:
    """The document as it is published."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def works_table(register: Register) -> str:
    """The table the document describes, in order of id."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for work in sorted(register.works.values(), key=lambda work: work.id):
        writer.writerow(_row(work))
    return text.getvalue()


def _row(work: Work) -> tuple[str, ...]:
    authors = " and ".join(work.authors)
    fields = (work.id, work.title, authors, work.licence, work.consent, work.sha256, work.package, work.path, work.kind)
    return (*fields, "y")


def _records() -> dict[str, Json]:
    return {
        "@type": "cr:RecordSet",
        "@id": "works",
        "name": "works",
        "description": "The works, one record each.",
        "key": {"@id": "works/work_id"},
        "field": [_field(column) for column in _COLUMNS],
    }


def _field(column: str) -> dict[str, Json]:
    return {
        "@type": "cr:Field",
        "@id": f"works/{column}",
        "name": f"works/{column}",
        "description": column.replace("_", " "),
        "dataType": "sc:Text",
        "source": {"fileObject": {"@id": TABLE}, "extract": {"column": column}},
    }


def _offer(register: Register) -> dict[str, Json]:
    """Training this model is permitted; whatever else follows from each work's own licence."""
    return {
        "@type": ["sc:CreativeWork", "odrl:Offer"],
        "@id": f"urn:vitascope:offer:{register.sha256()[:16]}",
        "name": "Training under recorded licence or consent",
        "odrl:permission": {
            "@type": "odrl:Permission",
            "odrl:action": {"@id": "https://www.w3.org/ns/odrl/2/use"},
            "odrl:target": {"@id": f"urn:sha256:{register.sha256()}"},
            "odrl:constraint": {
                "@type": "odrl:Constraint",
                "odrl:leftOperand": {"@id": "odrl:purpose"},
                "odrl:operator": {"@id": "odrl:isA"},
                "odrl:rightOperand": "train-ai",
            },
        },
    }


def _licences(register: Register) -> Iterator[str]:
    yield from sorted({work.licence for work in register.works.values() if work.licence})


def _licence_url(licence: str) -> str:
    """SPDX lists no ``LicenseRef-``: those are ours to name."""
    is_listed = not licence.startswith("LicenseRef-")
    return f"https://spdx.org/licenses/{licence}" if is_listed else f"urn:spdx:{licence}"


def _authors(register: Register) -> Iterator[str]:
    yield from sorted({author for work in register.works.values() for author in work.authors})
