package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"wsprobe/internal/wire"
)

// results is what was measured of a contender, one value a round.
type results struct {
	p50, p99   []float64 // microseconds
	small      []float64 // millions of messages a second
	cpu        []float64 // microseconds of the proxy's a message
	one, many  []float64 // GB/s
	idleMemory float64   // KiB a connection
}

// measures are what a turn is made of.
var measures = []func(s *stage, c *contender, to *results) error{
	(*stage).ping,
	(*stage).messages,
	func(s *stage, c *contender, to *results) error { return s.bulk(c, 1, &to.one) },
	func(s *stage, c *contender, to *results) error { return s.bulk(c, manyConns, &to.many) },
}

// turn measures a contender once more, and next to each measure the one that it is
// compared with: what a machine gives others changes within seconds. Which of the
// two is first changes with the rounds.
func (s *stage) turn(c *contender, round int) error {
	defer truncate(c.record)
	base := s.contenders[1]
	for _, measure := range measures {
		both := []func() error{
			func() error { return measure(s, base, &c.beside) },
			func() error { return measure(s, c, &c.results) },
		}
		if round%2 == 1 {
			slices.Reverse(both)
		}
		for _, one := range both {
			if err := one(); err != nil {
				return err
			}
		}
	}
	return nil
}

// messages measures small ones.
func (s *stage) messages(c *contender, to *results) error {
	defer s.settle(c)
	rate, each, err := messages(c, func() time.Duration { return s.cpu(c) })
	to.small = append(to.small, rate/1e6)
	to.cpu = append(to.cpu, float64(each.Nanoseconds())/1e3)
	return err
}

// bulk measures large ones.
func (s *stage) bulk(c *contender, conns int, to *[]float64) error {
	defer s.settle(c)
	rate, err := bulk(c.addr, conns)
	*to = append(*to, rate/1e9)
	return err
}

// ping measures round trips, with everyone on one processor: else they vary by
// who happens to run where.
func (s *stage) ping(c *contender, to *results) error {
	on := []int{os.Getpid(), s.server.Process.Pid}
	if c.process != nil {
		on = append(on, c.process.Process.Pid)
	}
	if err := pin(true, on...); err != nil {
		return err
	}
	defer pin(false, on...)
	took, err := pings(c.addr)
	if err != nil {
		return err
	}
	to.p50 = append(to.p50, float64(took[len(took)/2].Nanoseconds())/1e3)
	to.p99 = append(to.p99, float64(took[len(took)*99/100].Nanoseconds())/1e3)
	return nil
}

// idle measures what connections cost that have said a word and rest.
func (s *stage) idle(c *contender) error {
	if c.process == nil {
		return nil
	}
	leader := c.process.Process.Pid
	sent, back := frames(1, pingSize, wire.OpText)
	s.settle(c)
	before := memory(leader)
	conns, err := dialAll(c.addr, c.idlers)
	if err != nil {
		return err
	}
	defer s.settle(c)
	defer closeAll(conns)
	for _, conn := range conns {
		conn.Write(sent)
		if _, err := io.ReadFull(conn, make([]byte, len(back))); err != nil {
			return err
		}
	}
	s.settle(c)
	c.idleMemory = float64(memory(leader)-before) / 1024 / float64(len(conns))
	return nil
}

func (s *stage) cpu(c *contender) time.Duration {
	if c.process == nil {
		return 0
	}
	return cpu(c.process.Process.Pid)
}

func (s *stage) settle(c *contender) {
	if c.process != nil {
		settle(c.process.Process.Pid)
	}
	settle(s.server.Process.Pid)
}

// print prints medians, and medians of the ratios to what was measured next to each.
func print(w io.Writer, all []*contender) {
	fmt.Fprintf(w, "%-16s %8s %6s %8s   %9s %6s %8s   %7s %6s   %7s %6s   %8s\n", "", "p50 µs", "×", "p99 µs",
		"M msg/s", "×", "cpu µs", "GB/s, 1", "×", "8", "×", "KiB idle")
	for _, c := range all {
		fmt.Fprintf(w, "%-16s %8.1f %6.2f %8.1f   %9.4f %6.2f %8.2f   %7.2f %6.2f   %7.2f %6.2f   %8.1f\n", c.name,
			median(c.p50), ratio(c.p50, c.beside.p50), median(c.p99),
			median(c.small), ratio(c.small, c.beside.small), median(c.results.cpu),
			median(c.one), ratio(c.one, c.beside.one), median(c.many), ratio(c.many, c.beside.many), c.idleMemory)
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if len(v)%2 == 0 {
		return (v[len(v)/2-1] + v[len(v)/2]) / 2
	}
	return v[len(v)/2]
}

func ratio(v, base []float64) float64 {
	var ratios []float64
	for i := range v {
		ratios = append(ratios, v[i]/base[i])
	}
	return median(ratios)
}
