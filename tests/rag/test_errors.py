import re

from rag import errors


def test_the_drawing_shows_the_classes():
    drawn = dict[str, str]()
    path = list[str]()
    for line in (errors.__doc__ or "").splitlines():
        if match := re.fullmatch(r"([│ ]*(?:[├└]── )?)(\w+Error)", line):
            depth = len(match.group(1)) // 4
            path[depth:] = [match.group(2)]
            drawn[match.group(2)] = path[depth - 1] if depth else "Exception"
    real = {
        name: item.__bases__[0].__name__
        for name, item in vars(errors).items()
        if isinstance(item, type)
    }
    assert drawn == real
