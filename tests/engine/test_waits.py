from pullscope.engine.waits import Wait, Waited, WaitMeter


def test_that_each_wait_lasts_until_the_next_begins():
    now = 10.0
    meter = WaitMeter(lambda: now)
    meter.begin(Wait.FIRST_BYTE)
    now = 10.5
    meter.begin(Wait.NETWORK)
    now = 12.5
    meter.begin(None)
    now = 20.0
    meter.begin(Wait.NETWORK)
    now = 21.0

    assert meter.waited == Waited(first_byte=0.5, network=3.0)


def test_that_a_wait_under_way_is_counted_once():
    now = 0.0
    meter = WaitMeter(lambda: now)
    meter.begin(Wait.DISK)
    now = 1.0
    assert meter.waited == Waited(disk=1.0)
    now = 1.5
    assert meter.waited == Waited(disk=1.5)


def test_that_sums_and_differences_are_field_by_field():
    some, more = Waited(1, 2, 3, 4, 5), Waited(5, 5, 5, 5, 5)

    assert some + more == Waited(6, 7, 8, 9, 10)
    assert more - some == Waited(4, 3, 2, 1, 0)
