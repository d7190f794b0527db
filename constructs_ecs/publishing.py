"""Values that apps deployed apart share through parameters of Systems Manager: written by one, read by the others.

Nothing is looked up when an app is synthesized. CloudFormation reads the values when it deploys, and refuses the
deployment before anything is made where a parameter is missing or a rule about its value does not hold.

Sources: CloudFormation user guide, "Specify existing resources at runtime with CloudFormation-supplied parameter types"
and "Rules".
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct, IDependable

from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.facts.published import AVAILABLE, SCHEMA_VERSION, SCHEMA_VERSION_PARAMETER, check_path

_READ: Final = "ConstructsEcsPublished"
_WRITTEN: Final = "ConstructsEcsPublication"
_TYPE: Final = "AWS::SSM::Parameter::Value<String>"
_READ_ALIKE: Final = re.compile(r"--|-/|/-")


class Publication(Construct):
    """What is published under one path: parameters that hold identifiers, and no secret.

    Made by ``publish()`` of a network or a cluster. Whoever reads them may rely on everything being there: the first
    parameter waits for it, and all others for the first.

    Args:
        publisher: what is published; the parameters are in its stack.
        path: the path, known at synth.
        after: what is there before anything can be read.

    Raises:
        InvalidValueError: ECS037, the path is a token, or not one that Systems Manager takes.
        ConflictError: ECS037, something is published under the path already, or it is read in the same stack.
    """

    def __init__(self, publisher: Construct, *, path: str, after: IDependable) -> None:
        check_path(path)
        _claim(publisher, path)
        super().__init__(publisher, f"Publication:{_id(path)}")
        self.path = path
        self._parameters: dict[str, ssm.CfnParameter] = {}
        self._first = self.add(SCHEMA_VERSION_PARAMETER, SCHEMA_VERSION)
        self._first.node.add_dependency(after)

    @property
    def parameters(self) -> Mapping[str, ssm.CfnParameter]:
        """The parameters, by their names under the path; a live view, so later ones appear in it."""
        return MappingProxyType(self._parameters)

    def add(self, name: str, value: str) -> ssm.CfnParameter:
        """Publish a value.

        Args:
            name: the parameter's name under the path; once for each.
            value: an identifier.
        """
        parameter = ssm.CfnParameter(
            self,
            name,
            name=f"{self.path}/{name}",
            type="String",
            value=value,
            tier="Standard",
            description="Published for apps that are deployed apart.",
        )
        if self._parameters:
            parameter.node.add_dependency(self._first)
        self._parameters[name] = parameter
        return parameter


class PublishedValues:
    """What another app has published under a path, for one reader.

    The parameters and rules of the template are in the outermost stack, also where the reader is in a nested one: there
    they are checked before anything is made, and the nested stack is given the values.

    Args:
        reader: who reads.
        path: the path, known at synth.

    Raises:
        InvalidValueError: ECS037, the path is a token, or not one that Systems Manager takes.
        ConflictError: ECS037, the path is published in the same stack.
    """

    def __init__(self, reader: Construct, path: str) -> None:
        check_path(path)
        _check_elsewhere(reader, path)
        self._path = path
        self._expected: set[str] = set()
        self._folder = _child(_outermost_stack(reader), _READ)
        self._rule = cdk.CfnRule(self._folder, f"Rule:{_id(reader.node.path)}")
        self.expect(
            SCHEMA_VERSION_PARAMETER, SCHEMA_VERSION, "deploy both apps with versions of constructs-ecs that have it"
        )

    def value(self, name: str) -> str:
        """Return a value as a token; without the parameter, the deployment is refused with its name."""
        full = f"{self._path}/{name}"
        found = self._folder.node.try_find_child(_id(full))
        if found is None:
            found = cdk.CfnParameter(
                self._folder,
                _id(full),
                type=_TYPE,
                default=full,
                description="Published by an app that is deployed apart.",
            )
        assert isinstance(found, cdk.CfnParameter)  # noqa: S101 - tells mypy what this class made
        return found.value_as_string

    def expect(self, name: str, value: str, remedy: str) -> None:
        """Refuse the deployment unless a value is the expected one, saying which is and what to do."""
        same = cdk.Fn.condition_contains([value], self.value(name))
        self._rule.add_assertion(same, f"{self._path}/{name} must be '{value}': {remedy}.")

    def expect_available(self, name: str) -> None:
        """Refuse the deployment where something is not there."""
        if name not in self._expected:
            self._expected.add(name)
            self.expect(name, AVAILABLE, "what it stands for is used here")

    def refuse(self, name: str, values: Iterable[str], remedy: str) -> None:
        """Refuse the deployment where a value is one of some, saying which are and what to do."""
        listed = list(values)
        if listed:
            among = cdk.Fn.condition_contains(listed, self.value(name))
            description = f"{self._path}/{name} must not be {' or '.join(map(repr, listed))}: {remedy}."
            self._rule.add_assertion(cdk.Fn.condition_not(among), description)


def _claim(publisher: Construct, path: str) -> None:
    """Keep a path for one publication in a stack; between stacks, Systems Manager itself refuses a second name."""
    folder = _child(_outermost_stack(publisher), _WRITTEN)
    if folder.node.try_find_child(_id(path)) is not None:
        raise ConflictError(
            Code.PUBLISH_PATH,
            f"Under one path one network or cluster is published; {path} is taken already in the stack of "
            f"{publisher.node.path}.",
            "Publish it under a path of its own.",
        )
    if _is_read(publisher, path):
        raise _read_where_published(publisher, path)
    Construct(folder, _id(path))


def _check_elsewhere(reader: Construct, path: str) -> None:
    """Check that a path is not published where it is read: CloudFormation reads before it makes anything."""
    folder = _outermost_stack(reader).node.try_find_child(_WRITTEN)
    if folder is not None and folder.node.try_find_child(_id(path)) is not None:
        raise _read_where_published(reader, path)


def _is_read(publisher: Construct, path: str) -> bool:
    folder = _outermost_stack(publisher).node.try_find_child(_READ)
    first = _id(f"{path}/{SCHEMA_VERSION_PARAMETER}")  # which every reader reads
    return folder is not None and folder.node.try_find_child(first) is not None


def _read_where_published(scope: Construct, path: str) -> ConflictError:
    return ConflictError(
        Code.PUBLISH_PATH,
        f"What is published is read by another stack, as CloudFormation reads it before it makes anything; {path} is "
        f"published and read in the stack of {scope.node.path}.",
        "Use the network or cluster itself in its own stack.",
    )


def _id(name: str) -> str:
    """Return the construct id of a name with slashes.

    The CDK writes ``--`` for each slash of an id, by which some names would read alike. A colon is in none of them.
    """
    return name.replace("/", ":") if _READ_ALIKE.search(name) else name


def _outermost_stack(scope: Construct) -> cdk.Stack:
    stack = cdk.Stack.of(scope)
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    return stack


def _child(scope: Construct, construct_id: str) -> Construct:
    found = scope.node.try_find_child(construct_id)
    if found is None:
        return Construct(scope, construct_id)
    assert isinstance(found, Construct)  # noqa: S101 - tells mypy what this module made
    return found
