package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"wsprobe/internal/browsertest"
	"wsprobe/internal/installed"
)

// accepting makes a home whose browser accepts a CA, as wsproxy ca tells to.
func accepting(t *testing.T, file string) (ok bool) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	if !installed.Program(t, "certutil") {
		return false
	}
	db := filepath.Join(os.Getenv("HOME"), ".pki", "nssdb")
	if err := os.MkdirAll(db, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-N", "--empty-password", "-d", "sql:" + db},
		{"-d", "sql:" + db, "-A", "-t", "C,,", "-n", "wsproxy", "-i", file},
	} {
		if out, err := exec.Command("certutil", args...).CombinedOutput(); err != nil {
			t.Fatalf("certutil %q: %v %s", args, err, out)
		}
	}
	return true
}

// Chromium loads a page through the proxy and opens a WebSocket, over TLS, where it
// accepts the CA.
func TestChromiumOverTLS(t *testing.T) {
	dir, file := authority(t)
	if !accepting(t, file) {
		return
	}
	browser, ok := browsertest.Start(t)
	if !ok {
		return
	}
	cert, key, serverCA := identity(t, "localhost", "127.0.0.1")
	server := overTLS(t, cert, key, echo)
	var shown bytes.Buffer
	addr, stop := proxied(t, "wss://"+server, &shown, "--cacert", serverCA, "--ca-dir", dir)
	_, port, _ := strings.Cut(addr, ":")
	w := browsertest.Open(t, browser, 800, 600, "https://localhost:"+port+"/")
	w.Holds(`(() => {
		const ws = new WebSocket('wss://localhost:` + port + `/');
		ws.onopen = () => ws.send('from Chromium');
		ws.onmessage = (e) => { window.got = e.data; ws.close(); };
		ws.onclose = (e) => { window.over = true; };
		return true;
	})()`)
	w.Until("window.over")
	w.Holds("window.got === 'from Chromium'")
	stop()
	for _, want := range []string{"ALPN http/1.1", "SNI localhost", "from Chromium"} {
		if !strings.Contains(strings.Join(strings.Fields(shown.String()), " "), want) {
			t.Errorf("%q is not shown:\n%s", want, &shown)
		}
	}
}

// It does not where it does not.
func TestChromiumRefuses(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	browser, ok := browsertest.Start(t)
	if !ok {
		return
	}
	cert, key, serverCA := identity(t, "localhost", "127.0.0.1")
	dir, _ := authority(t)
	addr, stop := proxied(t, "wss://"+overTLS(t, cert, key, echo), io.Discard, "--cacert", serverCA, "--ca-dir", dir)
	defer stop()
	err := chromedp.Do(browser, chromedp.Navigate("https://"+addr+"/"))
	if err == nil || !strings.Contains(err.Error(), "ERR_CERT_AUTHORITY_INVALID") {
		t.Error(err)
	}
}
