"""The vendors that are watched, each a module of its own here: a further one is a further module, and no other change."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from triage.vendors.vendor import Vendor


def _found() -> Iterator[Vendor]:
    for module in iter_modules(__path__):
        described = getattr(import_module(f"{__name__}.{module.name}"), "VENDOR", None)
        if isinstance(described, Vendor):
            yield described


def known() -> Mapping[str, Vendor]:
    """Name → every vendor that a module here describes as ``VENDOR``; in the order of their names."""
    return {vendor.name: vendor for vendor in sorted(_found(), key=lambda vendor: vendor.name)}
