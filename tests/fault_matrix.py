"""What may go wrong between a site and its listeners, what happens then, and which test tries it.

``python tests/fault_matrix.py`` prints ``docs/faults.md``; a test keeps that page as it is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

PASSES = "It passes"
STOPS = "It stops"
REFUSED = "Nothing is sent"
BUSY = "The second waits"
WHOLE = "Old or new, whole"
SAME = "The same site"
TOLD = "It is told"
RIGHT = "It is right"

OUTCOMES = {
    PASSES: "what failed is tried again by itself, and everything arrives; exit code 0",
    STOPS: "a sentence, exit code 4; listeners keep what they had, and the same command finishes it "
    "when the cause is gone",
    REFUSED: "a sentence before anything is sent, exit code 3",
    BUSY: "the second is told who sends, exit code 5",
    WHOLE: "after a kill listeners have the old site or the new one; the same command finishes it, "
    "and a third time there is nothing to do",
    SAME: "the bytes that arrive do not depend on it",
    TOLD: "a line says so, and what to do; exit code 0",
    RIGHT: "what is promised for it is seen",
}


@dataclass(frozen=True)
class Row:
    """One line of the matrix; ``how`` is what its test is told.

    ``nightly`` is how much more is tried every night; a ``rare`` line is tried only then.
    """

    fault: str
    place: str
    outcome: str
    test: str
    how: tuple[object, ...] = ()
    nightly: str = ""
    rare: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.fault} -> {self.outcome}"


KINDS = ("folder", "rsync", "sftp", "S3", "git")
LINES = "test_bad_lines.py::test_"
REFUSALS = {
    "InvalidAccessKeyId": (403, "The AWS Access Key Id you provided does not exist in our records."),
    "SignatureDoesNotMatch": (403, "The request signature we calculated does not match."),
    "ExpiredToken": (400, "The provided token has expired."),
    "RequestTimeTooSkewed": (403, "The difference between the request time and the server's time is too large."),
}  # fmt: skip
SECOND = "a disk that takes no more: "

ROWS: tuple[Row, ...] = (
    # A kill.
    Row("kill -9 at every change", "folder", WHOLE, "test_deploy_kill.py::test_a_folder_killed_at_every_change"),
    Row("kill -9 at every change", "S3", WHOLE, "test_deploy_kill.py::test_a_bucket_killed_at_every_change"),
    Row("kill -9 at a change", "rsync", WHOLE, "test_deploy_kill.py::test_another_machine_killed_at_some_changes", nightly="at every change"),
    Row("kill -9 at a change", "sftp", WHOLE, "test_deploy_kill.py::test_another_machine_killed_at_some_changes", nightly="at every change"),
    Row("kill -9 at a change, while a network of shows is sent", "folder", WHOLE, "test_network_deploy.py::test_a_folder_killed_at_some_changes", nightly="at every change"),
    Row("kill -9 at a change, while a network of shows is sent", "S3", WHOLE, "test_network_deploy.py::test_a_bucket_killed_at_some_changes", nightly="at every change"),
    Row("kill -9 at a git command", "git", WHOLE, "test_deploy_kill.py::test_a_branch_killed_at_some_programs", nightly="at every command"),
    Row("kill -9 while a push is taken in, at each of its steps", "git", WHOLE, "test_deploy_kill.py::test_a_push_killed_at_each_step_of_the_other_side"),
    Row("a kill, and another site after it", "folder", WHOLE, "test_deploy_kill.py::test_after_a_kill_another_site_leaves_nothing_behind"),
    Row("kill -9 of the program that sends", "rsync", PASSES, f"{LINES}a_child_is_killed", rare=True),
    Row("kill -9 of the program that sends", "sftp", PASSES, f"{LINES}a_child_is_killed"),
    Row("Ctrl+C in the middle; the lock there is taken away, exit code 130", "folder", WHOLE, f"{LINES}slow_and_interrupted"),
    *(Row("a slow line, and Ctrl+C in the middle; bytes and time left are told before", kind, WHOLE, f"{LINES}slow_and_interrupted", rare=kind == "rsync") for kind in KINDS[1:]),
    # A line, a server.
    *(Row(f"every third request: {said}", "S3", PASSES, f"{LINES}storage_fails_now_and_then", (how,), "each request alone")
      for said, how in (("503", (503, b"<Error><Code>SlowDown</Code></Error>")), ("connection reset", "reset"), ("answer lost", "lost"))),
    Row("from a request on, 500 to everything", "S3", STOPS, f"{LINES}storage_fails_for_good", nightly="from each request on"),
    Row("no answer to a request", "S3", PASSES, f"{LINES}storage_hangs"),
    *(Row("the line is cut after a part of the bytes", kind, PASSES, f"{LINES}a_line_breaks", ("cut",), "at 12 places", rare=kind != "rsync") for kind in ("rsync", "sftp", "git")),
    *(Row("the line goes silent after a part of the bytes", kind, PASSES, f"{LINES}a_line_breaks", ("hang",), rare=kind != "git") for kind in ("rsync", "sftp", "git")),
    *(Row("everything arrives from a moment on, and no answer comes back", kind, PASSES, f"{LINES}a_line_breaks", ("lost",), rare=kind != "sftp") for kind in ("rsync", "sftp", "git")),
    *(Row("the line is cut again and again", kind, STOPS, f"{LINES}a_line_breaks_for_good", rare=kind != "sftp") for kind in ("rsync", "sftp", "git")),
    Row("the push is done, and its answer lost", "git", PASSES, f"{LINES}the_answer_to_a_push_is_lost"),
    Row("a killed git has left its lock", "git", PASSES, f"{LINES}a_lock_that_a_killed_git_left"),
    # Who may.
    *(Row(f"{name} ({REFUSALS[name][0]})", "S3", STOPS, f"{LINES}storage_refuses_the_keys", (name,)) for name in REFUSALS),
    *(Row("the key is not accepted", kind, STOPS, f"{LINES}ssh_refuses", ("key",), rare=kind == "rsync") for kind in ("rsync", "sftp")),
    *(Row("the machine has another host key", kind, STOPS, f"{LINES}ssh_refuses", ("host",), rare=kind == "rsync") for kind in ("rsync", "sftp")),
    Row("name and password are not accepted", "git", STOPS, f"{LINES}git_over_http_asks_for_a_password"),
    Row("a rule of the repository refuses the push", "git", STOPS, f"{LINES}a_push_is_refused"),
    # Disks.
    *(Row(f"{SECOND}{name}, from a change on", "folder", STOPS, f"{LINES}a_disk_fails", (name,), "from every change on") for name in ("EIO", "ENOSPC", "EROFS")),
    Row("a file that finds no room; its half is taken away", "folder", STOPS, "test_deploy_places.py::test_a_file_that_finds_no_room_leaves_no_half"),
    # What listeners get.
    *(Row(f"the check over HTTP: {said}", "web server", outcome, f"{LINES}the_check_meets_a_bad_server", (how, times))
      for said, how, times, outcome in (("503 once", (503, b""), 1, PASSES), ("connection reset once", "reset", 1, PASSES),
      ("503 to everything", (503, b""), 99, STOPS), ("no answer", "hang", 99, STOPS))),
    *(Row(f"a new sound {said}", "web server", STOPS, "test_deploy.py::test_the_feed_waits_for_sounds_that_apps_can_play")
      for said in ("is missing (404)", "has a wrong type", "has a wrong length", "has no byte ranges", "is sent on in circles")),
    Row("captions of a wrong type", "web server", TOLD, "test_deploy.py::test_captions_of_a_wrong_type_are_told"),
    Row("a login page in place of the feed, an empty one, half of one", "folder", REFUSED, "test_deploy.py::test_a_login_page_in_place_of_the_feed"),
    Row("the feed there was shrunk, or has gone", "folder", REFUSED, "test_deploy.py::test_a_feed_that_somebody_has_shrunk"),
    Row("the feed there is another show's", "folder", REFUSED, "test_deploy.py::test_another_shows_feed"),
    Row("an episode that listeners have would vanish", "folder", REFUSED, "test_deploy.py::test_an_episode_that_would_vanish"),
    Row("the feed of one of a network's shows was shrunk there, or is another's", "folder", REFUSED, "test_network_deploy.py::test_every_feed_is_held_against_what_was_left"),
    Row("a show of a network, or an episode of one, would vanish", "folder", REFUSED, "test_network_deploy.py::test_a_show_cannot_vanish_but_where_a_person_lets_it_go"),
    Row("somebody else's site is there", "folder", REFUSED, "test_deploy.py::test_a_folder_with_somebody_elses_site"),
    Row("the record of what is there is lost, or torn", "folder", TOLD, "test_deploy.py::test_a_record_that_is_lost"),
    Row("files are lost there, and the record says that they are there", "folder", RIGHT, "test_deploy.py::test_files_that_were_lost_there_are_sent_again"),
    Row("the record is of a later version", "folder", STOPS, "test_deploy.py::test_a_record_of_a_later_version"),
    *(Row(f"{server} as it comes: types, encodings, ranges, other sites, compressed sounds", "web server", TOLD, "test_servers.py::test_a_site_is_sent_and_found_right") for server in ("nginx", "Apache")),
    *(Row(f"{server} that was told what --snippets prints", "web server", RIGHT, "test_servers.py::test_the_snippet_makes_a_server_right") for server in ("nginx", "Apache")),
    Row("a host of pages that was given _headers, read by Netlify's parser", "web server", RIGHT, "test_servers.py::test_a_host_of_pages_reads_its_file_as_it_is_meant"),
    Row("the show's name does not lead there yet (moving to another host)", "web server", RIGHT, "test_deploy.py::test_a_site_is_looked_at_before_its_name_has_moved"),
    # Two at once.
    Row("two publishes in one workspace", "this machine", BUSY, "test_cli.py::test_a_second_publish_is_told_who_holds_the_workspace"),
    Row("a sender of another machine holds the lock", "folder", BUSY, "test_deploy.py::test_a_second_sender_is_told_who_sends"),
    Row("a dead sender has left its lock", "folder", PASSES, "test_deploy.py::test_what_a_dead_sender_left_does_not_block"),
    Row("two machines begin at the same moment", "folder", WHOLE, f"{LINES}two_at_once"),
    Row("somebody has pushed in between", "git", BUSY, "test_deploy_places.py::test_a_push_of_somebody_else_is_not_overwritten"),
    # This machine.
    *(Row("LC_ALL=C without UTF-8; names with accents, composed and decomposed", kind, SAME, f"{LINES}names_and_a_machine_that_knows_ascii_only", rare=kind in ("rsync", "sftp")) for kind in KINDS),
    Row("C, Turkish and other locales, zones, hash seeds", "publish", SAME, "test_faults.py::test_the_same_site_on_any_machine"),
    Row("a disk that lists files in another order", "publish", SAME, "test_faults.py::test_the_same_site_in_any_order"),
    Row("a full, failing or read-only disk, from a change on", "publish", STOPS, "test_faults.py::test_a_disk_that_fails"),
    Row("a file that cannot be written to its end", "publish", STOPS, "test_faults.py::test_a_write_that_ends_in_the_middle"),
    Row("kill -9 at a change", "publish", WHOLE, "test_kill.py::test_killed_at_any_write"),
    Row("kill -9 of the recogniser", "publish", STOPS, "test_whisper.py::test_a_killed_engine_is_one_sentence_and_the_next_run_goes_on"),
    Row("the clock is before what was published", "publish", STOPS, "test_schedule.py::test_a_clock_before_what_is_published_stops_everything"),
    Row("a date in the hour that comes twice, or never", "publish", RIGHT, "test_schedule.py::test_the_moment_is_the_same_in_every_zone"),
)  # fmt: skip


def rows(test: str, rare: bool = False) -> Sequence[Row]:
    """The rows that the test of this name tries with every change, or only at night."""
    return [row for row in ROWS if row.test.partition("::")[2] == test and row.rare == rare]


def page() -> str:
    """``docs/faults.md``."""
    lines = [
        "# What was tried",
        "",
        "What goes wrong between a site and its listeners, and what happens then. Each line is tried by",
        "the test that it names, with real servers on this machine (OpenSSH, an S3 server, git), real",
        "kills and a line that breaks, hangs and is slow. The page is made by",
        "`python tests/fault_matrix.py`; `tests/test_bad_lines.py` keeps it as it is there. What takes long",
        "is tried every night ([how](../CONTRIBUTING.md#every-night)). What odd files are answered is in",
        "[bad-input.md](bad-input.md).",
        "",
        *(f"- **{name}**: {meaning}." for name, meaning in OUTCOMES.items()),
        "",
    ]
    for place, found in groupby(
        sorted(ROWS, key=lambda row: _ORDER.index(row.place)), lambda row: row.place
    ):
        lines += [
            f"## {_TITLES.get(place, place)}",
            "",
            "| what goes wrong | what happens | tried by |",
            "|---|---|---|",
        ]
        for row in found:
            test = row.test.partition("::")
            more = f"; every night {row.nightly}" if row.nightly else ""
            more += "; every night only" if row.rare else ""
            lines.append(
                f"| {row.fault[0].upper()}{row.fault[1:]} | {row.outcome} | `{test[0]}` {test[2].removeprefix('test_').replace('_', ' ')}{more} |"
            )
        lines.append("")
    return "\n".join(lines)


_TITLES = {
    "publish": "While a site is made (publish)",
    "this machine": "On this machine",
    "folder": "A folder, and what holds for every place",
    "rsync": "rsync over ssh",
    "sftp": "SFTP",
    "S3": "Object storage (S3)",
    "git": "A branch of a git repository",
    "web server": "What listeners get",
}
_ORDER = (*KINDS, "web server", "this machine", "publish")

if __name__ == "__main__":
    print(page(), end="")
