"""Changes of the cluster's members: one server at a time, or by joint consensus (dissertation, chapter 4)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim.protocols.raft import clients, replication
from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.messages import Entry

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft
    from sim.workloads.request import ChangeRequest


@dataclass(slots=True)
class Change:
    """A change that a leader was asked for. `adds`, `removes` and `learners` are what of it is not in force yet.

    `deadline`: when it is given up, where newcomers have not caught up by then.
    """

    request: ChangeRequest
    adds: list[int] = field(default_factory=list)
    removes: list[int] = field(default_factory=list)
    learners: list[int] = field(default_factory=list)
    deadline: int | None = None

    def is_done(self, configuration: Configuration) -> bool:
        """Whether nothing is left to do in this configuration; strikes out what is in force."""
        self.adds = [server for server in self.adds if server not in configuration.voters]
        self.removes = [server for server in self.removes if server in configuration.members]
        self.learners = [server for server in self.learners if server not in configuration.learners]
        return not (self.adds or self.removes or self.learners)


# The configuration in force.


def scan(raft: Raft) -> None:
    """Find the configurations in a log that was read from the disk."""
    log = raft.log
    for index in range(log.start + 1, log.last_index + 1):
        command = log.entry(index).command
        if command.__class__ is Configuration:
            raft.configurations.append((index, command))


def came_into_force(raft: Raft, index: int, configuration: Configuration) -> None:
    """A configuration is in the log: from now on it counts, committed or not (section 4.1)."""
    raft.configurations.append((index, configuration))
    changed_here(raft)


def truncated(raft: Raft, index: int) -> None:
    """The log was cut: fall back to the configuration before (section 4.1)."""
    before = raft.configuration
    while len(raft.configurations) > 1 and raft.configurations[-1][0] >= index:
        raft.configurations.pop()
    if raft.configuration is not before:
        changed_here(raft)


def compacted(raft: Raft, index: int) -> None:
    """Forget configurations that were replaced before a snapshot."""
    while len(raft.configurations) > 1 and raft.configurations[1][0] <= index:
        raft.configurations.pop(0)


def changed_here(raft: Raft) -> None:
    """Another configuration is in force: act by it, and say so."""
    raft.record_configuration()
    if raft.role == "leader":
        replication.refresh_members(raft)
    elif raft.role in ("follower", "learner", "non-member") and raft.role != raft.resting_role():
        raft.become(raft.resting_role(), raft.leader, "configuration")


def may_stand(raft: Raft) -> bool:
    """Whether a server may begin an election: it votes by the committed configuration, or by a later one.

    One that the newest configuration removes may still be needed to commit it (section 4.2.2).
    """
    for index, configuration in reversed(raft.configurations):
        if raft.node.id in configuration.electorate:
            return True
        if index <= raft.commit_index:
            return False
    return False


# What a leader does.


def newcomers(raft: Raft) -> list[int]:
    """Servers that catch up with the log before they become voters (section 4.2.1)."""
    return raft.changes[0].adds if raft.changes else []


def asked_for_change(raft: Raft, request: ChangeRequest) -> None:
    """An administrator asks for other members; changes are made one after the other."""
    if raft.role != "leader":
        clients.answer(raft, request, "redirect")
        return
    if any((each.request.client, each.request.sequence) == (request.client, request.sequence) for each in raft.changes):
        return
    known = range(raft.node.population)
    raft.changes.append(
        Change(
            request,
            [server for server in request.add if server in known],
            list(request.remove),
            [server for server in request.learners if server in known],
        )
    )
    proceed(raft)


def proceed(raft: Raft) -> None:
    """Take the next step of a change, once the one before is committed and the servers to be added have caught up.

    A leader that hands over begins none, as it takes no commands (section 3.10): its successor might be removed.
    """
    while raft.changes and raft.role == "leader" and raft.configurations[-1][0] <= raft.commit_index:
        if raft.handover is not None or raft.configuration.is_joint or not raft.may_change_membership():
            return
        change = raft.changes[0]
        if change.is_done(raft.configuration):
            _end(raft, change, "ok")
        elif not change.learners and any(not _caught_up(raft, server) for server in change.adds):
            if change.deadline is None:
                change.deadline = raft.node.elapsed + raft.config.proposal_timeout
            replication.refresh_members(raft)
            return
        else:
            _take_step(raft, change)


def expire(raft: Raft) -> None:
    """Give up a change whose newcomers do not catch up: others may be waiting behind it (section 4.2.1)."""
    if raft.changes and raft.changes[0].deadline is not None and raft.node.elapsed >= raft.changes[0].deadline:
        _end(raft, raft.changes[0], "timed-out")
        replication.refresh_members(raft)
        proceed(raft)


def _end(raft: Raft, change: Change, outcome: str) -> None:
    raft.changes.remove(change)
    clients.answer(raft, change.request, outcome)


def _take_step(raft: Raft, change: Change) -> None:
    wanted = _next(raft, change)
    if wanted.voters:
        replication.append(raft, Entry(raft.term, wanted, "configuration"))
    else:
        _end(raft, change, "refused")


def _next(raft: Raft, change: Change) -> Configuration:
    """The configuration of the next step: one server more or less, or all at once by way of a joint one (4.3)."""
    present, joint = raft.configuration, raft.config.membership == "joint"
    if change.learners:
        learner = change.learners[0]  # one by one: each may be a voter (4.1)
        voters = tuple(voter for voter in present.voters if voter != learner)
        return Configuration(voters, tuple(sorted({*present.learners, learner})))
    adds = change.adds if joint else change.adds[:1]
    removes = change.removes if joint or not adds else []
    if not joint:
        removes = removes[:1]
    voters = tuple(sorted(({*present.voters} - {*removes}) | {*adds}))
    learners = tuple(learner for learner in present.learners if learner not in (*adds, *removes))
    return Configuration(voters, learners, present.voters if joint and voters and voters != present.voters else ())


def _caught_up(raft: Raft, server: int) -> bool:
    """Whether a server has answered, and has all but what one AppendEntries holds."""
    progress = raft.progress.get(server)
    return progress is not None and progress.match_index >= max(1, raft.log.last_index - raft.config.batch)


def committed(raft: Raft, configuration: Configuration) -> None:
    """A configuration is committed: a leader that is no member of it steps down (section 4.2.2)."""
    if raft.role != "leader" or configuration.is_joint:
        return
    if raft.node.id not in configuration.voters and raft.configuration == configuration:
        for change in [change for change in raft.changes if change.is_done(configuration)]:
            _end(raft, change, "ok")
        raft.follow(raft.term, None, "removed")


def leave_joint(raft: Raft) -> None:
    """Follow a joint configuration that is committed, maybe by an earlier leader, by the new one (section 4.3)."""
    index, configuration = raft.configurations[-1]
    if configuration.is_joint and index <= raft.commit_index:
        replication.append(raft, Entry(raft.term, replace(configuration, old=()), "configuration"))
