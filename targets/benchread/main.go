// Command benchread compares how fast wsproxy and tshark read the same captures,
// which it makes: of many small messages, of mixed ones, and of large ones.
//
//	go run ./targets/benchread [flags] bin/wsproxy
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// How much is read, and how often.
const (
	rounds      = 3
	connections = 50
)

// load is what a capture holds.
type load struct {
	name    string
	payload func(*rand.Rand) int
	batch   int  // frames that are sent at once
	secure  bool // over TLS 1.3, read with its keys
}

var loads = []load{
	{"64 B, a packet each", func(*rand.Rand) int { return 64 }, 1, false},
	{"64 B, 16 a packet", func(*rand.Rand) int { return 64 }, 16, false},
	{"20 B to 4 KiB", func(r *rand.Rand) int { return 20 << r.IntN(8) }, 1, false},
	{"64 KiB", func(*rand.Rand) int { return 64 << 10 }, 1, false},
	{"64 B over TLS", func(*rand.Rand) int { return 64 }, 1, true},
	{"20 B to 4 KiB, TLS", func(r *rand.Rand) int { return 20 << r.IntN(8) }, 1, true},
	{"64 KiB over TLS", func(*rand.Rand) int { return 64 << 10 }, 1, true},
}

func main() {
	size := flag.Int("size", 120, "MiB of WebSocket in each capture")
	only := flag.String("only", "", "a regular expression of the captures to be read; all, where it is empty")
	flag.Parse()
	if err := run(*size<<20, *only, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "benchread:", err)
		os.Exit(1)
	}
}

func run(size int, only string, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: benchread [flags] WSPROXY")
	}
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	dir, err := os.MkdirTemp("", "benchread")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%-20s %8s %14s %14s %8s\n", "", "MB", "tshark MB/s", "wsproxy MB/s", "ratio")
	for _, l := range loads {
		if !wanted.MatchString(l.name) {
			continue
		}
		file, keys := filepath.Join(dir, "capture.pcapng"), filepath.Join(dir, "keys.log")
		packed, err := l.write(file, keys, size)
		if err != nil {
			return err
		}
		var ours, theirs []time.Duration
		for range rounds {
			if err := timed(&ours, args[0], "read", "--quiet", "--keylog", keys, file); err != nil {
				return err
			}
			if err := timed(&theirs, "tshark", "-r", file, "-o", "tls.keylog_file:"+keys, "-Y", "websocket"); err != nil {
				return err
			}
		}
		rate := func(all []time.Duration) float64 { return float64(packed) / 1e6 / slices.Min(all).Seconds() }
		fmt.Printf("%-20s %8.0f %14.1f %14.1f %8.1f\n", l.name, float64(packed)/1e6, rate(theirs), rate(ours), rate(ours)/rate(theirs))
	}
	return nil
}

// timed runs a program and notes how long it took.
func timed(all *[]time.Duration, name string, args ...string) error {
	start := time.Now()
	err := exec.Command(name, args...).Run() // without an output, it writes to nowhere
	*all = append(*all, time.Since(start))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
