package main

import (
	"bytes"
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wsprobe/internal/record"
)

// What a program says over TLS through a proxy that only passes it on is shown with
// the key log that the program wrote, filtered and recorded as ws is, and without it
// is not.
func TestReadWithKeys(t *testing.T) {
	dir := t.TempDir()
	name, log, lines := filepath.Join(dir, "wire.pcapng"), filepath.Join(dir, "keys.log"), filepath.Join(dir, "lines.jsonl")
	var wire, keys bytes.Buffer
	var mu sync.Mutex
	file := record.NewPcapng(&wire, "")
	cert, key, serverCA := identity(t, "127.0.0.1")
	addr := captured(t, file, &mu, overTLS(t, cert, key, echo))
	config := trusting(t, serverCA)
	config.KeyLogWriter, config.MinVersion = &keys, tls.VersionTLS12
	talkOver(t, "wss://"+addr+"/", config, "read along")
	mu.Lock()
	file.Close()
	os.WriteFile(name, wire.Bytes(), 0o600)
	mu.Unlock()
	os.WriteFile(log, keys.Bytes(), 0o600)
	code, shown, talk := called("read", "--keylog", log, "--write", lines, "--grep", "along", "--one-line", name)
	if code != 0 || strings.Count(shown, "read along") != 2 || !strings.Contains(talk, "WebSocket 1, only HTTP 0, TLS 0, not shown 0; rules broken 0 times") {
		t.Errorf("%d %s%s", code, shown, talk)
	}
	if code, shown, _ := called("read", "--one-line", lines); code != 0 || strings.Count(shown, "read along") != 2 {
		t.Errorf("%d %s", code, shown)
	}
	code, shown, talk = called("read", name)
	if code != 0 || strings.Contains(shown, "read along") || !strings.Contains(shown, "TLS, not looked into") || !strings.Contains(talk, "TLS 1,") {
		t.Errorf("without keys: %d %s%s", code, shown, talk)
	}
	if code, _, talk := called("read", "--keylog", filepath.Join(dir, "none"), name); code != 1 || !strings.Contains(talk, "the key log: open") {
		t.Errorf("without the file: %d %s", code, talk)
	}
}
