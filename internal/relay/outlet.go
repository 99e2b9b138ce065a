package relay

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"wsprobe/internal/record"
)

// stallTime is how long sinks may take nothing once all is to end. Then nobody
// waits for them any more.
const stallTime = 3 * time.Second

// errStalled says that sinks were not waited for.
var errStalled = errors.New("not all could be written: nothing was taken for " + stallTime.String())

// outlet is a sink, until it fails.
type outlet struct {
	record.Sink
	short  record.PlainSink // the same, where it is one
	failed bool
}

func outlets(sinks []record.Sink) []outlet {
	all := make([]outlet, len(sinks))
	for i, s := range sinks {
		short, _ := s.(record.PlainSink)
		all[i] = outlet{Sink: s, short: short}
	}
	return all
}

// each calls f with every sink that has not failed. One whose f fails is given up,
// which is reported once: the others, and the traffic, go on.
func (l *Log) each(f func(record.Sink) error) {
	for i := range l.outlets {
		o := &l.outlets[i]
		if o.failed {
			continue
		}
		if err := f(o.Sink); err != nil {
			o.failed = true
			l.alive.Add(-1)
			l.failed.CompareAndSwap(nil, &err)
			if report := l.report.Load(); report != nil {
				(*report)(err)
			}
		}
	}
}

// Report has f called with the error of each sink that fails, and that is told
// nothing any more.
func (l *Log) Report(f func(error)) { l.report.Store(&f) }

// Hurry says that all is to end: sinks that take nothing for a while are not
// waited for any longer, also not by a Log that is lossless.
func (l *Log) Hurry() {
	l.hurry.Do(func() { go l.watchSinks() })
}

func (l *Log) watchSinks() {
	for served := l.served.Load(); ; served = l.served.Load() {
		select {
		case <-l.done:
			return
		case <-time.After(stallTime):
		}
		if l.served.Load() == served {
			close(l.quit)
			return
		}
	}
}

// serve tells the sinks what is in a batch. Where that fails because of what a
// connection sent, nothing more of that connection is told.
func (l *Log) serve(b *batch) {
	l.values, l.bytes = b.values, b.bytes
	for len(l.bytes) > 0 {
		l.serveSafely()
	}
	if b.loss != (record.Loss{}) {
		l.each(func(s record.Sink) error { s.Lost(b.loss); return nil })
	}
	l.values, l.bytes = nil, nil
}

// serveSafely serves entries until there are no more, or one fails.
func (l *Log) serveSafely() {
	l.latest = nil
	defer func() {
		if fault := recover(); fault != nil && l.latest != nil {
			l.drop(l.latest, fault)
		}
	}()
	var f record.Plain
	for ; len(l.bytes) > 0; l.served.Add(1) {
		if l.bytes[0] == entryValue {
			v := &l.values[0]
			l.values, l.bytes, l.latest = l.values[1:], l.bytes[1:], v.conn
			l.serveValue(v)
			l.latest = nil
			continue
		}
		var id uint64
		if id, l.bytes = readPlain(l.bytes, &f); l.latest == nil || l.latest.ID != id {
			l.latest = l.conns[id]
		}
		if l.latest != nil {
			l.servePlain(&l.latest.Conn, &f)
		}
	}
}

// drop has nothing more be told of a connection but that, and its end.
func (l *Log) drop(k *watched, fault any) {
	k.w.Totals.Detached.Add(1)
	note := fmt.Sprintf("no longer shown or recorded: %v\n%s", fault, debug.Stack())
	defer func() {
		delete(l.conns, k.ID)
		recover() // from a sink that cannot say even that
	}()
	l.each(func(s record.Sink) error { s.Note(&k.Conn, k.Offset, note); return nil })
	l.each(func(s record.Sink) error { s.Close(&k.Conn, k.Offset); return nil })
}
