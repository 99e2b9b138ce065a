package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"wsprobe/internal/sniff"
)

// idler is called every now and then by the goroutine that reads what is still
// written, with how long nothing more has come. It reports whether to go on.
type idler func(quiet time.Duration) (more bool)

// growing reads a file that is still written. Its end is that of ctx, or where the
// file has become shorter than what was read.
type growing struct {
	ctx    context.Context
	f      *os.File
	idle   idler
	at     int64
	latest time.Time // when something came
	cut    bool      // the file became shorter
}

// Read implements io.Reader.
func (g *growing) Read(p []byte) (int, error) {
	for {
		n, err := g.f.Read(p)
		if n > 0 || err != nil && err != io.EOF {
			g.at += int64(n)
			g.latest = time.Now()
			return n, err
		}
		about, err := g.f.Stat()
		if err != nil {
			return 0, err
		}
		g.cut = about.Size() < g.at
		if g.cut || !g.idle(time.Since(g.latest)) || !sleep(g.ctx, howOften) {
			return 0, io.EOF
		}
	}
}

// again goes back to the beginning.
func (g *growing) again() error {
	g.at, g.cut = 0, false
	_, err := g.f.Seek(0, io.SeekStart)
	return err
}

// growable finds what makes no sense to be followed. What packs a file keeps to itself
// what it was given last, for as long as it likes.
func growable(files []input) error {
	head := make([]byte, 2)
	files[0].f.ReadAt(head, 0)
	switch {
	case len(files) > 1:
		return mistake{errors.New("-f follows one file")}
	case !files[0].regular():
		return mistake{fmt.Errorf("-f is of a file: %s is shown as it comes anyway", files[0].name)}
	case bytes.Equal(head, []byte{0x1F, 0x8B}):
		return mistake{fmt.Errorf("%s is packed with gzip, and cannot be followed", files[0].name)}
	}
	return nil
}

// regular reports whether what there is of a file is there at once.
func (in *input) regular() bool {
	about, err := in.f.Stat()
	return err == nil && about.Mode().IsRegular()
}

// follow reads a file that is still written, until it is interrupted. One that is cut
// is begun again, as by who writes it.
func (r *reading) follow(in input) (err error) {
	defer r.end()
	fmt.Fprintf(r.talk, "wsproxy: following %s\n", in.name)
	g := &growing{ctx: r.ctx, f: in.f, idle: r.idle, latest: time.Now()}
	for {
		if err := r.read(in.name, g, sniff.NewGrowing); err != nil && !errors.Is(err, errEmpty) {
			return err
		}
		if !g.cut {
			return nil
		}
		fmt.Fprintf(r.talk, "wsproxy: %s became shorter, and is read again from its beginning\n", in.name)
		r.sniffer.Leave()
		if err := g.again(); err != nil {
			return err
		}
	}
}

// idle shows what was read so far. Where nothing has come for a while, what waits for
// more is given up as if that had passed on the wire.
func (r *reading) idle(quiet time.Duration) (more bool) {
	ours := true
	if quiet >= howOften {
		ours = r.lines.Pause()
		r.sniffer.Tick(r.latest + int64(quiet))
	}
	return r.sinks.Flush() == nil && ours
}

// sleep waits, and reports whether ctx is not over by then.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// pipeSize is how much is read at once of a pipe.
const pipeSize = 64 << 10

// piped reads what is no file, of which nobody knows when more comes. Its end is that
// of ctx, too.
type piped struct {
	ctx   context.Context
	stop  context.CancelFunc // once nobody reads any more
	idle  idler
	come  chan piece
	empty chan []byte // to be filled
	now   piece
	rest  []byte // of it
	idled time.Time
}

// piece is what came at once.
type piece struct {
	b   []byte
	n   int
	err error
}

// readPipe begins to read r. A Read that nothing comes of ends with the process.
func readPipe(ctx context.Context, r io.Reader, idle idler) *piped {
	ctx, stop := context.WithCancel(ctx)
	p := &piped{ctx: ctx, stop: stop, idle: idle, come: make(chan piece), empty: make(chan []byte, 2)}
	p.empty <- make([]byte, pipeSize)
	p.now.b = make([]byte, pipeSize)
	go p.pump(r)
	return p
}

func (p *piped) pump(r io.Reader) {
	for {
		var next piece
		select {
		case next.b = <-p.empty:
		case <-p.ctx.Done():
			return
		}
		next.n, next.err = r.Read(next.b)
		select {
		case p.come <- next:
		case <-p.ctx.Done():
			return
		}
		if next.err != nil {
			return
		}
	}
}

// Read implements io.Reader.
func (p *piped) Read(to []byte) (int, error) {
	began := time.Now()
	for quiet := time.Duration(0); len(p.rest) == 0; {
		if p.now.err != nil {
			return 0, p.now.err
		}
		select {
		case next := <-p.come:
			p.empty <- p.now.b
			p.now, p.rest = next, next.b[:next.n]
		case <-p.ctx.Done():
			return 0, io.EOF
		case <-time.After(howOften):
			quiet = time.Since(began)
		}
		if time.Since(p.idled) >= howOften {
			if !p.idle(quiet) {
				return 0, io.EOF
			}
			p.idled = time.Now()
		}
	}
	n := copy(to, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
