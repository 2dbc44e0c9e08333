"""Word lists and sentence patterns for the French half of the training texts."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

VOWELS = tuple("aeiouyàâéèêëîïôùûœh")
# Words whose h is not elided ("le handicap", "la hausse").
ASPIRATED = ("handicap", "hausse", "haut", "hasard", "héros", "huit")

MASCULINE = """conseil projet travail bureau écran poste métier emploi salarié employeur horaire
document site podcast épisode micro casque fichier message courrier logiciel clavier téléphone
ordinateur lecteur bouton lien titre texte résumé chapitre son bruit silence temps jour matin soir
midi mois an atelier bâtiment couloir escalier ascenseur parking étage magasin hôpital médecin
secret droit contrat salaire dossier formulaire délai rendez-vous stage cours groupe collègue
directeur chef patron manager service réseau club conseiller formateur interprète journaliste
auditeur public invité témoin voisin ami enfant parent frère père jardin café restaurant train bus
trajet vélo quartier village pays monde festival musée cinéma film livre journal article
programme studio enregistrement montage générique jingle sujet débat entretien témoignage
portrait sondage chiffre exemple moyen besoin choix problème effort geste mot mail appel changement
aménagement matériel outil fauteuil siège éclairage accueil plan guide tableau carnet stylo
sac repas déjeuner dos bras genou pied œil visage cœur corps sommeil stress repos traitement soin
handicap diagnostic accident retour départ début milieu avenir passé regard doute courage
rire silence rythme objectif résultat avantage obstacle prix budget financement syndicat
recrutement candidat métro festival accès sous-titre braille chien numéro code badge planning
trouble autisme diabète cancer préjugé quota référent ergonome psychologue kiné hiver été automne
printemps soleil vent orage fleuve marché pain chocolat thé gâteau fromage poisson bateau avion
hôtel ticket billet argent cadeau chapeau manteau miroir tiroir tapis mur toit""".split()

FEMININE = """idée question réponse solution personne salariée employeuse entreprise équipe réunion
chaise fenêtre porte table salle pause machine lumière lampe couleur voix oreille main tête jambe
fatigue douleur santé maladie audition vue vision mémoire parole langue histoire vie ville rue
maison école formation association aide demande lettre adresse page phrase image vidéo musique
chanson radio émission transcription description interview introduction conclusion conversation
collègue conseillère directrice cheffe patronne invitée voisine amie mère sœur famille fille femme
journaliste chercheuse infirmière formatrice interprète auditrice candidate présentatrice
situation difficulté chance peur colère joie surprise confiance patience réussite erreur
compétence expérience mission tâche carrière étape journée semaine année heure minute matinée
soirée veille reconnaissance allocation pension retraite loi règle charte convention mesure
démarche procédure visite étude enquête analyse méthode application souris touche imprimante
caméra enceinte connexion plateforme rampe place voiture gare station plage mer montagne forêt
rivière bibliothèque cuisine cantine usine boutique banque mairie préfecture clinique pharmacie
ordonnance prothèse canne béquille boucle alarme clé sécurité ambiance lecture écriture recette
tarte soupe pomme tasse assiette fleur plante pluie neige saison fête vacance liste note copie
version partie fin suite pratique politique économie culture accessibilité inclusion égalité
différence diversité mobilité autonomie qualité quantité surdité cécité dyslexie dépression
sclérose épilepsie rencontre discussion décision proposition invitation inscription annonce
nouvelle actualité rubrique série saison séance campagne""".split()

# (masculine, feminine); the plural adds s unless the form already ends in s or x.
ADJECTIVES = """simple/simple utile/utile calme/calme rapide/rapide facile/facile
difficile/difficile
grand/grande petit/petite nouveau/nouvelle ancien/ancienne long/longue court/courte clair/claire
complet/complète officiel/officielle adapté/adaptée accessible/accessible visible/visible
invisible/invisible souple/souple fragile/fragile solide/solide léger/légère lourd/lourde
bruyant/bruyante silencieux/silencieuse important/importante nécessaire/nécessaire
possible/possible fatigué/fatiguée content/contente seul/seule sourd/sourde aveugle/aveugle
malade/malade présent/présente absent/absente collectif/collective personnel/personnelle
professionnel/professionnelle médical/médicale social/sociale local/locale national/nationale
public/publique privé/privée ouvert/ouverte fermé/fermée gratuit/gratuite cher/chère
premier/première dernier/dernière prochain/prochaine étrange/étrange drôle/drôle triste/triste
heureux/heureuse sérieux/sérieuse curieux/curieuse patient/patiente prudent/prudente rouge/rouge
bleu/bleue vert/verte jaune/jaune noir/noire blanc/blanche gris/grise chaud/chaude froid/froide
sonore/sonore visuel/visuelle tactile/tactile numérique/numérique moderne/moderne rare/rare
précis/précise direct/directe commun/commune humain/humaine juste/juste efficace/efficace
durable/durable concret/concrète discret/discrète autonome/autonome motivé/motivée
""".split()
BEFORE = "grand petit nouveau ancien long court premier dernier prochain".split()

ER_VERBS = """parler travailler demander écouter aider trouver garder changer donner proposer
accompagner expliquer raconter présenter préparer installer déplacer ajouter baisser acheter
envoyer poser penser chercher regarder montrer partager organiser imaginer inventer oublier
quitter rencontrer inviter former adapter utiliser tester corriger enregistrer publier diffuser
couper monter traduire décrire rédiger signer remplir lire écrire refuser accepter discuter
rassurer soutenir encourager féliciter remercier recruter embaucher signaler marcher décider
apporter toucher porter pousser tirer fermer ouvrir laisser passer rester compter noter
consulter financer remplacer réparer modifier améliorer simplifier aménager négocier comparer
analyser observer résumer commencer terminer continuer arrêter respecter mériter protéger
partager visiter traverser aimer détester préférer goûter dessiner chanter""".split()

# infinitive: il, ils, nous, vous, je, past participle, il (imperfect), il (future)
IRREGULAR = {
    row.split()[0]: row.split()[1:]
    for row in """faire fait font faisons faites fais fait faisait fera
prendre prend prennent prenons prenez prends pris prenait prendra
comprendre comprend comprennent comprenons comprenez comprends compris comprenait comprendra
apprendre apprend apprennent apprenons apprenez apprends appris apprenait apprendra
voir voit voient voyons voyez vois vu voyait verra
prévoir prévoit prévoient prévoyons prévoyez prévois prévu prévoyait prévoira
savoir sait savent savons savez sais su savait saura
connaître connaît connaissent connaissons connaissez connais connu connaissait connaîtra
dire dit disent disons dites dis dit disait dira
lire lit lisent lisons lisez lis lu lisait lira
écrire écrit écrivent écrivons écrivez écris écrit écrivait écrira
décrire décrit décrivent décrivons décrivez décris décrit décrivait décrira
traduire traduit traduisent traduisons traduisez traduis traduit traduisait traduira
mettre met mettent mettons mettez mets mis mettait mettra
recevoir reçoit reçoivent recevons recevez reçois reçu recevait recevra
perdre perd perdent perdons perdez perds perdu perdait perdra
entendre entend entendent entendons entendez entends entendu entendait entendra
attendre attend attendent attendons attendez attends attendu attendait attendra
rendre rend rendent rendons rendez rends rendu rendait rendra
défendre défend défendent défendons défendez défends défendu défendait défendra
suivre suit suivent suivons suivez suis suivi suivait suivra
choisir choisit choisissent choisissons choisissez choisis choisi choisissait choisira
finir finit finissent finissons finissez finis fini finissait finira
remplir remplit remplissent remplissons remplissez remplis rempli remplissait remplira
réussir réussit réussissent réussissons réussissez réussis réussi réussissait réussira
ressentir ressent ressentent ressentons ressentez ressens ressenti ressentait ressentira
ouvrir ouvre ouvrent ouvrons ouvrez ouvre ouvert ouvrait ouvrira
découvrir découvre découvrent découvrons découvrez découvre découvert découvrait découvrira
offrir offre offrent offrons offrez offre offert offrait offrira
soutenir soutient soutiennent soutenons soutenez soutiens soutenu soutenait soutiendra
obtenir obtient obtiennent obtenons obtenez obtiens obtenu obtenait obtiendra
tenir tient tiennent tenons tenez tiens tenu tenait tiendra
avoir a ont avons avez ai eu avait aura
vouloir veut veulent voulons voulez veux voulu voulait voudra
envoyer envoie envoient envoyons envoyez envoie envoyé envoyait enverra
acheter achète achètent achetons achetez achète acheté achetait achètera
croire croit croient croyons croyez crois cru croyait croira""".splitlines()
}
MODALS = """il faut|on peut|on doit|vous pouvez|vous devez|nous allons|je vais|je voudrais|il veut
|elle peut|il suffit de|vous avez le droit de|j'ai décidé de|nous essayons de|elle a besoin de
|il est possible de|je vous conseille de|pensez à|continuez à|n'oubliez pas de|essayez de
|il est utile de|le plus simple est de|le plus important, c'est de|on a envie de|je préfère
|elle sait|ils veulent|elles peuvent|tu peux|il va|on vient de|ça permet de|ça aide à
|il faudrait|vous pourriez|nous devons|je dois|j'aimerais|il commence à|elle arrive à"""
INTRANSITIVE = """bien faire son travail|aller au bureau|venir à pied|rester debout|rester assis
|prendre une pause|faire le trajet|parler au médecin|parler en premier|changer d'entreprise
|changer de métier|garder son emploi|perdre son travail|poser la question|demander de l'aide
|suivre une réunion|suivre une formation|envoyer les documents|lire sur les lèvres|signer
|travailler à distance|travailler à temps partiel|rentrer à la maison|se reposer|dormir|respirer
|attendre un an|attendre longtemps|dire la vérité|garder le secret|trouver sa place|être entendu
|être au courant|avoir confiance|avoir peur|en parler|en discuter|y penser|y arriver|recommencer
|réfléchir|avancer|répondre vite|répondre par écrit|prévenir l'équipe|tout noter|tout écrire"""

NAMES = """Marie Paul Sophie Claire Hugo Lucas Nadia Julien Camille Antoine Fatima Karim Léa Thomas
Élodie Sarah Mehdi Chloé Inès Victor Louise Rachid Aurélie Nicolas Hélène Olivier Émilie""".split()
CITIES = """Paris Lyon Marseille Lille Nantes Bordeaux Toulouse Rennes Strasbourg Grenoble Bruxelles
Genève Montréal Dakar""".split()
DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
MONTHS = """janvier février mars avril mai juin juillet août septembre octobre novembre
décembre""".split()
NUMBERS = """deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
vingt trente quarante cinquante soixante cent mille""".split()
BIG = "vingt trente quarante cinquante soixante quatre-vingt cent".split()
ORDINALS = "premier deuxième troisième quatrième cinquième sixième septième dixième".split()
PEOPLE_PLURAL = """les salariés|les employeurs|les collègues|les auditeurs|les médecins|les parents
|les personnes sourdes|les personnes aveugles|les nouveaux|les anciens|les jeunes|les syndicats
|les entreprises|les associations|les équipes|mes deux invités|nos voisins|les gens
|beaucoup de gens|certains|la plupart des salariés"""
PLACES = """à Paris|dans l'atelier|dans une salle calme|dans le bureau|dans le couloir|à la cantine
|à la maison|au travail|à l'école|à l'hôpital|à la mairie|en ville|près de la fenêtre
|près de la porte|devant l'écran|derrière moi|derrière la machine|sur notre site|sur la table
|sur le site|sur internet|dans le train|dans le métro|dans la rue|à côté de vous|à l'accueil|en bas
|en haut|au bout du couloir|dans l'entreprise|dans la même équipe|dans une petite ville|chez moi
|chez le médecin|à la radio|au studio|autour de la table|au téléphone|loin du bruit|au parking
|dans cet épisode|dans le podcast|dans la vie|partout|ici|là-bas|à droite|à gauche|en face"""
TIMES = """aujourd'hui|demain|hier|ce matin|ce soir|le matin|le soir|la veille|la semaine dernière
|la semaine prochaine|chaque jour|chaque semaine|chaque mois|tous les jours|tous les matins
|pendant six mois|pendant un an|depuis vingt ans|depuis dix ans|depuis trois semaines|en hiver
|en été|au printemps|en automne|à midi|un matin|un jour|un soir|l'année dernière|l'an prochain
|tout de suite|tôt|plus tôt|plus tard|trop tard|enfin|ensuite|d'abord|après|avant|maintenant
|toujours|souvent|parfois|rarement|de temps en temps|pour commencer|pour finir|au début|à la fin
|tout à l'heure|en ce moment|pendant la pause|après la réunion|avant midi|longtemps"""
MANNERS = """bien|mal|vite|lentement|calmement|simplement|ensemble|seul|avec patience|sans peur
|sans bruit|avec mes collègues|avec une interprète|avec un casque|en direct|à distance|par écrit
|à voix haute|à voix basse|en silence|avec plaisir|pour la première fois|petit à petit|par exemple
|un peu|beaucoup|trop|vraiment|presque|surtout|aussi|encore|même|seulement|sans problème|pour vous
|pour moi|pour toi|avec nous|sans eux|grâce à vous|malgré la fatigue|à cause du bruit|en équipe"""
CONJ = (
    """et|mais|donc|alors|parce que|quand|même quand|puisque|pendant que|et puis|ou|car|comme|si"""
)
OPENERS = """Alors|Oui|Non|Bon|Eh bien|En fait|Souvent|Parfois|Par exemple|D'abord|Ensuite|Enfin
|Moi|Pour moi|Chez nous|À mon avis|Bien sûr|Voilà|D'accord|Heureusement|Malheureusement
|Aujourd'hui|Un matin|Et puis|Mais|Et|Au début|Pour finir|Pour commencer|Vous savez|C'est vrai"""
QUESTIONS = """est-ce que|pourquoi est-ce que|quand est-ce que|comment est-ce que|où est-ce que
|qu'est-ce que|à qui est-ce que|avec qui est-ce que|combien de temps est-ce que"""
SHORT = """Oui.|Non.|Oui, bien sûr.|Non, pas encore.|Oui, tout à fait.|Non, jamais.|Pas du tout.
|C'est vrai.|C'est faux.|D'accord.|Voilà.|Exactement.|Peut-être.|Bien sûr.|Pourquoi ?|Comment ?
|Et alors ?|Et après ?|Et vous ?|Et toi ?|Et demain ?|Ensuite ?|Vraiment ?|Ah bon ?|Depuis quand ?
|Merci.|Merci beaucoup.|Merci à tous.|Merci à toutes.|Merci à eux.|Merci à vous tous.|Avec plaisir.
|Je vous en prie.|Bonsoir.|Bonsoir !|Bonjour à tous !|Bonjour à toutes.|Salut !|Au revoir.
|À demain.|À demain !|À lundi !|À ce soir.|À tout à l'heure.|À bientôt, et merci.|Bonne journée !
|Bonne écoute !|Attention !|Bravo !|Très bien.|Très bonne question.|C'est simple.|C'est long.
|C'était bien.|C'était dur.|Je comprends.|Je ne sais pas.|J'ai peur.|J'y pense.|On verra.
|On commence ?|Vous êtes prêts ?|Ça va ?|Ça marche.|Allez-y.|Racontez-nous.|Dites-nous tout.
|Écoutez bien.|N'attendez plus.|Parlez-en.|Restez avec nous.|Pas si vite.|Pas toujours.
|Plus ou moins.
|Et la suite ?|Tant mieux.|Tant pis.|Justement.|Absolument.|Premier point.|Deuxième point.
|Troisième point.|Bonjour Marie !|Bonjour Paul !|Bonjour madame.|Bonjour docteur !|Et bonjour !
|Et maintenant ?|Et le matin ?|Ensuite, on verra.|Et ensuite, plus rien.|Merci pour tout."""
# Phrases around which freer sentences are built, so that each content word of the theme comes in
# many different contexts.
THEMES = """l'aménagement du poste de travail|la reconnaissance officielle|la RQTH|le secret médical
|la langue des signes|la transcription complète|le lecteur d'écran|les documents accessibles
|les horaires souples|le médecin du travail|l'accessibilité des réunions|les sous-titres en direct
|le télétravail|le handicap invisible|la perte de l'audition|la fatigue|le retour au travail
|l'emploi et la santé|la formation des nouveaux|le bruit dans l'atelier|les aides pour le matériel
|la visite médicale|l'égalité au travail|les droits des salariés|la première journée
|les maladies chroniques|le maintien dans l'emploi|l'entretien d'embauche|le quota de six pour cent
|l'interprète en direct|la boucle magnétique|le fauteuil roulant|le chien guide|la dyslexie
|la santé mentale|l'audition|l'écran|la chaise adaptée|la lumière qui clignote|la salle calme
|le conseil d'une amie|la voix|les voix du travail|l'égalité|le travail et le handicap"""
SHOWS = """À voix hautes|Paroles égales|Voix du travail|Le temps des voix|À nous la parole
|Histoires de bureau|La grande oreille|Travail et santé|Droits égaux|Le bruit du monde
|À portée de voix|Chances égales|Les voix de l'atelier|À voix basse|Voix libres"""
ACRONYMS = "RQTH CDD CDI SMS PDF".split()
SAYINGS = """elle m'a dit|il m'a dit|je lui ai dit|ma collègue m'a dit|le médecin m'a dit|on m'a dit
|mon chef disait|elle répond|il répète|une auditrice nous demande|un auditeur nous écrit
|une personne sourde nous demande|la règle est simple|premier conseil|deuxième conseil
|troisième conseil|première question|deuxième idée|troisième épisode|dernier conseil|mon conseil
|une chose est sûre|le résultat|la question est simple|quatrième conseil|deuxième épisode"""
VERDICTS = """ne coûte rien|coûte cher|est au courant|est à vous|est là pour toi|a raison\
|est possible|a changé|n'est pas loin|n'a rien dit|démarre|clignote|est écrit\
|travaille depuis longtemps|a compris|ne veut pas|sert à tous|a attendu|arrive bientôt|m'a aidé"""
BELIEFS = """J'ai cru|Je pensais|Elle pense|On croit|Il m'a dit|Vous dites|Je sais|Ils disent"""
FEELINGS = """J'avais|J'ai|Elle avait|Il avait|Vous avez|On a|Nous avons"""
ABOUT = """parlons-nous|avez-vous besoin|parle-t-on|s'agit-il"""
STATES = """Ne restez pas|Restez|Vous êtes toujours|Nous sommes|Elle était|Ils sont|Je suis\
|J'étais|Il est là|Elle est"""
COMPARED = "plus moins aussi trop très assez si".split()
SALAD = """le la les un une des du de à au aux et ou mais donc où qui que quoi dont ce cet cette ces
mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs je tu il elle on nous vous ils elles
me te se lui y en ne pas plus jamais rien tout tous toute toutes très trop peu bien mal avec sans
pour par sur sous dans chez vers entre avant après depuis pendant contre comme quand si même aussi
est sont était sera suis êtes avait ont a ai avons va vont fait dit veut peut faut c'est j'ai n'est
qu'il qu'elle qu'on d'un d'une l'un l'autre s'il j'étais n'a n'ai d'autres lorsque parce aujourd'hui
elle-même quelqu'un quelque personne autre chose fois moins toujours encore déjà ici là oui
non""".split()
# Out of context these sound like a more frequent word: never alone in a salad.
HOMOPHONES = set(
    """se ces où ont sont est a as ai es son mais leurs la-bas tous toutes quand qu'elle
peu peut veut vers vois mère maire mer vers cours court cour dos fait dit mis pris su lu vu sait
suis
sera ouvert offert vue vert point pot date haute compte conte fin faim cet cette ces ton peau porte
écrit décrit traduit suit reçu perdu cinéma autre amie voisine employée ennui employeur
là tes quoi foi sang s'il moi mois an ans en cœur être faite fête parti partie dit sur suite
salariée invitée journée""".split()
)


def split(text: str) -> list[str]:
    """Cut a ``|``-separated list written over several lines."""
    return [item.strip() for item in " ".join(text.split()).split("|")]


def elide(word: str) -> bool:
    """Whether ``word`` takes l' and d'."""
    return word.lower().startswith(VOWELS) and not word.startswith(ASPIRATED)


def plural(word: str) -> str:
    """Regular French plural."""
    if word.endswith(("s", "x", "z")):
        return word
    if word == "œil":
        return "yeux"
    if word == "travail":
        return "travaux"
    if word.endswith(("eau", "eu")) and word != "bleu":
        return word + "x"
    if word.endswith("al") and word not in ("festival",):
        return word[:-2] + "aux"
    return word + "s"


def conjugate(verb: str) -> list[str]:
    """il, ils, nous, vous, je, past participle, imperfect, future of a verb in -er or listed."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    stem = verb[:-2]
    soft = {"g": "e"}.get(stem[-1], "")
    hard = stem[:-1] + "ç" if stem[-1] == "c" else stem + soft
    strong = {"préfér": "préfèr", "protég": "protèg"}.get(stem, stem)
    return [
        strong + "e", strong + "ent", hard + "ons", stem + "ez", strong + "e", stem + "é",
        hard + "ait", stem + "era",
    ]  # fmt: skip


def capital(text: str) -> str:
    """Upper-case the first letter."""
    return text[:1].upper() + text[1:]


class French:
    """Random French sentences; everything comes from the generator given."""

    def __init__(self, rng: random.Random, favourites: Sequence[str] = ()) -> None:
        self.rng = rng
        self.c = rng.choice
        masculine, feminine = dict.fromkeys(MASCULINE), dict.fromkeys(FEMININE)
        self.nouns = [(n, False) for n in masculine] + [(n, True) for n in feminine]
        self.adjectives = [tuple(a.split("/")) for a in ADJECTIVES]
        self.verbs = [[*conjugate(v), v] for v in dict.fromkeys(ER_VERBS + list(IRREGULAR))]
        self.lists = {
            name: split(text)
            for name, text in {
                "modal": MODALS, "intransitive": INTRANSITIVE, "plural": PEOPLE_PLURAL,
                "place": PLACES, "time": TIMES, "manner": MANNERS, "conj": CONJ,
                "opener": OPENERS, "question": QUESTIONS, "theme": THEMES, "show": SHOWS,
                "saying": SAYINGS,
            }.items()
        }  # fmt: skip
        flat = [n for n, _ in self.nouns] + [pair[0] for pair in self.adjectives]
        flat += [form for verb in self.verbs for form in (verb[0], verb[2], verb[-1])]
        self.words = [w for w in dict.fromkeys(flat) if w not in HOMOPHONES]
        self.words += NAMES + NUMBERS + ORDINALS + ACRONYMS + list(favourites)
        self.words += [w for w in SALAD if w not in HOMOPHONES] * 3

    def one(self, name: str) -> str:
        """An item of one of the lists."""
        return self.c(self.lists[name])

    def pick(self, choices: str) -> str:
        """One of a few words separated by bars."""
        return self.c(choices.split("|"))

    def noun_phrase(self, depth: int = 0) -> str:
        """A determiner, a noun, perhaps adjectives and complements."""
        noun, feminine = self.c(self.nouns)
        p = self.rng.random()
        many = p < 0.3
        adjective = ""
        before = False
        if self.rng.random() < 0.35:
            pair = self.c(self.adjectives)
            adjective = pair[feminine]
            before = pair[0] in BEFORE and self.rng.random() < 0.8
            if many:
                adjective = plural(adjective)
            if before and not many and elide(noun):
                swap = {"nouveau": "nouvel", "ancien": "ancien"}
                adjective = swap.get(adjective, adjective)
        word = plural(noun) if many else noun
        core = f"{adjective} {word}" if before else f"{word} {adjective}".strip()
        vowel = elide(core)
        if many:
            det = self.c(
                ["les", "des", "les", "des", "mes", "ses", "nos", "vos", "ces", "tes",
                 "leurs" if vowel else "les", "plusieurs", "quelques", "beaucoup de", "certains",
                 self.c(NUMBERS)]
            )  # fmt: skip
            if det == "certains" and feminine:
                det = "certaines"
            if det == "beaucoup de" and vowel:
                det = "beaucoup d'"
        else:
            f = feminine and not vowel
            det = self.c(
                [("l'" if vowel else "la" if feminine else "le")] * 5
                + ["une" if feminine else "un"] * 4
                + ["ma" if f else "mon", "ta" if f else "ton", "sa" if f else "son", "notre"]
                + ["votre", "leur", "chaque", "aucune" if feminine else "aucun"]
                + ["cette" if feminine else "cet" if vowel else "ce"]
                + ["la même" if feminine else "le même", "une autre" if feminine else "un autre"]
                + [self.c(["cette", "la"] if feminine else ["ce", "le"])
                   + " " + (self.c(ORDINALS[1:]))] * (not vowel)
            )  # fmt: skip
        phrase = det + core if det.endswith("'") else f"{det} {core}"
        if depth < 2 and self.rng.random() < 0.22:
            inner = self.noun_phrase(depth + 1)
            phrase += (
                " " + self.of(inner)
                if self.rng.random() < 0.6
                else (
                    " "
                    + self.c(["avec", "sans", "pour", "comme", "sur", "dans", "contre"])
                    + " "
                    + inner
                )
            )
        return phrase

    @staticmethod
    def of(phrase: str) -> str:
        """de + phrase, contracted."""
        for start, contracted in (("le ", "du "), ("les ", "des "), ("des ", "de ")):
            if phrase.startswith(start):
                return contracted + phrase[len(start) :]
        return "d'" + phrase if elide(phrase) else "de " + phrase

    @staticmethod
    def to(phrase: str) -> str:
        """à + phrase, contracted."""
        for start, contracted in (("le ", "au "), ("les ", "aux ")):
            if phrase.startswith(start):
                return contracted + phrase[len(start) :]
        return "à " + phrase

    def listing(self) -> str:
        items = [self.noun_phrase(1) for _ in range(self.rng.randint(2, 4))]
        return ", ".join(items[:-1]) + self.c([" et ", ", et ", " ou ", ", ou "]) + items[-1]

    def objects(self) -> str:
        p = self.rng.random()
        if p < 0.55:
            return self.noun_phrase()
        if p < 0.68:
            return self.listing()
        if p < 0.8:
            return f"{self.noun_phrase(1)} {self.to(self.noun_phrase(1))}"
        if p < 0.9:
            return self.one("theme")
        return self.c(["tout", "cela", "quelque chose", "la même chose", "ce qui change", "ce mot",
                       "ce qui marche", "ce qui l'aide", "tout le monde",
                       "une personne"])  # fmt: skip

    def infinitive(self) -> str:
        if self.rng.random() < 0.3:
            return self.one("intransitive")
        return f"{self.c(self.verbs)[-1]} {self.objects()}"

    def modal(self) -> str:
        """A modal and an infinitive, with d' where needed."""
        modal, verb = self.one("modal"), self.infinitive()
        if modal.endswith(" de") and elide(verb):
            return modal[:-1] + "'" + verb
        return f"{modal} {verb}"

    def clause(self) -> str:
        """Subject, verb, objects."""
        p = self.rng.random()
        if p < 0.2:
            return self.modal()
        verb = self.c(self.verbs)
        negative = self.rng.random() < 0.16
        q = self.rng.random()
        if q < 0.4:
            subject = self.c([self.c(NAMES), self.noun_phrase(1), self.noun_phrase(1), "il", "elle",
                              "on", "quelqu'un", "la personne", "tout le monde", "ça"])  # fmt: skip
            if " " in subject and subject.split()[0] in (
                "les", "des", "mes", "ses", "nos", "vos", "leurs", "ces", "tes", "plusieurs",
                "quelques", "beaucoup", "certains", "certaines", *NUMBERS,
            ):  # fmt: skip
                form, has, will = verb[1], "ont", verb[7][:-1] + "ont"
            else:
                form, has, will = verb[0], "a", verb[7]
            forms = [form] * 4 + [f"{has} {verb[5]}"] * 3 + [will]
            forms += [verb[6]] * 2 if form == verb[0] else []
        elif q < 0.55:
            subject = self.one("plural")
            forms = [verb[1], verb[1], f"ont {verb[5]}", verb[7][:-1] + "ont"]
        elif q < 0.7:
            subject, forms = "nous", [verb[2], f"avons {verb[5]}", verb[7] + "ons"]
            forms[2] = verb[7][:-1] + "ons"
        elif q < 0.85:
            subject, forms = "vous", [verb[3], verb[3], f"avez {verb[5]}"]
        else:
            subject, forms = "je", [verb[4], verb[4], f"ai {verb[5]}"]
        form = self.c(forms)
        if self.rng.random() < 0.07:
            pronoun = self.c(["nous", "vous", "lui", "leur"])
            form = f"{pronoun} {form}"
        if negative:
            head, _, rest = form.partition(" ")
            no = self.c(["pas", "pas", "plus", "jamais"])
            form = ("n'" if elide(head) else "ne ") + f"{head} {no} {rest}".rstrip()
        if subject == "je":
            middle = "j'" + form if elide(form) else "je " + form
        else:
            middle = f"{subject} {form}"
        text = f"{middle} {self.objects()}"
        if self.rng.random() < 0.4:
            text += " " + self.one(self.c(["place", "time", "manner"]))
        return text

    def salad(self) -> str:
        """Words in no grammatical order: nothing to guess, only to hear."""
        words = [self.c(self.words) for _ in range(self.rng.randint(3, 11))]
        text = " ".join(words)
        for i in range(2, len(words) - 1):
            if self.rng.random() < 0.1:
                text = " ".join(words[:i]) + ", " + " ".join(words[i:])
                break
        return text

    def fragments(self) -> str:
        """Pieces of phrases one after the other, loosely grammatical."""
        makers: list[Callable[[], str]] = [
            self.noun_phrase, lambda: self.one("place"), lambda: self.one("time"),
            lambda: self.one("manner"), self.infinitive, lambda: self.one("theme"),
            self.clause, lambda: f"{self.c(NUMBERS)} {plural(self.c(self.nouns)[0])}",
            lambda: self.c(self.words), lambda: self.one("intransitive"),
            lambda: f"à {self.c(CITIES)}", lambda: f"en {self.c(MONTHS)}",
            lambda: f"{self.c(COMPARED)} {self.c(self.adjectives)[self.rng.random() < 0.5]}",
            lambda: self.c(NAMES),
        ]  # fmt: skip
        parts = [self.c(makers)() for _ in range(self.rng.randint(2, 4))]
        text = parts[0]
        for part in parts[1:]:
            text += self.c([" ", ", ", " ", " " + self.one("conj") + " "]) + part
        return text

    def patterns(self) -> str:
        """Sentences as they are heard in a podcast about work and disability."""
        r, c = self.rng, self.c
        np, clause, pick = self.noun_phrase, self.clause, self.pick

        def theme() -> str:
            return self.one("theme")

        k = r.randrange(34)
        number = c(NUMBERS)
        if k == 0:
            hello, show = pick("Bonjour|Bonsoir|Bonjour à tous|Salut"), self.one("show")
            about = c([".", ", le podcast qui parle " + self.of(theme()) + "."])
            return f"{hello} et bienvenue dans {show}{about}"
        if k == 1:
            return f"{capital(self.one('time'))}, nous parlons {self.of(theme())}."
        if k == 2:
            return f"Je suis avec {np()} qui {c(self.verbs)[0]} {self.objects()}."
        if k == 3:
            return f"C'est {np()} qui {c(self.verbs)[0]} {self.objects()}."
        if k == 4:
            how, adjective = c(COMPARED), c(self.adjectives)[0]
            end = self.c(["", self.one("time")])
            return f"C'est {how} {adjective} {end}".strip() + "."
        if k == 5:
            return f"Est-ce que c'est {c(COMPARED)} {c(self.adjectives)[0]} ?"
        if k == 6:
            return f"Qu'est-ce que {clause()} ?" if r.random() < 0.5 else (
                f"{pick('Pour commencer, qu|Qu|Alors, qu')}'est-ce "
                f"{pick('que|qui')} {pick('fait|change|a changé dans')} {np()} ?")  # fmt: skip
        if k == 7:
            return f"Et {pick('pour|avec|sans|dans|chez|après')} {np()} ?"
        if k == 8:
            return f"Et {pick('quand|si|pourquoi')} {clause()} ?"
        if k == 9:
            return f"{capital(np())}, {np()}, et {np()}."
        if k == 10:
            return f"Par exemple, {np()}, {np()}, {pick('ou|et')} {np()}."
        if k == 11:
            return f"Il existe {np()} {pick('pour|dans|avec')} {np()}."
        if k == 12:
            return f"Il y a {number} {plural(c(self.nouns)[0])} {self.one('place')}."
        if k == 13:
            question = f"{capital(self.one('question'))} {clause()} ?"
            return question.replace("que il", "qu'il")
        if k == 14:
            return (
                f"Une {pick('personne|auditrice|amie|collègue')}"
                f" {pick('sourde|aveugle|malade|seule|fatiguée')} {clause()}."
            )
        if k == 15:
            return (
                f"Merci {pick('beaucoup |à vous |')}pour {pick('votre|vos|cette|ces|ton')}"
                f" {pick('conseils|invitation|réponse|histoire|témoignage|travail|idées')}"
                f"{pick('.| !')}"
            )
        if k == 16:
            return f"{capital(self.modal())}{pick('.| !|.')}"
        if k == 17:
            return (f"{capital(c([np(), theme()]))} se {pick('trouve|passe|trouve|cache|prépare')} "
                    f"{self.one('place')}.")  # fmt: skip
        if k == 18:
            return (
                f"{pick('À|Avec|Pour|Chez')} {pick('qui|quoi|quel service')}"
                f" {pick('faut-il|peut-on|doit-on|voulez-vous')} {self.infinitive()} ?"
            )
        if k == 19:
            return f"{capital(self.one('saying'))} : {clause()}."
        if k == 20:
            return (
                f"{c(ORDINALS[1:]).capitalize()} {pick('conseil|épisode|question|étape|idée')} :"
                f" {self.infinitive() if r.random() < 0.5 else clause()}{pick('.| ?')}"
            )
        if k == 21:
            return f"{capital(self.one('opener'))}, {clause()}."
        if k == 22:
            return f"{pick('Plus|Moins')} {clause()}, {pick('plus|moins')} {clause()}."
        if k == 23:
            return f"La {c(ACRONYMS)} {pick('est|ouvre|donne|change|aide')} {np()}."
        if k == 24:
            return (
                f"On {pick('entend|parle|discute')} {pick('souvent|parfois|peu')} parler"
                f" {self.of(theme())}. ".strip()
            )
        if k == 25:
            return f"De {pick('quoi|qui')} {pick(ABOUT)} {self.one('time')} ?"
        if k == 26:
            return (
                f"{pick(STATES)}"
                f" {c([self.one('manner'), self.one('place'), c(self.adjectives)[0]])}"
                f"{pick('.| !| ?')}"
            )
        if k == 27:
            return (
                f"{pick('Racontez|Donnez|Expliquez|Dites|Montrez|Envoyez|Écrivez')}-{pick('nous|moi|lui|leur')}"
                f" {np()}."
            )
        if k == 28:
            return (
                f"{pick(FEELINGS)}"
                f" {pick('peur|besoin|envie|raison|tort|le droit|honte')} {self.of(np())}.".replace(
                    "’", "'"
                )
            )
        if k == 29:
            return f"{pick(BELIEFS)} que c'était {np()}.".replace("’", "'")
        if k == 30:
            return (
                f"{capital(np())} {pick('dure|demande|coûte|prend|attend')} {number}"
                f" {pick('minutes|heures|jours|semaines|mois|ans|euros')}."
            )
        if k == 31:
            return (
                f"Le rendez-vous est {c(DAYS)} {c(BIG)} {c(MONTHS)} à {c(NUMBERS[:14])} heures"
                f" {pick('|trente|quinze|vingt')}".strip()
                + f" à {c(CITIES)}."
            )
        if k == 32:
            return f"{capital(np())} {pick(VERDICTS)}.".replace("’", "'")
        return f"{c(NAMES)} et {c(NAMES)} {c(self.verbs)[1]} {self.objects()} {self.one('time')}."

    def sentence(self) -> str:
        """One sentence of any kind, with its capital and its full stop."""
        p = self.rng.random()
        if p < 0.36:
            text = self.patterns()
        elif p < 0.62:
            text = capital(self.clause())
            if self.rng.random() < 0.3:
                text += f"{self.pick(',|')} {self.one('conj')} {self.clause()}"
            text += self.c([".", ".", ".", ".", " !", " ?"])
        elif p < 0.82:
            text = capital(self.fragments()) + self.c([".", ".", ".", " ?", " !"])
        elif p < 0.95:
            text = capital(self.salad()) + self.c([".", ".", ".", " ?", " !"])
        else:
            text = f"{self.one('opener')}, {self.fragments()}{self.pick('.|.| ?| !')}"
        for wrong, right in (
            (" de le ", " du "), (" de les ", " des "), (" à le ", " au "), (" à les ", " aux "),
            ("que il ", "qu'il "), ("que elle", "qu'elle"), ("que on ", "qu'on "),
            ("si il", "s'il"), (" ,", ","), ("  ", " "),
        ):  # fmt: skip
            text = text.replace(wrong, right)
        return text
