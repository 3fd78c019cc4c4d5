import asyncio
import inspect
import sys
import types
import unittest
from typing import Any, List
from unittest import mock

from .parts import Case, get, names, run
from leakyspanner import _monitor, _ring, memory_tracked

try:
    import fastapi
except ImportError:
    fastapi = None  # type: ignore[assignment]

SOURCE = '''
from __future__ import annotations
import typing
from pydantic import BaseModel
from leakyspanner import memory_tracked

class Item(BaseModel):
    price: int

def declare(app):
    @app.post("/items/{name}")
    @memory_tracked
    async def create(name: str, item: Item, tags: typing.List[str] = []) -> dict:
        return {"name": name, "price": item.price}

    @app.get("/sync")
    @memory_tracked("sync endpoint")
    def sync(limit: int = 3) -> int:
        return limit
'''


class TrackedTests(Case):
    def setUp(self) -> None:
        super().setUp()
        self.monitor()

    def test_functions(self) -> None:
        @memory_tracked
        def add(a: int, b: int = 2) -> int:
            "Adds."
            return a + b

        self.assertEqual((add(1), add(1, b=5)), (3, 6))
        self.assertEqual((add.__name__, add.__doc__, str(inspect.signature(add))), ("add", "Adds.", "(a: int, b: int = 2) -> int"))
        record = self.records()[0]
        self.assertEqual((record.kind, record.status, record.flags), (_ring.KIND_FUNCTION, 0, 0))
        self.assertEqual({name for name, _ in self.named()}, {f"{__name__}.{add.__qualname__}"})

    def test_names(self) -> None:
        @memory_tracked("one")
        def one() -> None: ...

        @memory_tracked(name="two")
        def two() -> None: ...

        @memory_tracked()
        def three() -> None: ...

        for function in (one, two, three):
            function()
        self.assertEqual([name for name, _ in self.named()], ["one", "two", f"{__name__}.{three.__qualname__}"])
        for wrong in ("", 5, "a\nb"):
            self.assertRaises(ValueError, memory_tracked, name=wrong)

    def test_coroutines(self) -> None:
        @memory_tracked
        async def double(a: int) -> int:
            await asyncio.sleep(0)
            return 2 * a

        self.assertTrue(inspect.iscoroutinefunction(double))
        self.assertEqual(run(double(4)), 8)
        self.assertEqual(len(self.records()), 1)

    def test_exceptions_pass_and_are_marked(self) -> None:
        @memory_tracked
        def wrong() -> None:
            raise LookupError("mine")

        @memory_tracked
        async def wrong_too() -> None:
            raise LookupError("mine")

        self.assertRaises(LookupError, wrong)
        self.assertRaises(LookupError, run, wrong_too())
        self.assertEqual([record.flags for record in self.records()], [_ring.RAISED] * 2)

    def test_generators(self) -> None:
        seen: List[Any] = []

        @memory_tracked
        def count() -> Any:
            try:
                seen.append((yield 1))
                yield 2
            finally:
                seen.append("closed")
            return "end"

        generator = count()
        self.assertEqual(next(generator), 1)
        self.assertEqual(self.records(), [])
        self.assertEqual(generator.send("sent"), 2)
        with self.assertRaises(StopIteration) as ending:
            next(generator)
        self.assertEqual(ending.exception.value, "end")
        generator = count()
        next(generator)
        generator.close()
        self.assertEqual(seen, ["sent", "closed", "closed"])
        self.assertEqual([record.flags for record in self.records()], [0, 0])

    def test_asynchronous_generators(self) -> None:
        seen: List[Any] = []

        @memory_tracked
        async def dependency() -> Any:
            try:
                seen.append((yield 1))
                yield 2
            except LookupError:
                seen.append("caught")
                yield 3
            finally:
                seen.append("closed")

        async def use() -> None:
            generator = dependency()
            self.assertEqual(await generator.__anext__(), 1)
            self.assertEqual(await generator.asend("sent"), 2)
            with self.assertRaises(StopAsyncIteration):
                await generator.__anext__()
            generator = dependency()
            await generator.__anext__()
            # What a context manager made of it does where its body raises.
            self.assertEqual(await generator.athrow(LookupError()), 3)
            await generator.aclose()
            generator = dependency()
            await generator.__anext__()
            with self.assertRaises(ZeroDivisionError):
                await generator.athrow(ZeroDivisionError())

        self.assertTrue(inspect.isasyncgenfunction(dependency))
        run(use())
        self.assertEqual(seen, ["sent", "closed", "caught", "closed", "closed"])
        self.assertEqual([record.flags for record in self.records()], [0, 0, _ring.RAISED])

    def test_methods(self) -> None:
        class Some:
            @memory_tracked
            def one(self) -> Any:
                return self

            @memory_tracked
            @classmethod
            def two(cls) -> Any:
                return cls

            @memory_tracked
            @staticmethod
            def three() -> Any:
                return 3

        some = Some()
        self.assertEqual((some.one(), some.two(), some.three()), (some, Some, 3))
        self.assertEqual(len(self.records()), 3)

    def test_what_is_no_function(self) -> None:
        for wrong in (int, 5, None):
            with self.assertRaises(TypeError):
                memory_tracked("name")(wrong)

    def test_without_leakyspanner_nothing_is_recorded(self) -> None:
        _monitor.current = None

        @memory_tracked
        def fine() -> str:
            return "fine"

        self.assertEqual(fine(), "fine")

    def test_our_own_mistakes_do_not_reach_the_caller(self) -> None:
        @memory_tracked
        def fine() -> str:
            return "fine"

        for place in ("memory", "delta"):
            monitor = self.monitor()
            with mock.patch.object(type(monitor), place, side_effect=RuntimeError("ours")), self.assertLogs("leakyspanner") as logs:
                self.assertEqual((fine(), fine()), ("fine", "fine"))
            self.assertEqual(len(logs.records), 1)

    @unittest.skipIf(fastapi is None, "FastAPI is not installed")
    def test_endpoints_with_annotations_as_text(self) -> None:
        module = types.ModuleType("declared")
        sys.modules["declared"] = module
        self.addCleanup(sys.modules.pop, "declared")
        exec(compile(SOURCE, "declared.py", "exec"), module.__dict__)
        app = fastapi.FastAPI()
        module.declare(app)
        parameters = app.openapi()["paths"]["/items/{name}"]["post"]
        self.assertEqual([parameter["name"] for parameter in parameters["parameters"]], ["name"])
        self.assertIn("requestBody", parameters)
        self.assertEqual(get(app, "/sync")[1]["body"], b"3")
        self.assertEqual(names(self.ring())[2:], ["sync endpoint"])


if __name__ == "__main__":
    unittest.main()
