import sys

from pullscope.cli.messages import tell_error


def test_an_error_is_one_line(capsys):
    tell_error("the disk\nis full")

    assert capsys.readouterr() == ("", "pullscope: error: the disk is full\n")


def test_nobody_reading_does_no_harm(monkeypatch):
    class Broken:
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Broken())
    tell_error("unread")
