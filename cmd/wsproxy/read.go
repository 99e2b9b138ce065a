package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"

	"github.com/spf13/pflag"

	"wsprobe/internal/record"
	"wsprobe/internal/sniff"
	"wsprobe/internal/tlsread"
)

const readUsage = `wsproxy read shows what a capture holds, as if it passed now.

    wsproxy read [flags] FILE...
    wsproxy read -f [flags] FILE

FILE is pcap or pcapng, also packed with gzip; - is the standard input. Several
are read as one, in their order, as tcpdump -C, dumpcap -b and our --rotate-size
write them. Every TCP connection is looked at, whatever its ports are; those that
are neither WebSocket nor HTTP are counted. Of TLS its hellos are told, and with its
keys, from a key log or from the pcapng itself, all that it carried. A recording of
--write .jsonl is read as well. With --ui it stays to be looked at until it is
interrupted.

    -f, --tail            go on as FILE grows, which another program writes, until interrupted
` + keysUsage + outputUsage

// unlimited is how many arguments a command takes that takes any number.
const unlimited = math.MaxInt

// setupRead is the command that shows what is in files.
func setupRead(flags *pflag.FlagSet) func(context.Context, *app, []string) error {
	var o outputFlags
	var k keysFlag
	tail := flags.BoolP("tail", "f", false, "")
	o.define(flags)
	k.define(flags)
	return func(ctx context.Context, a *app, args []string) error {
		if len(args) == 0 {
			return mistake{errors.New("which file? wsproxy read FILE")}
		}
		o.reads = args
		if err := o.check(); err != nil {
			return err
		}
		files, err := openAll(args)
		if err == nil && *tail {
			err = growable(files)
		}
		if err != nil {
			return err
		}
		keys, err := k.open(*tail)
		if err != nil {
			return err
		}
		return o.show(ctx, a, files, keys, *tail)
	}
}

// show shows what is in files; with tail, as the one that they are grows.
func (o *outputFlags) show(ctx context.Context, a *app, files []input, keys *tlsread.Keys, tail bool) error {
	ctx, done := o.whileRead(ctx, a.out)
	defer done()
	err := withSinks(a, o, func(sinks []record.Sink) error {
		o.ui.serve(ctx, a.talk, nil)
		sinks, missed := o.filter.missed(sinks)
		r := newReading(ctx, a, o.sniffing(sinks, keys))
		if tail {
			return r.follow(files[0])
		}
		err := r.all(files)
		if err == nil && !unread(ctx) {
			err = missed()
		}
		return err
	})
	if err == nil {
		o.ui.linger(ctx)
	}
	return err
}

// sniffing is how packets are looked into.
func (o *outputFlags) sniffing(sinks []record.Sink, keys *tlsread.Keys) sniff.Options {
	return sniff.Options{Keep: o.snaplen, Inflate: inflateLimit, Sinks: sinks, Keys: keys}
}

// withSinks opens what the flags ask for, calls f, and closes it all.
func withSinks(a *app, o *outputFlags, f func([]record.Sink) error) error {
	sinks, closeFiles, err := o.sinks(a.out)
	if err != nil {
		return err
	}
	defer closeFiles()
	err = f(sinks)
	for _, s := range sinks {
		if failed := s.End(); err == nil {
			err = failed
		}
	}
	return err
}

// input is a file that is read.
type input struct {
	name string
	f    *os.File
}

// openAll opens files before any of them is read. They are few, and close with
// the process.
func openAll(names []string) (all []input, err error) {
	for _, name := range names {
		if name == "-" {
			all = append(all, input{"standard input", os.Stdin})
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		if about, err := f.Stat(); err == nil && about.IsDir() {
			return nil, fmt.Errorf("%s: a folder, not a file", name)
		}
		all = append(all, input{name, f})
	}
	return all, nil
}

// reading reads files of any kind.
type reading struct {
	ctx     context.Context
	talk    io.Writer
	sinks   record.Tee
	lines   *record.JSONLReader
	sniffer *sniff.Sniffer
	keys    *tlsread.Keys
	sniffed bool
	latest  int64 // time of the latest packet
}

// newReading reads for the sinks of o. Connections have numbers that differ, whatever
// kind of file they are from.
func newReading(ctx context.Context, a *app, o sniff.Options) *reading {
	o.Numbers = &record.Numbers{}
	sinks := record.Tee(o.Sinks)
	return &reading{ctx: ctx, talk: a.talk, sinks: sinks, lines: record.NewJSONLReader(sinks, o.Numbers), sniffer: sniff.New(o), keys: o.Keys}
}

// errEmpty is a recording of nothing: one that had begun just then, or one of several
// while nothing passed.
var errEmpty = errors.New("there is nothing in it")

// all reads all files, up to one that cannot be read. At least one has something in it.
func (r *reading) all(files []input) (err error) {
	var empty error
	read := 0
	for _, in := range files {
		if err = r.one(in); errors.Is(err, errEmpty) {
			empty, err = err, nil
			continue
		}
		if err != nil {
			break
		}
		read++
	}
	if err == nil && read == 0 && r.ctx.Err() == nil {
		err = empty
	}
	r.end()
	return err
}

// end ends what was seen to begin and not to end, and says what there was in all.
func (r *reading) end() {
	r.sniffer.Leave()
	if r.sniffed && !unread(r.ctx) {
		sumSniffed(r.talk, r.sniffer)
	}
}

// harHead is what a HAR begins with, and is seen in so many bytes.
var harHead = regexp.MustCompile(`^\s*\{\s*"log"\s*:`)

const headSize = 64

// one reads a file. Of a pipe, what has come is shown before more comes.
func (r *reading) one(in input) error {
	if in.regular() {
		at, err := in.f.Seek(0, io.SeekCurrent) // the standard input may have been read from
		if err != nil {
			return fmt.Errorf("%s: %w", in.name, err)
		}
		return r.read(in.name, in.f, func(io.Reader) (*sniff.File, error) {
			return sniff.NewFileAt(io.NewSectionReader(in.f, at, math.MaxInt64-at))
		})
	}
	pipe := readPipe(r.ctx, in.f, r.idle)
	defer pipe.stop()
	return r.read(in.name, pipe, sniff.NewGrowing)
}

// read reads a file, which what it begins with tells the kind of: open takes captures.
func (r *reading) read(name string, from io.Reader, open func(io.Reader) (*sniff.File, error)) error {
	begun := bufio.NewReader(from)
	head, err := begun.Peek(headSize)
	switch {
	case err != nil && err != io.EOF:
		return fmt.Errorf("%s: %w", name, err)
	case harHead.Match(head):
		return fmt.Errorf("%s: a HAR is only written; .jsonl and .pcapng are read, too", name)
	case len(head) > 0 && head[0] == '{':
		return r.recording(name, begun)
	}
	file, err := open(begun)
	switch {
	case errors.Is(err, sniff.ErrUnknown) && len(head) == 0:
		return fmt.Errorf("%s: %w", name, errEmpty)
	case errors.Is(err, sniff.ErrUnknown):
		return fmt.Errorf("%s: %w, nor a recording in JSON lines", name, err)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	}
	defer file.Close()
	file.Keys = r.keys
	r.sniffed = true
	return r.capture(name, file)
}

// recording reads one of ours, which may go on from the one before. A last line that
// is not whole was being written when something stopped, which is no error.
func (r *reading) recording(name string, begun io.Reader) error {
	err := r.lines.Read(untilDone{r.ctx, begun})
	var wrong *record.LineError
	switch {
	case err == nil || r.ctx.Err() != nil:
		return nil
	case errors.As(err, &wrong) && wrong.Cut:
		fmt.Fprintf(r.talk, "wsproxy: %s:%v, in the last line, which is not whole\n", name, wrong)
		return nil
	case wrong != nil:
		return fmt.Errorf("%s:%w", name, err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// untilDone is what a reader gives until a context is done.
type untilDone struct {
	ctx context.Context
	io.Reader
}

// Read implements io.Reader.
func (u untilDone) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, io.EOF
	}
	return u.Reader.Read(p)
}

// capture takes the packets of a file. One that ends too early was being written
// when something stopped, which is no error.
func (r *reading) capture(name string, file *sniff.File) (err error) {
	var p sniff.Packet
	for n := 0; err == nil && (n%1024 != 0 || r.ctx.Err() == nil); n++ {
		if err = file.Next(&p); err == nil {
			r.latest = p.At
			r.sniffer.Packet(&p)
		}
	}
	if file.Dropped > 0 {
		fmt.Fprintf(r.talk, "wsproxy: %s: the capture lost %d packets when it was made\n", name, file.Dropped)
	}
	var broken *sniff.Broken
	switch {
	case err == nil || err == io.EOF:
		return nil
	case errors.As(err, &broken) && broken.Short && r.ctx.Err() != nil:
		return nil // the rest of it was not written yet
	case broken != nil && broken.Short:
		fmt.Fprintf(r.talk, "wsproxy: %s:%d: %s\n", name, broken.Offset, broken.Reason)
		return nil
	case broken != nil:
		return fmt.Errorf("%s:%d: %s", name, broken.Offset, broken.Reason)
	}
	return fmt.Errorf("%s: %w", name, err)
}
