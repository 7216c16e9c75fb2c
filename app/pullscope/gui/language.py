"""The language of the window's words, switched while it runs.

`apply` puts a language in force. Qt then sends `QEvent.Type.LanguageChange` to every widget; each
view answers it in `changeEvent` by `_set_texts`, which it also calls when it is made, so that every
word that stands still is set in one place. Words that move with the pull come with the next frame.

The translations are `translations/pullscope_<code>.qm`, made by `resources/translate`. Numbers are
written the same way in every language, as in the terminal and in files.
"""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from pullscope.engine.message import translated, words_of

SYSTEM = "system"
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""The languages by code, each by its own name."""

TRANSLATIONS = Path(__file__).parent / "translations"


def apply(app: QApplication, code: str) -> None:
    """Put the language with this code in force; `SYSTEM`, or an unknown one: the desktop's."""
    _Speech.of(app).speak(code if code in LANGUAGES else _of_the_desktop())


def current(app: QApplication) -> str:
    """Return the code of the language in force."""
    return _Speech.of(app).code


def said(words: str | BaseException) -> str:
    """Return a message, or what an exception says, in the language in force."""
    text = words_of(words) if isinstance(words, BaseException) else words
    return translated(text, QCoreApplication.translate)


def _of_the_desktop() -> str:
    """Return the first language of the desktop's that there is; English where there is none."""
    wanted = (name.partition("-")[0] for name in QLocale.system().uiLanguages())
    return next((code for code in wanted if code in LANGUAGES), "en")


class _Speech(QObject):
    """What `apply` leaves behind in the application: the translators that are installed."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._translators: list[QTranslator] = []
        self.code = "en"
        QLocale.setDefault(QLocale(QLocale.Language.English))

    @staticmethod
    def of(app: QApplication) -> "_Speech":
        """Return the speech of `app`, new at the first call."""
        for child in app.children():
            if isinstance(child, _Speech):
                return child
        return _Speech(app)

    def speak(self, code: str) -> None:
        """Install the translators of the language: Qt's own words first, ours above them."""
        if code == self.code:
            return
        self.code = code
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self._translators = []  # without a parent, they are gone with it
        qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        for path in (qt / f"qtbase_{code}.qm", TRANSLATIONS / f"pullscope_{code}.qm"):
            translator = QTranslator()
            if path.exists() and translator.load(str(path)):
                self._app.installTranslator(translator)
                self._translators.append(translator)
