"""Licences of what ships in the layers, and which of them let Steward ship under MIT and run in anybody's account."""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import metadata

FREE = ("MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "ISC", "Zlib", "0BSD")
"""They ask for their notice to be kept; it stays in the packages' ``dist-info``, inside the layers."""

REPLACEABLE = ("MPL-2.0", "LGPL-3.0-only", "LGPL-3.0-or-later", "LGPL-2.1-or-later")
"""They reach no further than their own files, as long as those are whole, unchanged and can be exchanged: a layer."""

CLASSIFIED = {"License :: OSI Approved :: BSD License": "BSD-3-Clause"}
"""Classifiers that packages of ours still use. This one names no clauses: those of its packages were looked up in their
licence files, and the fewest rights among them are given."""

HEAD = """# Licences of what ships

Steward is under the [MIT licence](../LICENSE).
Its layers hold these packages, whole and unchanged; `make sbom` writes this page and a bill of materials in CycloneDX's format.
A test refuses a package that is missing here, and any licence that is not known to go together with MIT.

| package | version | licence | layers |
|---|---|---|---|
"""
TAIL = """
## What that means for you

**Deploying Steward in your own account** asks for nothing: nobody is handed a copy, and none of these licences asks for more in that case.

**Passing Steward on**, built or as a template with its layers, asks you to keep the notices, which are in each package's `dist-info` folder, and for these two:

- `psycopg` and `psycopg-binary` are under the LGPL 3.
  They are unchanged, in a layer of their own, imported by name: whoever gets your copy may put another version into that layer, which is all that the licence wants; do not forbid that, say that psycopg is in there and where its source is (<https://github.com/psycopg/psycopg>).
  Steward's own code stays under MIT.
  The wheel also brings libpq (PostgreSQL licence) and OpenSSL (Apache-2.0).
- `certifi` is under the MPL 2: a changed `cacert.pem` would have to be offered under the same licence; Steward does not change it.

Without the mirror, leave `PostgresLayer` out of `template.yaml`, and no LGPL code ships at all.

Tools of development (requirements-dev.txt, `infra/sam`, `infra/scan`, `infra/supply`, `infra/uv`) never reach an account.
"""


def licence_of(package: str) -> str:
    """What the installed package says of itself, as SPDX expression.

    Raises:
        PackageNotFoundError: it is not installed.
        LookupError: it says nothing.
    """
    found = metadata(package)
    said = found.json
    licence = (
        said.get("license_expression")
        or said.get("license")
        or _by_classifier(found.get_all("Classifier") or [])
    )
    if not licence:
        raise LookupError(f"{package} names no licence")
    return str(licence).strip()


def _by_classifier(classifiers: Iterable[str]) -> str:
    """For packages from before licences were expressions; "" where the classifier says nothing."""
    known = (CLASSIFIED[c] for c in classifiers if c in CLASSIFIED)
    return next(known, "")


def refused(licences: Mapping[str, str]) -> list[str]:
    """The packages that may not ship, each with its licence; an expression that joins several is refused, too."""
    return [f"{name}: {licence}" for name, licence in licences.items() if licence not in FREE + REPLACEABLE]


def page(layers: Mapping[str, Mapping[str, str]], licence: Callable[[str], str] = licence_of) -> str:
    """``docs/licences.md``, from what each layer ships."""
    versions = {name: version for shipped in layers.values() for name, version in shipped.items()}
    lines = []
    for name in sorted(versions):
        where = ", ".join(layer for layer, shipped in layers.items() if name in shipped)
        lines.append(f"| {name} | {versions[name]} | {licence(name)} | {where} |\n")
    return HEAD + "".join(lines) + TAIL
