"""Which stack depends on which, and so which of two can hold what names both."""

from collections.abc import Callable, Iterable

Dependency = tuple[str, str]
"""What depends, and on what."""


class StackOrder:
    """Dependencies between stacks, by path. What it chooses never makes a cycle where there was none.

    Args:
        read: returns the dependencies of one, and of others, that are not known yet; nothing if there are none. Asked
            only where what is known leaves a choice open.
    """

    def __init__(self, read: Callable[[str], Iterable[Dependency]] = lambda _: ()) -> None:
        self._read = read
        self._dependencies: dict[str, set[str]] = {}

    def add(self, stack: str, on: str) -> None:
        """Let a stack depend on another."""
        if stack != on:
            self._dependencies.setdefault(stack, set()).add(on)

    def depends(self, stack: str, on: str) -> bool:
        """Whether a stack is known to depend on another, directly or through others."""
        return self._leads(stack, on, read=lambda _: ())

    def choose(self, preferred: str, other: str) -> str:
        """Return which of two stacks holds what names both, and let it depend on the other.

        The preferred one, unless the other depends on it already.
        """
        is_known = self.depends(other, preferred) or self.depends(preferred, other)
        depends = self.depends(other, preferred) if is_known else self._leads(other, preferred, read=self._read)
        holder, held = (other, preferred) if depends else (preferred, other)
        self.add(holder, held)
        return holder

    def _leads(self, stack: str, on: str, *, read: Callable[[str], Iterable[Dependency]]) -> bool:
        seen: set[str] = set()
        ahead = [stack]
        while ahead and on not in seen:
            current = ahead.pop()
            for dependency in read(current):
                self.add(*dependency)
            for each in self._dependencies.get(current, set()) - seen:
                seen.add(each)
                ahead.append(each)
        return on in seen
