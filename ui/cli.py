"""The command line `wence`.

Exit codes: 0 done; 1 done but something failed, each named on stderr; 2 wrong use; 130 after
Ctrl+C. Whatever happens, no traceback is shown: it goes to a log.
"""

import io
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ui.terminal.arguments import Options, parse_arguments
from ui.terminal.chinese_parser import UsageError
from ui.terminal.exit_codes import DONE, FAILED, INTERRUPTED, WRONG_USE


def main() -> None:
    """Run the program with the arguments that it was started with, and leave it."""
    # Products this small gain nothing from a second thread, and wait for it on a busy machine:
    # an answer then takes five times as long. Read when numpy is loaded, which is later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_missing_streams()
    speak_utf8()
    # What libraries have to say is not for the terminal.
    logging.getLogger().addHandler(logging.NullHandler())
    logging.captureWarnings(capture=True)
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_stdout()
    except OSError:  # a full disk, and `print_result` has said so
        _let_go_of_stdout()
        code = code or FAILED
    sys.exit(code)


def _open_missing_streams() -> None:
    """Where a stream was closed before the program began, what goes there is lost, no more."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))


def speak_utf8() -> None:
    """Write UTF-8 whatever the locale is; what can't be encoded becomes an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    options = Options()
    try:
        if arguments and arguments[0] == "eval":
            return _run_eval(arguments[1:])
        options = parse_arguments(arguments)
        return _run_command(options)
    except UsageError as error:
        return _complain(str(error), code=WRONG_USE)
    except KeyboardInterrupt:
        kept = "已读入的文件不会丢，再次运行会接着完成。" if options.command == "ingest" else ""
        return _complain(f"已中断。{kept}", code=INTERRUPTED)
    except BrokenPipeError:  # whoever read our output has seen enough
        _let_go_of_stdout()
        return DONE
    except SystemExit as leaving:  # argparse after --help
        return leaving.code if isinstance(leaving.code, int) else DONE
    except Exception as error:  # noqa: BLE001 - the last resort: 1 place turns bugs into a message
        return _explain(error, options)


def _run_command(options: Options) -> int:
    from ui.terminal.commands import run_command  # deferred: `wence --help` need not wait for it

    return run_command(options)


def _run_eval(arguments: Sequence[str]) -> int:
    from importlib import import_module
    from importlib.util import find_spec

    if find_spec("evals.commands") is None:
        parse_arguments(["eval"])  # says that there is no such command
    return int(import_module("evals.commands").main(list(arguments)) or DONE)


def _complain(message: str, *, code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return code


def _let_go_of_stdout() -> None:
    """Let the interpreter's last flush go nowhere instead of failing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explain(error: Exception, options: Options) -> int:
    from rag.errors import WenceError

    if isinstance(error, WenceError):
        return _complain(f"出错：{error}", code=FAILED)
    log = _written_log(error, options)
    where = f"详情已写入 {log}" if log else "详情无法写入日志"
    name = type(error).__name__
    return _complain(f"出错：程序内部错误（{name}），{where}。", code=FAILED)


def _written_log(error: Exception, options: Options) -> Path | None:
    """Append the traceback to the log of the data folder; where it has none, to a new file."""
    entry = "".join((
        f"{datetime.now().astimezone().isoformat()} wence {options.command}\n",
        *traceback.format_exception(error),
    ))
    folder = options.data or Path(os.environ.get("WENCE_DATA") or "data")
    try:
        if folder.is_dir():
            path = folder / "logs" / "errors.log"
            path.parent.mkdir(exist_ok=True)
        else:  # to make the folder would be to say that something was stored there
            path = Path(tempfile.mkdtemp(prefix="wence-")) / "errors.log"
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(entry)
    except OSError:
        return None
    return path.absolute()


if __name__ == "__main__":
    main()
