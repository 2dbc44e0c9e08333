"""The producer's folder: the only module that knows where things are, and that writes safely."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.episode import Episode, read_episode
from podcast.errors import Busy, Fault, Fixable, Outside, Place, fault
from podcast.glossary import Glossary, Term, read_glossary
from podcast.names import episodes_in
from podcast.places import ABOUT, Places, root_of
from podcast.places import GLOSSARY as GLOSSARY
from podcast.places import NETWORK as NETWORK
from podcast.places import SHOW as SHOW
from podcast.recording import Recording, Track
from podcast.rules import is_slug
from podcast.show import Piece, Show, read_show
from podcast.transcript import MachineWords, Transcript
from podcast.transcript_file import read_transcript
from podcast.words_file import read_words

if TYPE_CHECKING:
    from podcast.network import Network
    from podcast.review_file import ReviewFile

# A hundred hours of words take 32 MB; what is larger is no text of ours.
MAX_TEXT = 100_000_000
# Sounds that people have; what is really in them is for the audio engine to say.
SOUND_ENDINGS = frozenset(
    ".wav .wave .flac .mp3 .m4a .m4b .mp4 .aac .ogg .oga .opus .aif .aiff .aifc .caf .w64 .wma "
    ".mka .mkv .mov .webm .amr .3gp".split()
)

WRITING_S = 10
"""A change takes milliseconds; a disk that sleeps, some seconds."""
# Seconds that music is heard under the speech where nothing is said.
_UNDER = {"bed": 30.0}


@dataclass(frozen=True, slots=True)
class Workspace(Places):
    """A folder with a ``podcast.yaml``, and what is in its files."""

    def slugs(self) -> tuple[str, ...]:
        """Every episode that has a file, sorted."""
        return tuple(slug for slug in episodes_in(str(self.root)) if is_slug(slug))

    def show(self) -> Show:
        """The show; raises :class:`Fixable` with every fault of its file."""
        return read_show(*self.said_of_show())

    def said_of_show(self) -> tuple[str, str, dict[str, object] | None]:
        """All that the show is read from, as :func:`podcast.show.read_show` takes it."""
        shared = self._shared(around) if (around := self.around()) else None
        return self.text(self.root / SHOW), SHOW, shared

    def around(self) -> Network | None:
        """The network that the show is in, if it is in one; raises :class:`Fixable`."""
        if not (root := self.network):
            return None
        from podcast.network import read_network

        path = root / NETWORK
        return read_network(self.text(path), self.name(path))

    def _shared(self, network: Network) -> dict[str, object]:
        """What the network says for the show, as the show would say it."""
        place = {"title": network.title, "address": network.address, "language": network.language}
        if network.deploy and network.deploy.audio_address:
            place["audio_address"] = f"{network.deploy.audio_address}{self.root.name}/"
        if not network.model:
            return {"network": place}
        model = network.model
        folder = "/" in model or model.startswith(".")
        beside = folder and not Path(model).is_absolute()
        return {"network": place, "model": f"../{model}" if beside else model}

    def episode(self, slug: str, show: Show) -> Episode:
        """An episode; raises :class:`Fixable` for an unknown slug or a faulty file."""
        path = self.episode_file(slug)
        if not is_slug(slug) or not path.is_file():
            raise Fixable(self._unknown(slug))
        episode = read_episode(self.text(path), self.name(path), slug, show)
        if episode.translation_of:
            self._check_translation(episode, episode.translation_of, show)
        return episode

    def _unknown(self, slug: str, place: Place | None = None) -> Fault:
        import difflib

        known = self.slugs()
        near = difflib.get_close_matches(slug, known, 1, 0.5)
        if near:
            return fault("episode.unknown_near", place, slug=slug, near=near[0])
        return fault("episode.unknown", place, slug=slug, known=", ".join(known) or "-")

    def _check_translation(self, episode: Episode, slug: str, show: Show) -> None:
        """Raise :class:`Fixable` where the original is unknown, a version itself, or no other."""
        file = self.episode_file(episode.slug)
        place = Place(self.name(file), line_of(self.text(file), "translation_of"))
        path = self.episode_file(slug)
        if not path.is_file():
            raise Fixable(self._unknown(slug, place))
        original = read_episode(self.text(path), self.name(path), slug, show)
        if original.language == episode.language:
            language = episode.language
            raise Fixable(fault("episode.same_language", place, slug=slug, language=language))
        if original.translation_of:
            first = original.translation_of
            raise Fixable(fault("episode.translation_chain", place, slug=slug, first=first))

    def transcript(self, slug: str, show: Show, language: str) -> Transcript:
        """The edited transcript; raises :class:`Fixable` with every fault of its file."""
        path = self.transcript_file(slug)
        return read_transcript(self.text(path), self.name(path), show.people, language)

    def glossary(self) -> Glossary:
        """The show's terms, then those of its network that it does not have itself."""
        terms: dict[str, Term] = {}
        for path in self.glossary_files:
            if path.is_file():
                shared = read_glossary(self.text(path), self.name(path)).terms
                terms |= {name: term for name, term in shared.items() if name not in terms}
        return Glossary(terms)

    def about(self) -> str:
        """What the show's makers say of it, in Markdown; nothing where they have not written it."""
        path = self.root / ABOUT
        return self.text(path).strip() if path.exists() else ""

    def words(self, slug: str) -> MachineWords | None:
        """What the recogniser heard, if it has listened."""
        path = self.words_file(slug)
        return read_words(self.text(path), self.name(path)) if path.is_file() else None

    def review(self, slug: str) -> ReviewFile:
        """What people did with the text besides changing it; raises :class:`Fixable`."""
        from podcast.review_file import ReviewFile, read_review

        path = self.review_file(slug)
        return read_review(self.text(path), self.name(path)) if path.is_file() else ReviewFile()

    def recording(self, episode: Episode, show: Show) -> Recording:
        """The episode's sound files; raises :class:`Fixable` where there is none."""
        folder = self.episode_folder(episode.slug)
        recordings = _sounds(folder, "recording")
        parts = _parts(folder)
        tracks = _sounds(folder / "tracks", "*") if (folder / "tracks").is_dir() else []
        place = Place(self.name(folder))
        if recordings and tracks:
            raise Fixable(fault("recording.both", place))
        if parts and (recordings or tracks):
            names = ", ".join(path.name for path in (*parts.values(), *recordings, *tracks))
            raise Fixable(fault("recording.parts_and_more", place, names=names))
        if missing := [n for n in range(1, max(parts, default=0)) if n not in parts]:
            raise Fixable(fault("recording.part_missing", place, number=missing[0]))
        if len(recordings) > 1:
            names = ", ".join(path.name for path in recordings)
            raise Fixable(fault("recording.several", place, names=names))
        if not recordings and not tracks and not parts:
            raise Fixable(fault("recording.missing", place, slug=episode.slug))
        unknown = [path for path in tracks if path.stem not in show.people]
        if unknown:
            raise Fixable(
                [
                    fault(
                        "recording.track_unknown",
                        Place(self.name(path)),
                        name=path.stem,
                        known=", ".join(sorted(show.people)) or "-",
                    )
                    for path in unknown
                ]
            )
        return Recording(
            tuple(
                Track(path, self.name(path), path.stem if tracks else None)
                for path in recordings or tracks or [parts[n] for n in sorted(parts)]
            ),
            parts=bool(parts),
            **{found[0]: self._music(episode, show, *found) for found in episode.pieces().items()},
        )

    def has_sound(self, slug: str) -> bool:
        """Whether a recording of any kind is there."""
        folder = self.episode_folder(slug)
        tracks = (folder / "tracks").is_dir()
        return tracks or bool(_sounds(folder, "recording") or _parts(folder))

    def _music(self, episode: Episode, show: Show, kind: str, piece: Piece) -> Track:
        """A piece of music in the episode's folder, or else beside the show's file."""
        for folder in (self.episode_folder(episode.slug), self.root):
            path = folder / piece.file
            if path.exists():
                seconds = _UNDER.get(kind, 0.0) if piece.under is None else piece.under
                return Track(path, self.name(path), under_ms=round(seconds * 1000))
        shows = getattr(show.music, kind) == piece
        told = self.root / SHOW if shows else self.episode_file(episode.slug)
        text = self.text(told)
        place = Place(self.name(told), line_of(text, kind) or line_of(text, "music"))
        raise Fixable(fault("recording.music_missing", place, key=kind, name=piece.file))

    def text(self, path: Path) -> str:
        """A file's text; raises :class:`Fixable` where it is missing or no UTF-8."""
        return self.exact_text(path).removeprefix("\ufeff").replace("\r\n", "\n")

    def exact_text(self, path: Path) -> str:
        """The same with every character: a mark of byte order, the line ends of another system."""
        name = self.name(path)
        try:
            status = path.stat()
            if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
                raise Fixable(fault("file.special", Place(name)))
            if status.st_size > MAX_TEXT:
                raise Fixable(fault("file.too_large", Place(name), limit=MAX_TEXT // 1_000_000))
            raw = path.read_bytes()
        except FileNotFoundError as error:
            raise Fixable(fault("file.missing", Place(name))) from error
        except IsADirectoryError as error:
            raise Fixable(fault("file.folder", Place(name))) from error
        except OSError as error:
            raise Outside(fault("file.unreadable", Place(name))) from error
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise Fixable(fault("file.not_utf8", Place(name, line))) from error

    def writer(self) -> str | None:
        """The number of the process that holds the lock, if one does; nothing is changed."""
        from filelock import FileLock, Timeout

        if not (self.cache / "lock").is_file():
            return None
        lock = FileLock(self.cache / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            try:
                return (self.cache / "writer").read_text("utf-8")
            except OSError:
                return "?"
        except OSError:  # who writes here next is told
            return None
        lock.release()
        return None

    def clock(self) -> int:
        """The disk's own time, in ns: that of a file that was just written."""
        write(self.cache / "clock", "")
        return (self.cache / "clock").stat().st_mtime_ns

    def lock(self, wait_s: float = 0) -> AbstractContextManager[None]:
        """Be the only one to publish; raises :class:`Busy` naming the process that does."""
        return only_one(self.cache, "workspace.busy", wait_s)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one who changes what people wrote, for the moment that it takes.

        Not the same as :meth:`lock`: who publishes holds that for minutes, and only reads.  Each of
        their reads finds a whole file, because files are replaced in one step.
        """
        with _held(self.cache / "writing", WRITING_S) as held:
            if not held:
                raise Busy(fault("workspace.writing"))
            yield


@contextmanager
def only_one(folder: Path, busy: str, wait_s: float = 0) -> Iterator[None]:
    """Be the only process in a folder; raises :class:`Busy` of a kind, with the process that is."""
    note = folder / "writer"
    with _held(folder / "lock", wait_s) as held:
        if not held:
            try:
                holder = note.read_text("utf-8")
            except OSError:
                holder = "?"
            raise Busy(fault(busy, process=holder))
        write(note, str(os.getpid()))
        yield


@contextmanager
def _held(file: Path, wait_s: float) -> Iterator[bool]:
    """Whether a lock was free, or became free in time; it is held inside the block."""
    from filelock import FileLock, Timeout

    ensure_folder(file.parent)
    # Whoever takes it need not be the thread that lets it go.
    lock = FileLock(file, thread_local=False)
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise Outside(fault(disk_kind(error), Place(file.parent.name))) from error
    try:
        yield True
    finally:
        lock.release()


def _sounds(folder: Path, stem: str) -> list[Path]:
    return sorted(
        path
        for path in folder.glob(f"{stem}.*")
        if path.suffix.lower() in SOUND_ENDINGS and not path.name.startswith(".")
    )


def _parts(folder: Path) -> dict[int, Path]:
    """The files ``recording-1.*``, ``recording-2.*``, … by their number."""
    numbered = (
        (path.stem.removeprefix("recording-"), path) for path in _sounds(folder, "recording-*")
    )
    return {int(number): path for number, path in numbered if number.isdecimal()}


def line_of(text: str, key: str) -> int | None:
    """The line (from 1) on which a YAML text sets a key at its outermost level."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(f"{key}:"):
            return number
    return None


def find(start: Path) -> Workspace:
    """The workspace that a folder is in; raises :class:`Fixable` where it is in none."""
    if root := root_of(start):
        return Workspace(root)
    raise Fixable(fault("workspace.none"))


def given(file: Path, most: int) -> bytes:
    """What is in a file that was named on the command line; of a longer one, ``most`` + 1 bytes."""
    place = Place(str(file))
    try:
        # A pipe that nobody writes to would be waited for for ever.
        if file.exists() and not (file.is_file() or file.is_dir()):
            raise Fixable(fault("file.special", place))
        with file.open("rb") as stream:
            return stream.read(most + 1)
    except (FileNotFoundError, ValueError) as error:
        raise Fixable(fault("file.missing", place)) from error
    except IsADirectoryError as error:
        raise Fixable(fault("file.folder", place)) from error
    except OSError as error:
        raise Outside(fault("file.unreadable", place)) from error


def ensure_folder(folder: Path) -> None:
    """Make a folder; raises :class:`Outside` where the disk refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Outside(fault(disk_kind(error), Place(folder.name))) from error


def disk_kind(error: OSError) -> str:
    """What a failed write is told as: errno 28 is ENOSPC, 122 is EDQUOT."""
    return "disk.full" if error.errno in (28, 122) else "disk.unwritable"


def write(path: Path, content: str | bytes | Sequence[bytes], lasting: bool = True) -> None:
    """Write a file so that a kill at any moment leaves the old content or the new.

    A power cut must, too, unless it is no ``lasting`` file but a cache that tells what is damaged.
    What is large may come in pieces, which nobody must join in memory then.
    """
    write_if(path, content, lambda: True, lasting)


def write_if(
    path: Path,
    content: str | bytes | Sequence[bytes],
    still: Callable[[], bool],
    lasting: bool = True,
) -> bool:
    """The same, unless ``still`` says no at the last moment; whether it was written.

    Between that answer and the new file there is nothing that takes time.
    """
    raw = content.encode() if isinstance(content, str) else content
    pieces = (raw,) if isinstance(raw, bytes) else raw
    ensure_folder(path.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
                if lasting:
                    file.flush()
                    os.fsync(file.fileno())
            os.chmod(name, _mode(path))
            if not still():
                Path(name).unlink()
                return False
            os.replace(name, path)
            return True
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Outside(fault(disk_kind(error), Place(path.name))) from error


def _mode(path: Path) -> int:
    """Who may read and write a file stays as somebody has set it."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0o644


def write_new(path: Path, content: str) -> None:
    """Write a file that must not exist yet: what a person has written is never replaced."""
    ensure_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        try:
            os.link(name, path)  # fails where the file exists, in one step
        except FileExistsError as error:
            raise Fixable(fault("file.exists", Place(path.name))) from error
        except OSError:  # a disk without hard links
            if path.exists():
                raise Fixable(fault("file.exists", Place(path.name))) from None
            os.rename(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
