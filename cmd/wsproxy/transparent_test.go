package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// network is three network namespaces, of which ours routes between the client's
// and the server's.
type network struct {
	t                    *testing.T
	client, ours, server string
}

// The addresses in it.
const (
	clientRoute4, serverHost4 = "10.77.1.1", "10.77.2.2"
	clientRoute6, serverHost6 = "fd77:1::1", "fd77:2::2"
)

// newNetwork makes one. Where that is not possible, as only root can, the test
// fails on CI and says so elsewhere.
func newNetwork(t *testing.T) (n *network, ok bool) {
	t.Helper()
	id := fmt.Sprintf("wsproxy%d", os.Getpid())
	n = &network{t, id + "c", id + "o", id + "s"}
	if out, err := exec.Command("ip", "netns", "add", n.ours).CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("there can be no network namespace, so nothing was redirected: %v: %s", err, out)
		return nil, false
	}
	t.Cleanup(func() {
		for _, name := range []string{n.client, n.ours, n.server} {
			exec.Command("ip", "netns", "delete", name).Run()
		}
	})
	n.must("", "ip", "netns", "add", n.client)
	n.must("", "ip", "netns", "add", n.server)
	n.must(n.ours, "ip", "link", "set", "lo", "up")
	n.join(n.client, "10.77.1", "fd77:1:")
	n.join(n.server, "10.77.2", "fd77:2:")
	n.must(n.ours, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
	return n, true
}

// join connects a namespace to ours: we are .1 and it is .2.
func (n *network) join(name, net4, net6 string) {
	ours, theirs := "w"+name[len(name)-1:]+"o", "eth0"
	n.must(n.ours, "ip", "link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
	for _, end := range []struct{ in, link, host string }{{n.ours, ours, "1"}, {name, theirs, "2"}} {
		n.must(end.in, "ip", "address", "add", net4+"."+end.host+"/24", "dev", end.link)
		n.must(end.in, "ip", "address", "add", net6+":"+end.host+"/64", "dev", end.link, "nodad")
		n.must(end.in, "ip", "link", "set", end.link, "up")
	}
	n.must(name, "ip", "link", "set", "lo", "up")
	n.must(name, "ip", "route", "add", "default", "via", net4+".1")
	n.must(name, "ip", "-6", "route", "add", "default", "via", net6+":1")
}

// in is a command in a namespace; "" is the one we are in.
func (n *network) in(name string, args ...string) *exec.Cmd {
	if name != "" {
		args = append([]string{"ip", "netns", "exec", name}, args...)
	}
	return exec.Command(args[0], args[1:]...)
}

func (n *network) must(name string, args ...string) string {
	n.t.Helper()
	out, err := n.in(name, args...).CombinedOutput()
	if err != nil {
		n.t.Fatalf("%q: %v: %s", args, err, out)
	}
	return string(out)
}

// process is a program that runs in a namespace.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Reader // its standard error
	out   string        // the file with its standard output
}

// run starts a program and waits for the first line that it says.
func (n *network) run(name string, args ...string) (p *process, first string) {
	n.t.Helper()
	out, err := os.Create(filepath.Join(n.t.TempDir(), "out"))
	if err != nil {
		n.t.Fatal(err)
	}
	defer out.Close()
	p = &process{cmd: n.in(name, args...), out: out.Name()}
	p.cmd.Stdout = out
	said, err := p.cmd.StderrPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		n.t.Fatal(err)
	}
	p.lines = bufio.NewReader(said)
	if first, err = p.lines.ReadString('\n'); err != nil {
		n.t.Fatalf("%s%v", first, err)
	}
	return p, first
}

// stop interrupts it and returns all that it wrote.
func (p *process) stop() (shown, said string) {
	p.cmd.Process.Signal(syscall.SIGTERM)
	rest, _ := io.ReadAll(p.lines)
	p.cmd.Wait()
	out, _ := os.ReadFile(p.out)
	return string(out), string(rest)
}

// wsproxyProgram is this test's binary under the name by which it is wsproxy.
func wsproxyProgram(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	name := filepath.Join(t.TempDir(), "wsproxy")
	if err == nil {
		err = os.Symlink(self, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// The redirect that wsproxy itself prints brings it what a client sends to a server
// on another network, over IPv4 and IPv6, and neither notices.
func TestTransparent(t *testing.T) {
	n, ok := newNetwork(t)
	if !ok {
		return
	}
	server, _ := n.run(n.server, "/usr/bin/python3", "-c", echoScript)
	defer server.stop()
	for _, way := range []struct{ listen, to, how string }{
		{"0.0.0.0:9090", serverHost4, "nft"},
		{"[::]:9091", serverHost6, "nft"},
		{"[::]:9092", serverHost4, "nft"},
		{"0.0.0.0:9093", serverHost4, "iptables"},
		{"[::]:9094", serverHost6, "ip6tables"},
	} {
		t.Run(way.how+" "+way.listen+" "+way.to, func(t *testing.T) {
			p, _ := n.run(n.ours, wsproxyProgram(t), "transparent", "--listen", way.listen)
			undo := n.redirect(p, way.how)
			got := n.must(n.client, say(way.to, "80")...)
			_, port, _ := net.SplitHostPort(way.listen)
			direct, err := n.in(n.client, say(router(way.to), port)...).CombinedOutput()
			undo()
			shown, said := p.stop()
			if got != "over a redirect\n" || !strings.Contains(shown, "over a redirect") || !strings.Contains(shown, "on to "+net.JoinHostPort(way.to, "80")) {
				t.Errorf("%q, shown:\n%s\nsaid:\n%s", got, shown, said)
			}
			if err == nil || !strings.Contains(said, "was not redirected here") {
				t.Errorf("a connection that was not redirected: %s, %v, said:\n%s", direct, err, said)
			}
		})
	}
}

// The two ends, in Python: websockets serves an echo on port 80, and websocket-client
// says something to it.
const (
	echoScript = `
import asyncio, sys, websockets
async def echo(ws, path):
    async for message in ws:
        await ws.send(message)
async def main():
    async with websockets.serve(echo, None, 80):
        print("ready", file=sys.stderr)
        await asyncio.Future()
asyncio.run(main())
`
	sayScript = `
import sys, websocket
c = websocket.create_connection(sys.argv[1], timeout=60)
c.send("over a redirect")
print(c.recv())
c.close()
`
)

// say is what has a client say something to a server.
func say(host, port string) []string {
	return []string{"/usr/bin/python3", "-c", sayScript, "ws://" + net.JoinHostPort(host, port) + "/"}
}

// router is our address as the client of a server of that family sees it.
func router(server string) string {
	if strings.Contains(server, ":") {
		return clientRoute6
	}
	return clientRoute4
}

// redirect does what wsproxy says is to be done, with nft or with iptables.
func (n *network) redirect(p *process, how string) (undo func()) {
	n.t.Helper()
	for found := false; ; {
		line, err := p.lines.ReadString('\n')
		if err != nil {
			n.t.Fatal(err)
		}
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, how+" ") {
			n.must(n.ours, "sh", "-c", line)
			found = true
		} else if found && line == "" {
			break
		}
	}
	return func() {
		if how == "nft" {
			n.must(n.ours, "nft", "delete", "table", "inet", "wsproxy")
		} else {
			n.must(n.ours, how, "-t", "nat", "-F")
		}
	}
}

// Programs of the same machine are redirected too, but for those of one user.
func TestTransparentHere(t *testing.T) {
	n, ok := newNetwork(t)
	if !ok {
		return
	}
	server, _ := n.run(n.server, "/usr/bin/python3", "-c", echoScript)
	defer server.stop()
	p, _ := n.run(n.ours, wsproxyProgram(t), "transparent", "--listen", "127.0.0.1:9090")
	defer n.redirect(p, "nft")()
	got := n.must(n.ours, append([]string{"setpriv", "--reuid", "65534", "--clear-groups"}, say(serverHost4, "80")...)...)
	shown, said := p.stop()
	if got != "over a redirect\n" || !strings.Contains(shown, "over a redirect") {
		t.Errorf("%q, shown:\n%s\nsaid:\n%s", got, shown, said)
	}
}

// A redirect that catches wsproxy's own connections leads nowhere, and not round and
// round.
func TestTransparentLoop(t *testing.T) {
	n, ok := newNetwork(t)
	if !ok {
		return
	}
	server, _ := n.run(n.server, "/usr/bin/python3", "-c", echoScript)
	defer server.stop()
	p, _ := n.run(n.ours, wsproxyProgram(t), "transparent", "--listen", "127.0.0.1:9090")
	n.must(n.ours, "iptables", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "--dport", "80", "-j", "REDIRECT", "--to-ports", "9090")
	out, err := n.in(n.ours, say(serverHost4, "80")...).CombinedOutput()
	shown, said := p.stop()
	if err == nil || !strings.Contains(said, "wsproxy's own connection to "+serverHost4+":80 was redirected here") {
		t.Errorf("%s, %v, shown:\n%s\nsaid:\n%s", out, err, shown, said)
	}
	if n := strings.Count(shown, "connected, on to"); n > 100 {
		t.Errorf("it went round %d times", n)
	}
}
