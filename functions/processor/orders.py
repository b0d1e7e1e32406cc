"""What operators order: each kind is worked by who knows it. All of it is work of the lane, paid from its budget."""

from processor.baseline import Baseline
from processor.mirror_check import MirrorCheck
from steward.envelope import Envelope


class Orders:
    """Works operators' orders."""

    def __init__(self, baseline: Baseline, mirror_check: MirrorCheck) -> None:
        """Make it.

        Args:
            baseline: remembers data sources.
            mirror_check: compares the two sides of the mirror.
        """
        self._baseline = baseline
        self._mirror_check = mirror_check

    def work(self, envelope: Envelope, lane: str, message_id: str) -> bool:
        """Work the order that a message holds; False when it holds none.

        Raises:
            CallFailed: Notion is in trouble; the order goes on where it was.
        """
        if envelope.order is not None:
            self._baseline.work(envelope.order, envelope.part, lane, message_id)
        elif envelope.comparison is not None:
            self._mirror_check.work(envelope.comparison, envelope.part, lane, message_id)
        else:
            return False
        return True
