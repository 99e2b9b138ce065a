package webview

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"wsprobe/internal/filter"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// listFormats lists the formats.
func (v *View) listFormats(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(slices.Sorted(maps.Keys(v.formats)))
}

// export saves what is selected as a file: a connection, or all, and of these what
// a filter picks, with the opening handshakes of what it picks.
func (v *View) export(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	format := v.formats[q.Get("format")]
	conn, err := strconv.ParseUint(q.Get("conn"), 10, 64)
	if format == nil || err != nil {
		http.Error(w, "which connection, and in which format?", http.StatusBadRequest)
		return
	}
	from, _ := strconv.ParseUint(q.Get("from"), 10, 64) // 0 without it: all
	var f *filter.Filter
	if text := q.Get("filter"); text != "" {
		if f, err = filter.Compile(text); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	name := "wsproxy"
	if conn != 0 {
		name = fmt.Sprintf("wsproxy-%d", conn)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+q.Get("format")+`"`)
	sink := format(w)
	if f != nil {
		sink = filter.NewSink(sink, f)
	}
	x := &exporter{store: v.store, sink: sink, open: map[uint64]*begun{}, told: map[uint64]bool{}}
	x.run(r, conn, from)
}

// exporter tells a sink what a store has kept.
type exporter struct {
	*store
	sink record.Sink
	open map[uint64]*begun
	told map[uint64]bool // of these, those whose Open was told
	// whole is the message that the frame before is, and that is told unless the next
	// row tells it in other words.
	whole *lint.Event
	of    *record.Conn // whose it is
}

// begun is a connection, as it was when its first row was looked at.
type begun struct {
	record.Conn
	heads []keptHead
}

// run tells everything up to now, a piece at a time, so that the traffic waits for
// no download. The sink is flushed after each piece.
func (x *exporter) run(r *http.Request, conn, from uint64) {
	x.mu.RLock()
	rows := x.rowsOf(conn, from)
	next, end := rows.bounds()
	x.mu.RUnlock()
	for next < end && r.Context().Err() == nil {
		entries := x.piece(rows, &next, end)
		for i := range entries {
			x.tell(&entries[i])
		}
		if x.sink.Flush() != nil {
			return
		}
	}
	x.message()
	x.sink.End()
}

// piece copies some rows. Those that were forgotten meanwhile are passed over.
func (x *exporter) piece(from indexed, next *uint64, end uint64) (entries []entry) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	first, _ := from.bounds()
	for *next = max(*next, first); *next < end && len(entries) < sliced; *next++ {
		if e, ok := x.entry(from.at(*next)); ok {
			entries = append(entries, e)
		}
		x.begin(entries)
	}
	return entries
}

// begin looks up the connection of the latest row.
func (x *exporter) begin(entries []entry) {
	if len(entries) == 0 {
		return
	}
	if id := entries[len(entries)-1].conn; id != 0 && x.open[id] == nil {
		b := &begun{Conn: *x.connOf(id)}
		if c := x.conns[id]; c != nil {
			b.heads = c.heads
		}
		x.open[id] = b
	}
}

func (x *exporter) tell(e *entry) {
	b := x.open[e.conn]
	if w := x.whole; w != nil && x.of.ID == e.conn && e.kind == kind(lint.KindMessage) && e.side == w.Side && e.offset == w.Offset {
		x.whole = nil
	}
	x.message()
	if e.conn != 0 && !x.told[e.conn] {
		x.told[e.conn] = true
		x.begins(b, e)
	}
	switch e.kind {
	case kindOpen:
	case kindClose:
		x.sink.Close(&b.Conn, e.at)
	case kindNote:
		x.sink.Note(&b.Conn, e.at, string(e.data))
	case kindLost:
		x.sink.Lost(e.loss())
	default:
		x.event(b, e)
	}
}

// begins tells of a connection, and of its handshake where the row of that is gone.
func (x *exporter) begins(b *begun, e *entry) {
	gone := 0
	for gone < len(b.heads) && b.heads[gone].seq < e.seq {
		gone++
	}
	if gone > 0 {
		b.Continues, b.Repeated = true, gone
	}
	x.sink.Open(&b.Conn)
	for i := range b.heads[:gone] {
		x.sink.Event(&b.Conn, &b.heads[i].Event)
	}
}

// event tells an event. Where the bytes of a head are gone, it may have been kept.
func (x *exporter) event(b *begun, e *entry) {
	event, _ := e.event()
	for i := range b.heads {
		if e.gone && b.heads[i].seq == e.seq {
			event = b.heads[i].Event
		}
	}
	x.sink.Event(&b.Conn, &event)
	if e.plain() {
		x.whole, x.of = messageOf(&event), &b.Conn
	}
}

// message tells of the message that the frame before is.
func (x *exporter) message() {
	if x.whole != nil {
		x.sink.Event(x.of, x.whole)
		x.whole = nil
	}
}
