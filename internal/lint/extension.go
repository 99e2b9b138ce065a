package lint

import (
	"slices"
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

const extensionsField = "Sec-WebSocket-Extensions"

// definedExtensions are those that a document defines: the registry of RFC 6455
// §11.4, and those of drafts that were deployed.
var definedExtensions = []string{
	wire.DeflateName, "bbf-usp-protocol",
	deflateStream, "deflate-frame", "x-webkit-deflate-frame", "permessage-compress", "mux", "x-google-mux",
}

// rsv1Extensions are those that give RSV1 a meaning.
var rsv1Extensions = []string{wire.DeflateName, "deflate-frame", "x-webkit-deflate-frame", "permessage-compress"}

// named reports whether one of names is that of e; case is ignored, as the text
// does not say that it counts.
func named(e wire.Extension, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, e.Name) })
}

// extensionsOf reads all extension fields of a head as one list (RFC 6455 §9.1).
// ok is false where it breaks the grammar.
func extensionsOf(h *wire.Head) (list []wire.Extension, ok bool) {
	values := h.Values(extensionsField)
	if values == nil {
		return nil, true
	}
	return wire.ParseExtensions(strings.Join(values, ", "))
}

// checkExtensions judges the extensions of a 101 (RFC 6455 §9.1).
func checkExtensions(r *wire.Request, p *wire.Response) (f []Finding) {
	list, ok := extensionsOf(&p.Head)
	// §9.1: the value is a list of extensions.
	if !ok {
		f = append(f, found(rules.ExtensionAnswerForm, "%s", seen(extensionsField, p.Values(extensionsField))))
	}
	var offers []wire.Extension
	if r != nil {
		offers, _ = extensionsOf(&r.Head)
	}
	rsv1 := 0
	for _, e := range list {
		offered := slices.ContainsFunc(offers, func(o wire.Extension) bool { return named(o, e.Name) })
		switch {
		// §9: none but those requested.
		case r != nil && !offered:
			f = append(f, found(rules.ExtensionUnasked, "%q", e))
		// §9.1: none but those that are defined.
		case !named(e, definedExtensions...):
			f = append(f, found(rules.ExtensionUnknown, "%q", e))
		}
		if named(e, rsv1Extensions...) {
			rsv1++
		}
		if named(e, wire.DeflateName) && rsv1 == 1 {
			f = append(f, checkDeflateAnswer(e, offers)...)
		}
	}
	// RFC 7692 §5: one meaning of RSV1.
	if rsv1 > 1 {
		f = append(f, found(rules.DeflateConflict, "%s", seen(extensionsField, p.Values(extensionsField))))
	}
	return f
}

// checkDeflateAnswer judges the parameters of a permessage-deflate answer (RFC
// 7692 §7.1). It need only fit one of the offers.
func checkDeflateAnswer(e wire.Extension, offers []wire.Extension) []Finding {
	answer, ok := wire.ParseDeflateAnswer(e)
	// §7: each of the four parameters once at most, with a value just where it takes one.
	if !ok {
		return []Finding{found(rules.DeflateResponse, "%q", e)}
	}
	var best []Finding
	offered, valid := false, false
	for _, o := range offers {
		if !named(o, wire.DeflateName) {
			continue
		}
		offered = true
		offer, clientBits, ok := wire.ParseDeflateOffer(o)
		if !ok {
			continue
		}
		f := checkDeflateFit(e, answer, offer, clientBits)
		if !valid || len(f) < len(best) {
			best, valid = f, true
		}
	}
	// §7: an offer that is not well formed is declined.
	if offered && !valid {
		return []Finding{found(rules.DeflateDeclineInvalidOffer, "answered with %q", e)}
	}
	return best
}

// checkDeflateFit judges an answer by the offer that it accepts (RFC 7692 §7.1).
func checkDeflateFit(e wire.Extension, answer, offer wire.DeflateParams, clientBits bool) (f []Finding) {
	// §7.1.1.1: to accept server_no_context_takeover is to repeat it.
	if offer.ServerNoContextTakeover && !answer.ServerNoContextTakeover {
		f = append(f, found(rules.DeflateServerTakeoverAck, "%q", e))
	}
	// §7.1.2.1: to accept server_max_window_bits is to answer as much or less.
	if answer.ServerMaxWindowBits > offer.ServerMaxWindowBits {
		f = append(f, found(rules.DeflateServerWindowAck, "%d was offered, answered %q", offer.ServerMaxWindowBits, e))
	}
	answered := slices.ContainsFunc(e.Params, func(p wire.Param) bool { return p.Name == "client_max_window_bits" })
	switch {
	// §7.1.2.2: no client_max_window_bits unless it was offered.
	case answered && !clientBits:
		f = append(f, found(rules.DeflateClientWindowUnasked, "%q", e))
	// §7.1.2.2: an offered value is a limit on the answer's.
	case answered && answer.ClientMaxWindowBits > offer.ClientMaxWindowBits:
		f = append(f, found(rules.DeflateClientWindowHint, "%d was offered, answered %q", offer.ClientMaxWindowBits, e))
	}
	return f
}
