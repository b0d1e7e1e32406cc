"""How the parts of the sweep hang together."""

from processor.edits import Edits
from processor.found import Finder
from processor.ourselves import Ourselves
from processor.presence import Presence
from processor.reconcile import Reconciler
from processor.schema_watch import SchemaWatch
from processor.settle import Settler
from processor.shared import Shared
from processor.sweep import Sweeper
from processor.vitals import Vitals


def sweep_with(
    shared: Shared,
    *,
    reconciler: Reconciler,
    settler: Settler,
    schemas: SchemaWatch,
    ourselves: Ourselves,
    vitals: Vitals,
) -> Sweeper:
    """Put them together."""
    finder = Finder(
        state=shared.state,
        journal=shared.journal,
        reconciler=reconciler,
        settler=settler,
        our_bots=ourselves.bots,
        mine=shared.current.mine,
        now=shared.now,
        calls=shared.current.calls,
        vitals=vitals,
        logger=shared.logger,
        count=shared.count,
        quiet_until=shared.quiet_until,
    )
    return Sweeper(
        rules=shared.rules,
        memory=shared.memory,
        edits=Edits(
            memory=shared.memory,
            connections=shared.connections,
            known=shared.known,
            finder=finder,
            now=shared.now,
            out_of_time=shared.out_of_time,
        ),
        presence=Presence(
            state=shared.state,
            memory=shared.memory,
            connections=shared.connections,
            known=shared.known,
            finder=finder,
            out_of_time=shared.out_of_time,
        ),
        schemas=schemas,
        now=shared.now,
        out_of_time=shared.out_of_time,
        logger=shared.logger,
        count=shared.count,
    )
