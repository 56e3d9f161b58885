"""Every fault of links by its name."""

from __future__ import annotations

from typing import Final

from faults.kind import FaultKind
from faults.network.bandwidth import BandwidthCut, QueueOverflow
from faults.network.corruption import Corruption
from faults.network.delay import Delay, DelayRamp, DelaySpike
from faults.network.drop import Drop
from faults.network.duplication import Duplication, Replay
from faults.network.flapping import Flapping
from faults.network.hold import Clog, Hold
from faults.network.loss import BurstLoss, CorrelatedLoss, Loss
from faults.network.reordering import Reordering

KINDS: Final[dict[str, FaultKind]] = {
    "loss": FaultKind(Loss, "messages are lost, each by itself with the same probability"),
    "burst-loss": FaultKind(BurstLoss, "messages are lost in bursts: a good and a bad state of each link"),
    "correlated-loss": FaultKind(CorrelatedLoss, "messages are lost on all links at the same times"),
    "delay": FaultKind(Delay, "messages take longer, by a constant or a distribution"),
    "delay-ramp": FaultKind(DelayRamp, "messages take longer and longer, up to a peak"),
    "delay-spike": FaultKind(DelaySpike, "a few messages take much longer"),
    "duplication": FaultKind(Duplication, "messages arrive more than once"),
    "replay": FaultKind(Replay, "old messages arrive once more"),
    "reordering": FaultKind(Reordering, "messages are held back, so that later ones overtake them"),
    "corruption": FaultKind(Corruption, "messages are damaged: dropped by their checksum, or delivered changed"),
    "bandwidth": FaultKind(BandwidthCut, "links carry fewer bits a second, one message after the other"),
    "queue-overflow": FaultKind(QueueOverflow, "messages beyond a rate wait in few places; the others are dropped"),
    "clog": FaultKind(Clog, "nothing gets through; when it is over, all of it arrives in order"),
    "hold": FaultKind(Hold, "messages of some kinds are held, then released in order, reversed or shuffled"),
    "flapping": FaultKind(Flapping, "links go down and up, over and over"),
    "drop": FaultKind(Drop, "the first, or every so many, of the messages of a kind never arrive"),
}
