from pullscope.engine.machine_load import MachineLoad


class Machine:
    """A clock, and how much CPU time was used and passed."""

    def __init__(self):
        self.now = 0.0
        self.used = 0.0
        self.passed = 0.0
        self.asked = 0

    def run(self, seconds, share, processors=4):
        self.now += seconds
        self.passed += seconds * processors
        self.used += seconds * processors * share

    def cpu_times(self):
        self.asked += 1
        return self.used, self.passed


def test_that_the_share_is_that_since_the_last_look():
    machine = Machine()
    load = MachineLoad(lambda: machine.now, machine.cpu_times)
    assert load.share() == 0.0

    machine.run(1.0, 0.25)
    assert load.share() == 0.25
    machine.run(1.0, 1.0)
    assert load.share() == 1.0


def test_that_the_system_is_asked_twice_a_second_at_most():
    machine = Machine()
    load = MachineLoad(lambda: machine.now, machine.cpu_times)
    for _ in range(20):
        machine.run(0.125, 0.5)
        load.share()

    assert machine.asked == 1 + 5
    assert load.share() == 0.5


def test_that_this_machine_can_be_asked():
    now = 0.0
    load = MachineLoad(lambda: now)
    deadline = 10_000
    while load.share() == 0.0 and deadline:  # burns CPU time, which it is to see
        now += 1.0
        deadline -= 1
        sum(range(1000))

    assert 0.0 < load.share() <= 1.0
