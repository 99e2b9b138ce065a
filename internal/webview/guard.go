package webview

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard keeps others out: a page of another origin, a name that was pointed at this
// machine (DNS rebinding), and everyone who was not given the token.
type guard struct {
	addr   netip.AddrPort // where we listen
	names  []string       // that a Host may have beside addresses: "localhost:8080"
	token  string         // in the address that is printed
	cookie string         // its name: cookies of a host are shared by all its ports
	secret string         // what the token is exchanged for
}

func newGuard(addr netip.AddrPort) *guard {
	_, port, _ := net.SplitHostPort(addr.String())
	return &guard{
		addr: addr, names: []string{"localhost:" + port},
		token: rand.Text(), secret: rand.Text(), cookie: "wsproxy_" + port,
	}
}

// equal compares in a time that tells nothing.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// wrap lets next answer those who may ask.
func (g *guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		harden(w.Header())
		switch {
		case !g.knows(r.Host):
			http.Error(w, "this host is not served here", http.StatusForbidden)
		case !g.sameOrigin(r):
			http.Error(w, "other pages are not served here", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the page can only be read", http.StatusMethodNotAllowed)
		case r.URL.Path == "/" && r.URL.Query().Has("token"):
			g.exchange(w, r)
		case !g.admits(r):
			again(w, r)
			http.Error(w, "a token is needed: open the address that wsproxy printed", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// contentPolicy lets the page load what is its own, connect back to where it came
// from, and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// harden sets what every answer has.
func harden(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// knows reports whether a Host is one of ours: where we listen, localhost, and,
// where we listen on all addresses, any address. No name can be rebound to be one
// of these.
func (g *guard) knows(host string) bool {
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), "80") // which is left out
	}
	for _, name := range g.names {
		if strings.EqualFold(host, name) {
			return true
		}
	}
	at, err := netip.ParseAddrPort(host)
	if err != nil || at.Port() != g.addr.Port() {
		return false
	}
	ip := at.Addr().Unmap()
	return ip == g.addr.Addr().Unmap() || ip.IsLoopback() || g.addr.Addr().IsUnspecified()
}

// sameOrigin reports whether a request may come from where it says. A browser
// names the origin of whatever opens a WebSocket; nobody else needs to open one.
func (g *guard) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r.Header.Get("Upgrade") == ""
	}
	return strings.EqualFold(origin, "http://"+r.Host)
}

// again has a browser ask for the page once more where another page has a link to us, as a
// terminal or a chat in the browser has. It sends our cookie only with what we ask for
// (SameSite=Strict), which the second time is so.
func again(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		w.Header().Set("Refresh", "0; url=/")
	}
}

// exchange takes the token for a cookie, and gets it out of the address.
func (g *guard) exchange(w http.ResponseWriter, r *http.Request) {
	if !equal(r.URL.Query().Get("token"), g.token) {
		http.Error(w, "wrong token: open the address that wsproxy printed", http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// admits reports whether a request has the cookie, or the token as programs send
// it.
func (g *guard) admits(r *http.Request) bool {
	if c, err := r.Cookie(g.cookie); err == nil && equal(c.Value, g.secret) {
		return true
	}
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && equal(bearer, g.token)
}
