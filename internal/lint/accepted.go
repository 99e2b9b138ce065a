package lint

import (
	"bytes"
	"slices"
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// checkAccepted judges a 101 by the request that it should not have answered
// (RFC 6455 §4.2.1). r may be nil.
func checkAccepted(r *wire.Request, p *wire.Response) (f []Finding) {
	if r == nil {
		return nil
	}
	add := func(broken bool, rule rules.ID, format string, args ...any) {
		if broken {
			f = append(f, found(rule, "101 for "+format, args...))
		}
	}
	// item 1: a GET of HTTP/1.1 or higher.
	add(r.Method != "GET", rules.RequestMethod, "method %q", r.Method)
	add(!laterHTTP(r.Proto), rules.RequestHTTPVersion, "%q", r.Proto)
	// item 2: a Host; RFC 9112 §3.2: not two.
	hosts := r.Values("Host")
	add(len(hosts) == 0, rules.RequestHost, "no Host")
	add(len(hosts) > 1, rules.RequestHostOnce, "%s", seen("Host", hosts))
	// items 3 and 4: Upgrade and Connection.
	add(!r.HasToken("Upgrade", "websocket"), rules.RequestUpgrade, "%s", seen("Upgrade", r.Values("Upgrade")))
	add(!r.HasToken("Connection", "Upgrade"), rules.RequestConnection, "%s", seen("Connection", r.Values("Connection")))
	// items 8 and 9: lists that keep their grammar.
	if v := r.Values("Sec-WebSocket-Protocol"); v != nil {
		list, ok := wire.ParseTokens(strings.Join(v, ", "))
		add(!ok, rules.SubprotocolOfferForm, "%s", seen("Sec-WebSocket-Protocol", v))
		add(ok && repeats(list), rules.SubprotocolOfferUnique, "%s", seen("Sec-WebSocket-Protocol", v))
	}
	// §9.1 binds who negotiates; that this server does shows where it agrees to something.
	if _, ok := extensionsOf(&r.Head); !ok {
		rule := rules.ExtensionMalformedUnread
		if p.Has(extensionsField) {
			rule = rules.ExtensionMalformed
		}
		add(true, rule, "%s", seen(extensionsField, r.Values(extensionsField)))
	}
	// RFC 9112 §5.1: no space before a colon.
	for _, field := range r.Fields {
		name, _, _ := bytes.Cut(field.Raw, []byte{':'})
		add(field.Name != "" && bytes.HasSuffix(name, []byte{' '}), rules.HTTPSpaceBeforeColon, "%q", name)
	}
	return append(append(f, checkAcceptedKey(r)...), checkAcceptedVersion(r)...)
}

// checkAcceptedKey judges a 101 by the request's key (RFC 6455 §4.2.1 item 5).
func checkAcceptedKey(r *wire.Request) []Finding {
	keys := r.Values("Sec-WebSocket-Key")
	switch {
	case len(keys) == 0:
		return []Finding{found(rules.RequestKey, "101 for no key")}
	// §11.3.1: one key.
	case len(keys) > 1:
		return []Finding{found(rules.RequestKeyOnce, "101 for %s", seen("Sec-WebSocket-Key", keys))}
	case keys[0] == "":
		return []Finding{found(rules.RequestKeyEmpty, "101 for an empty key")}
	case wire.ValidKey(keys[0]):
		return nil
	case isBase64(keys[0]):
		return []Finding{found(rules.RequestKeySize, "101 for key %q", keys[0])}
	}
	return []Finding{found(rules.RequestKeyBase64, "101 for key %q", keys[0])}
}

// checkAcceptedVersion judges a 101 by the request's version (RFC 6455 §4.2.1 item 6).
func checkAcceptedVersion(r *wire.Request) []Finding {
	const name = "Sec-WebSocket-Version"
	versions := r.Values(name)
	switch {
	case len(versions) == 0:
		return []Finding{found(rules.VersionRequired, "101 for no version")}
	// §11.3.5: one version; in HTTP a list is the same as several fields.
	case len(versions) > 1 || strings.Contains(versions[0], ","):
		return []Finding{found(rules.VersionOnce, "101 for %s", seen(name, versions))}
	// §4.3: 0 to 255, without leading zeros.
	case !validVersion(versions[0]):
		return []Finding{found(rules.VersionForm, "101 for version %q", versions[0])}
	}
	d, version := wire.DialectOf(r)
	switch {
	case d != wire.DialectUnknown:
		return nil
	// §11.6: the drafts before 07 frame otherwise.
	case slices.Contains([]string{"0", "1", "2", "3", "4", "5", "6"}, version):
		return []Finding{found(rules.HybiOlder, "101 for version %s", version)}
	// §4.1: 9 to 12 were not and will not be used.
	case slices.Contains([]string{"9", "10", "11", "12"}, version):
		return []Finding{found(rules.HybiUnused, "101 for version %s", version)}
	}
	return []Finding{found(rules.VersionUnknown, "101 for version %s", version)}
}
