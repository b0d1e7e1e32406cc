"""The whole stack on one machine.

Everything here is entered through this package (``-m infra.local``, ``-m infra.local.setup``), so this is the one place
where an interpreter that is too old can be told so before it trips over newer syntax. Nothing newer than Python 3.0 here.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the point of this block is the interpreter that the project refuses
    from infra.local.too_old import remedy

    sys.stderr.write(remedy(sys.version_info) + "\n")
    raise SystemExit(2)
