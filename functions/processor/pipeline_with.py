"""How what works events hangs together."""

from datetime import timedelta

from processor.about import About
from processor.burst import Burst
from processor.ourselves import Ourselves
from processor.pipeline import Pipeline
from processor.reconcile import Reconciler
from processor.schema_watch import SchemaWatch
from processor.settle import Settler
from processor.shared import Shared
from processor.text_watch import TextWatch


def pipeline_with(
    shared: Shared,
    margin: timedelta,
    reconciler: Reconciler,
    settler: Settler,
    schemas: SchemaWatch,
    ourselves: Ourselves,
) -> Pipeline:
    """Put the pipeline together; ``margin``: see ``Snapshot.covers``."""
    burst = Burst(
        connections=shared.connections,
        reconciler=reconciler,
        known=shared.known,
        mine=shared.current.mine,
        margin=margin,
        now=shared.now,
        time_left=shared.time_left,
    )
    return Pipeline(
        rules=shared.rules,
        state=shared.state,
        journal=shared.journal,
        reconciler=reconciler,
        burst=burst,
        settler=settler,
        schemas=schemas,
        known=shared.known,
        ourselves=ourselves,
        texts=TextWatch(rules=shared.rules, state=shared.state, margin=margin, now=shared.now),
        about=About(shared.rules, shared.known, ourselves, shared.now, shared.gather),
        margin=margin,
        now=shared.now,
        calls=shared.current.calls,
        waiting=shared.lane.waiting,
    )
