"""Stop words, stems and lemmas."""

import re
from collections.abc import Callable

from sweep.errors import UserError
from sweep.text.scripts import APOSTROPHES, MASKS, word_pattern

_LONGEST = 64  # a longer "word" is base64 or a stuck key; stemming it costs time and tells nothing

# The package's English list has 1,298 words, `good`, `free`, `best`, `problem` and `click` among them: what the label
# hangs on. English gets its function words alone, a closed class.
_ENGLISH = frozenset(
    "a an the this that these those i me my mine myself you your yours yourself yourselves he him his himself she "
    "her hers herself it its itself we us our ours ourselves they them their theirs themselves who whom whose which "
    "what be am is are was were been being do does did doing done have has had having can could will would shall "
    "should may might must ought and or but if then else than as at by for from in into of off on onto to up upon "
    "with within about above across after again against along among around before behind below beneath beside "
    "besides between beyond during inside near out outside over per since through throughout till toward towards "
    "under until via while because so such though although unless whether when whenever where wherever how why here "
    "there now just very too also both each every either any some other another own same all only once further "
    "i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd "
    "we'll they're they've they'd they'll that's that'd that'll there's here's what's who's where's when's how's why's "
    "let's 's 'm 're 've 'd 'll s im ive".split()
)
_NEGATIONS = {
    "da": "ikke ej aldrig ingen intet ingenting hverken uden",
    "de": "nicht nichts nein nie niemals niemand niemanden niemandem nirgends nirgendwo kein keine keinem keinen "
    "keiner keines keinerlei keineswegs weder ohne kaum",
    "en": "no not nor never neither none nobody nothing nowhere cannot cant dont doesnt didnt isnt arent wasnt werent "
    "hasnt havent hadnt wont wouldnt couldnt shouldnt mustnt neednt shant aint without hardly barely scarcely non n't",
    "es": "no ni nunca jamás jamas nada nadie ningún ningun ninguno ninguna ningunos ningunas tampoco sin apenas",
    "fi": "ei en et emme ette eivät älä ilman eikä koskaan mitään kukaan",
    "fr": "ne n pas non ni jamais rien personne aucun aucune aucuns aucunes nul nulle guère guere point sans",
    "it": "no non né ne nè mai niente nulla nessun nessuno nessuna neanche nemmeno neppure senza",
    "nl": "niet niets nee neen nooit niemand nergens geen noch zonder nauwelijks",
    "no": "ikke ei aldri ingen intet ingenting verken uten inkje",
    "pl": "nie ni nigdy nic nikt nikogo żaden żadna żadne ani bez",
    "pt": "não nao nem nunca jamais nada ninguém ninguem nenhum nenhuma nenhuns nenhumas tampouco sem",
    "ru": "не ни нет никогда ничего ничто никто никого никому нигде никак нельзя без",
    "sv": "inte icke ej nej aldrig ingen inget inga ingenting varken utan",
}
_SNOWBALL = dict(
    entry.split(":")
    for entry in "ar:arabic hy:armenian eu:basque ca:catalan cs:czech da:danish nl:dutch en:english eo:esperanto "
    "et:estonian fi:finnish fr:french de:german el:greek hi:hindi hu:hungarian id:indonesian ga:irish it:italian "
    "lt:lithuanian ne:nepali no:norwegian fa:persian pl:polish pt:portuguese ro:romanian ru:russian sr:serbian "
    "st:sesotho es:spanish sv:swedish ta:tamil tr:turkish yi:yiddish".split()
)
_ALIASES = {"nb": "no"}
_LEMMA_NAMES = {"no": "nb"}


class WordForms:
    """Drops stop words and brings word forms together, leaving everything between the words as it is.

    Args:
        stop_words: whether the function words of `language` are dropped, whatever their case.
        keep_negations: whether not, never and their like are spared.
        reduction: none, stem (Snowball; expects lower case) or lemma (simplemma).
        language: two-letter code.

    Raises:
        UserError: what is switched on does not know `language`; the text lists the codes that it knows.
    """

    def __init__(
        self, *, stop_words: bool, keep_negations: bool, reduction: str, language: str
    ) -> None:
        language = _ALIASES.get(language, language)
        _check_language(language, stop_words, keep_negations, reduction)
        dropped = _stop_words(language, keep_negations) if stop_words else frozenset()
        self._forms = _Forms(_reducer(reduction, language), dropped)

    def __call__(self, text: str) -> str:
        """Rewrite one cleaned text.

        Args:
            text: a cleaned text; masks in it are left alone.

        Returns:
            The text without its stop words and with every other word reduced.
        """
        forms = self._forms
        return " ".join(word_pattern().sub(lambda match: forms[match[0]], text).split())


class _Forms(dict[str, str]):
    # Word to what replaces it; every distinct word is worked out once.
    def __init__(self, reduce: Callable[[str], str], dropped: frozenset[str]) -> None:
        super().__init__((mask, mask) for mask in MASKS.values())
        self._reduce = reduce
        self._dropped = dropped

    def __missing__(self, word: str) -> str:
        if _folded(word) in self._dropped:
            form = ""
        elif len(word) > _LONGEST:
            return word
        else:
            form = self._reduce(word)
        self[word] = form
        return form


def _folded(word: str) -> str:
    return re.sub(f"[{APOSTROPHES}]", "'", word).lower()


def _stop_words(language: str, keep_negations: bool) -> frozenset[str]:
    import stopwordsiso

    negations = frozenset(_NEGATIONS.get(language, "").split())
    if language == "en":
        listed = frozenset(stopwordsiso.stopwords("en"))
        contracted = {word for word in listed if word.endswith("n't")}
        negations |= contracted
        words = _ENGLISH | negations
    else:
        words = frozenset(stopwordsiso.stopwords(language)) | negations
    return words - negations if keep_negations else words


def _reducer(reduction: str, language: str) -> Callable[[str], str]:
    if reduction == "stem":
        import snowballstemmer

        stem: Callable[[str], str] = snowballstemmer.stemmer(_SNOWBALL[language]).stemWord
        return stem
    if reduction == "lemma":
        import simplemma

        name = _LEMMA_NAMES.get(language, language)
        return lambda word: simplemma.lemmatize(word, lang=name)
    return lambda word: word


def _check_language(language: str, stop_words: bool, keep_negations: bool, reduction: str) -> None:
    mistakes = []
    if stop_words and language not in (known := _stop_word_languages()):
        mistakes.append(_unknown(language, "text.stop_words=true", known))
    elif stop_words and keep_negations and language not in _NEGATIONS:
        mistakes.append(
            _unknown(language, "text.keep_negations=true", _NEGATIONS)
            + " Set text.keep_negations=false to drop all stop words, or text.stop_words=false."
        )
    if reduction == "stem" and language not in _SNOWBALL:
        mistakes.append(_unknown(language, "text.reduction=stem", _SNOWBALL))
    if reduction == "lemma" and language not in (known := _lemma_languages()):
        mistakes.append(_unknown(language, "text.reduction=lemma", known))
    if mistakes:
        raise UserError(*mistakes)


def _unknown(language: str, setting: str, known: object) -> str:
    codes = " ".join(sorted(known))  # type: ignore[call-overload]
    return f"{setting} knows no text.language={language}; it knows: {codes}."


def _stop_word_languages() -> set[str]:
    import stopwordsiso

    return set(stopwordsiso.langs())


def _lemma_languages() -> set[str]:
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    renamed = {name: code for code, name in _LEMMA_NAMES.items()}
    return {renamed.get(name, name) for name in SUPPORTED_LANGUAGES}
