"""How the comparison of the mirror's sides hangs together."""

from processor.mirror_check import MirrorCheck
from processor.mirror_tables import tables_in
from processor.shared import Shared
from steward.mirror.connection import Transactions


def compare_with(shared: Shared, mirror: Transactions) -> MirrorCheck:
    """Put it together."""
    return MirrorCheck(
        rules=shared.rules,
        memory=shared.memory,
        lane=shared.lane,
        connections=shared.connections,
        known=shared.known,
        mirror=tables_in(mirror, shared.rules),
        now=shared.now,
        out_of_time=shared.out_of_time,
    )
