package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/fault"
	"wsprobe/internal/filter"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

const filterUsage = `
Of it, only what fits all of these, each of which may be given again; whatever of a
connection does brings its handshake along:

    --filter EXPR         such as 'dir==client && opcode==text && size>1KB && json.type=="say"'
                          operators  == != < <= > >= ~ !~ contains  && || ! ( )
                          fields     conn client server secure host path url dialect protocol
                                     status header.NAME kind dir time size opcode fin rsv masked
                                     compressed code text json.PATH name heartbeat rule level
    --grep REGEXP         a match in a payload, inflated, or in a head; (?i) ignores case
    --follow N            connection N, or any of several
    --no-heartbeats       no pings and pongs, nor those of socket.io, STOMP, MQTT and GraphQL
`

// filterFlags say what of all that is seen is shown and recorded.
type filterFlags struct {
	expr       []string
	grep       []string
	follow     connNumbers
	heartbeats bool
	filter     *filter.Filter // nil: everything
}

func (f *filterFlags) define(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.expr, "filter", nil, "")
	flags.StringArrayVar(&f.grep, "grep", nil, "")
	flags.Var(&f.follow, "follow", "")
	flags.BoolVar(&f.heartbeats, "no-heartbeats", false, "")
}

// connNumbers is a flag of numbers of connections.
type connNumbers []uint64

// Set implements pflag.Value.
func (c *connNumbers) Set(text string) error {
	for number := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 64)
		if err != nil {
			return errors.New("a number of a connection is wanted; to go on as a file grows is read -f")
		}
		if n == 0 {
			return errors.New("connections are numbered from 1 on")
		}
		*c = append(*c, n)
	}
	return nil
}

// String implements pflag.Value.
func (c *connNumbers) String() string { return strings.Trim(fmt.Sprint([]uint64(*c)), "[]") }

// Type implements pflag.Value.
func (c *connNumbers) Type() string { return "numbers" }

// load compiles what the flags say.
func (f *filterFlags) load() error {
	var all []*filter.Filter
	add := func(flag, expr string) error {
		one, err := filter.Compile(expr)
		if err != nil {
			return mistake{fmt.Errorf("%s %s: %w", flag, expr, err)}
		}
		all = append(all, one)
		return nil
	}
	for _, expr := range f.expr {
		if expr == "" {
			continue
		}
		if err := add("--filter", expr); err != nil {
			return err
		}
	}
	for _, grep := range f.grep {
		re, err := regexp.Compile(grep)
		if err != nil {
			return mistake{fmt.Errorf("--grep: %w", err)}
		}
		all = append(all, filter.Grep(re))
	}
	if len(f.follow) > 0 {
		add("--follow", "conn=="+strings.ReplaceAll(f.follow.String(), " ", " || conn=="))
	}
	if f.heartbeats {
		add("--no-heartbeats", "!heartbeat")
	}
	if len(all) > 0 {
		f.filter = filter.All(all...)
	}
	return nil
}

// before puts the filter before sinks.
func (f *filterFlags) before(sinks []record.Sink) []record.Sink {
	if f.filter == nil {
		return sinks
	}
	for i, s := range sinks {
		sinks[i] = filter.NewSink(s, f.filter)
	}
	return sinks
}

// missed adds to sinks what notes which connections there are, for files that are read
// to their end: those that --follow names and that are not there are a mistake.
func (f *filterFlags) missed(sinks []record.Sink) (_ []record.Sink, missed func() error) {
	if len(f.follow) == 0 {
		return sinks, func() error { return nil }
	}
	seen := &numbers{all: map[uint64]bool{}}
	return append(sinks, seen), func() error {
		for _, n := range f.follow {
			if !seen.all[n] {
				return hinted{fmt.Errorf("--follow %d: there is no connection of that number", n), seen.String()}
			}
		}
		return nil
	}
}

// numbers is a sink that notes the numbers of connections.
type numbers struct {
	record.Tee
	all         map[uint64]bool
	least, most uint64
}

// Open implements record.Sink.
func (n *numbers) Open(c *record.Conn) {
	if len(n.all) == 0 {
		n.least = c.ID
	}
	n.all[c.ID] = true
	n.least, n.most = min(n.least, c.ID), max(n.most, c.ID)
}

// String says which there are.
func (n *numbers) String() string {
	switch len(n.all) {
	case 0:
		return "there is no connection in it"
	case 1:
		return fmt.Sprintf("the only one is %d", n.most)
	}
	return fmt.Sprintf("there are %d, from %d to %d", len(n.all), n.least, n.most)
}

// compileWhen reads the expression of a fault's when=. What a connection's handshake
// says is not known to it.
func compileWhen(expr string) (fault.Match, error) {
	f, err := filter.Compile(expr)
	if err != nil {
		return nil, err
	}
	return func(c *record.Conn, e *lint.Event) bool { return f.Match(filter.NewTalk(c), e) }, nil
}
