"""The parts that ``tools.long_episode`` puts its talk together from, in French and English.

Every part fits every other of its kind: ``what`` is what one can do (an infinitive), ``why`` a
clause that ends a sentence, ``case`` one that follows "when".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Texts:
    """One language's show and the parts of its talk."""

    show: str
    glossary: str
    episode: str
    reviewer: str
    people: tuple[str, str, str]
    turn: str
    greeting: str
    chapters: tuple[str, ...]
    music: str
    jingle: str
    laugh: str
    extras: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    patterns: tuple[str, ...]
    questions: tuple[str, ...]
    when: tuple[str, ...]
    who: tuple[str, ...]
    did: tuple[str, ...]
    what: tuple[str, ...]
    why: tuple[str, ...]
    case: tuple[str, ...]
    mend: Callable[[str], str]


def _both(verbs: str, places: str) -> tuple[str, ...]:
    """Every action at every place or time."""
    pairs = itertools.product(verbs.strip().split("\n"), places.strip().split("\n"))
    return tuple(f"{verb} {place}" for verb, place in pairs)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip().split("\n"))


def _elided(text: str) -> str:
    """« de écrire » is « d'écrire », « que il » is « qu'il »; signs keep their no-break space."""
    text = re.sub(r"\b([dD]|[qQ]u)e (?=[aeéèêiouyh])", r"\1'", text)
    return re.sub(r" ([:;?!])", "\u00a0\\1", text)


FRENCH = Texts(
    show="""\
title: Une heure à voix égales
language: fr
description: >-
  Une longue conversation sur le travail et le handicap, publiée avec sa transcription complète.
address: https://podcast.example.org/une-heure/
author: L'équipe d'Une heure à voix égales
owner:
  name: L'équipe d'Une heure à voix égales
  email: podcast@example.org
guid: 7f0c5f0e-3a53-5b0c-9a64-0a3b3b8d1f10
category: Society & Culture
cover_alt: Deux bulles de parole de même hauteur, côte à côte.
people:
  claire: {name: Claire Martin, role: host}
  yann: {name: Yann Le Goff}
  amina: {name: Amina Saïdi}
""",
    glossary="""\
RQTH:
  expansion: Reconnaissance de la qualité de travailleur handicapé
  kind: acronym
LSF:
  expansion: Langue des signes française
  kind: acronym
""",
    episode="""\
---
title: Une heure pour parler du travail
number: 1
date: 2026-11-20T06:00:00+01:00
guid: 4e3d1c7e-2a30-4d0e-9f3f-7d2f5a0f6c01
summary: >-
  Trois personnes racontent, pendant une heure, ce qui rend le travail possible quand la santé
  change.
people: [claire, yann, amina]
---

**À retenir** : demander tôt, essayer, écrire ce qui marche.
""",
    reviewer="Claire Martin",
    people=("Claire Martin", "Yann Le Goff", "Amina Saïdi"),
    turn="{name} : {text}",
    greeting="Bonjour et bienvenue. Nous avons une heure devant nous pour parler du travail.",
    chapters=(
        "Bienvenue",
        "Le jour où tout change",
        "En parler, ou pas",
        "Les outils du quotidien",
        "L'équipe et les réunions",
        "Les droits et les démarches",
        "Ce que nous retenons",
    ),
    music="[MUSIQUE | Le matin | L'équipe d'Une heure à voix égales | CC BY 4.0 | https://podcast.example.org/musique]",
    jingle="[JINGLE]",
    laugh="[rires]",
    extras=(
        "On m'a expliqué la RQTH[^rqth] ce jour-là.",
        "[rires]",
        "Notre bureau était un {en: open space}, avec tout le bruit que cela suppose.",
        "Une interprète en LSF vient chaque mardi.",
        "La boucle magnétique[^boucle] est restée un mois dans son carton. [soupir]",
        "J'ai reçu un {en: feedback} très simple de mon équipe.",
        "Le vélotypiste[^velotypie] écrit plus vite que je ne parle. [rires]",
        "Le télétravail[^teletravail] n'est pas une réponse à tout.",
    ),
    notes=(
        (
            "rqth",
            "La demande se fait auprès de la maison départementale des personnes handicapées.",
        ),
        ("boucle", "Elle envoie le son d'une salle directement dans les appareils auditifs."),
        ("velotypie", "La vélotypie est une façon de taper par syllabes, au rythme de la parole."),
        ("teletravail", "Il peut être un aménagement de poste, mais ne remplace pas les autres."),
    ),
    patterns=_lines("""
{when}, {who} {did} {what}.
{who} {did} {what}, {why}.
{when}, {who} {did} {what}, {why}.
ce qui aide vraiment, c'est de {what}, {why}.
je ne savais pas que il était possible de {what} quand {case}.
quand {case}, on peut {what}, et personne ne trouve cela étrange.
j'ai mis des semaines avant de {what}, {why}.
oui, c'est exactement cela.
{when}, j'ai essayé de {what} ; {who} {did} {what}.
il faut {what} bien avant que la fatigue arrive, {why}.
c'était plus simple que prévu.
nous avons décidé de {what} quand {case}, {why}.
{who} me l'a dit sans détour : mieux vaut {what}.
"""),
    questions=_lines("""
et comment fait-on pour {what} quand {case} ?
qui a eu l'idée de {what} ?
qu'est-ce qui change, le jour où l'on commence à {what} ?
est-ce que {who} savait que il fallait {what} ?
{when}, que faire quand {case} ?
"""),
    when=_lines("""
au début
le premier lundi
depuis six mois
pendant la réunion de rentrée
à mon retour
un vendredi soir
à chaque changement de planning
quand le chantier a commencé
au bout de trois semaines
l'année dernière
avant l'entretien annuel
dès le lendemain
"""),
    who=_lines("""
ma responsable
le médecin du travail
une collègue de l'accueil
le chef d'atelier
la personne qui m'accompagne
mon binôme
la référente handicap
un ancien apprenti
le service informatique
toute l'équipe du matin
la nouvelle directrice
mon voisin de bureau
"""),
    did=_lines("""
a proposé de
a pris le temps de
a décidé de
n'a pas hésité à
a fini par
a tout de suite accepté de
m'a demandé de
avait promis de
a trouvé normal de
m'a appris à
"""),
    what=_both(
        """
écrire les consignes
déplacer l'imprimante
noter qui parle
garder une place calme
baisser la lumière
prévoir une pause
tester le sous-titrage
relire le planning
annoncer les changements
parler face à la fenêtre
installer une alarme visible
raccourcir les réunions
répéter les questions
partager un compte rendu
commander un siège réglable
agrandir les caractères
""",
        """
la veille de chaque rendez-vous
près de la porte
pour tout le monde
au lieu de compter sur la mémoire
en cinq minutes
avec les mots de tous les jours
sans attendre que quelqu'un le demande
dès le premier jour
dans le local du bas
une fois par semaine
deux fois de suite
comme on le ferait pour un visiteur
""",
    ),
    why=_lines("""
parce que deviner prend toute l'énergie de la journée
et la moitié des malentendus a disparu
ce qui ne coûte presque rien
pour que chacun suive au même rythme
et je suis rentrée chez moi moins fatiguée
parce que demander deux fois n'est agréable pour personne
et cela a servi à ceux qui débutaient aussi
même si tout le monde n'y croyait pas
pour ne plus choisir entre écouter et écrire
et le client a remercié
parce que une règle simple se garde plus longtemps
ce que je fais encore aujourd'hui
"""),
    case=_lines("""
la machine couvre les voix
trois personnes parlent en même temps
la visioconférence coupe
le bus a du retard
la douleur revient
quelqu'un de nouveau arrive
il faut téléphoner
la salle résonne
le document n'est qu'une image
personne ne regarde l'écran
"""),
    mend=_elided,
)

ENGLISH = Texts(
    show="""\
title: An hour with equal voices
language: en
description: >-
  One long conversation about work and disability, published with its full transcript.
address: https://podcast.example.org/one-hour/
author: The team of An hour with equal voices
owner:
  name: The team of An hour with equal voices
  email: podcast@example.org
guid: 0d0f5a86-5a9e-5d39-8a6f-43a3f0c3b1aa
category: Society & Culture
cover_alt: Two speech bubbles of the same height, side by side.
people:
  claire: {name: Claire Martin, role: host}
  yann: {name: Yann Ellis}
  amina: {name: Amina Said}
""",
    glossary="""\
HR:
  expansion: human resources
  kind: acronym
BSL:
  expansion: British Sign Language
  kind: acronym
""",
    episode="""\
---
title: An hour to talk about work
number: 1
date: 2026-11-20T06:00:00+00:00
guid: 9a1e64d3-0cc8-4c43-8f0c-2b1b1f9c6d02
summary: >-
  For one hour, three people tell what makes work possible when health changes.
people: [claire, yann, amina]
---

**To remember**: ask early, try things, write down what works.
""",
    reviewer="Claire Martin",
    people=("Claire Martin", "Yann Ellis", "Amina Said"),
    turn="{name}: {text}",
    greeting="Hello and welcome. We have an hour ahead of us to talk about work.",
    chapters=(
        "Welcome",
        "The day everything changes",
        "To tell or not to tell",
        "Everyday tools",
        "The team and its meetings",
        "Rights and forms",
        "What we take home",
    ),
    music="[MUSIC | The morning | The team of An hour with equal voices | CC BY 4.0 | https://podcast.example.org/music]",
    jingle="[JINGLE]",
    laugh="[laughter]",
    extras=(
        "Somebody from HR[^hr] explained it to me that day.",
        "[laughter]",
        "It gave the whole floor a certain {fr: joie de vivre}, I must say.",
        "A BSL interpreter comes every Tuesday.",
        "The hearing loop[^loop] stayed in its box for a month. [sighs]",
        "It felt like {fr: déjà vu}, the same meeting again.",
        "The captioner[^captioner] writes faster than I talk. [laughter]",
        "Working from home[^home] does not answer everything.",
    ),
    notes=(
        ("hr", "In many firms one person there answers for adjustments."),
        ("loop", "It sends the sound of a room straight into hearing aids."),
        ("captioner", "A captioner types by syllables, at the pace of speech."),
        ("home", "It can be an adjustment, but it does not replace the others."),
    ),
    patterns=_lines("""
{when}, {who} {did} {what}.
{who} {did} {what}, {why}.
{when}, {who} {did} {what}, {why}.
what really helps is to {what}, {why}.
I did not know that it was possible to {what} when {case}.
when {case}, you can {what}, and nobody finds that strange.
it took me weeks to {what}, {why}.
yes, that is exactly it.
{when}, I tried to {what}; {who} {did} {what}.
you have to {what} long before you get tired, {why}.
it was easier than I thought.
we decided to {what} when {case}, {why}.
{who} told me straight out: better to {what}.
"""),
    questions=_lines("""
and how do you {what} when {case}?
who had the idea to {what}?
what changes on the day when you start to {what}?
did {who} know that you had to {what}?
{when}, what can you do when {case}?
"""),
    when=_lines("""
in the beginning
on the first Monday
for six months now
during the autumn meeting
after I came back
one Friday evening
each time the rota changed
when the building work began
after three weeks
last year
before the yearly review
from the next day on
"""),
    who=_lines("""
my manager
the company doctor
a colleague from the front desk
the head of the workshop
the person who coaches me
my partner on the shift
the disability officer
a former apprentice
the man who runs the computers
the whole morning crew
the new director
my neighbour at the next desk
"""),
    did=_lines("""
offered to
took the time to
decided to
did not hesitate to
ended up having to
agreed at once to
asked me to
had promised to
found it normal to
taught me to
"""),
    what=_both(
        """
write the instructions down
move the printer
note who is speaking
keep a quiet seat
dim the lights
plan a break
try the captions
read the rota again
announce the changes
talk facing the window
put in an alarm that can be seen
cut the meetings short
repeat the questions
share the minutes
order a chair that adjusts
make the letters larger
""",
        """
on the day before each appointment
close to the door
for everybody
instead of trusting to memory
in five minutes
in everyday words
without waiting to be asked
from the first day on
in the room downstairs
once a week
twice in a row
as we would for any visitor
""",
    ),
    why=_lines("""
because guessing takes all the strength of a day
and half of the misunderstandings went away
which costs next to nothing
so that everybody can follow at the same pace
and I went home less tired
because asking twice is pleasant for nobody
and it helped the beginners too
even if not everybody believed in it
so that nobody has to choose between listening and writing
and the customer said thank you
because a simple rule is kept for longer
which I still do today
"""),
    case=_lines("""
the machine drowns the voices
three people talk at once
the video call drops
the bus is late
the pain comes back
somebody new arrives
a phone call has to be made
the room echoes
the document is only a picture
nobody looks at the screen
"""),
    mend=str,
)
