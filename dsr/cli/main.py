"""Start dsr: find the command, run it, and turn every failure into one sentence and a status."""

import errno
import gc
import os
import sys
from importlib import import_module
from itertools import pairwise
from typing import NoReturn

import click

from dsr import __version__
from dsr.cli.options import global_options
from dsr.cli.session import Session
from dsr.errors import DsrError, ExitStatus, PartialBatchError, UnavailableError

# Short helps stand here so that `dsr --help` imports no command.
COMMANDS = {
    "init": "Say who you are, once and for all.",
    "people": "For whom you write: yourself, children, clients.",
    "request": "Write a request to a company and track it.",
    "campaigns": "See how far requests to many companies have come.",
    "record": "Record what happened to a request.",
    "follow-up": "Write a reminder, a final notice, or an answer to a refusal.",
    "complain": "Write a complaint to the supervisory authority.",
    "mandate": "Let somebody else use your rights.",
    "list": "List your requests.",
    "show": "Show one request: events, deadlines, next step.",
    "report": "What is due, what is late, what to do next.",
    "verify": "Check that the record is whole and unaltered, or seal it.",
    "companies": "Look up companies and how to reach them.",
    "law": "Look up laws and compute deadlines.",
    "templates": "See the words of letters, and put your own in their place.",
    "data": "Back the record up, take it out, bring it in, or be rid of it.",
    "doctor": "Check what works on this machine.",
}
# Modules are named after the noun; `list` and `show` stand with the cases they show.
_MODULES = {"list": "cases", "show": "cases"}
# A run is short and keeps nearly all it makes, yet Python looks for garbage after every 700 new
# objects: a seventh of the time a letter takes.  Garbage is still found, later.
OBJECTS_BETWEEN_COLLECTIONS = 200000


class LazyGroup(click.Group):
    """Imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every command, in the order in which a case runs."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command called so, or None."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = import_module(f"dsr.cli.{_MODULES.get(name, name)}")
        command: click.Command = getattr(module, f"{name}_command")
        _accept_global_options(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or a usage error that names the nearest one."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1, cutoff=0.5)
            tail = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"There is no command {args[0]!r}.{tail}")
        return super().resolve_command(ctx, args)


def _accept_global_options(command: click.Command) -> None:
    """Let the global options stand behind the command as well, without showing them twice."""
    commands = command.commands.values() if isinstance(command, click.Group) else ()
    for each in (command, *commands):
        taken = {name for parameter in each.params for name in parameter.opts}
        each.params.extend(o for o in global_options(hidden=True) if not taken & set(o.opts))


@click.command(
    cls=LazyGroup,
    params=global_options(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start here: dsr request clearview --type erasure",
)
@click.version_option(__version__, prog_name="dsr", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Use your data rights over photos that end up in AI training.

    Find out who holds your photos, write the letter the law gives you, and keep every deadline.
    Everything stays on your machine.
    """
    ctx.ensure_object(Session)


def main() -> NoReturn:
    """Run dsr and leave with its exit status."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    # Nothing that is installed beside dsr has a say in its records, and need not be looked for.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    os.umask(0o077)  # what dsr writes is personal
    _open_closed_streams()
    sys.exit(run(sys.argv[1:]))


def _open_closed_streams() -> None:
    """Give the process the streams that its caller closed (``dsr list >&-``), leading nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def run(arguments: list[str]) -> int:
    """Run one command line; the exit status."""
    session = Session()
    as_json = "--json" in arguments or _wants_json_format(arguments)
    try:
        status = cli.main(arguments, prog_name="dsr", standalone_mode=False, obj=session)
        sys.stdout.flush()
        return status if isinstance(status, int) else ExitStatus.DONE
    except DsrError as error:
        return _tell(session, error, as_json=as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help(), err=True)
        return ExitStatus.USAGE
    except click.ClickException as error:
        return _tell(session, _usage_error(error), as_json=as_json)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("\nStopped; nothing was left half-done.", err=True)
        return ExitStatus.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The reader went away (`dsr list | head`), which click turns into an exit: not our
        # failure, and nothing more to say.
        _drop_stdout()
        return ExitStatus.DONE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _tell_bug(session, error, as_json=as_json)
        _drop_stdout()
        full = UnavailableError("The output cannot be written: no space is left.", code="disk_full")
        return _tell(session, full, as_json=False)
    except Exception as error:  # anything else is a bug of dsr
        return _tell_bug(session, error, as_json=as_json)


def _drop_stdout() -> None:
    """Let what is still buffered for stdout go nowhere when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell_bug(session: Session, error: Exception, *, as_json: bool) -> int:
    if session.debug:
        raise error
    return _tell(session, _bug(error), as_json=as_json)


def _wants_json_format(arguments: list[str]) -> bool:
    pairs = pairwise(arguments)
    return "--format=json" in arguments or ("--format", "json") in pairs


def _usage_error(error: click.ClickException) -> DsrError:
    from dsr.errors import UsageError

    hint = None
    if isinstance(error, click.UsageError) and error.ctx:
        hint = f"See: {error.ctx.command_path} --help"
    sentence = error.format_message()
    return UsageError(sentence if sentence.endswith((".", "?")) else f"{sentence}.", hint=hint)


def _bug(error: Exception) -> DsrError:
    """A failure that dsr did not foresee; its message is left out, as it may quote a person."""
    kind = type(error).__name__
    return DsrError(
        f"dsr itself failed ({kind}); this is a bug.",
        hint="Run the command again with --debug and report what it prints, without your data.",
        code="bug",
    )


def _tell(session: Session, error: DsrError, *, as_json: bool) -> int:
    label = click.style("Error:", fg="red", bold=True)
    colored = session.colored(sys.stderr.isatty())
    click.echo(f"{label} {error.sentence}", err=True, color=colored)
    if error.hint:
        click.echo(f"  {error.hint}", err=True, color=colored)
    if as_json:
        from dsr.cli.output import print_json

        if isinstance(error, PartialBatchError):
            print_json(error.data, error.causes)
        else:
            print_json(None, [error])
    return int(error.exit_status)
