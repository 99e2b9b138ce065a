package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/record"
	"wsprobe/internal/sniff"
)

const sniffUsage = `wsproxy sniff shows the WebSocket and HTTP connections of an interface, and takes no part in them.

    wsproxy sniff [flags] INTERFACE

INTERFACE is a name as ip link lists them, or any. It needs Linux, and the right to
capture: root, or setcap cap_net_raw+ep on wsproxy. Ctrl-C ends it.

    --promiscuous         take in packets for other machines, too
` + keysUsage + outputUsage

// setupSniff is the command that shows what passes on an interface.
func setupSniff(flags *pflag.FlagSet) func(context.Context, *app, []string) error {
	var o outputFlags
	promiscuous := flags.Bool("promiscuous", false, "")
	var k keysFlag
	o.define(flags)
	k.define(flags)
	return func(ctx context.Context, a *app, args []string) error {
		if len(args) == 0 {
			return mistake{errors.New("which interface? wsproxy sniff INTERFACE")}
		}
		if err := o.check(); err != nil {
			return err
		}
		keys, err := k.open(true)
		if err != nil {
			return err
		}
		live, err := sniff.Listen(args[0], *promiscuous)
		if errors.Is(err, fs.ErrPermission) {
			return hinted{err, "it needs root, or setcap cap_net_raw+ep on wsproxy"}
		}
		if err != nil {
			return err
		}
		defer live.Close()
		fmt.Fprintf(a.talk, "wsproxy: sniffing on %s\n", args[0])
		ctx, done := o.whileRead(ctx, a.out)
		defer done()
		return withSinks(a, &o, func(sinks []record.Sink) error {
			o.ui.serve(ctx, a.talk, nil)
			return sniffLive(ctx, a, live, sniff.New(o.sniffing(sinks, keys)), sinks)
		})
	}
}

// howOften is how often a live capture looks for what is overdue or lost.
const howOften = time.Second / 4

// sniffLive shows what comes until ctx ends.
func sniffLive(ctx context.Context, a *app, live *sniff.Live, s *sniff.Sniffer, sinks record.Tee) (err error) {
	var p sniff.Packet
	var looked time.Time
	var end atomic.Int64 // what the kernel has by then is shown
	end.Store(math.MaxInt64)
	// A packet that the kernel gave no time when it came has that of its being read.
	defer context.AfterFunc(ctx, func() { end.Store(time.Now().Add(howOften).UnixNano()) })()
	for err == nil && p.At < end.Load() {
		ending := end.Load() < math.MaxInt64 // before the kernel says that it has no more
		err = live.Next(&p)
		if err == nil {
			s.Packet(&p)
		} else if ending {
			break
		}
		if now := time.Now(); err != nil || now.Sub(looked) > howOften {
			looked = now
			err = errors.Join(quiet(err), pause(live, s, sinks, now))
		}
	}
	err = quiet(err)
	s.Leave()
	sumSniffed(a.talk, s)
	if n := live.Dropped(); n > 0 {
		fmt.Fprintf(a.talk, "wsproxy: the kernel had no room for %d packets\n", n)
	}
	return err
}

// quiet takes it for no error that no packet came.
func quiet(err error) error {
	if errors.Is(err, sniff.ErrQuiet) {
		return nil
	}
	return err
}

// pause shows what is overdue, and what was lost.
func pause(live *sniff.Live, s *sniff.Sniffer, sinks record.Tee, now time.Time) error {
	s.Tick(now.UnixNano())
	before := live.Known()
	if n := live.Dropped(); n > before {
		sinks.Lost(record.Loss{Packets: n - before})
	}
	return sinks.Flush()
}

// sumSniffed says what there was in all.
func sumSniffed(talk io.Writer, s *sniff.Sniffer) {
	t := s.Totals()
	findings := uint64(0)
	for _, n := range t.Findings {
		findings += n
	}
	fmt.Fprintf(talk, "wsproxy: packets %d, connections %d: WebSocket %d, only HTTP %d, TLS %d, not shown %d; rules broken %d times\n",
		t.Packets, t.Conns, t.WebSockets, t.HTTP, t.TLS, t.Conns-t.WebSockets-t.HTTP-t.TLS, findings)
	if t.Missing > 0 {
		fmt.Fprintf(talk, "wsproxy: missing in what is shown: %d bytes\n", t.Missing)
	}
	if n := t.Skipped; n.Link+n.Fragments > 0 {
		fmt.Fprintf(talk, "wsproxy: not looked into: %d packets of links that are not known here, %d datagrams in pieces\n", n.Link, n.Fragments)
	}
	if n := t.Skipped.Other; n > 0 && t.Segments == 0 { // else most is what everybody's network carries beside TCP
		fmt.Fprintf(talk, "wsproxy: none of %d packets is TCP, or they are in a tunnel that is not read, such as GRE, VXLAN or MPLS\n", n)
	}
}
