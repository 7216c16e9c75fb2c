from pullscope.engine.events import LayerVerified, PullPaused
from pullscope.trace.recorder import Recorder


def test_events_are_kept_in_the_order_in_which_they_came():
    recorder = Recorder()
    recorder(PullPaused(2.0))
    recorder(LayerVerified(1.0, 0))

    assert recorder.events == [PullPaused(2.0), LayerVerified(1.0, 0)]
