package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/record"
	"wsprobe/internal/redact"
	"wsprobe/internal/units"
)

// fileFlags say how recordings go into files, and what is left out of them.
type fileFlags struct {
	rotateSize string
	size       int64
	every      time.Duration
	keep       int
	redact     bool
	noRedact   bool
	names      []string
	redactor   *redact.Redactor
}

func (f *fileFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&f.rotateSize, "rotate-size", "", "")
	flags.DurationVar(&f.every, "rotate-time", 0, "")
	flags.IntVar(&f.keep, "rotate-keep", 0, "")
	flags.BoolVar(&f.redact, "redact", false, "")
	flags.BoolVar(&f.noRedact, "no-redact", false, "")
	flags.StringSliceVar(&f.names, "redact-json", nil, "")
}

// How small a file may be that another one follows.
const (
	leastSize = 1 << 16
	leastTime = time.Second
)

// load finds the flags that make no sense.
func (f *fileFlags) load() error {
	if f.rotateSize != "" {
		n, ok := units.Bytes(f.rotateSize)
		if !ok || n < leastSize {
			return mistake{fmt.Errorf("--rotate-size is a size with its unit such as 100MB, %dKiB at least, not %q", leastSize>>10, f.rotateSize)}
		}
		f.size = int64(n)
	}
	switch {
	case f.every < 0 || f.every > 0 && f.every < leastTime:
		return mistake{fmt.Errorf("--rotate-time is %v at least", leastTime)}
	case f.keep < 0 || f.keep > 0 && f.size == 0 && f.every == 0:
		return mistake{errors.New("--rotate-keep is of the files that --rotate-size or --rotate-time begin")}
	case f.redact && f.noRedact:
		return mistake{errors.New("--redact and --no-redact at once")}
	case len(f.names) > 0 && f.noRedact:
		return mistake{errors.New("--redact-json and --no-redact at once")}
	}
	f.redactor = redact.New(f.names)
	return nil
}

// idle finds the flags that nothing would come of, since what they are about is not
// recorded: who gave them would think otherwise.
func (f *fileFlags) idle(write []string, ui bool) error {
	har := slices.ContainsFunc(write, func(name string) bool { return strings.HasSuffix(name, ".har") })
	file := slices.ContainsFunc(write, func(name string) bool { return !strings.HasPrefix(name, "-.") })
	switch {
	case (f.size > 0 || f.every > 0) && !file:
		return mistake{errors.New("--rotate-size and --rotate-time are of files, as in --write talk.jsonl")}
	case len(f.names) > 0 && !f.redact && !har && !ui:
		return mistake{errors.New("--redact-json is for --redact, and for .har files: without them nothing is left out")}
	}
	return nil
}

// options are those of each file.
func (f *fileFlags) options() record.FileOptions {
	return record.FileOptions{Size: f.size, Every: f.every, Keep: f.keep}
}

// redacted takes the secrets out of what a sink is told, where the flags say so, or
// where it is usual and they do not say otherwise.
func (f *fileFlags) redacted(s record.Sink, usual bool) record.Sink {
	if f.redact || usual && !f.noRedact {
		return redact.NewSink(s, f.redactor)
	}
	return s
}

// known tells a sink of a format of no more than that format knows: packets hold
// connections of HTTP/1.1, as what reads them finds no WebSocket elsewhere.
func known(name string, s record.Sink) record.Sink {
	if strings.HasSuffix(name, ".pcapng") {
		return record.AsHTTP1(s)
	}
	return s
}

// recorder returns what writes a file of that name; nil: no format has its ending.
func recorder(name string) func(*os.File, io.Writer) record.Sink {
	switch {
	case strings.HasSuffix(name, ".jsonl"):
		return func(_ *os.File, w io.Writer) record.Sink { return record.NewJSONL(w) }
	case strings.HasSuffix(name, ".pcapng"):
		return func(_ *os.File, w io.Writer) record.Sink { return record.NewPacketSink(w) }
	case strings.HasSuffix(name, ".har"):
		return func(f *os.File, _ io.Writer) record.Sink { return record.NewHAR(f.Name()) }
	}
	return nil
}
