package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/cases"
	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
	"wsprobe/report"
)

// The clients that meet faults: each says three things to an echo, and prints what
// comes back and how it ends.
const (
	nodeClient = `
const ws = new (require('ws'))(process.argv[1]);
let left = Number(process.argv[2]);
ws.on('open', () => ['one', 'two', 'three'].forEach((s) => ws.send(s)));
ws.on('message', (m) => { console.log(String(m)); if (--left === 0) ws.close(1000); });
ws.on('error', (e) => console.log(e.code));
ws.on('close', (code, reason) => console.log('closed', code, String(reason)));`
	pythonClient = `
import asyncio, sys, websockets
async def main(url, left):
    async with websockets.connect(url, compression=None, ping_interval=None) as ws:
        try:
            for s in ['one', 'two', 'three']:
                await ws.send(s)
            for _ in range(left):
                print(await ws.recv())
        except websockets.ConnectionClosed as e:
            if e.sent and not e.rcvd:
                print('failed with', e.sent.code)
    print('closed', ws.close_code, ws.close_reason)
asyncio.run(main(sys.argv[1], int(sys.argv[2])))`
)

// program runs a client that we did not write. Where it is not installed, CI fails,
// and elsewhere that is said, and ok is false.
func program(t *testing.T, dir, name string, args ...string) (out string, ok bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	b, err := cmd.CombinedOutput()
	missing := bytes.Contains(b, []byte("Cannot find module 'ws'")) || bytes.Contains(b, []byte("No module named 'websockets'"))
	switch {
	case (err != nil && cmd.ProcessState == nil || missing) && os.Getenv("CI") == "":
		t.Logf("%s was not tried: %v %s", name, err, b)
		return "", false
	case err != nil:
		t.Errorf("%s: %v\n%s", name, err, b)
	}
	return string(b), true
}

// saw compares what a client printed. What it had read when a reset came is its own
// affair.
func saw(out, want string) bool {
	out = strings.Join(strings.Fields(out), " ")
	end, only := strings.CutPrefix(want, "… ")
	return out == want || only && strings.HasSuffix(out, end)
}

// Clients that others wrote see what they should.
func TestFaultsSeenByClients(t *testing.T) {
	server := bundled(t)
	for _, tt := range []struct {
		spec, left, node, python, said string
	}{
		{"drop=2,dir=server", "2", "one three closed 1000", "one three closed 1000", "fault: dropped frame 2 of the server, text of 3 bytes"},
		{"duplicate=1,dir=client", "4", "one one two three closed 1000", "one one two three closed 1000", "fault: again frame 1 of the client"},
		{"close=1011,reason=upkeep,after=1", "3", "one closed 1011 upkeep", "one closed 1011 upkeep", "fault: a Close, code 1011"},
		{"reset,after=1,dir=server", "3", "… closed 1006", "… closed 1006", "fault: a reset of both connections"},
		{"corrupt=0,dir=server,after=1", "3", "one WS_ERR_UNEXPECTED_RSV_2_3 closed 1006", "one failed with 1002 closed 1006", "fault: corrupted byte 0"},
		{"chop=1,every=1ms,latency=1ms", "3", "one two three closed 1000", "one two three closed 1000", "fault: server: chop=1"},
		{"bandwidth=2KB/s,dir=server", "3", "one two three closed 1000", "one two three closed 1000", "fault: server: bandwidth=2KB/s"},
	} {
		t.Run(tt.spec, func(t *testing.T) {
			var shown bytes.Buffer
			addr, stop := proxied(t, server, &shown, "--fault", tt.spec, "--seed", "1")
			url := "ws://" + addr + "/echo"
			if out, ok := program(t, "../../targets/npm", "node", "-e", nodeClient, url, tt.left); ok && !saw(out, tt.node) {
				t.Errorf("ws saw %q", out)
			}
			if out, ok := program(t, ".", "/usr/bin/python3", "-c", pythonClient, url, tt.left); ok && !saw(out, tt.python) {
				t.Errorf("websockets saw %q", out)
			}
			stop()
			if !strings.Contains(shown.String(), tt.said) && shown.Len() > 0 {
				t.Errorf("the log has no %q:\n%s", tt.said, &shown)
			}
		})
	}
}

// dialed connects a gorilla client.
func dialed(t *testing.T, addr string) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.DefaultDialer.Dial("ws://"+addr+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	return c
}

// A connection with latency has its answers after one without, which is asked later.
func TestLatencyIsOfOneConnection(t *testing.T) {
	addr, stop := proxied(t, bundled(t), &bytes.Buffer{}, "--fault", "latency=300ms,conn=1,after=1")
	defer stop()
	came := make(chan string)
	for _, name := range []string{"slow", "quick"} {
		c := dialed(t, addr)
		for range 2 { // the first passes at once
			c.WriteMessage(websocket.TextMessage, []byte(name))
		}
		c.ReadMessage()
		go func() {
			_, p, _ := c.ReadMessage()
			came <- string(p)
		}()
	}
	if first, second := <-came, <-came; first != "quick" || second != "slow" {
		t.Errorf("%s came before %s", first, second)
	}
}

// In a black hole nothing comes, and when both ends have given up it is over.
func TestBlackhole(t *testing.T) {
	var shown bytes.Buffer
	addr, stop := proxied(t, bundled(t), &shown, "--fault", "blackhole,after=1")
	c := dialed(t, addr)
	for _, s := range []string{"one", "two"} {
		c.WriteMessage(websocket.TextMessage, []byte(s))
	}
	if _, p, err := c.ReadMessage(); string(p) != "one" {
		t.Errorf("%q %v", p, err)
	}
	c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, p, err := c.ReadMessage(); err == nil {
		t.Errorf("%q came", p)
	}
	stop()
	if strings.Count(shown.String(), "passes any more, nor its") != 2 || strings.Contains(shown.String(), "two") {
		t.Error(shown.String())
	}
}

// The prober, through a proxy that does one thing wrong, names that. It is told what the
// server has: what a corrupted byte becomes hangs on how many connections came before.
func TestFaultsFoundByProber(t *testing.T) {
	all, problems, err := casefile.LoadFS(cases.FS, "cases")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	server := bundled(t)
	for spec, want := range map[string]string{
		"corrupt=0,dir=server": "opcode.sent control/answered",
		"drop=1,dir=server":    "ping.answered control/answered",
	} {
		id := want[strings.Index(want, " ")+1:]
		addr, stop := proxied(t, server, &bytes.Buffer{}, "--fault", spec, "--seed", "1")
		one := slices.DeleteFunc(slices.Clone(all), func(c *casefile.Case) bool { return c.ID != id })
		res, err := probe.Run(t.Context(), probe.Options{URL: "ws://" + addr + "/echo", Cases: one, Have: []string{"echo"}})
		stop()
		if err != nil || len(res.Cases) != 1 {
			t.Fatal(err, res)
		}
		if c := &res.Cases[0]; c.Verdict != report.Fail || !slices.ContainsFunc(c.Findings, func(f report.Finding) bool { return f.Rule+" "+id == want }) {
			t.Errorf("%s: %s %+v", spec, c.Verdict, c.Findings)
		}
	}
}

func TestFaultMistakes(t *testing.T) {
	for args, want := range map[string]string{
		"--fault lag=3 x:1":           `"lag" is nothing that can go wrong`,
		"--fault drop=3,reset x:1":    "--fault may be given again",
		"--seed 3 x:1":                "--seed is for --fault",
		"--fault latency=1parsec x:1": "unknown unit",
	} {
		var talk bytes.Buffer
		if code := run(t.Context(), strings.Fields(args), &bytes.Buffer{}, &talk); code != 2 || !strings.Contains(talk.String(), want) {
			t.Errorf("%q: %d %s", args, code, talk.String())
		}
	}
}

// A filter picks the frames that are meant, by what is in them once inflated.
func TestFaultWhen(t *testing.T) {
	server := bundled(t)
	addr, stop := proxied(t, server, io.Discard, "--fault", `drop,dir=server,when=opcode==text && json.n==2`)
	defer stop()
	c, _, err := (&websocket.Dialer{EnableCompression: true}).Dial("ws://"+addr+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, text := range []string{`{"n": 1}`, `{"n": 2}`, `{"n": 3}`} {
		c.WriteMessage(websocket.TextMessage, []byte(text))
	}
	for _, want := range []string{`{"n": 1}`, `{"n": 3}`} {
		if _, p, err := c.ReadMessage(); string(p) != want {
			t.Errorf("%s came: %v", p, err)
		}
	}
}
