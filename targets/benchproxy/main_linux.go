// Benchproxy compares what proxies cost: each stands in turn between the same
// client and the same echo server, in several rounds, and medians are printed,
// with ratios to a proxy that is Go's io.Copy and nothing else.
//
//	go build -o benchproxy ./targets/benchproxy && ./benchproxy [flags] WSPROXY
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func main() {
	peers := flag.String("peers", "", "names of those to compare with; all, where it is empty")
	rounds := flag.Int("rounds", 5, "how often each has its turn")
	flag.Parse()
	var err error
	switch args := flag.Args(); {
	case len(args) == 2 && args[0] == "echo":
		err = echo(args[1])
	case len(args) == 3 && args[0] == "copy":
		err = copyProxy(args[1], args[2])
	case len(args) == 1:
		err = bench(args[0], strings.FieldsFunc(*peers, func(r rune) bool { return r == ' ' || r == ',' }), *rounds)
	default:
		fmt.Fprintln(os.Stderr, "usage: benchproxy [-peers NAMES] [-rounds N] WSPROXY")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchproxy:", err)
		os.Exit(1)
	}
}

// bench starts everyone, measures and prints.
func bench(wsproxy string, names []string, rounds int) error {
	if err := manyFiles(); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "benchproxy")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	s := &stage{folder: folder, wsproxy: wsproxy}
	defer s.stop()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	failed := make(chan error, 1)
	go func() { failed <- s.run(names, rounds) }()
	select {
	case err = <-failed:
	case <-interrupted:
		err = fmt.Errorf("interrupted")
	}
	return err
}

// manyFiles lets us, and those whom we start, have many connections.
func manyFiles() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, (*syscall.Rlimit)(&limit))
}

// run has each contender take its turn, round by round.
func (s *stage) run(names []string, rounds int) error {
	if err := s.start(names); err != nil {
		return err
	}
	for _, c := range s.contenders {
		if err := s.idle(c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	for i := range rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", i+1, rounds)
		for _, c := range s.contenders {
			if err := s.turn(c, i); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	print(os.Stdout, s.contenders)
	return nil
}
