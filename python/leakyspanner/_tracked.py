"""`@memory_tracked`: what a function's calls do to memory, beside the requests."""

import functools
import inspect
import types
from time import monotonic_ns
from typing import Any, Callable, Optional, TypeVar, Union, overload

from . import _monitor
from ._ring import KIND_FUNCTION, RAISED

F = TypeVar("F", bound=Callable[..., Any])


@overload
def memory_tracked(function: F) -> F: ...


@overload
def memory_tracked(function: Optional[str] = None, *, name: Optional[str] = None) -> Callable[[F], F]: ...


def memory_tracked(function: Any = None, *, name: Optional[str] = None) -> Any:
    """Records every call of a function, a coroutine function, or a generator, under its name or the one given.

    Usable as `@memory_tracked`, `@memory_tracked("name")` and `@memory_tracked(name="name")`. Does nothing while `leakyspanner(app)`
    has not been called in the process, or is turned off. The signature stays.
    """
    if isinstance(function, str):
        function, name = None, function
    if name is not None and not (isinstance(name, str) and name and name.isprintable()):
        raise ValueError(f"memory_tracked: name={name!r}: allowed is a text of printable characters")
    if function is None:
        return lambda decorated: _track(decorated, name)
    return _track(function, name)


def _track(function: Any, name: Optional[str]) -> Any:
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_track(function.__func__, name))
    if isinstance(function, type) or not callable(function):
        raise TypeError(f"memory_tracked decorates functions, not {function!r}")
    if name is None:
        name = f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', type(function).__qualname__)}"
    if inspect.isasyncgenfunction(function):
        template = _async_generator(function, name, _begin, _end)
    elif inspect.iscoroutinefunction(function):
        template = _coroutine(function, name, _begin, _end)
    elif inspect.isgeneratorfunction(function):
        template = _generator(function, name, _begin, _end)
    else:
        template = _function(function, name, _begin, _end)
    # With the globals of the function: frameworks look there for the names in its annotations.
    tracked = types.FunctionType(
        template.__code__, getattr(function, "__globals__", template.__globals__), template.__name__, None, template.__closure__
    )
    return functools.update_wrapper(tracked, function)


# The inner functions below run with somebody else's globals, so they use nothing but their closure and what is built in.


def _function(function: Any, name: str, begin: Any, end: Any) -> Any:
    def tracked(*args: Any, **kwargs: Any) -> Any:
        call = begin()
        if call is None:
            return function(*args, **kwargs)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            end(call, name, error)
            raise
        end(call, name, None)
        return result

    return tracked


def _coroutine(function: Any, name: str, begin: Any, end: Any) -> Any:
    async def tracked(*args: Any, **kwargs: Any) -> Any:
        call = begin()
        if call is None:
            return await function(*args, **kwargs)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            end(call, name, error)
            raise
        end(call, name, None)
        return result

    return tracked


def _generator(function: Any, name: str, begin: Any, end: Any) -> Any:
    def tracked(*args: Any, **kwargs: Any) -> Any:
        call = begin()
        try:
            result = yield from function(*args, **kwargs)
        except GeneratorExit:
            # Its user has had enough; that is no failure.
            end(call, name, None)
            raise
        except BaseException as error:
            end(call, name, error)
            raise
        end(call, name, None)
        return result

    return tracked


def _async_generator(function: Any, name: str, begin: Any, end: Any) -> Any:
    async def tracked(*args: Any, **kwargs: Any) -> Any:
        call = begin()
        generator = function(*args, **kwargs)
        try:
            value = await generator.__anext__()
            while True:
                try:
                    sent = yield value
                except GeneratorExit:
                    await generator.aclose()
                    raise
                except BaseException as error:
                    value = await generator.athrow(error)
                else:
                    value = await generator.asend(sent)
        except (StopAsyncIteration, GeneratorExit) as ending:
            end(call, name, None)
            if isinstance(ending, GeneratorExit):
                raise
        except BaseException as error:
            end(call, name, error)
            raise

    return tracked


def _begin() -> Any:
    monitor = _monitor.current
    if monitor is None:
        return None
    try:
        ring = monitor.ring or monitor.wake()
        if ring is None:
            return None
        _make_room()
        return monitor, ring, max(len(monitor.flights) - 1, 0), monitor.started, monitor.memory(), monotonic_ns()
    except RecursionError:
        # The function itself would be the next to find no room. To go on deeper after catching this ends Python 3.8 and 3.9 at once
        # ("Cannot recover from stack overflow").
        raise
    except Exception as error:
        monitor.fail(error)
        return None


def _make_room() -> None:
    """Needs as many frames as `_end`, so that a call that was begun does not fail where it has succeeded."""
    _two_more()


def _two_more() -> None:
    _one_more()


def _one_more() -> None:
    len(())


def _end(call: Any, name: str, error: Union[BaseException, None]) -> None:
    if call is None:
        return
    monitor, ring, alongside, number, memory, started = call
    try:
        if ring is not monitor.ring:
            return
        ring.write(
            started,
            monotonic_ns() - started,
            0,
            monitor.delta(memory),
            ring.name(name),
            max(alongside + monitor.started - number, 0),
            0,
            KIND_FUNCTION,
            0 if error is None else RAISED,
        )
    except Exception as problem:
        monitor.fail(problem)
