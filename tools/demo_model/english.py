"""Word lists and sentence patterns for the English half of the training texts."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tools.demo_model.french import capital, split

NOUNS = """advice project work office screen post job employee employer schedule document website
podcast episode microphone headset file message letter software keyboard phone computer reader
button link title text summary chapter sound noise silence time day morning evening noon month year
workshop building corridor stair lift car floor shop hospital doctor secret right contract salary
form delay meeting course group colleague director leader manager service network club adviser
trainer interpreter journalist listener audience guest witness neighbour friend child parent
brother father sister mother garden coffee restaurant train bus trip bike town village country
world festival museum cinema film book article programme studio recording edition music jingle
subject debate interview story survey number example need choice problem effort gesture word email
call change tool chair seat light lamp welcome plan guide board notebook pen bag meal lunch back arm
knee foot eye face heart body sleep stress rest treatment care disability accident return start
middle end future past look doubt courage laugh rhythm goal result advantage obstacle price budget
union candidate caption braille dog code badge cancer prejudice favour psychologist winter summer
autumn spring sun wind storm river market bread tea cake cheese fish boat plane hotel ticket money
present hat coat mirror drawer wall roof idea question answer solution person company team window
door table room break machine colour voice ear hand head leg pain health illness hearing sight
vision memory speech language life city street house home school training association help request
address page sentence picture video song radio transcript description introduction conclusion
conversation chairwoman nurse family daughter woman man situation difficulty chance fear anger joy
surprise trust patience success mistake skill experience mission task career step week hour minute
pension law rule charter measure procedure visit study analysis method application printer camera
speaker platform ramp place station beach mountain forest library kitchen factory bank clinic
pharmacy cane loop alarm key safety reading writing recipe soup apple potato cup plate flower plant
rain snow season holiday list note copy version part practice policy economy culture access equality
difference quality quantity accessibility discussion decision offer invitation announcement news
coach presenter way map first-aid sign signal desk corner bench tower bridge field lake island kite
paper pencil ruler brush bottle spoon knife garden carpet candle blanket pillow towel jacket shoe
glove scarf ring watch clock bell drum violin piano guitar painter farmer baker driver teacher
student engineer writer lawyer judge captain sailor soldier singer actor dancer""".split()
ADJECTIVES = """simple useful quiet quick easy difficult big small new old long short clear full
official adapted accessible visible invisible flexible fragile strong light heavy noisy silent
important necessary possible tired happy alone deaf blind ill present absent personal professional
medical social local national public private open closed free expensive first last next strange
funny sad serious curious patient careful red blue green yellow black white grey warm cold digital
modern rare precise direct common human fair efficient concrete discreet hard good better best bad
great little large whole ready afraid late early safe real different similar English French several
hidden equal bright dark soft loud tiny huge clean dirty empty rich poor young proud calm brave
honest gentle kind polite busy""".split()
# base, third person, past, participle, -ing form when irregular
IRREGULAR = """be is was been being|have has had had having|do does did done doing
|say says said said saying|make makes made made making|go goes went gone going
|take takes took taken taking|come comes came come coming|see sees saw seen seeing
|know knows knew known knowing|get gets got got getting|give gives gave given giving
|find finds found found finding|think thinks thought thought thinking
|tell tells told told telling|become becomes became become becoming
|leave leaves left left leaving|feel feels felt felt feeling|bring brings brought brought bringing
|begin begins began begun beginning|keep keeps kept kept keeping|hold holds held held holding
|write writes wrote written writing|stand stands stood stood standing
|hear hears heard heard hearing|mean means meant meant meaning|meet meets met met meeting
|pay pays paid paid paying|send sends sent sent sending|build builds built built building
|lose loses lost lost losing|speak speaks spoke spoken speaking|read reads read read reading
|spend spends spent spent spending|grow grows grew grown growing|teach teaches taught taught
teaching
|forget forgets forgot forgotten forgetting|choose chooses chose chosen choosing
|understand understands understood understood understanding|learn learns learned learned learning
|buy buys bought bought buying|draw draws drew drawn drawing|sing sings sang sung singing
|drive drives drove driven driving|eat eats ate eaten eating|win wins won won winning"""
REGULAR = """talk work ask listen help prepare explain want need change matter test record publish
share present offer look search show imagine invent visit follow start finish open close sign fill
accept refuse discuss support thank hire decide carry touch push pull wait stay count note repair
improve simplify adapt install move add lower raise describe translate print copy paste cut join
repeat answer call face watch walk travel remember believe trust hope like love enjoy protect
respect organise discover welcome encourage measure compare observe create design produce invite
remove replace check correct""".split()
NAMES = """Mary Peter Susan Oliver Emma Daniel Grace Thomas Alice James Sarah Michael Laura David
Helen George Anna Robert Lucy William Nora Henry Julia Simon""".split()
CITIES = "London Dublin Edinburgh Cardiff Belfast Manchester Leeds Boston Chicago Toronto".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = """January February March April May June July August September October November
December""".split()
NUMBERS = """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen twenty thirty forty fifty sixty""".split()
ORDINALS = "first second third fourth fifth sixth seventh tenth".split()
PLURAL_PEOPLE = """we|they|you|people|the employees|the managers|my colleagues|the listeners
|deaf people|blind people|many people|most people|some employers|the doctors|our guests|the teams
|both of them|all of us|your friends|everybody else|young people|the tools|these captions"""
SINGULAR_PEOPLE = """he|she|it|the manager|the team|someone|everybody|nobody|the coach|the presenter
|our guest|my doctor|someone who is blind|someone who is deaf|the person|who|my sister|the computer
|the screen reader|each colleague|somebody|anyone|the transcript|the large keyboard"""
PLACES = """in the building|at work|at home|in a noisy room|in a quiet place|near the window
|near the door|in front of the screen|behind me|behind the machine|on our website|on the table
|on the internet|in the train|in the street|next to you|at the desk|downstairs|upstairs
|in the company|in the same team|in a small town|at the doctor's|on the radio|in the studio
|around the table|on the phone|far from the noise|in this episode|in our podcast|in real life
|everywhere|here|there|on the left|on the right|into the room|into the building|out of the office
|at school|in hospital|in a new job|in the corridor|to the station|to the office|in English"""
TIMES = """today|tomorrow|yesterday|this morning|this evening|in the morning|in the evening
|the day before|the week before|last week|next week|every day|every week|every month|each morning
|for six months|for a year|for ten minutes|for twenty years|in winter|in summer|at noon|one day
|one morning|last year|next year|right away|early|earlier|later|too late|finally|then|first
|after that|before|now|always|often|sometimes|rarely|soon|to begin with|in the end|at the moment
|during the break|after the meeting|before it starts|before lunch|on the first day|the whole day"""
MANNERS = """well|badly|quickly|slowly|calmly|simply|together|alone|with patience|without fear
|without noise|with my colleagues|with an interpreter|with captions|at a distance|in writing|aloud
|in a low voice|in silence|with pleasure|for the first time|little by little|for example|a little
|very much|too much|really|almost|above all|too|again|even|only|without any problem|for you|for me
|for us|with us|with me|without them|thanks to you|like everybody else|as a team|step by step"""
CONJ = "and|but|so|because|when|even when|while|and then|or|as|if|although|until|since|after"
OPENERS = """So|Yes|No|Well|In fact|Often|Sometimes|For example|First|Then|Finally|For me|With us
|In my opinion|Of course|There|Fortunately|Unfortunately|Today|One morning|And|But|At first
|To finish|You know|It is true|Now|Today again|After that|Next|Honestly|Maybe|However"""
INTRANSITIVE = """do good work|do your job well|come on foot|stay standing|take a break
|speak to the doctor|speak first|change companies|keep a job|lose a job|ask the question
|ask for help|ask for a favour|follow a meeting|follow a course|read lips|work from home
|work part time|go home|rest|sleep|breathe|wait for a year|wait for a long time|tell the truth
|keep a secret|find the way|know the way|be heard|be ready|be there|be tested|be afraid
|talk about it
|think about it|get into the building|face them|face the team|answer quickly|answer in writing
|write everything down|listen to the answer|listen again|start again|say so|want to know"""
MODALS = """you can|you should|you must|we will|we should|they should|the team should
|I would like to
|he wants to|she wants to|you need to|you have to|it is possible to|it is easy to|it is hard to
|remember to|continue to|try to|never forget to|do not forget to|I prefer to|they know how to
|it helps to|it matters to|we can|she could|he might|they will|nobody should|someone has to
|who wants to|it is time to|you are free to|I am trying to|I decided to|we are going to|let us"""
SHORT = """Yes.|No.|Yes, of course.|Not yet.|Not at all.|Never.|That is true.|That is false.
|All right.
|Exactly.|Maybe.|Of course.|Why?|How?|And then?|And you?|And tomorrow?|Really?|Since when?|Thanks.
|Thank you.|Thanks a lot.|Thank you all.|Thank you, Mary.|With pleasure.|You are welcome.
|Good evening.
|Good evening!|Hello everyone!|Hello, Peter.|Hi!|Goodbye.|See you tomorrow.|See you tomorrow!
|See you on Monday!|See you later.|Have a good day!|Enjoy listening!|Look out!|Well done!|Very good.
|Very good question.|It is simple.|It is long.|It was good.|It was hard.|I understand.
|I do not know.
|I am afraid.|We will see.|Shall we start?|Are you ready?|How are you?|It works.|Go ahead.|Tell us.
|Tell us more.|Listen carefully.|Stay with us.|Not so fast.|Not always.|More or less.|What next?
|So much the better.|Too bad.|Absolutely.|First point.|Second point.|Third point.
|Hello, and welcome.
|Welcome!|And the screen?|And the team?|And the doctor?|Who else?|What else?|Like what?
|Here we go."""
THEMES = """the first day|a new job|the screen reader|the captions|the large keyboard
|work and disability
|the full transcript|the tools of your job|sign language|the quiet room|flexible hours
|the right chair
|remote work|invisible disability|hearing loss|going back to work|health at work
|the training of new colleagues|noise in the workshop|medical visits|equality at work
|the rights of employees|a job coach
|the job interview|the interpreter|the guide dog|mental health|a short letter|the whole day
|a good day
|one simple question|the breaks|the answer|surprises|ten quiet minutes|the English edition
|access to the building|the role of the manager|the week before|our website|everybody else"""
SHOWS = """Equal Voices|Local Voices|The Big Ear|True Stories|Working Lives|Access for All
|The Quiet Room|Good Morning Work|Open Doors|The Long Way|Voices at Work|Tools of the Job"""
SAYINGS = """he told me|she told me|I said|my colleague told me|the doctor said
|my manager used to say
|she answers|he repeats|a listener asks|the rule is simple|first tip|second tip|third tip|my advice
|one thing is sure|the result|the question is simple|people often say|they told us"""
SALAD = """the a an of to in on at by for with from into about after before and or but so as if when
while because that this these those who what where why how which I you he she it we they me him
her us
them my your his our their is are was were be been am do does did done have has had will would can
could should must may not no yes very too more most less much many some any every each all both
something nothing everybody someone there here now then than only also just even still up down out
off over under there's it's don't isn't you're I'm we're that's let's one once again else""".split()

# Out of context these sound like a more frequent word: never alone in a salad.
HOMOPHONES = set(
    """hear know knew write buy hour won two four too meet meat sea sun son led red read
weak week sale sail sight cite wait weight piece peace hole whole rode road board bored aloud
allowed plane plain past passed mails males him hymn bee be not knot knows nose threw through
writes rites hours sees seas blew blue grate great pair pear there's sent cent court caught tide
tied packed pact missed mist paced paste heard herd herds new made maid ring wring""".split()
)


def plural(word: str) -> str:
    """Regular English plural."""
    odd = {"man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet",
           "life": "lives", "knife": "knives", "chairwoman": "chairwomen"}  # fmt: skip
    if word in odd:
        return odd[word]
    if word.endswith(("s", "x", "ch", "sh", "to")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def conjugate(verb: str) -> list[str]:
    """Base, third person, past, participle and -ing form of a regular verb."""
    base = verb
    third = plural(verb)
    if verb in ("cut", "put"):
        return [base, third, verb, verb, verb + "ting"]
    if verb.endswith("e"):
        return [base, third, verb + "d", verb + "d", verb[:-1] + "ing"]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [base, third, verb[:-1] + "ied", verb[:-1] + "ied", verb + "ing"]
    return [base, third, verb + "ed", verb + "ed", verb + "ing"]


class English:
    """Random English sentences; everything comes from the generator given."""

    def __init__(self, rng: random.Random, favourites: Sequence[str] = ()) -> None:
        self.rng = rng
        self.c = rng.choice
        self.nouns = list(dict.fromkeys(NOUNS))
        self.verbs = [item.split() for item in split(IRREGULAR)[1:]]
        self.verbs += [conjugate(verb) for verb in REGULAR]
        self.lists = {
            name: split(text)
            for name, text in {
                "modal": MODALS, "intransitive": INTRANSITIVE, "plural": PLURAL_PEOPLE,
                "singular": SINGULAR_PEOPLE, "place": PLACES, "time": TIMES, "manner": MANNERS,
                "conj": CONJ, "opener": OPENERS, "theme": THEMES, "show": SHOWS,
                "saying": SAYINGS,
            }.items()
        }  # fmt: skip
        flat = self.nouns + [plural(n) for n in self.nouns] + ADJECTIVES
        flat += [form for verb in self.verbs for form in verb]
        self.words = [w for w in dict.fromkeys(flat) if w not in HOMOPHONES]
        self.words += NAMES + ORDINALS + CITIES + list(favourites)
        self.words += SALAD * 3

    def one(self, name: str) -> str:
        """An item of one of the lists."""
        return self.c(self.lists[name])

    def pick(self, choices: str) -> str:
        """One of a few words separated by bars."""
        return self.c(choices.split("|"))

    def noun_phrase(self, depth: int = 0) -> str:
        noun = self.c(self.nouns)
        many = self.rng.random() < 0.35
        word = plural(noun) if many else noun
        core = word
        if self.rng.random() < 0.4:
            core = f"{self.c(ADJECTIVES)} {word}"
        if many:
            det = self.c(["the", "the", "some", "many", "your", "my", "our", "their", "his", "her",
                          "these", "those", "several", "most", self.c(NUMBERS),
                          "all the"])  # fmt: skip
        else:
            article = "an" if core[0].lower() in "aeiou" and not core.startswith("use") else "a"
            if core.startswith(("hour", "honest")):
                article = "an"
            det = self.c(["the"] * 4 + [article] * 5 + ["my", "your", "our", "their", "his", "her",
                         "this", "that", "each", "every", "one", "no", "the same", "the whole",
                         "the " + self.c(ORDINALS)])  # fmt: skip
        phrase = f"{det} {core}"
        if depth < 2 and self.rng.random() < 0.22:
            link = self.c(["of", "of", "of", "with", "without", "for", "like", "on", "in", "about"])
            phrase += f" {link} {self.noun_phrase(depth + 1)}"
        return phrase

    def listing(self) -> str:
        items = [self.noun_phrase(1) for _ in range(self.rng.randint(2, 4))]
        return ", ".join(items[:-1]) + self.c([" and ", ", and ", " or ", ", or "]) + items[-1]

    def objects(self) -> str:
        p = self.rng.random()
        if p < 0.58:
            return self.noun_phrase()
        if p < 0.7:
            return self.listing()
        if p < 0.8:
            return f"{self.noun_phrase(1)} to {self.noun_phrase(1)}"
        if p < 0.9:
            return self.one("theme")
        return self.c(["everything", "that", "something", "the same thing", "what changes", "it",
                       "what helps you", "what works", "everybody", "how to do it", "the way",
                       "who will be there", "them"])  # fmt: skip

    def infinitive(self) -> str:
        if self.rng.random() < 0.3:
            return self.one("intransitive")
        return f"{self.c(self.verbs)[0]} {self.objects()}"

    def modal(self) -> str:
        return f"{self.one('modal')} {self.infinitive()}"

    def clause(self) -> str:
        p = self.rng.random()
        if p < 0.2:
            return self.modal()
        base, third, past, participle, ing = self.c(self.verbs)
        q = self.rng.random()
        no = self.rng.random() < 0.14
        if q < 0.45:
            subject = (
                self.one("singular")
                if self.rng.random() < 0.55
                else self.c([self.c(NAMES), self.noun_phrase(1)])
            )
            form = self.c([third, third, third, past, f"has {participle}", f"is {ing}",
                           f"was {ing}", f"will {base}"])  # fmt: skip
            if no:
                form = self.c([f"does not {base}", f"did not {base}", f"never {third}",
                               f"cannot {base}", f"will not {base}"])  # fmt: skip
        elif q < 0.75:
            subject = self.one("plural")
            form = self.c([base, base, base, past, f"have {participle}", f"are {ing}",
                           f"will {base}", f"would {base}"])  # fmt: skip
            if no:
                form = self.c([f"do not {base}", f"never {base}", f"are not {ing}",
                               f"cannot {base}", f"should not {base}"])  # fmt: skip
        else:
            subject = "I"
            form = self.c([base, base, past, f"have {participle}", f"am {ing}", f"will {base}"])
        if subject != "I" and self.rng.random() < 0.08:
            form = f"{self.pick('often|always|sometimes|also|really')} {form}"
        text = f"{subject} {form} {self.objects()}"
        if self.rng.random() < 0.4:
            text += " " + self.one(self.c(["place", "time", "manner"]))
        return text

    def salad(self) -> str:
        """Words in no grammatical order: nothing to guess, only to hear."""
        words = [self.c(self.words) for _ in range(self.rng.randint(3, 11))]
        for i in range(1, len(words) - 2):
            if self.rng.random() < 0.1:
                words[i] += ","
                break
        return " ".join(words)

    def fragments(self) -> str:
        """Pieces of phrases one after the other, loosely grammatical."""
        makers: list[Callable[[], str]] = [
            self.noun_phrase, lambda: self.one("place"), lambda: self.one("time"),
            lambda: self.one("manner"), self.infinitive, lambda: self.one("theme"), self.clause,
            lambda: f"{self.c(NUMBERS)} {plural(self.c(self.nouns))}", lambda: self.c(self.words),
            lambda: self.one("intransitive"), lambda: f"in {self.c(CITIES)}",
            lambda: f"in {self.c(MONTHS)}", lambda: f"on {self.c(DAYS)}",
            lambda: f"very {self.c(ADJECTIVES)}", lambda: self.c(NAMES),
        ]  # fmt: skip
        parts = [self.c(makers)() for _ in range(self.rng.randint(2, 4))]
        text = parts[0]
        for part in parts[1:]:
            text += self.c([" ", ", ", " ", " " + self.one("conj") + " "]) + part
        return text

    def patterns(self) -> str:
        """Sentences as they are heard in a podcast about work and disability."""
        c, np, clause, pick = self.c, self.noun_phrase, self.clause, self.pick
        theme = self.one("theme")
        verb = c(self.verbs)
        k = self.rng.randrange(29)
        if k == 0:
            hello = pick("Hello|Good evening|Hi everyone|Good morning")
            show = c([self.one("show"), np(), f"the {c(ORDINALS)} edition of our podcast"])
            return f"{hello} and welcome to {show}{c(['.', f' about {theme}.'])}"
        if k == 1:
            return f"{capital(self.one('time'))} we talk about {theme}."
        if k == 2:
            return f"{pick('With me is|Here is|Next to me is|There is|This is|It was')} {np()}."
        if k == 3:
            return (
                f"What makes {np()}?"
                if self.rng.random() < 0.4
                else (
                    f"What {pick('helps|changes|matters to|makes|explains|does')} {np()}"
                    f" {c([self.one('time'), self.one('place'), ''])}".strip()
                )
                + "?"
            )
        if k == 4:
            return f"{capital(np())} is {verb[3]} {self.one(c(['time', 'place', 'manner']))}."
        if k == 5:
            return (
                f"Why does {c(['it', 'this', np()])} {c(['matter', verb[0]])} {self.one('time')}?"
            )
        if k == 6:
            return (
                f"Because {c([np(), 'surprises', 'meetings', theme])} {pick('are|is')}"
                f" {c(ADJECTIVES + ['tiring'] * 30)}."
            )
        if k == 7:
            return (
                f"What should {c([np(), 'we', 'I', 'they', 'a manager'])} {c(['do', verb[0]])}"
                f" {self.one('time')}?"
            )
        if k == 8:
            return f"{pick('Then|Now|Perhaps|So|First')} they should {self.infinitive()}."
        if k == 9:
            return f"Is there {c(['something', 'someone', 'a place', np()])} that {clause()}?"
        if k == 10:
            return f"And {c([np(), theme])}?"
        if k == 11:
            return f"{capital(np())}, {np()} and {np()} should be {verb[3]} {self.one('time')}."
        if k == 12:
            return (
                f"{capital(np())} must be {c(['ready', 'tested', 'there', verb[3]])}"
                f" {self.one('time')}."
            )
        if k == 13:
            return f"What do you say to {np()} who {verb[1]} {self.objects()}?"
        if k == 14:
            return f"You are {pick('|not ')}asking for {np()}."
        if k == 15:
            much = pick("|very much |so much ")
            doing = f"{c(self.verbs)[4]} {self.objects()}"
            reasons = [doing, "having us", "listening", f"having {np()}", "your help"]
            return f"Thank you {much}for {c([*reasons, 'your answer'])}."
        if k == 16:
            return f"{capital(theme)} {pick('is|was|will be')} {self.one('place')}."
        if k == 17:
            return (
                f"The {pick('full|complete|short|written')} {pick('transcript|story|list|version')}"
                f" of {np()} is {self.one('place')}."
            )
        if k == 18:
            return (
                f"See you {c(['on ' + c(DAYS), 'next week', self.one('place'), self.one('time')])}!"
            )
        if k == 19:
            return f"Someone who {clause()} {pick('wants|needs|likes')} to {self.infinitive()}."
        if k == 20:
            return f"{capital(self.one('opener'))}, {clause()}."
        if k == 21:
            return f"{capital(self.one('saying'))}: {clause()}."
        if k == 22:
            return (
                f"{capital(np())} {verb[1]} {np()}, {self.c(self.verbs)[1]} {self.objects()}, and"
                f" {self.c(self.verbs)[1]} how to {self.infinitive()}."
            )
        if k == 23:
            doing = c(["Working", "Living", "Reading", "Speaking", "Waiting", verb[4].capitalize()])
            return (
                f"{doing}"
                f" {self.one('place')} is {c(ADJECTIVES)}, and {np()} can"
                f" {pick('change|help|explain')} {self.objects()}."
            )
        if k == 24:
            return (
                f"{capital(np())} {pick('is|lasts|takes|costs|has')} {c(NUMBERS)}"
                f" {pick('minutes|hours|days|weeks|months|years|pounds')}."
            )
        if k == 25:
            return f"The meeting is on {c(DAYS)} at {c(NUMBERS[:11])} in {c(CITIES)}."
        if k == 26:
            return f"{c(NAMES)} and {c(NAMES)} {verb[0]} {self.objects()} {self.one('time')}."
        if k == 27:
            return (
                f"{pick('How|When|Where|Why')} {pick('do|did|can|should')}"
                f" {pick('you|they|we|people')} {self.infinitive()}?"
            )
        return f"{capital(self.modal())}."

    def sentence(self) -> str:
        """One sentence of any kind, with its capital and its full stop."""
        p = self.rng.random()
        if p < 0.36:
            text = self.patterns()
        elif p < 0.62:
            text = capital(self.clause())
            if self.rng.random() < 0.3:
                text += f"{self.pick(',|')} {self.one('conj')} {self.clause()}"
            text += self.c([".", ".", ".", ".", "!", "?"])
        elif p < 0.82:
            text = capital(self.fragments()) + self.c([".", ".", ".", "?", "!"])
        elif p < 0.95:
            text = capital(self.salad()) + self.c([".", ".", ".", "?", "!"])
        else:
            text = f"{self.one('opener')}, {self.fragments()}{self.pick('.|.|?|!')}"
        return text.replace("  ", " ").replace(" ,", ",")
