from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter

from grievances.statistics.periods import Half
from grievances.views import (
    afterwards,
    agenda,
    amends,
    asked,
    calendar,
    case,
    checkpoints,
    concern,
    consents,
    conversations,
    cover,
    dates,
    desk,
    files,
    guides,
    history,
    holds,
    home,
    needs,
    own,
    packet,
    papers,
    people,
    questions,
    recovery,
    releases,
    renewed,
    retaliation,
    rooms,
    sessions,
    steps,
    uncounted,
)
from grievances.workflow import Step


class StepConverter:
    """A step by its address, which says nothing to somebody reading the browser's history."""

    regex = "s[0-9]{2}"

    def to_python(self, value: str) -> Step:
        """Return the step; ValueError (a 404) for an unknown one."""
        return Step(value)

    def to_url(self, value: str) -> str:
        """Return the step's address, of a step or of its value as the database has it."""
        return Step(value).value


class HalfConverter:
    """A half-year, as a release is named by it."""

    regex = "20[0-9]{2}-H[12]"

    def to_python(self, value: str) -> Half:
        """Return the half-year."""
        return Half.read(value)

    def to_url(self, value: Half | str) -> str:
        """Return the half-year as it is written."""
        return str(value)


register_converter(StepConverter, "step")
register_converter(HalfConverter, "half")

# /cases/<reference>/
case_urls = [
    path("", case.page, name="case"),
    path("conflicts/", concern.conflicts, name="conflicts"),
    path("draft/", concern.draft, name="draft"),
    path("draft/questions/", questions.go_on, name="go_on"),
    path("draft/questions/<slug:question>/", questions.page, name="question"),
    path("draft/files/", files.of_draft, name="draft_files"),
    path("draft/discard/", concern.discard, name="discard"),
    path("consents/", consents.page, name="consents"),
    path("papers/<slug:purpose>/", papers.prepare, name="prepare"),
    path("papers/<slug:purpose>/<slug:token>/", papers.next_version, name="next_version"),
    path("packet/", packet.assemble, name="packet"),
    path("packet/sharing/", packet.sharing, name="packet_sharing"),
    path("packet/<int:number>/", packet.give_out, name="give_out"),
    path("rooms/<slug:token>/", rooms.page, name="room"),
    path("rooms/<slug:token>/files/", files.page, name="files"),
    path("rooms/<slug:token>/files/<slug:file>/", files.download, name="file"),
    path("rooms/<slug:token>/files/<slug:file>/back/", files.take_back, name="take_back_file"),
    path("dates/<int:number>/", dates.page, name="date"),
    path("cover/", cover.page, name="cover"),
    path("hand-over/", needs.hand_over, name="hand_over"),
    path("spaces/<slug:token>/", people.answer_space, name="answer_space"),
    path("sessions/new/", sessions.plan, name="plan_session"),
    path("sessions/<slug:token>/", sessions.page, name="session"),
    path("sessions/<slug:token>/change/", sessions.change, name="change_session"),
    path("sessions/<slug:token>/off/", sessions.call_off, name="call_off_session"),
    path("afterwards/", afterwards.page, name="afterwards"),
    path("voice/", amends.voice, name="voice"),
    path("support/", people.support, name="support"),
    path("objection/", people.objection, name="objection"),
    path("retaliation/", retaliation.report, name="retaliation"),
    path("leave/", people.leave, name="leave"),
    path("access/<slug:token>/", renewed.give_back, name="give_back"),
    path("recovery/", recovery.ask, name="ask_recovery"),
    path("history/", history.page, name="history"),
    path("statistics/", uncounted.page, name="uncounted"),
    path("copy/", own.page, name="copy"),
    path("hold/", holds.page, name="hold"),
    path("hold/<slug:token>/", holds.confirm, name="confirm_hold"),
    path("hold/<slug:token>/end/", holds.end, name="end_hold"),
    path("<step:step>/", steps.page, name="step"),
    path("<step:step>/confirm/<slug:token>/", steps.confirm, name="confirm"),
]

# /asked/<reference>/
asked_urls = [
    path("", asked.case, name="asked_case"),
    path("names/", asked.names, name="asked_names"),
    path("names/reporter/", asked.reporter, name="asked_reporter"),
    path("answer/", asked.answer, name="asked_answer"),
]

# /statistics/
statistics_urls = [
    path("", releases.all_releases, name="releases"),
    path("approval/", releases.approval, name="approval"),
    path("years/<int:year>/", releases.year, name="release_year"),
    path("<half:half>/", releases.release, name="release"),
    path("<half:half>/sheet/", releases.sheet, name="release_sheet"),
    path("<half:half>/designate/", releases.designate_release, name="designate_release"),
    path("<half:half>/paper/", releases.paper, name="release_paper"),
    path("<half:half>/page/", releases.printed, name="release_page"),
]

grievances_urls: list[URLPattern | URLResolver] = [
    path("raise/", concern.begin, name="raise"),
    path("concerns/", desk.my_concerns, name="my_concerns"),
    path("cases/", desk.cases, name="cases"),
    path("guides/1/", guides.talk, name="guide_talk"),
    path("guides/2/", guides.mediation, name="guide_mediation"),
    path("asked/", desk.asked, name="asked"),
    path("intake/", desk.intake, name="intake"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/entry/", calendar.entry, name="calendar_entry"),
    path("desk/", needs.desk, name="desk"),
    path("desk/find/", needs.search, name="find"),
    path("agenda/", agenda.agenda, name="agenda"),
    path("agenda/<slug:token>/take/", agenda.take, name="take_agenda"),
    path("conversations/", conversations.mine, name="conversations"),
    path("conversations/new/", conversations.record, name="record_conversation"),
    path("conversations/<slug:token>/", conversations.page, name="conversation"),
    path("conversations/<slug:token>/forget/", conversations.forget, name="forget_conversation"),
    path("recovery/", recovery.ceremony, name="recovery"),
    path("checkpoints/", checkpoints.page, name="checkpoints"),
    path("statistics/", include(statistics_urls)),
    path("asked/<slug:reference>/", include(asked_urls)),
    path("cases/<slug:reference>/", include(case_urls)),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("", include((grievances_urls, "grievances"))),
]
