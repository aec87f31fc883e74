"""What the made-up people wrote. Calm things, so that nobody trying the app has a hard day."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from grievances.packet.contents import Group, Item, Packet


@dataclass(frozen=True)
class Concern:
    """A concern as its reporter wrote it, with the clauses cited."""

    saw: str
    effect: str
    need: str
    named: str
    clauses: str
    wish: str = "way"
    danger: str = "no"
    reach: str = "here"
    reach_how: str = ""

    def draft(self) -> dict[str, str]:
        """The fields of a draft."""
        return asdict(self)


BANNER = Concern(
    saw="The banner I sewed for the May picnic was handed out as somebody else's work, twice, in front of everyone.",
    effect="I have stopped offering to help with the stall.",
    need="I would like it to be said once that the work was mine.",
    named="I would rather add the name later.",
    clauses="5.0 5.4",
)
MINUTES = Concern(
    saw="At two meetings in a row I was asked to take the minutes, with a joke about my tidy handwriting.",
    effect="I could not take part in the debate either time.",
    need="That we take turns, and that the jokes stop.",
    named="Hyacinth Montgomery",
    clauses="3.3 5.1",
)
KITCHEN = Concern(
    saw="My questions about the kitchen rota were answered with a sigh and a rolled eye, and once with 'not again'.",
    effect="I ask nothing in meetings now.",
    need="A talk, with somebody beside me.",
    named="Hyacinth Montgomery, and Guadalupe Sorensen was in the room.",
    clauses="5.3 5.4",
)
CARPOOL = Concern(
    saw="The carpool for the retreat was planned in a small chat, and I heard of it on the morning we left.",
    effect="I took the bus alone for four hours.",
    need="To know whether it was meant, and to be asked next time.",
    named="Hyacinth Montgomery",
    clauses="5.2",
)
LEAFLET = Concern(
    saw="My draft leaflet was read aloud at another table before I had finished it.",
    effect="I felt laughed at over unfinished sentences.",
    need="An apology, and drafts that stay with whoever writes them.",
    named="Hyacinth Montgomery",
    clauses="2.3 5.6",
)
MEGAPHONE = Concern(
    saw="Whenever I chaired the Tuesday call I was talked over, and my turn to speak went to others.",
    effect="I gave up chairing.",
    need="To chair again without being talked over.",
    named="Hyacinth Montgomery",
    clauses="5.1 5.3",
)
GARDEN = Concern(
    saw="I was told in the garden group that people like me never finish what they begin.",
    effect="I left the garden group.",
    need="That it is taken back in the same group.",
    named="Hyacinth Montgomery",
    clauses="5.5 5.6",
)
KEYS = Concern(
    saw="The keys to the hall were asked back from me in the chat, before all, without a question first.",
    effect="Two people asked me whether I had taken something.",
    need="That what happened is put right, by somebody outside.",
    named="Hyacinth Montgomery",
    clauses="2.4 3.1 5.4",
)
BYSTANDER = Concern(
    saw="I saw a new member's hand passed over all evening, and her name got wrong on purpose the third time.",
    effect="She left before the end.",
    need="That somebody asks her how she is, and whether she wants more than that.",
    named="It was done to Guadalupe Sorensen, by Hyacinth Montgomery.",
    clauses="3.3 5.0",
)
ENDORSEMENT = Concern(
    saw="We endorsed a candidate whom I think we should not have endorsed, and I was the only one to say so.",
    effect="I feel out of step with everybody.",
    need="A debate with enough time in it.",
    named="Nobody by name.",
    clauses="4.1 6.3",
)
JOKE = Concern(
    saw="A joke about my accent, once, over dinner.",
    effect="It stung, and it is over now.",
    need="Only that it is written down, in case it happens again.",
    named="Hyacinth Montgomery",
    clauses="3.3",
    wish="record",
)
ADVICE = Concern(
    saw="Two of my friends in the Caucus no longer speak to each other, and both complain to me.",
    effect="I am worn out in between.",
    need="Advice on how to step out of the middle.",
    named="I would rather not say.",
    clauses="3.0",
    wish="advice",
)
TABLECLOTH = Concern(
    saw="Presté un mantel para la fiesta de recaudación y volvió roto, y nadie quiso decir quién fue.",
    effect="Era de mi abuela.",
    need="Que alguien me diga que lo siente.",
    named="Hyacinth Montgomery",
    clauses="5.6",
)
SOUP = Concern(
    saw="Tiraron la sopa que yo había preparado antes de que terminara el turno.",
    effect="Estuve de mal humor todo un día.",
    need="No sé con seguridad si necesito algo.",
    named="Hyacinth Montgomery",
    clauses="5.0",
    wish="unsure",
)
LADDER = Concern(
    saw="I was left to take the stage down alone, after it had been promised that three of us would.",
    effect="My back hurt for a week, and I was late for work.",
    need="An apology, and help the next time.",
    named="Hyacinth Montgomery",
    clauses="5.0 5.6",
)
CHAIRS = Concern(
    saw="My suggestion for the seating was laughed at, and then taken over as somebody else's an hour later.",
    effect="I felt small.",
    need="A talk between the two of us.",
    named="Hyacinth Montgomery",
    clauses="5.4",
)
FLYER = Concern(
    saw="My flyers were put under the table at the market, below the others.",
    effect="I was sad about it, and a little cross.",
    need="Nothing more: we have spoken about it since.",
    named="Hyacinth Montgomery",
    clauses="5.2",
)
LETTERBOX = Concern(
    saw="Three messages to the working group were left unanswered, and my fourth was called impatient in front of all.",
    effect="I no longer write to that group.",
    need="That it is not said of me again.",
    named="Hyacinth Montgomery",
    clauses="2.4 5.4",
)

DISTINCTION = (
    "Nothing here turns on a political question. It is about how one person was treated by another, and what would put "
    "that right."
)
POLITICAL = "The disagreement is about an endorsement. Nobody did anybody wrong by voting as they did."
ACCOUNT = "Somebody found it hard to be interrupted and passed over in meetings this spring, and would like to talk."
LEAFLET_ACCOUNT = "Somebody minded that an unfinished text of theirs was read aloud at another table."
INVITATION = "A member was worried about how an evening in March went for you. Nothing happens without your yes."
WITNESS_INVITATION = "You were in the kitchen when something was said. Would you write down what you heard?"
TALK_WITH = "Somebody at the stall"
TALK_ABOUT = "He laughed at a new member's question. We walked around the block, and he will say sorry to her."
PHOTO_NAME = "departure board.jpg"
PHOTO_NOTE = "The board at the bus station that morning. The carpool had left an hour before."
OPENING_MESSAGE = "Thank you for writing. We have read it, and will first ask what you would like to happen."
ANSWERING_MESSAGE = "I did not notice that it landed like this. I would like to hear more before I answer."
NOTE = "Ask both separately first; each prefers afternoons. Nobody wants a long process."
AGREEMENT = (
    "We take turns at the minutes, from the eldest to the youngest, and nobody is thanked for their handwriting."
)
PLACE = "The small room above the library."
PROMISE = "Say in the next meeting that the joke was a poor one."
LEAFLET_AGREEMENT = "Drafts stay with their writer until the writer shows them. What was read aloud is apologized for."
LEAFLET_PROMISE = "Write a letter of apology, in my own words."
CHANGE_PROMISE = "Ask before reading anything of somebody else's, for three months."
PACKET = (
    "Two sessions of mediation were held, and the agreement reached there was not kept. The member asks National to "
    "look at the pattern of interruptions. No other person is named in this text."
)


def packet() -> Packet:
    """A packet of what was written for it alone."""
    return Packet((Item(Group.HISTORY, "why_now", "Why it goes to National now", PACKET),))


WAITS = {
    "who": "The National grievance officers, by the member's own hand.",
    "why": "The agreement was broken twice, and the Caucus has no further step to offer.",
    "what": "The packet as agreed to, without the notes of the sessions.",
    "needed": "The names of bystanders were taken out, since they add nothing.",
}
AGENDA = "How much time does an endorsement get before we vote? A proposal for two readings, a week apart."
GIVEN_ADVICE = "You may tell each of them, kindly, that you will listen to no more of it. We can offer them mediation."
DECLINED = "One side thanked us and declined to sit together or apart."
NATIONAL_ANSWER = "National has opened its own process and will write to the member directly."
