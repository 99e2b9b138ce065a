package record_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/installed"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/recordtest"
	"wsprobe/report"
)

// listener takes all that comes on each connection.
func listener(t *testing.T, secure bool) (addr netip.AddrPort, streams <-chan string) {
	t.Helper()
	var config *tls.Config
	if secure {
		web := httptest.NewTLSServer(nil)
		t.Cleanup(web.Close)
		config = web.TLS
	}
	came := make(chan string, 10)
	at := recordtest.Accept(t, config, func(c net.Conn) {
		io.WriteString(c, "\x81\x05hello")
		all, _ := io.ReadAll(c)
		came <- string(all)
	})
	return netip.MustParseAddrPort(at), came
}

// again writes a case down and runs its script.
func again(t *testing.T, id string, conns []*record.Conversation, args ...string) (script, output string) {
	t.Helper()
	into := record.Repro{Dir: filepath.Join(t.TempDir(), `a folder's "name"`)}
	if err := into.Write(&report.Case{ID: id}, conns); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(into.Dir, strings.ReplaceAll(id, "/", "_"), "again.sh")
	if installed.Program(t, "shellcheck") {
		if out, err := exec.Command("shellcheck", file).CombinedOutput(); err != nil {
			t.Errorf("shellcheck: %s", out)
		}
	}
	out, err := exec.Command(file, args...).Output()
	if err != nil {
		t.Fatalf("running again.sh: %v", err)
	}
	return file, string(out)
}

// conversation is one in which the client sends so much in each write.
func conversation(server netip.AddrPort, writes ...string) *record.Conversation {
	c := &record.Conversation{Client: netip.MustParseAddrPort("192.0.2.1:40000"), Server: server}
	for i, w := range writes {
		at := time.Duration(i) * 20 * time.Millisecond
		c.Data(lint.Client, at, []byte(w))
		c.Data(lint.Server, at+time.Millisecond, []byte("answer"))
	}
	return c
}

func TestAgainSendsTheSameBytes(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	tests := []struct {
		name   string
		tool   string
		secure bool
		writes []string
	}{
		{"plain", "bash", false, []string{"GET / HTTP/1.1\r\n\r\n", string(every), "$(exit) 'Q'"}},
		// With Q and R at their start, openssl would take lines for commands.
		{"secure", "openssl", true, []string{"GET / HTTP/1.1\r\n\r\n", "Q\n", "R\n", string(every)}},
		{"large", "bash", false, []string{strings.Repeat("x", 1<<20), "\n"}},
		{"nothing", "bash", false, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !installed.Program(t, test.tool) {
				return
			}
			addr, came := listener(t, test.secure)
			c := conversation(addr, test.writes...)
			c.Secure, c.ServerName = test.secure, "example.com"
			_, shown := again(t, "suite/case", []*record.Conversation{c})
			if got, want := <-came, strings.Join(test.writes, ""); got != want {
				t.Errorf("%d bytes came, want %d: %.200q", len(got), len(want), got)
			}
			if !strings.Contains(shown, "M-^A^Ehello") {
				t.Errorf("what came back is shown as %q", shown)
			}
		})
	}
}

// Another server, at another address, gets what each client sent in the order of
// all of them.
func TestAgainTakesAnotherAddress(t *testing.T) {
	addr, came := listener(t, false)
	nowhere := netip.MustParseAddrPort("192.0.2.9:9")
	alice, bob := conversation(nowhere, "a1", "a2"), conversation(nowhere, "b1", "b2", "b3")
	alice.Name, bob.Name = "alice", "bob"
	again(t, "chat/two", []*record.Conversation{alice, bob}, addr.Addr().String(), fmt.Sprint(addr.Port()))
	got := []string{<-came, <-came}
	slices.Sort(got)
	if !slices.Equal(got, []string{"a1a2", "b1b2b3"}) {
		t.Errorf("came: %q", got)
	}
}

func TestAgainSaysWhatItLeavesOut(t *testing.T) {
	addr, came := listener(t, false)
	c := &record.Conversation{Client: addr, Server: addr}
	for range 3000 {
		c.Data(lint.Client, 0, []byte("x"))
	}
	c.End(lint.Client, 0, lint.EndReset)
	c.Lost[lint.Client] = 77
	script, _ := again(t, "limits/many", []*record.Conversation{c})
	if got := <-came; got != strings.Repeat("x", 3000) {
		t.Errorf("%d bytes came", len(got))
	}
	text := (&played{T: t, folder: filepath.Dir(script)}).read("again.sh")
	for _, says := range []string{"Of the writes, 3000, those", "ends early: 77 more bytes", "connection 1 was reset", "transmit 3000 "} {
		if !bytes.Contains(text, []byte(says)) {
			t.Errorf("the script does not say %q", says)
		}
	}
}
