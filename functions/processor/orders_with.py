"""How the work that operators order hangs together."""

from processor.baseline import Baseline
from processor.mirror_check import MirrorCheck
from processor.mirror_tables import tables_in
from processor.reconcile import Reconciler
from processor.shared import Shared
from steward.mirror.connection import Transactions


def compare_with(shared: Shared, mirror: Transactions) -> MirrorCheck:
    """What compares the two sides of the mirror."""
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


def baseline_with(shared: Shared, reconciler: Reconciler) -> Baseline:
    """What remembers whole data sources."""
    return Baseline(
        rules=shared.rules,
        state=shared.state,
        memory=shared.memory,
        journal=shared.journal,
        lane=shared.lane,
        notion=shared.connections.of,
        known=shared.known,
        reconciler=reconciler,
        now=shared.now,
        out_of_time=shared.out_of_time,
    )
