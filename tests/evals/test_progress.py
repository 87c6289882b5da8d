"""How far a run is, in lines or as a bar."""

import io

from evals.progress import PlainProgress, shown_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_say_how_many_questions_are_done():
    stream = io.StringIO()
    with shown_progress(2, title="测评", stream=stream) as advance:
        advance()
        advance()
    assert stream.getvalue() == "测评：2/2 题\n"


def test_a_line_comes_every_few_seconds_with_the_time_left():
    stream = io.StringIO()
    progress = PlainProgress(stream, 3, title="测评", interval_s=0)
    progress.advance()
    progress.advance()
    progress.advance()
    assert stream.getvalue() == "测评：1/3 题\n测评：2/3 题，约剩 0 秒\n测评：3/3 题\n"


def test_a_terminal_shows_a_bar():
    stream = Terminal()
    with shown_progress(2, title="测评", stream=stream) as advance:
        advance()
        advance()
    assert "2/2" in stream.getvalue()
    assert "测评：" not in stream.getvalue()


def test_nobody_reading_does_not_stop_the_work():
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    progress = PlainProgress(Closed(), 2, title="测评", interval_s=0)
    progress.advance()
    progress.advance()
    assert progress.done == 2
