package webview

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wsprobe/internal/browsertest"
	"wsprobe/internal/record"
)

// serve serves a view on a port of its own.
func serve(t *testing.T) *View {
	t.Helper()
	v, err := Listen("127.0.0.1:0", Formats{".jsonl": func(w io.Writer) record.Sink { return record.NewJSONL(w) }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	counts := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "counts") })
	go func() { done <- v.Serve(ctx, counts) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return v
}

func TestGuard(t *testing.T) {
	v := serve(t)
	host := v.l.Addr().String()
	_, port, _ := strings.Cut(host, ":")
	cookie := v.guard.cookie + "=" + v.guard.secret
	ws := "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
	for _, test := range []struct {
		name, path, fields string
		want               int
	}{
		{"no token", "/", "", 403},
		{"wrong token", "/?token=" + strings.ToLower(v.guard.token), "", 403},
		{"empty token", "/?token=", "", 403},
		{"token", "/?token=" + v.guard.token, "", 303},
		{"token elsewhere", "/export?conn=0&format=.jsonl&token=" + v.guard.token, "", 403},
		{"cookie", "/", "Cookie: " + cookie, 200},
		{"wrong cookie", "/", "Cookie: " + v.guard.cookie + "=" + v.guard.token, 403},
		{"script without a cookie", "/main.js", "", 403},
		{"rebound name", "/", "Host: evil.example:" + port + "\nCookie: " + cookie, 403},
		{"rebound name with the token", "/?token=" + v.guard.token, "Host: evil.example:" + port, 403},
		{"name that ends so", "/", "Host: evil.localhost:" + port + "\nCookie: " + cookie, 403},
		{"another port", "/", "Host: 127.0.0.1:1\nCookie: " + cookie, 403},
		{"localhost", "/", "Host: LocalHost:" + port + "\nCookie: " + cookie, 200},
		{"IPv6 loopback", "/", "Host: [::1]:" + port + "\nCookie: " + cookie, 200},
		{"another address", "/", "Host: 192.0.2.1:" + port + "\nCookie: " + cookie, 403},
		{"page of another", "/live", ws + "Origin: http://evil.example\nCookie: " + cookie, 403},
		{"another port's page", "/live", ws + "Origin: http://127.0.0.1:1\nCookie: " + cookie, 403},
		{"sandboxed page", "/live", ws + "Origin: null\nCookie: " + cookie, 403},
		{"program without origin", "/live", ws + "Cookie: " + cookie, 403},
		{"own page without cookie", "/live", ws + "Origin: http://" + host, 403},
		{"own page", "/live", ws + "Origin: http://" + host + "\nCookie: " + cookie, 101},
		{"export without a cookie", "/export?conn=0&format=.jsonl", "", 403},
		{"export", "/export?conn=0&format=.jsonl", "Cookie: " + cookie, 200},
		{"unknown format", "/export?conn=0&format=.exe", "Cookie: " + cookie, 400},
		{"bad filter", "/export?conn=0&format=.jsonl&filter=((", "Cookie: " + cookie, 400},
		{"metrics without a token", "/metrics", "", 403},
		{"metrics", "/metrics", "Authorization: Bearer " + v.guard.token, 200},
		{"metrics with a wrong token", "/metrics", "Authorization: Bearer x", 403},
		{"writing", "/", "Method: POST\nCookie: " + cookie, 405},
		{"writing from elsewhere", "/", "Method: POST\nOrigin: http://evil.example\nCookie: " + cookie, 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := ask(t, "http://"+host+test.path, test.fields)
			if res.StatusCode != test.want {
				t.Errorf("%d, want %d", res.StatusCode, test.want)
			}
			if test.want == 101 {
				return
			}
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';", "X-Frame-Options": "DENY",
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			} {
				if got := res.Header.Get(name); !strings.HasPrefix(got, want) {
					t.Errorf("%s: %q", name, got)
				}
			}
		})
	}
}

// ask asks with these fields, one a line, and follows no redirect.
func ask(t *testing.T, url, fields string) *http.Response {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(fields) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "Host":
			r.Host = value
		case "Method":
			r.Method = value
		default:
			r.Header.Set(name, value)
		}
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// The token opens the page once it is exchanged for a cookie that scripts and other
// sites cannot use.
func TestToken(t *testing.T) {
	v := serve(t)
	res := ask(t, v.URL(), "")
	set := res.Header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(set, want) {
			t.Errorf("%q is not in %q", want, set)
		}
	}
	if strings.Contains(set, v.guard.token) || res.Header.Get("Location") != "/" {
		t.Errorf("cookie %q, then to %q", set, res.Header.Get("Location"))
	}
	jar, _ := cookiejar.New(nil)
	client := http.Client{Jar: jar}
	page, err := client.Get(v.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	if page.StatusCode != 200 || page.Request.URL.RawQuery != "" {
		t.Errorf("%d at %s", page.StatusCode, page.Request.URL)
	}
	if other := serve(t); other.guard.token == v.guard.token || other.guard.secret == v.guard.secret {
		t.Error("two views have the same token")
	}
}

func TestAnyAddress(t *testing.T) {
	v, err := Listen("0.0.0.0:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer v.l.Close()
	u, err := url.Parse(v.URL())
	if err != nil || u.Hostname() != "localhost" || v.Local() {
		t.Errorf("%s, local %v: %v", u, v.Local(), err)
	}
	for host, want := range map[string]bool{"192.0.2.7:" + u.Port(): true, "evil.example:" + u.Port(): false, "192.0.2.7:1": false, "192.0.2.7": false} {
		if got := v.guard.knows(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

// Browsers leave out the port where it is that of HTTP.
func TestPort80(t *testing.T) {
	g := newGuard(netip.MustParseAddrPort("127.0.0.1:80"))
	for host, want := range map[string]bool{"127.0.0.1": true, "localhost": true, "[::1]": true, "127.0.0.1:80": true, "evil.example": false, "127.0.0.1:81": false, "192.0.2.7": false, "": false} {
		if got := g.knows(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

// A link in a page of another site opens the page, too, with the token: a terminal in the
// browser has one.
func TestLinkElsewhere(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<!doctype html><a href="`+v.URL()+`">watch</a>`)
	}))
	defer elsewhere.Close()
	w := browsertest.Open(t, ctx, 700, 600, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1))
	w.Do(chromedp.Click(chromedp.CSS("a")))
	live := chromedp.Evaluate[bool](`document.querySelector('#state')?.textContent === 'live' && location.search === ''`)
	for is := false; !is; { // what waits in a page does not outlive it
		if is, _ = chromedp.Run(w.Context, live); w.Context.Err() != nil {
			t.Fatal("the page does not open")
		}
		time.Sleep(10 * time.Millisecond)
	}
	address, _, _ := strings.Cut(v.URL(), "?")
	if res := ask(t, address, "Sec-Fetch-Site: same-origin"); res.StatusCode != http.StatusForbidden || res.Header.Get("Refresh") != "" {
		t.Errorf("%s, refresh %q", res.Status, res.Header.Get("Refresh"))
	}
}
