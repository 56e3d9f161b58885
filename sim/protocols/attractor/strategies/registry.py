"""Every strategy by its name, and the field of a protocol's options that takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticSerializationError, to_json

from sim.protocols.attractor.strategies.adaptive_gain import AdaptiveGain
from sim.protocols.attractor.strategies.arc import Arc
from sim.protocols.attractor.strategies.attract import Attract
from sim.protocols.attractor.strategies.consensus_phase import ConsensusPhase
from sim.protocols.attractor.strategies.desync import Desync
from sim.protocols.attractor.strategies.energy_saving import EnergySaving
from sim.protocols.attractor.strategies.frequency_pull import FrequencyPull
from sim.protocols.attractor.strategies.pulse import PulseCoupling
from sim.protocols.attractor.strategy import Strategy
from sim.units import shown
from topologies.errors import InputError

STRATEGIES: Final[dict[str, type[Strategy]]] = {
    "attract": Attract,
    "frequency-pull": FrequencyPull,
    "energy-saving": EnergySaving,
    "consensus-phase": ConsensusPhase,
    "adaptive-gain": AdaptiveGain,
    "arc": Arc,
    "pulse": PulseCoupling,
    "desync": Desync,
}


def _or_own(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Strategy:
    """A strategy of the user's own where one is given or named, otherwise one that is built in."""
    if isinstance(value, Strategy):
        return _given(value, info)
    if isinstance(value, type) and issubclass(value, Strategy):
        raise InputError(f"found the class {value.__name__}; expected an object of it, such as {value.__name__}()")
    if isinstance(value, str):
        raise InputError(f"found {shown(value)}; expected a block of fields, such as {{kind: {value[:40]}}}")
    kind = value.get("kind") if isinstance(value, dict) else None
    if not (isinstance(kind, str) and ":" in kind):
        chosen: Strategy = handler(value)
        return chosen
    load = (info.context or {}).get("load_class")
    if load is None:
        raise InputError(f"found {kind!r}; expected the strategy itself, an object of that class", ("kind",))
    own: type[Strategy] = load(kind, Strategy, "a strategy")
    _demand_decision(own, kind)
    try:  # as JSON, where a list stands for a tuple too
        return own.model_validate_json(to_json(value), context=info.context)
    except PydanticSerializationError:
        raise InputError(f"found options of {kind} that no file can hold; expected the strategy itself") from None
    except ValidationError as error:
        raise _of_own(error, own) from None


def _given(strategy: Strategy, info: ValidationInfo) -> Strategy:
    """A strategy that is given itself; in a scenario under the name by which it can be found again."""
    own = type(strategy)
    _demand_decision(own, strategy.kind)
    if own in STRATEGIES.values() or ":" in strategy.kind or "load_class" not in (info.context or {}):
        return strategy
    return strategy.model_copy(update={"kind": f"{own.__module__}:{own.__qualname__}"})


def _demand_decision(own: type[Strategy], kind: str) -> None:
    if own.decide is Strategy.decide:
        raise InputError(f"found {shown(kind)}, which does not decide; give {own.__name__} a method decide", ("kind",))


def _of_own(error: ValidationError, own: type[Strategy]) -> InputError:
    """The first mistake in the options of a user's own strategy."""
    details = error.errors(include_url=False)[0]
    path = tuple(details["loc"])
    if details["type"] == "extra_forbidden":
        known = ", ".join(own.model_fields)
        return InputError(f"unknown field {path[-1]!r}; {own.__name__} has {known}", path)
    return InputError(f"found {shown(details['input'])}; {details['msg'][:1].lower()}{details['msg'][1:]}", path)


class _OwnInSchema:
    """Has JSON Schema allow a strategy of the user's own, whose options it cannot know."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        name = {"type": "string", "pattern": r"^[\w.]+:\w+$", "description": "a strategy of your own"}
        own = {"type": "object", "title": "Own", "properties": {"kind": name}, "required": ["kind"]}
        return {"anyOf": [handler(schema), own]}


if TYPE_CHECKING:
    AnyStrategy = Strategy
else:
    AnyStrategy = Annotated[
        SerializeAsAny[
            Annotated[
                Attract | FrequencyPull | EnergySaving | ConsensusPhase | AdaptiveGain | Arc | PulseCoupling | Desync,
                Field(discriminator="kind"),
            ]
        ],
        WrapValidator(_or_own),
        _OwnInSchema(),
    ]
"""A strategy by its `kind`, or as an object."""
