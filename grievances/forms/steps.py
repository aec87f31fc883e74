"""Which form each step has. The clock's own step has none."""

from __future__ import annotations

from grievances.forms.amends import CheckInForm, CompleteAmendsForm
from grievances.forms.closing import AdviceForm, CloseForm
from grievances.forms.filing import FileForm
from grievances.forms.intake import ContestForm, DistinguishForm, InviteForm, RedirectForm, SplitForm, TellForm
from grievances.forms.mediation import AgreeForm, CloseWithReasonForm, RecordSessionForm, SetAsideForm
from grievances.forms.national import AnswerForm, ReferByExceptionForm, ReferForm
from grievances.forms.one_on_one import OfferSpaceForm, RecordOneOnOneForm
from grievances.forms.people import AskForm
from grievances.forms.step import StepForm
from grievances.forms.withdrawing import WithdrawForm
from grievances.workflow import Step

FORMS: dict[Step, type[StepForm]] = {
    Step.FILE: FileForm,
    Step.ACKNOWLEDGE: StepForm,
    Step.ASK: AskForm,
    Step.ACCEPT: StepForm,
    Step.RECUSE: StepForm,
    Step.DISTINGUISH: DistinguishForm,
    Step.CONTEST: ContestForm,
    Step.INVITE: InviteForm,
    Step.TELL: TellForm,
    Step.REDIRECT: RedirectForm,
    Step.SPLIT: SplitForm,
    Step.BEGIN_ONE_ON_ONE: StepForm,
    Step.OFFER_SPACE: OfferSpaceForm,
    Step.RECORD_ONE_ON_ONE: RecordOneOnOneForm,
    Step.RESOLVE_ONE_ON_ONE: StepForm,
    Step.BEGIN_MEDIATION: StepForm,
    Step.SET_MEDIATION_ASIDE: SetAsideForm,
    Step.RECORD_SESSION: RecordSessionForm,
    Step.AGREE: AgreeForm,
    Step.CHECK_IN: CheckInForm,
    Step.COMPLETE_AMENDS: CompleteAmendsForm,
    Step.RETURN_TO_MEDIATION: StepForm,
    Step.CLOSE_WITHOUT_AGREEMENT: CloseWithReasonForm,
    Step.CLOSE_BROKEN: CloseWithReasonForm,
    Step.REFER: ReferForm,
    Step.REFER_BY_EXCEPTION: ReferByExceptionForm,
    Step.RECORD_ANSWER: AnswerForm,
    Step.RECORD_NOT_FILED: StepForm,
    Step.WITHDRAW: WithdrawForm,
    Step.CLOSE_RECORDED: StepForm,
    Step.CLOSE_ADVISED: AdviceForm,
    Step.CLOSE_OUT_OF_SCOPE: CloseForm,
    Step.CLOSE_NO_CONTACT: CloseForm,
    Step.REOPEN: StepForm,
}
