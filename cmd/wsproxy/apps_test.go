package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// apps is a script with programs that speak protocols on top of WebSocket.
const apps = "../../targets/npm/apps.js"

// haveApps reports whether what the script takes is installed.
func haveApps(t *testing.T) bool {
	t.Helper()
	_, err := os.Stat("../../targets/npm/node_modules/socket.io")
	if err == nil {
		_, err = exec.LookPath("node")
	}
	return have(t, err)
}

func have(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Log("not installed, see targets/setup:", err)
	}
	return err == nil
}

// play runs a client to its end.
func play(t *testing.T, verb, addr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "node", apps, verb, addr).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", verb, err, out)
	}
}

// background runs a server until the test ends.
func background(t *testing.T, cmd *exec.Cmd) *bufio.Reader {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return bufio.NewReader(out)
}

func wantShown(t *testing.T, shown string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown in\n%s", want, shown)
		}
	}
}

// namesKept reads a recording whose messages have names, and what a filter leaves of
// it, and wants the same back.
func namesKept(t *testing.T, name string, wanted ...string) {
	t.Helper()
	again := func(name string, flags ...string) string {
		var out, said bytes.Buffer
		if code := run(t.Context(), append([]string{"read", name, "--format", "json"}, flags...), &out, &said); code != 0 {
			t.Fatalf("%d %s", code, &said)
		}
		return out.String()
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wantShown(t, string(text), wanted...)
	if got := again(name); got != string(text) {
		t.Errorf("read as\n%s\nwritten as\n%s", got, text)
	}
	part := name + ".part.jsonl"
	left := again(name, "--filter", `dir==server && name~"."`, "--write", part)
	if got := again(part); got != left || !strings.Contains(left, `"name":`) {
		t.Errorf("of a part is read\n%s\nwritten was\n%s", got, left)
	}
}

// What is spoken on top of WebSocket, by the programs that people use for it.
func TestSubprotocols(t *testing.T) {
	if !haveApps(t) {
		return
	}
	server, err := background(t, exec.Command("node", apps, "serve")).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	name := filepath.Join(t.TempDir(), "talk.jsonl")
	addr, stop := proxied(t, strings.TrimSpace(server), &shown, "--write", name)
	play(t, "talk", addr)
	stop()
	namesKept(t, name, `"name":"socket.io CONNECT /chat"`, `"name":"socket.io BINARY_EVENT \"message\" /chat id=0 attachments=1"`, `"name":"GraphQL connection_ack"`,
		`"name":"STOMP SEND destination=/queue/a"`)
	wantShown(t, shown.String(),
		`socket.io CONNECT /chat  {"sid":`, `socket.io BINARY_EVENT "message" /chat id=0 attachments=1`, "socket.io attachment", `socket.io ACK /chat id=0  ["got",1]`,
		"GraphQL connection_ack", "GraphQL subscribe id=", "GraphQL next id=", `{"data":{"hello":"world"}}`,
		"STOMP CONNECTED version=1.2", `STOMP SEND destination=/queue/a  {"n":1}`, "STOMP MESSAGE subscription=sub-0", "STOMP RECEIPT receipt-id=close-1")
}

// A broker of MQTT, and a client that speaks 3.1.1 and 5.
func TestMQTT(t *testing.T) {
	broker, err := exec.LookPath("/usr/sbin/mosquitto")
	if !have(t, err) || !haveApps(t) {
		return
	}
	at := freePort(t)
	_, port, _ := net.SplitHostPort(at)
	config := filepath.Join(t.TempDir(), "mosquitto.conf")
	text := fmt.Sprintf("user root\nallow_anonymous true\nlistener 0 %s\nlistener %s 127.0.0.1\nprotocol websockets\n", config+".socket", port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	background(t, exec.Command(broker, "-c", config))
	for deadline := time.Now().Add(time.Minute); ; {
		c, err := net.Dial("tcp", at)
		if err == nil {
			c.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	var shown bytes.Buffer
	name := filepath.Join(t.TempDir(), "talk.jsonl")
	addr, stop := proxied(t, at, &shown, "--filter", `name~"^MQTT"`, "--write", name)
	play(t, "mqtt", addr)
	stop()
	namesKept(t, name, `"name":"MQTT CONNECT version=4`, `"name":"MQTT PUBLISH topic=a/b qos=1 id=`)
	wantShown(t, shown.String(), "MQTT CONNECT version=4", "MQTT CONNECT version=5", "MQTT CONNACK code=0", "topic=a/#",
		`MQTT PUBLISH topic=a/b qos=1 id=`, `7 bytes  {"n":1}`, "MQTT PUBACK id=", "MQTT DISCONNECT")
}
