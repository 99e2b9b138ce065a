package record

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wsprobe/internal/lint"
)

// FileOptions say how a recording goes into files.
type FileOptions struct {
	Size  int64         // bytes after which another file begins; 0: there is one
	Every time.Duration // how long a file takes at most; 0: for ever
	Keep  int           // of the files that were written, so many stay; 0: all
}

// File is a sink that writes files, and begins another one when it is time to. What
// a connection began with is in each file in which it goes on.
type File struct {
	o      FileOptions
	name   string
	make   func(*os.File, io.Writer) Sink
	sink   Sink
	file   *os.File
	size   int64 // bytes written to it
	heads  int64 // what it began with of the connections that go on
	began  time.Time
	number int
	names  []string
	conns  map[uint64]*ongoing
	latest *ongoing // of them, who was asked for last
	err    error
}

// ongoing is a connection that may go on in another file.
type ongoing struct {
	conn  *Conn
	heads []lint.Event // of its latest request
}

// NewFile begins a recording. make returns what writes a file. An earlier file of
// that name is replaced.
func NewFile(name string, make func(*os.File, io.Writer) Sink, o FileOptions) (*File, error) {
	f := &File{o: o, name: name, make: make, conns: map[uint64]*ongoing{}}
	return f, f.begin()
}

// begin begins a file.
func (f *File) begin() (err error) {
	f.began, f.size, f.heads = time.Now(), 0, 0
	f.number++
	name := f.name
	if f.o.Size > 0 || f.o.Every > 0 {
		ext := filepath.Ext(name)
		name = fmt.Sprintf("%s-%s-%04d%s", strings.TrimSuffix(name, ext), f.began.UTC().Format("20060102T150405Z"), f.number, ext)
	}
	if f.file, err = os.Create(name); err != nil {
		return err
	}
	f.names = append(f.names, name)
	f.sink = f.make(f.file, counted{f})
	return nil
}

// counted counts what is written to a file.
type counted struct{ f *File }

func (c counted) Write(p []byte) (int, error) {
	n, err := c.f.file.Write(p)
	c.f.size += int64(n)
	return n, err
}

// written returns how large the current file is, or will be once all of it is written.
func (f *File) written() int64 {
	switch s := f.sink.(type) {
	case interface{ Size() int64 }:
		return s.Size()
	case interface{ Buffered() int }:
		return f.size + int64(s.Buffered())
	}
	return f.size
}

// full reports whether the current file has what it may. Where the connections that go
// on take much of a file, at least half of one follows what they began with: else
// there would be a file for each frame.
func (f *File) full() bool {
	if f.o.Size == 0 {
		return false
	}
	size := f.written()
	return size >= f.o.Size && size-f.heads >= f.o.Size/2
}

// successor is a sink that goes on with what the one before it knew.
type successor interface{ goOn(before Sink) }

// next begins another file, and tells it of the connections that go on.
func (f *File) next() {
	before := f.sink
	f.note(f.sink.End())
	f.note(f.file.Close())
	if err := f.begin(); err != nil {
		f.note(err)
		f.sink = Tee(nil)
		return
	}
	if old := len(f.names) - f.o.Keep; f.o.Keep > 0 && old > 0 {
		os.Remove(f.names[0])
		f.names = f.names[1:]
	}
	if s, ok := f.sink.(successor); ok {
		s.goOn(before)
	}
	for _, id := range slices.Sorted(maps.Keys(f.conns)) {
		g := f.conns[id]
		c := *g.conn
		c.Continues, c.Repeated, c.again = true, len(g.heads), [2]uint64{}
		for i := range g.heads {
			c.again[g.heads[i].Side] += g.heads[i].Size
		}
		g.conn = &c
		f.sink.Open(g.conn)
		for i := range g.heads {
			f.sink.Event(g.conn, &g.heads[i])
		}
	}
	f.heads = f.written()
}

// Open implements Sink.
func (f *File) Open(c *Conn) {
	f.turn()
	f.conns[c.ID] = &ongoing{conn: c}
	f.sink.Open(c)
}

// turn begins another file where this one is full.
func (f *File) turn() {
	if f.full() {
		f.next()
	}
}

// as returns a connection as the current file knows it.
func (f *File) as(c *Conn) *Conn {
	if f.latest != nil && f.latest.conn.ID == c.ID {
		return f.latest.conn
	}
	if g := f.conns[c.ID]; g != nil {
		f.latest = g
		return g.conn
	}
	return c
}

// Event implements Sink.
func (f *File) Event(c *Conn, e *lint.Event) {
	if e.Kind != lint.KindMessage { // which belongs to the frame before it
		f.turn()
	}
	f.sink.Event(f.as(c), e)
	g := f.conns[c.ID]
	if f.o.Size == 0 && f.o.Every == 0 || g == nil {
		return
	}
	switch {
	case e.Kind == lint.KindRequest:
		g.heads = append(g.heads[:0], e.Clone())
	case e.Kind == lint.KindResponse && len(g.heads) == 1:
		g.heads = append(g.heads, e.Clone())
	}
}

// Plain implements PlainSink.
func (f *File) Plain(c *Conn, p *Plain) {
	f.turn()
	if short, ok := f.sink.(PlainSink); ok {
		short.Plain(f.as(c), p)
		return
	}
	for _, e := range p.Events() {
		f.sink.Event(f.as(c), &e)
	}
}

// Lost implements Sink.
func (f *File) Lost(n Loss) {
	f.turn()
	f.sink.Lost(n)
}

// Note implements Sink.
func (f *File) Note(c *Conn, at time.Duration, text string) {
	f.turn()
	f.sink.Note(f.as(c), at, text)
}

// Close implements Sink.
func (f *File) Close(c *Conn, at time.Duration) {
	f.turn()
	f.sink.Close(f.as(c), at)
	delete(f.conns, c.ID)
	f.latest = nil
}

// Flush implements Sink.
func (f *File) Flush() error {
	f.note(f.sink.Flush())
	if f.o.Every > 0 && time.Since(f.began) >= f.o.Every {
		f.next()
	}
	return f.err
}

// End implements Sink.
func (f *File) End() error {
	f.note(f.sink.End())
	f.note(f.file.Close())
	return f.err
}

// Abandon closes the file of a recording that never began.
func (f *File) Abandon() { f.file.Close() }

// note keeps the first error.
func (f *File) note(err error) {
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("recording to %s: %w", f.name, err)
	}
}
