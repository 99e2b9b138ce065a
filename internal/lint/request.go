package lint

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// asksWebSocket reports whether a request looks like an opening handshake, right or not.
func asksWebSocket(r *wire.Request) bool {
	return r.HasToken("Upgrade", "websocket") ||
		slices.ContainsFunc(r.Fields, func(f wire.Field) bool { return isSecWebSocket(f.Name) })
}

// isSecWebSocket reports whether a field belongs to the handshake of RFC 6455 or hixie-76.
func isSecWebSocket(name string) bool {
	const prefix = "Sec-WebSocket-"
	return len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
}

// checkRequest judges an opening handshake of RFC 6455 §4.1 or the drafts 07
// and 08, which differ in the version and in the name of Origin.
func checkRequest(r *wire.Request) (f []Finding) {
	d, _ := wire.DialectOf(r)
	if !asksWebSocket(r) || d.Traits().Hixie {
		return nil
	}
	// item 2: a GET of HTTP/1.1 or higher.
	if r.Method != "GET" || !laterHTTP(r.Proto) {
		f = append(f, found(rules.ClientRequestLine, "%q", r.Line))
	}
	// item 3: a path, or an absolute URI; §3: without a fragment.
	if !validTarget(r.Target) {
		f = append(f, found(rules.ClientTarget, "%q", r.Target))
	}
	// item 4: a Host.
	if v := r.Values("Host"); len(v) != 1 || v[0] == "" {
		f = append(f, found(rules.ClientHost, "%s", seen("Host", v)))
	}
	// items 5 and 6: Upgrade and Connection.
	if !r.HasToken("Upgrade", "websocket") {
		f = append(f, found(rules.ClientUpgrade, "%s", seen("Upgrade", r.Values("Upgrade"))))
	}
	if !r.HasToken("Connection", "Upgrade") {
		f = append(f, found(rules.ClientConnection, "%s", seen("Connection", r.Values("Connection"))))
	}
	f = append(f, checkRequestKey(r)...)
	f = append(f, checkRequestVersion(r)...)
	// item 8: a browser, which says that it is one, says where its script came from.
	if strings.HasPrefix(r.Get("User-Agent"), "Mozilla/") && !r.Has("Origin") && !r.Has(d.Traits().OriginField) {
		f = append(f, found(rules.ClientOrigin, "no Origin from %q", r.Get("User-Agent")))
	}
	return append(f, checkOffers(r)...)
}

// checkRequestKey judges the key (RFC 6455 §4.1 item 7, §11.3.1).
func checkRequestKey(r *wire.Request) []Finding {
	const name = "Sec-WebSocket-Key"
	switch keys := r.Values(name); {
	case len(keys) > 1:
		return []Finding{found(rules.ClientKeyOnce, "%s", seen(name, keys))}
	case len(keys) == 0 || !wire.ValidKey(keys[0]):
		return []Finding{found(rules.ClientKey, "%s", seen(name, keys))}
	}
	return nil
}

// checkRequestVersion judges the version (RFC 6455 §4.1 item 9, §11.3.5).
func checkRequestVersion(r *wire.Request) []Finding {
	const name = "Sec-WebSocket-Version"
	versions := r.Values(name)
	if len(versions) > 1 {
		return []Finding{found(rules.ClientVersionOnce, "%s", seen(name, versions))}
	}
	if d, _ := wire.DialectOf(r); d == wire.DialectUnknown || len(versions) == 0 {
		return []Finding{found(rules.ClientVersion, "%s", seen(name, versions))}
	}
	return nil
}

// checkOffers judges what a request offers (RFC 6455 §4.1 items 10 and 11, RFC 7692 §7).
func checkOffers(r *wire.Request) (f []Finding) {
	if v := r.Values("Sec-WebSocket-Protocol"); v != nil {
		if list, ok := wire.ParseTokens(strings.Join(v, ", ")); !ok || repeats(list) {
			f = append(f, found(rules.ClientProtocols, "%s", seen("Sec-WebSocket-Protocol", v)))
		}
	}
	list, ok := extensionsOf(&r.Head)
	if !ok {
		f = append(f, found(rules.ClientExtensions, "%s", seen(extensionsField, r.Values(extensionsField))))
	}
	for _, e := range list {
		if !named(e, wire.DeflateName) {
			continue
		}
		if _, _, ok := wire.ParseDeflateOffer(e); !ok {
			f = append(f, found(rules.DeflateOffer, "%q", e))
		}
	}
	return f
}

// laterHTTP reports whether proto is HTTP/1.1 or higher.
func laterHTTP(proto string) bool {
	major, minor, ok := httpVersion(proto)
	return ok && (major > 1 || major == 1 && minor >= 1)
}

// httpVersion reads a version such as HTTP/1.1 (RFC 2616 §3.1).
func httpVersion(proto string) (major, minor uint64, ok bool) {
	first, second, ok := strings.Cut(strings.TrimPrefix(proto, "HTTP/"), ".")
	major, err1 := strconv.ParseUint(first, 10, 16)
	minor, err2 := strconv.ParseUint(second, 10, 16)
	return major, minor, ok && err1 == nil && err2 == nil && strings.HasPrefix(proto, "HTTP/")
}

// validTarget reports whether a request may have that target (RFC 6455 §3, §4.1).
func validTarget(target string) bool {
	absolute := false
	for _, scheme := range []string{"http://", "https://", "ws://", "wss://"} {
		absolute = absolute || strings.HasPrefix(strings.ToLower(target), scheme)
	}
	return (absolute || strings.HasPrefix(target, "/")) && !strings.Contains(target, "#")
}

// validVersion reports whether a version keeps to the grammar of RFC 6455 §4.3.
func validVersion(version string) bool {
	n, err := strconv.ParseUint(version, 10, 8)
	return err == nil && strconv.FormatUint(n, 10) == version
}

// isBase64 reports whether key is base64 of any size.
func isBase64(key string) bool {
	_, err := base64.StdEncoding.DecodeString(key)
	return err == nil
}

// repeats reports whether list has an element twice.
func repeats(list []string) bool {
	for i, s := range list {
		if slices.Contains(list[:i], s) {
			return true
		}
	}
	return false
}
