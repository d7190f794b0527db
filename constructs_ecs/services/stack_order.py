"""Which stack depends on which, and so which of two can hold what names both."""


class StackOrder:
    """Dependencies between stacks, by path. What it chooses never makes a cycle where there was none."""

    def __init__(self) -> None:
        self._dependencies: dict[str, set[str]] = {}

    def add(self, stack: str, on: str) -> None:
        """Let a stack depend on another."""
        if stack != on:
            self._dependencies.setdefault(stack, set()).add(on)

    def depends(self, stack: str, on: str) -> bool:
        """Whether a stack depends on another, directly or through others."""
        seen: set[str] = set()
        ahead = [stack]
        while ahead:
            for each in self._dependencies.get(ahead.pop(), set()) - seen:
                seen.add(each)
                ahead.append(each)
        return on in seen

    def choose(self, preferred: str, other: str) -> str:
        """Return which of two stacks holds what names both, and let it depend on the other.

        The preferred one, unless the other depends on it already.
        """
        holder, held = (other, preferred) if self.depends(other, preferred) else (preferred, other)
        self.add(holder, held)
        return holder
