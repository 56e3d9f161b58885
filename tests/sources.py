"""Where a protocol or a fault comes from, for those whose code does not say it: who described it first, or best.

OWN is for what is of Murmur's own making: plain opposites to compare with, and instruments.
"""

from __future__ import annotations

from typing import Final

OWN: Final = "It is of Murmur's own making"
CRISTIAN: Final = 'Cristian, "Understanding fault-tolerant distributed systems", CACM 34(2), 1991'
NETEM: Final = 'Hemminger, "Network emulation with NetEm", linux.conf.au 2005; tc-netem(8)'
TAIL: Final = 'Dean and Barroso, "The tail at scale", CACM 56(2), 2013'
FAIL_SLOW: Final = 'Gunawi et al., "Fail-slow at scale", FAST 2018'
NTP: Final = 'Mills, Martin, Burbank and Kasch, "Network Time Protocol version 4", RFC 5905, 2010'
LAMPORT: Final = 'Lamport, Shostak and Pease, "The Byzantine generals problem", ACM TOPLAS 4(3), 1982'
REPLAYS: Final = 'Syverson, "A taxonomy of replay attacks", Computer Security Foundations Workshop, 1994'
FOUNDATION: Final = "The simulation of FoundationDB, https://apple.github.io/foundationdb/testing.html"
SELF_STABILISATION: Final = 'Dijkstra, "Self-stabilizing systems in spite of distributed control", CACM 17(11), 1974'

SOURCES_OF_PROTOCOLS: Final = {
    "coordinator": f"{OWN}: what people build where they do not use consensus, to compare with.",
    "quorum": 'Gifford, "Weighted voting for replicated data", SOSP 1979; Attiya, Bar-Noy and Dolev, "Sharing memory '
    'robustly in message-passing systems", J. ACM 42(1), 1995.',
    "trading": "The three roles are those of an example that comes with the design whose figures `murmur claims "
    "actors` measures; how they keep the limit, whatever crashes, is of Murmur's own making.",
    "attractor": "The phases and their coupling are Kuramoto's (1975 and 1984); agents with energy, goals and "
    "strategies are those of the design whose claims `murmur claims attractor` measures.",
    "actor-load": f"{OWN}: an instrument that measures what effects of actors cost.",
    "cache": f"{OWN}: an instrument that puts memory under pressure.",
    "timetable": f"{OWN}: plain ways to keep a rhythm, which swarms are compared with.",
    "phase-coordinator": f"{OWN}: a plain way to agree on a phase, which swarms are compared with.",
    "phase-raft": 'Ongaro, "Consensus: bridging theory and practice", Stanford 2014, for the agreement; the phase that '
    "is agreed on is of Murmur's own making.",
    "shared-state": 'Alistarh, Censor-Hillel and Shavit, "Are lock-free concurrent algorithms practically wait-free?", '
    'J. ACM 63(4), 2016, for compare-and-swap; McKenney and Slingwine, "Read-copy update", PDCS 1998.',
    "worker-pool": 'Amdahl, "Validity of the single processor approach to achieving large scale computing '
    'capabilities", AFIPS 1967; Gunther, "Guerrilla Capacity Planning", 2007: how it scales.',
    "pipeline": 'Welsh, Culler and Brewer, "SEDA: an architecture for well-conditioned, scalable Internet services", '
    "SOSP 2001: stages with bounded queues.",
}

SOURCES_OF_FAULTS: Final = {
    "crash-loop": 'Kubernetes, "Pod lifecycle": containers that fail are restarted with a delay that doubles, up '
    "to five minutes by default.",
    "rolling-restart": 'Brewer, "Lessons from giant-scale services", IEEE Internet Computing 5(4), 2001: the rolling '
    "upgrade.",
    "pause": f"Jepsen's nemesis hammer-time, which stops processes by SIGSTOP. {CRISTIAN}, has the pause-crash, after "
    "which the state is as before; here what arrives meanwhile is not lost but waits.",
    "resume": "Jepsen's nemesis hammer-time, which lets processes go on by SIGCONT.",
    "join": 'Stutzbach and Rejaie, "Understanding churn in peer-to-peer networks", IMC 2006.',
    "leave": 'Stutzbach and Rejaie, "Understanding churn in peer-to-peer networks", IMC 2006.',
    "loss": f"{CRISTIAN}: omission failures. {NETEM}.",
    "correlated-loss": f"{CRISTIAN}: omission failures; here of many links at once.",
    "delay": f"{CRISTIAN}: timing failures. {NETEM}.",
    "delay-ramp": f"{CRISTIAN}: timing failures; the ramp is of Murmur's own making.",
    "delay-spike": f"{TAIL}.",
    "duplication": f"{NETEM}.",
    "replay": f"{REPLAYS}.",
    "reordering": f"{NETEM}.",
    "corruption": f"{NETEM}.",
    "bandwidth": f"{NETEM}.",
    "queue-overflow": 'Floyd and Jacobson, "Random early detection gateways for congestion avoidance", IEEE/ACM '
    "Transactions on Networking 1(4), 1993: the drop-tail queues that they improve upon.",
    "clog": f"{FOUNDATION}.",
    "hold": 'Fischer, Lynch and Paterson, "Impossibility of distributed consensus with one faulty process", J. ACM '
    "32(2), 1985: the adversary who decides when messages arrive.",
    "flapping": 'Villamizar, Chandra and Govindan, "BGP route flap damping", RFC 2439, 1998.',
    "drop": 'Alvaro, Rosen and Hellerstein, "Lineage-driven fault injection", SIGMOD 2015: chosen messages get lost.',
    "partition": 'Alquraan, Takruri, Alfatafta and Al-Kiswany, "An analysis of network-partitioning failures in cloud '
    'systems", OSDI 2018: complete, partial and one-way ones.',
    "clock-offset": f"Jepsen's clock nemesis (jepsen.nemesis.time). {NTP}.",
    "clock-drift": f"{NTP}: the frequency error of a clock.",
    "clock-periodic": f"{NTP}: the wander of a clock's frequency; that it is periodic is of Murmur's own making.",
    "clock-noise": f"{NTP}: jitter.",
    "clock-reset": f"{NTP}: stepping a clock. Jepsen's clock nemesis has it too.",
    "disk-full": "The error ENOSPC of POSIX's write(). Gunawi, Rubio-González, Arpaci-Dusseau, Arpaci-Dusseau and "
    'Liblit, "EIO: error handling is occasionally correct", FAST 2008: errors of disks often get lost on their way up.',
    "slow-disk": f"{FAIL_SLOW}.",
    "slow-core": f"{FAIL_SLOW}.",
    "stalled-core": f"{TAIL}.",
    "garbage-collection": f"{TAIL}.",
    "silent": f"{LAMPORT}.",
    "selectively-silent": f"{LAMPORT}.",
    "equivocation": 'Chun, Maniatis, Shenker and Kubiatowicz, "Attested append-only memory: making adversaries stick '
    'to their word", SOSP 2007.',
    "lying": f"{LAMPORT}.",
    "replaying": f"{REPLAYS}.",
    "flooding": 'Clement, Wong, Alvisi, Dahlin and Marchetti, "Making Byzantine fault tolerant systems tolerate '
    'Byzantine faults", NSDI 2009.',
    "amnesia": f"{CRISTIAN}: the amnesia-crash.",
    "disrupt": f"{SELF_STABILISATION}: the arbitrary state from which a system has to recover.",
    "drain": f"{OWN}: agents whose batteries run low.",
    "heal": "Jepsen's nemeses heal the network when they stop. TigerBeetle's simulator heals a core of the replicas "
    'before it asks for progress ("Simulation testing for liveness", its blog, 2023).',
}

SOURCES: Final = {
    **{("protocol", name): source for name, source in SOURCES_OF_PROTOCOLS.items()},
    **{("fault", name): source for name, source in SOURCES_OF_FAULTS.items()},
}
"""By the sort and name of a kind."""
