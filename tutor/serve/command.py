"""``tutor serve``: a class over SSH until Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from shutil import get_terminal_size

import asyncssh

from tutor.foundation.text import wrapped
from tutor.foundation.translate import translate
from tutor.runs.processes import is_held
from tutor.serve.class_folder import LOCK_FILE, ServedFolder
from tutor.serve.server import ClassServer, ServerOptions


def serve_class(options: ServerOptions, *, zygote: str, new_code: bool = False) -> int:
    """Serve a class until a signal ends it.

    Args:
        options: The class.
        zygote: The module whose ``main`` runs the process that forks.
        new_code: Renew the join code first. If the class is being served already, that is all.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: It cannot be served.
    """
    folder = ServedFolder(options.folder)
    code = folder.join_code(renew=new_code)
    if new_code and is_held(options.folder / LOCK_FILE):
        print(translate("serve.code", code=code))
        return 0
    server = ClassServer(options, zygote, _note)
    # asyncssh writes a line for each thing that a client does; what matters to the teacher is noted here.
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
    asyncio.run(_serve(server, options, code))
    return 0


async def _serve(server: ClassServer, options: ServerOptions, code: str) -> None:
    port = await server.start()
    if os.geteuid() == 0:
        warning = translate("serve.as-root", folder=str(options.folder))
        print("\n".join(wrapped(warning, get_terminal_size().columns - 1)), file=sys.stderr)
    key = asyncssh.import_private_key(server.folder.host_key())
    print(translate("serve.started", folder=str(options.folder)))
    print("  " + translate("serve.how", port=port, host=options.host))
    print("  " + translate("serve.code", code=code))
    print("  " + translate("serve.fingerprint", fingerprint=key.get_fingerprint()))
    if options.host in {"127.0.0.1", "::1", "localhost"}:
        print("  " + translate("serve.only-here"))
    print(translate("serve.stop"), flush=True)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    await server.close()


def _note(sentence: str) -> None:
    print(sentence, flush=True)
