from pullscope.engine.errors import BadReply, Failure, RegistryError, failure_of


def test_that_a_refused_request_is_told_in_parts() -> None:
    error = RegistryError("GET https://r.test/v2/", "HTTP 403", "log in", status=403)
    assert failure_of(error) == Failure(
        "GET https://r.test/v2/: HTTP 403; log in", "GET https://r.test/v2/", "HTTP 403", "log in"
    )


def test_that_the_remedy_of_other_errors_is_told_apart() -> None:
    assert failure_of(BadReply("no space; at all", "free some")) == Failure(
        "no space; at all; free some", "", "no space; at all", "free some"
    )
    assert failure_of(BadReply("it is odd")) == Failure("it is odd", "", "it is odd", "")


def test_that_an_error_that_nobody_expected_is_told_as_such() -> None:
    assert failure_of(ValueError("x")).words == "unexpected error: ValueError: x"
