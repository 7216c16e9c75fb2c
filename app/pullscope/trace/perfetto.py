"""Traces in Perfetto's own format, protobuf: the tracks of the Chrome trace, which opens faster.

The `perfetto` package holds the messages. Its module is large, so it is imported when a trace is
written.
"""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from pullscope.engine.events import PullEvent
from pullscope.trace.chrome import chrome_trace
from pullscope.trace.texts import clean

if TYPE_CHECKING:
    from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import (
        DebugAnnotation,
        TracePacket,
        TrackEvent,
    )

_LATEST = 2**63 - 1  # nanoseconds
_SEQUENCE = 1
# Identifiers of tracks: of a process its number, of its tracks and counters what follows.
_TRACKS_OF = 1 << 40
_COUNTERS = 1 << 50

_Json = dict[str, Any]


def write_perfetto(events: Sequence[PullEvent], file: BinaryIO) -> None:
    """Write the trace of `events` to `file`.

    Raises:
        OSError: `file` cannot be written.
    """
    from perfetto.trace_builder.proto_builder import StreamingTraceProtoBuilder

    told: list[_Json] = chrome_trace(events)["traceEvents"]
    builder = StreamingTraceProtoBuilder(file)
    writer = _Writer(builder)
    writer.describe_tracks(told)
    writer.write_slices([event for event in told if event["ph"] == "X"])
    writer.write_counters([event for event in told if event["ph"] == "C"])
    writer.write_instants([event for event in told if event["ph"] == "i"])


class _Writer:
    def __init__(self, builder: Any) -> None:
        self._builder = builder
        self._counters: dict[tuple[str, str], int] = {}

    def describe_tracks(self, told: Iterable[_Json]) -> None:
        """Name the processes and their tracks, in the order of the Chrome trace."""
        from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import TrackDescriptor

        ranks = {
            (event["pid"], event["tid"]): event["args"]["sort_index"]
            for event in told
            if event["name"] == "thread_sort_index"
        }
        for event in told:
            if event["ph"] != "M" or event["name"] == "thread_sort_index":
                continue
            packet = self._packet()
            track = packet.track_descriptor
            name = clean(event["args"]["name"])
            if event["name"] == "process_name":
                track.uuid = event["pid"]
                track.process.pid = event["pid"]
                track.process.process_name = name
                track.child_ordering = TrackDescriptor.EXPLICIT
            else:
                track.uuid = _track(event)
                track.parent_uuid = event["pid"]
                track.name = name
                track.sibling_order_rank = _int32(ranks.get((event["pid"], event["tid"]), 0))
            self._builder.write_packet(packet)

    def write_slices(self, slices: Sequence[_Json]) -> None:
        """Write a beginning and an end for each slice, those within it between."""
        open_: dict[int, list[int]] = {}
        for told in slices:
            track = _track(told)
            ends = open_.setdefault(track, [])
            while ends and ends[-1] <= told["ts"]:
                self._end(track, ends.pop())
            packet, event = self._event(track, told["ts"])
            event.type = event.TYPE_SLICE_BEGIN
            event.name = clean(told["name"])
            self._add_arguments(event, told["args"])
            if "bind_id" in told:
                flows = event.flow_ids if told["flow_out"] else event.terminating_flow_ids
                flows.append(int(told["bind_id"], 16))
            self._builder.write_packet(packet)
            ends.append(told["ts"] + told["dur"])
        for track, ends in open_.items():
            while ends:
                self._end(track, ends.pop())

    def write_counters(self, counters: Iterable[_Json]) -> None:
        """Write the values of counters, each on a track of its own."""
        for told in counters:
            ((unit, value),) = told["args"].items()
            packet, event = self._event(self._counter(told["name"], unit), told["ts"])
            event.type = event.TYPE_COUNTER
            event.double_counter_value = float(value)
            self._builder.write_packet(packet)

    def write_instants(self, instants: Iterable[_Json]) -> None:
        """Write what happened in a moment: to a layer on its track, else on that of the pull."""
        for told in instants:
            track = told["pid"] if told["s"] == "g" else _track(told)
            packet, event = self._event(track, told["ts"])
            event.type = event.TYPE_INSTANT
            event.name = clean(told["name"])
            self._add_arguments(event, told["args"])
            self._builder.write_packet(packet)

    def _packet(self) -> "TracePacket":
        packet: TracePacket = self._builder.create_packet()
        packet.trusted_packet_sequence_id = _SEQUENCE
        return packet

    def _event(self, track: int, microseconds: int) -> "tuple[TracePacket, TrackEvent]":
        packet = self._packet()
        packet.timestamp = min(max(microseconds * 1000, 0), _LATEST)
        packet.track_event.track_uuid = track
        packet.track_event.categories.append("pull")
        return packet, packet.track_event

    def _end(self, track: int, microseconds: int) -> None:
        packet, event = self._event(track, microseconds)
        event.type = event.TYPE_SLICE_END
        self._builder.write_packet(packet)

    def _counter(self, name: str, unit: str) -> int:
        known = self._counters.get((name, unit))
        if known is None:
            known = self._counters[name, unit] = _COUNTERS + len(self._counters)
            packet = self._packet()
            track = packet.track_descriptor
            track.uuid = known
            track.parent_uuid = 1
            track.name = name
            track.counter.unit_name = unit
            self._builder.write_packet(packet)
        return known

    def _add_arguments(self, event: "TrackEvent", arguments: _Json) -> None:
        for name, value in arguments.items():
            annotation = event.debug_annotations.add()
            annotation.name = name
            _set_value(annotation, value)


def _set_value(annotation: "DebugAnnotation", value: object) -> None:
    match value:
        case bool():
            annotation.bool_value = value
        case int():
            annotation.int_value = value
        case float():
            annotation.double_value = value
        case str():
            annotation.string_value = clean(value)
        case None:
            annotation.string_value = ""
        case _:
            annotation.legacy_json_value = json.dumps(value)


def _track(event: _Json) -> int:
    return int(event["pid"] * _TRACKS_OF + event["tid"] % _TRACKS_OF)


def _int32(value: int) -> int:
    return min(max(value, -(2**31)), 2**31 - 1)
