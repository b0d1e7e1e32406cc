"""Where an unexpected exception came from, in words that hold none of its text."""

from collections.abc import Iterator

_OURS = ("processor", "steward")


def culprit(error: BaseException) -> str:
    """The innermost function that raised, e.g. ``steward.pages.decode_page``; of ours too, where it was not one.

    The exception's own text is left out: it may hold what a person wrote into a page.
    """
    functions = list(_functions(error))
    if not functions:
        return "an unknown place"
    ours = [name for name in functions if name.split(".")[0] in _OURS]
    if not ours or ours[-1] == functions[-1]:
        return functions[-1]
    return f"{functions[-1]}, called by {ours[-1]}"


def _functions(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{trace.tb_frame.f_globals.get('__name__', '?')}.{code.co_qualname}"
        trace = trace.tb_next
