"""The small world of the demo: a handful of concerns, each walked by the real actions to where somebody is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from grievances.actions import conversations, seats
from grievances.demo import words
from grievances.demo.cast import Cast
from grievances.demo.photo import photo
from grievances.demo.walk import Walk
from grievances.demo.words import Concern
from grievances.models import Consent, Conversation, Nature, OneOnOne, Purpose, Route, Space
from grievances.roles import Part
from grievances.workflow import Step

A, B, C = "mediator", "mediator2", "mediator3"


def tell(cast: Cast) -> None:
    """Walk every made-up case."""
    for chapter in CHAPTERS:
        chapter(cast)


# At the beginning


def _a_draft(cast: Cast) -> None:
    Walk.begin(cast, "member", words.BANNER)


def _just_filed(cast: Cast) -> None:
    Walk.begin(cast, "member2", words.SOUP).file()
    Walk.begin(cast, "member", words.TABLECLOTH).file(not_serving=[C])


def _asked_to_serve(cast: Cast) -> None:
    walk = Walk.begin(cast, "member2", words.MINUTES)
    walk.file()
    walk.take_in()
    walk.take(Step.ASK, "intake", who=cast[A].user.handle)


def _a_text_for_the_reporter(cast: Cast) -> None:
    walk = _distinguished(cast, "member", words.CARPOOL, B, C)
    walk.say(words.OPENING_MESSAGE, B, to="member")
    walk.hand_in(words.PHOTO_NAME, photo(), words.PHOTO_NOTE, "member")
    walk.lay_for("respondent", Part.RESPONDENT, words.ACCOUNT, B)


def _seen_by_a_bystander(cast: Cast) -> None:
    """Walk a concern whose harmed person has been asked, and has not said yet what she would like."""
    walk = _filed(cast, "member2", words.BYSTANDER, A, C, route=Route.SAW)
    walk.take(Step.DISTINGUISH, A, {"text": words.DISTINCTION}, nature=Nature.INTERPERSONAL)
    invitation = walk.lay_for("witness", Part.HARMED, words.INVITATION, A)
    walk.agree_to(invitation, "member2")
    walk.take(Step.INVITE, A, paper=invitation.token)
    walk.agree(Consent.To.ONE_ON_ONE, "member2")


# Under way


def _one_on_one(cast: Cast) -> None:
    walk = _told(cast, "member", words.KITCHEN, A, B)
    heard = walk.lay_for("witness", Part.WITNESS, words.WITNESS_INVITATION, A)
    walk.agree_to(heard, "member")
    walk.take(Step.INVITE, A, paper=heard.token)
    _begin_one_on_one(walk, A)
    walk.say(words.ANSWERING_MESSAGE, "respondent")
    seats.invite_support(walk.case, cast["friend"].user, by=cast["respondent"], reads=True)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    walk.take(
        Step.OFFER_SPACE,
        "member",
        to=walk.seat_of("respondent"),
        channel=Space.Channel.IN_PERSON,
        meets_at=tomorrow.replace(minute=0, second=0, microsecond=0).isoformat(),
    )


def _an_agreement_to_read(cast: Cast) -> None:
    walk = _mediated(cast, "member2", words.MEGAPHONE, A, C)
    walk.note(words.NOTE, A)
    promise = walk.promise(words.PROMISE, "apology", in_days=14)
    agreement = walk.lay_agreement(words.AGREEMENT, [promise], A)
    walk.agree_to(agreement, "member2")
    walk.plan("respondent", words.PLACE, A)


def _a_referral_to_confirm(cast: Cast) -> None:
    walk = _mediated(cast, "member", words.GARDEN, A, B)
    _propose_referral(walk, A)


def _a_promise_due(cast: Cast) -> None:
    _promised(cast, "member2", words.LEAFLET, A, B)


def _at_national(cast: Cast) -> None:
    walk = _mediated(cast, "member", words.KEYS, A, B)
    _propose_referral(walk, B)
    walk.confirm(A)


# At the end


def _redirected(cast: Cast) -> None:
    walk = _filed(cast, "member2", words.ENDORSEMENT, A, B)
    walk.take(Step.DISTINGUISH, A, {"text": words.POLITICAL}, nature=Nature.POLITICAL)
    walk.confirm(B)
    agenda = walk.lay(Purpose.AGENDA, words.AGENDA, B)
    walk.agree_to(agenda, "member2")
    meeting = timezone.localdate() + dt.timedelta(days=21)
    walk.take(Step.REDIRECT, B, meeting_on=meeting.isoformat())
    walk.confirm(A)


def _amends_kept(cast: Cast) -> None:
    walk = _promised(cast, "member", words.LADDER, A, C)
    for line in ("1", "2"):
        walk.take(Step.CHECK_IN, A, item=line, state="kept")
    walk.take(Step.COMPLETE_AMENDS, C, heard="heard")


def _resolved(cast: Cast) -> None:
    walk = _told(cast, "member2", words.CHAIRS, B, C)
    _begin_one_on_one(walk, B)
    walk.take(Step.RECORD_ONE_ON_ONE, B, one_on_one=OneOnOne.HELD)
    walk.agree(Consent.To.RESOLVED, "member2")
    walk.take(Step.RESOLVE_ONE_ON_ONE, B)


def _recorded(cast: Cast) -> None:
    _filed(cast, "member", words.JOKE, B, C).take(Step.CLOSE_RECORDED, B)


def _advised(cast: Cast) -> None:
    walk = _filed(cast, "member2", words.ADVICE, A, B, route=Route.HELP)
    walk.take(Step.CLOSE_ADVISED, A, {"text": words.GIVEN_ADVICE})


def _withdrawn(cast: Cast) -> None:
    _filed(cast, "member2", words.FLYER, B, C).take(Step.WITHDRAW, "member2")


def _answered_by_national(cast: Cast) -> None:
    walk = _told(cast, "member", words.LETTERBOX, A, C)
    walk.take(Step.RECORD_ONE_ON_ONE, A, one_on_one=OneOnOne.DECLINED)
    walk.take(Step.SET_MEDIATION_ASIDE, C, {"text": words.DECLINED}, actioned_how="declined")
    _propose_referral(walk, C)
    walk.confirm(A)
    walk.take(Step.RECORD_ANSWER, A, {"text": words.NATIONAL_ANSWER})


def _a_private_talk(cast: Cast) -> None:
    said = {"whom": words.TALK_WITH, "about": words.TALK_ABOUT, "went": Conversation.Went.TALKED.value}
    conversations.keep(said, by=cast["member"], follow_up_on=timezone.localdate())


CHAPTERS: tuple[Callable[[Cast], None], ...] = (
    _amends_kept,
    _resolved,
    _recorded,
    _advised,
    _withdrawn,
    _answered_by_national,
    _redirected,
    _at_national,
    _a_promise_due,
    _a_referral_to_confirm,
    _an_agreement_to_read,
    _one_on_one,
    _seen_by_a_bystander,
    _a_text_for_the_reporter,
    _asked_to_serve,
    _just_filed,
    _a_draft,
    _a_private_talk,
)


# Stretches that several cases share


def _filed(cast: Cast, reporter: str, concern: Concern, *mediators: str, route: Route = Route.HARMED) -> Walk:
    walk = Walk.begin(cast, reporter, concern, route=route)
    walk.file()
    walk.take_in()
    walk.seat(*mediators)
    return walk


def _distinguished(cast: Cast, reporter: str, concern: Concern, *mediators: str) -> Walk:
    walk = _filed(cast, reporter, concern, *mediators)
    walk.take(Step.DISTINGUISH, mediators[0], {"text": words.DISTINCTION}, nature=Nature.INTERPERSONAL)
    return walk


def _told(cast: Cast, reporter: str, concern: Concern, *mediators: str) -> Walk:
    walk = _distinguished(cast, reporter, concern, *mediators)
    walk.tell(words.LEAFLET_ACCOUNT if concern is words.LEAFLET else words.ACCOUNT, mediators[0])
    return walk


def _begin_one_on_one(walk: Walk, mediator: str) -> None:
    walk.agree(Consent.To.ONE_ON_ONE, walk.reporter, "respondent")
    walk.take(Step.BEGIN_ONE_ON_ONE, mediator)


def _mediated(cast: Cast, reporter: str, concern: Concern, *mediators: str) -> Walk:
    walk = _told(cast, reporter, concern, *mediators)
    _begin_one_on_one(walk, mediators[0])
    walk.take(Step.RECORD_ONE_ON_ONE, mediators[0], one_on_one=OneOnOne.HELD)
    walk.agree(Consent.To.MEDIATION, reporter, "respondent")
    walk.take(Step.BEGIN_MEDIATION, mediators[1])
    walk.take(Step.RECORD_SESSION, mediators[0], **_session(walk, reporter, *mediators))
    return walk


def _session(walk: Walk, *others: str) -> dict[str, object]:
    attended = [walk.seat_of(login) for login in ("respondent", *others)]
    return {"form": "shuttle", "held_on": timezone.localdate().isoformat(), "attended": attended, "ground_rules": True}


def _promised(cast: Cast, reporter: str, concern: Concern, *mediators: str) -> Walk:
    walk = _mediated(cast, reporter, concern, *mediators)
    promises = [
        walk.promise(words.LEAFLET_PROMISE, "apology", in_days=0),
        walk.promise(words.CHANGE_PROMISE, "change", in_days=90),
    ]
    agreement = walk.lay_agreement(words.LEAFLET_AGREEMENT, promises, mediators[0])
    walk.agree_to(agreement, reporter, "respondent")
    walk.take(Step.AGREE, mediators[1])
    return walk


def _propose_referral(walk: Walk, mediator: str) -> None:
    packet = walk.pack(words.PACKET, mediator)
    walk.agree_to(packet, walk.reporter)
    until = timezone.localdate() + dt.timedelta(days=30)
    walk.take(Step.REFER, mediator, words.WAITS, recipient="national", until=until.isoformat())
