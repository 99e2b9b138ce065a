package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"

	"github.com/spf13/pflag"

	"wsprobe/internal/fault"
	"wsprobe/internal/record"
	"wsprobe/internal/relay"
)

const faultUsage = `
Going wrong on purpose, never without being told to; the log has a line at each place:

    --fault SPEC          may be given again; one of
                            latency=100ms  jitter=30ms  bandwidth=64KB/s  chop=7,every=2ms
                            drop[=N]  duplicate[=N]      the Nth frame, or each
                            corrupt=N  corrupt=1/1000    byte N behind the handshake; any byte
                            close=1011,reason=bye        a Close in the name of the server
                            reset  blackhole
                          and with a comma to it
                            dir=client|server            who sends what is meant (both)
                            after=3 | 10s | 1MB          frames, time or bytes later
                            probability=0.1              each frame by chance
                            conn=N                       that connection alone
                            when=EXPR                    frames that fit, as with --filter; the last word
    --seed N              of what is left to chance: the same traffic meets the same faults
`

// faultFlags say what is to go wrong.
type faultFlags struct {
	specs []string
	seed  uint64
	plan  fault.Plan
}

func (f *faultFlags) define(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.specs, "fault", nil, "")
	flags.Uint64Var(&f.seed, "seed", 0, "")
}

// load reads the faults.
func (f *faultFlags) load() error {
	for _, spec := range f.specs {
		one, err := fault.Parse(spec, compileWhen)
		if err != nil {
			return err
		}
		f.plan.Faults = append(f.plan.Faults, one)
	}
	switch {
	case f.seed == 0:
		f.plan.Seed = 1 + rand.Uint64N(1e6)
	case len(f.specs) == 0:
		return errors.New("--seed is for --fault")
	default:
		f.plan.Seed = f.seed
	}
	return nil
}

// announce says what is to go wrong.
func (f *faultFlags) announce(talk io.Writer) {
	for _, one := range f.plan.Faults {
		fmt.Fprintf(talk, "wsproxy: fault: %s\n", one.Text)
	}
	if f.plan.Random() {
		fmt.Fprintf(talk, "wsproxy: the same faults again: --seed %d\n", f.plan.Seed)
	}
}

// link passes what comes on each connection to the other, with the faults that are
// for them.
func (f *faultFlags) link(r *relay.Relay, c *record.Conn, client, server net.Conn, tap relay.Tap, first []byte) {
	noter, ok := tap.(relay.Noter)
	if ok && len(f.plan.Faults) > 0 {
		note := func(text string) { noter.Note(r.Now(), text) }
		client, server, first = f.plan.Wrap(c, client, server, first, note)
	}
	r.Link(client, server, tap, first)
}
