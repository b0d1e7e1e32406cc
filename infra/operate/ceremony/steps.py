"""The ceremony, step by step; which step is next is read from the secrets, so that it can be left and gone on with anywhere.

::

    arm ──Notion's handshake──▶ a candidate ──reveal, confirm──▶ active ──the first event it signed──▶ heard from

What is revealed and what is confirmed is always a person's decision: a handshake proves nothing about its sender. The token
becomes active *before* Notion's dialog makes the subscription deliver, so that no delivery is refused; a candidate that
Notion does not take is taken out again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from infra.operate.ceremony.operator import Operator
from infra.operate.ceremony.wishes import End, Wishes
from infra.operate.signing_documents import Candidate, Rotation, Standing
from infra.operate.signing_rotation import OVERLAP, SigningRotation
from infra.operate.signing_secret import RefusedStep
from infra.operate.text import when

LOOK = 2.0
"""Seconds between two looks at the secret, and at the log."""

LATELY = timedelta(days=1)
"""How far back the log is read for a subscription that is there already."""


class Ceremony:
    """One run of it. Every step may be the last: run again, it goes on."""

    def __init__(
        self,
        rotation: SigningRotation,
        operator: Operator,
        *,
        heard: Callable[[str, datetime], datetime | None],
        dialog: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """Make it.

        Args:
            rotation: the steps on the secrets.
            operator: who is told and asked.
            heard: of a fingerprint and a time: when a delivery that it signed was first accepted since, or None.
            dialog: says what to enter in Notion's dialog.
            now: our clock.
        """
        self._rotation = rotation
        self._operator = operator
        self._heard = heard
        self._dialog = dialog
        self._now = now

    def run(self, wishes: Wishes) -> End:
        """Go on from wherever it stands.

        Raises:
            RefusedStep: the secrets don't allow it.
            RefusedShow: the token can't be revealed in this way.
        """
        wishes.reveal.check(self._operator)
        there = self._rotation.standing()
        if wishes.undo:
            return self._undo(there)
        self._check(there, wishes)
        if there.rotation is not None:
            self._operator.say(
                f"going on: {there.rotation.mark} is active since {when(there.rotation.since)}"
            )
            self._reveal(wishes, there.rotation.mark)
            return self._listen(there.rotation, wishes)
        begun = there.candidates or self._is_armed(there)
        if there.active and not begun and not self._begins_another(there, wishes):
            return self._there_already(there, wishes)
        candidates = self._handshake(there, wishes)
        if not candidates:
            return End(
                "no handshake came", done=False, next="run `subscribe` again; in Notion, press Resend token"
            )
        return self._decide(candidates, wishes)

    def _check(self, there: Standing, wishes: Wishes) -> None:
        """Refuse to confirm what could not be meant: exit status 0 would say that it is active."""
        mark, goes_on = wishes.confirm, there.rotation
        if mark is None or mark in there.active or wishes.again:
            return
        if goes_on is not None:
            raise RefusedStep(
                f"{goes_on.mark} is being rotated in, not {mark}; go on without --confirm, or --undo"
            )
        if there.active and not there.candidates and not self._is_armed(there) and not wishes.second:
            raise RefusedStep(
                f"no candidate has the fingerprint {mark}, and it is not active; see `subscribe`"
            )

    def _is_armed(self, there: Standing) -> bool:
        return there.armed_until is not None and there.armed_until > self._now()

    def _begins_another(self, there: Standing, wishes: Wishes) -> bool:
        if wishes.again or not wishes.second:
            return wishes.again
        just = there.ended is not None and self._now() < there.ended.since + OVERLAP
        return not just  # running the last step of a change twice does not begin the next change

    def _there_already(self, there: Standing, wishes: Wishes) -> End:
        mark, lately = there.active[-1], self._now() - LATELY
        at = self._heard(mark, lately)
        heard = f"heard from at {when(at)}" if at else "nothing was heard from it for a day"
        self._operator.say(f"a subscription is active: {mark}, {heard}")
        return End(
            "active",
            done=True,
            mark=mark,
            heard_at=at,
            next="its token is new; to change it all the same: `subscribe --second --again`"
            if wishes.second
            else "`subscribe --second` brings a second one, to change the token",
        )

    def _handshake(self, there: Standing, wishes: Wishes) -> tuple[Candidate, ...]:
        if there.candidates and not wishes.again:
            return there.candidates
        self._dialog()
        until = there.armed_until
        if until is None or until <= self._now() or wishes.again:
            self._rotation.arm()
            until = self._rotation.standing().armed_until or self._now()
        self._operator.say(f"the endpoint takes Notion's handshake until {when(until)}")
        left = max((until - self._now()).total_seconds(), 0.0)
        found = self._operator.wait("waiting for the handshake", left, self._candidates, LOOK)
        return found or ()

    def _candidates(self) -> tuple[Candidate, ...] | None:
        return self._rotation.standing().candidates or None

    def _decide(self, candidates: tuple[Candidate, ...], wishes: Wishes) -> End:
        for one in candidates:
            signed = "signed with itself" if one.signed else "not signed"
            self._operator.say(f"a token came: {one.mark}, received {when(one.received_at)}, {signed}")
        mark = wishes.confirm or self._chosen(candidates)
        if mark is None:
            return End(
                "waiting to be confirmed",
                done=False,
                next="run `subscribe --confirm FINGERPRINT` with the one that came when you created the subscription; "
                "if more came than you caused, `subscribe --again` begins anew",
                candidates=tuple(_shown(one) for one in candidates),
            )
        if mark in {one.mark for one in candidates}:
            self._reveal(wishes, mark)
            self._operator.say("paste it into Notion's Verify dialog, and don't press the button yet")
            if wishes.confirm is None and not self._operator.agrees(f"make {mark} active now?"):
                return End("waiting to be confirmed", done=False, mark=mark, next="run `subscribe` again")
        self._rotation.confirm(mark)  # of one that is not there it says so
        self._operator.say(f"{mark} is active now; press Verify subscription in Notion")
        if wishes.confirm is None and not self._operator.agrees("did Notion take it?"):
            self._rotation.undo()
            self._operator.say(f"{mark} was not Notion's: it is taken out again, and opens nothing")
            return End("taken back", done=False, next="`subscribe --again` begins anew")
        rotation = self._rotation.standing().rotation
        return self._listen(rotation, wishes) if rotation else End("taken back", done=False)

    def _chosen(self, candidates: tuple[Candidate, ...]) -> str | None:
        if not self._operator.answers:
            return None
        if len(candidates) == 1:
            asked = "did it come when you created the subscription, or pressed Resend token?"
            return candidates[0].mark if self._operator.agrees(asked) else None
        return self._operator.answer("more than one came; which? (its fingerprint; Enter for none)") or None

    def _reveal(self, wishes: Wishes, mark: str) -> None:
        token = self._rotation.token_of(mark)
        if token is not None:
            wishes.reveal(self._operator, token)

    def _listen(self, rotation: Rotation, wishes: Wishes) -> End:
        self._operator.say("change any page that the connection can see")
        mark, since = rotation.mark, rotation.since
        at = self._operator.wait(
            "waiting for the first event", wishes.listen, lambda: self._heard(mark, since), LOOK
        )
        if at is None:
            for line in (
                f"nothing that {mark} signed has come yet; look in Notion's Webhooks tab:",
                "  is the subscription active? If it still waits, paste the token into Verify (`subscribe --reveal`)",
                "  is the page shared with the connection (its menu, Connections), and the event type ticked?",
                "  does Notion refuse the token? Then `subscribe --undo` takes it out",
            ):
                self._operator.say(line)
            return End(
                "active, and not heard from",
                done=False,
                mark=mark,
                next="run `subscribe` again to go on waiting",
            )
        self._operator.say(f"heard from at {when(at)}")
        for line in self._rotation.go_on():
            self._operator.say(line)
        ended = self._rotation.standing().rotation is None
        return End(
            "heard from",
            done=True,
            mark=mark,
            heard_at=at,
            next="" if ended else f"run `subscribe --second` again after {when(since + OVERLAP)}",
        )

    def _undo(self, there: Standing) -> End:
        if there.rotation is not None:
            for line in self._rotation.undo():
                self._operator.say(line)
            return End("taken back", done=True, mark=there.rotation.mark)
        if there.candidates or there.armed_until is not None:
            self._rotation.disarm()
            self._operator.say("the endpoint takes no handshake any more, and what came is forgotten")
            return End("taken back", done=True)
        self._operator.say("nothing was under way")
        return End("nothing under way", done=True)


def _shown(candidate: Candidate) -> dict[str, Any]:
    at = candidate.received_at
    return {
        "fingerprint": candidate.mark,
        "received_at": at.isoformat() if at else None,
        "signed": candidate.signed,
    }
