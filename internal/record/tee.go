package record

import (
	"errors"
	"time"

	"wsprobe/internal/lint"
)

// Tee is a sink that tells others what it is told.
type Tee []Sink

// Open implements Sink.
func (t Tee) Open(c *Conn) {
	for _, s := range t {
		s.Open(c)
	}
}

// Event implements Sink.
func (t Tee) Event(c *Conn, e *lint.Event) {
	for _, s := range t {
		s.Event(c, e)
	}
}

// Lost implements Sink.
func (t Tee) Lost(n Loss) {
	for _, s := range t {
		s.Lost(n)
	}
}

// Note implements Sink.
func (t Tee) Note(c *Conn, at time.Duration, text string) {
	for _, s := range t {
		s.Note(c, at, text)
	}
}

// Close implements Sink.
func (t Tee) Close(c *Conn, at time.Duration) {
	for _, s := range t {
		s.Close(c, at)
	}
}

// Flush implements Sink.
func (t Tee) Flush() (err error) {
	for _, s := range t {
		err = errors.Join(err, s.Flush())
	}
	return err
}

// End implements Sink.
func (t Tee) End() (err error) {
	for _, s := range t {
		err = errors.Join(err, s.End())
	}
	return err
}
