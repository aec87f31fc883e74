from grievances.models.agenda_item import AgendaItem
from grievances.models.amends import AmendsItem
from grievances.models.answered import Answered
from grievances.models.availability import Availability
from grievances.models.case import Case
from grievances.models.citation import Citation
from grievances.models.clearance import Clearance
from grievances.models.clock import Clock
from grievances.models.codename import Codename
from grievances.models.conflict import Conflict
from grievances.models.consent import Consent
from grievances.models.conversation import Conversation
from grievances.models.cover import Cover
from grievances.models.decision import Decision
from grievances.models.designation import Designation, designated
from grievances.models.entry import Entry, EntryKind
from grievances.models.grant import CaseGrant, RoomGrant
from grievances.models.hold import Hold
from grievances.models.notice import Notice
from grievances.models.offer import OfferedKey, SeatOffer
from grievances.models.opening import Opening
from grievances.models.outcomes import (
    CONTESTABLE,
    Actioned,
    ExceptionReason,
    Heard,
    Nature,
    OneOnOne,
    Outcome,
    Route,
    Wish,
)
from grievances.models.paper import Paper, Purpose
from grievances.models.planned import Invited, PlannedSession
from grievances.models.policy import Policy
from grievances.models.proposal import Proposal
from grievances.models.pseudonym import Pseudonym
from grievances.models.recovery import RecoveryRequest, RecoverySeal
from grievances.models.release import Release, ReleaseCell
from grievances.models.retaliation import Retaliation
from grievances.models.retention import Deletion, Kept, RetentionRule
from grievances.models.room import Room, RoomEpoch
from grievances.models.sealed_file import SealedFile
from grievances.models.seat import Seat
from grievances.models.session import MediationSession
from grievances.models.sharing import Recipient, Thing, Why
from grievances.models.space import Space
from grievances.models.tally import Tally
from grievances.models.uncounted import Uncounted

__all__ = [
    "CONTESTABLE",
    "Actioned",
    "AgendaItem",
    "AmendsItem",
    "Answered",
    "Availability",
    "Case",
    "CaseGrant",
    "Citation",
    "Clearance",
    "Clock",
    "Codename",
    "Conflict",
    "Consent",
    "Conversation",
    "Cover",
    "Decision",
    "Deletion",
    "Designation",
    "Entry",
    "EntryKind",
    "ExceptionReason",
    "Heard",
    "Hold",
    "Invited",
    "Kept",
    "MediationSession",
    "Nature",
    "Notice",
    "OfferedKey",
    "OneOnOne",
    "Opening",
    "Outcome",
    "Paper",
    "PlannedSession",
    "Policy",
    "Proposal",
    "Pseudonym",
    "Purpose",
    "Recipient",
    "RecoveryRequest",
    "RecoverySeal",
    "Release",
    "ReleaseCell",
    "Retaliation",
    "RetentionRule",
    "Room",
    "RoomEpoch",
    "RoomGrant",
    "Route",
    "SealedFile",
    "Seat",
    "SeatOffer",
    "Space",
    "Tally",
    "Thing",
    "Uncounted",
    "Why",
    "Wish",
    "designated",
]
