"""Licences of what ships are known, go together with MIT, and are told to whoever deploys."""

from pathlib import Path

import pytest

from infra.supply import licences
from infra.supply.pins import layers

ROOT = Path(__file__).parents[3]


def test_the_page_names_each_package_of_each_layer_with_its_version_and_licence() -> None:
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == licences.page(layers(ROOT)), (
        "make sbom"
    )


def test_nothing_ships_whose_licence_does_not_go_together_with_mit() -> None:
    shipped = {name for packages in layers(ROOT).values() for name in packages}

    assert licences.refused({name: licences.licence_of(name) for name in shipped}) == []


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "AGPL-3.0-or-later", "SSPL-1.0", "MIT AND GPL-2.0-only", "UNKNOWN"]
)
def test_a_licence_that_reaches_further_or_is_unknown_is_refused(licence: str) -> None:
    assert licences.refused({"one": "MIT", "two": licence}) == [f"two: {licence}"]


def test_what_must_stay_replaceable_ships_in_a_layer_that_can_be_left_out() -> None:
    where = {
        layer
        for layer, shipped in layers(ROOT).items()
        for name in shipped
        if licences.licence_of(name).startswith("LGPL")
    }

    assert where == {"postgres"}
