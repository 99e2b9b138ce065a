// Bench times whole runs of wsprobe against the gorilla peer, and prints what
// each cost both sides: the parts of the corpus that the Autobahn Testsuite has
// too, and all of it, one case at a time and in parallel. Beside the times stand
// two ratios: wsprobe's processor time to the server's, and the wall time to what
// both would take with nothing to wait for on all processors.
//
//	go run ./targets/bench WSPROBE PEER [full]
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// parts are what is timed, by the numbers of the Autobahn Testsuite.
var parts = []struct {
	name string
	only []string
}{
	{"1-7, 10", []string{"autobahn 1.**", "autobahn 2.**", "autobahn 3.**", "autobahn 4.**", "autobahn 5.**", "autobahn 6.**", "autobahn 7.**", "autobahn 10.**"}},
	{"9", []string{"autobahn 9.**"}},
	{"12, 13", []string{"autobahn 12.**", "autobahn 13.**"}},
	{"all", nil},
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: bench WSPROBE PEER [full]")
		os.Exit(2)
	}
	volume := "default"
	if len(os.Args) > 3 {
		volume = os.Args[3]
	}
	fmt.Printf("%-9s %-5s %7s %12s %11s %6s %6s %12s %11s\n",
		"part", "jobs", "wall s", "wsprobe cpu", "server cpu", "ratio", "wall", "wsprobe MiB", "server MiB")
	for _, part := range parts {
		for _, jobs := range []string{"1", "8"} {
			if err := measure(part.name, part.only, jobs, volume); err != nil {
				fmt.Fprintln(os.Stderr, "bench:", err)
				os.Exit(1)
			}
		}
	}
}

// measure runs one part against a fresh peer and prints a row.
func measure(name string, only []string, jobs, volume string) error {
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	peer := exec.Command(os.Args[2], addr)
	if err := peer.Start(); err != nil {
		return err
	}
	defer peer.Process.Kill()
	if err := listens(addr); err != nil {
		return err
	}
	args := []string{"run", "--quiet", "--url", "ws://" + addr + "/", "--have", "echo,permessage-deflate", "-j", jobs, "--volume", volume}
	for _, pattern := range only {
		args = append(args, "--only", pattern)
	}
	tester := exec.Command(os.Args[1], args...)
	began := time.Now()
	out, err := tester.CombinedOutput()
	wall := time.Since(began)
	if code := tester.ProcessState.ExitCode(); code != 0 && code != 1 { // 1: the peer has faults, as is known
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	peer.Process.Signal(syscall.SIGTERM)
	peer.Wait()
	ours, theirs := cpu(tester), cpu(peer)
	fmt.Printf("%-9s -j %-2s %7.2f %12.2f %11.2f %6.2f %6.2f %12d %11d   %s", name, jobs, wall.Seconds(), ours, theirs,
		ours/theirs, wall.Seconds()*float64(runtime.NumCPU())/(ours+theirs), memory(tester), memory(peer), lastLine(out))
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// listens waits until the peer accepts connections.
func listens(addr string) error {
	var err error
	for range 200 {
		var conn net.Conn
		if conn, err = net.Dial("tcp", addr); err == nil {
			return conn.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}

// cpu returns the processor time of an ended process, in seconds.
func cpu(c *exec.Cmd) float64 {
	return (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
}

// memory returns the peak resident memory of an ended process, in MiB.
func memory(c *exec.Cmd) int64 {
	return c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
}

func lastLine(out []byte) string {
	lines := strings.SplitAfter(strings.TrimSpace(string(out))+"\n", "\n")
	return lines[len(lines)-2]
}
