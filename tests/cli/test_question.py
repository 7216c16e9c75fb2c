import pytest

from pullscope.cli.question import DONE, FAILED, WRONG_USAGE, ask, print_answer
from pullscope.engine.errors import InvalidReference, PullError
from pullscope.session import Session


class Closing(Session):
    """A session that notes that it was closed."""

    closed = False

    async def close(self) -> None:
        await super().close()
        self.closed = True


@pytest.mark.parametrize(
    ("error", "status"), [(InvalidReference("no"), WRONG_USAGE), (PullError("no"), FAILED)]
)
def test_that_a_refusal_is_told_and_the_session_closed(
    error: PullError, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    session = Closing()

    async def refused(_: Session) -> str:
        raise error

    assert ask(refused, lambda _: DONE, lambda: session) == status
    assert session.closed
    out, err = capsys.readouterr()
    assert out == ""
    assert "no" in err


def test_that_the_answer_is_told_once_the_session_is_closed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    session = Closing()

    async def answered(_: Session) -> str:
        return "yes"

    def tell(answer: str) -> int:
        assert session.closed
        print_answer(answer)
        return 7

    assert ask(answered, tell, lambda: session) == 7
    assert capsys.readouterr().out == "yes\n"
