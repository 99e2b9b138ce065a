package mutant

import (
	"bytes"
	"strings"

	"wsprobe/internal/wire"
)

const deflateName = "permessage-deflate"

// deflate is what permessage-deflate works with once it is agreed (RFC 7692).
type deflate struct {
	in  *wire.Inflater
	out *wire.Deflater

	bits     int  // of out's window
	takeover bool // out keeps it from message to message
}

// negotiate agrees to the first offer of permessage-deflate that it can take
// (RFC 7692 §5) and returns the Sec-WebSocket-Extensions that says so, or "".
func (s *session) negotiate(r *wire.Request) string {
	values := r.Values("Sec-WebSocket-Extensions")
	if s.is(readsFirstExtensionField) {
		values = values[:min(1, len(values))]
	}
	list := offers(values)
	if s.is(readsFirstOffer) {
		list = list[:min(1, len(list))]
	}
	var agreed []string
	for _, offer := range list {
		if len(agreed) > 0 && !s.is(agreesToConflict) && !s.is(agreesToUnknownExtension) {
			break
		}
		if e, ok := s.agree(offer); ok {
			agreed = append(agreed, e.String())
		}
	}
	if s.is(agreesToExtensionUnasked) {
		agreed = append(agreed, deflateName)
	}
	return strings.Join(agreed, ", ")
}

// offers joins the values of Sec-WebSocket-Extensions (RFC 6455 §9.1).
func offers(values []string) []wire.Extension {
	list, _ := wire.ParseExtensions(strings.Join(values, ", "))
	return list
}

// agree takes an offer, or not. What is agreed is the offer itself, but that
// client_max_window_bits without a value is a hint, which needs no answer
// (RFC 7692 §7.1).
func (s *session) agree(offer wire.Extension) (agreed wire.Extension, ok bool) {
	if offer.Name != deflateName && (s.is(agreesToUnknownExtension) || s.is(agreesToConflict)) {
		return offer, true
	}
	read := offer
	if s.mutant != nil && s.mutant.offer != nil {
		read = s.mutant.offer(offer)
	}
	p, _, ok := wire.ParseDeflateOffer(read)
	if read.Name != deflateName || !ok {
		return agreed, false
	}
	s.deflate = s.newDeflate(p)
	agreed = wire.Extension{Name: read.Name}
	for _, param := range read.Params {
		if param.Quoted = false; param.HasValue || param.Name != clientBits {
			agreed.Params = append(agreed.Params, param)
		}
	}
	if s.mutant != nil && s.mutant.agree != nil {
		s.mutant.agree(&offer, &agreed)
	}
	if s.mutant != nil && s.mutant.Rule == "" { // it keeps to what it says
		p, _ = wire.ParseDeflateAnswer(agreed)
		s.deflate = s.newDeflate(p)
	}
	return agreed, true
}

// newDeflate makes the two ends of what was agreed, but for a mutant.
func (s *session) newDeflate(p wire.DeflateParams) *deflate {
	switch {
	case s.is(keepsItsWindow):
		p.ServerNoContextTakeover = false
	case s.is(compressesWithFullWindow):
		p.ServerMaxWindowBits = 15
	case s.is(forgetsClientWindow):
		p.ClientNoContextTakeover = true
	case s.is(inflatesWithSmallWindow):
		p.ClientMaxWindowBits = 10
	}
	return &deflate{
		in:   wire.NewInflater(p.ClientMaxWindowBits, !p.ClientNoContextTakeover),
		out:  wire.NewDeflater(p.ServerMaxWindowBits, !p.ServerNoContextTakeover),
		bits: p.ServerMaxWindowBits, takeover: !p.ServerNoContextTakeover,
	}
}

// compress makes a compressed frame of a data frame (RFC 7692 §7.2.1).
func (s *session) compress(f frame) frame {
	f.Rsv = wire.RSV1
	switch {
	case s.is(marksWithoutCompressing):
		return f
	case s.is(leavesTailOn):
		return f.resized(append(s.deflate.out.Message(nil, f.payload), syncTail...))
	}
	return f.resized(s.deflate.out.Message(nil, f.payload))
}

// syncTail is what RFC 7692 §7.2.1 takes off the end of a message.
var syncTail = []byte{0x00, 0x00, 0xFF, 0xFF}

// inflate makes a message of a compressed one (RFC 7692 §7.2.2).
func (s *session) inflate(data []byte) ([]byte, *violation) {
	if s.inflatesNot(data) {
		return nil, &violation{closeProtocol, "this server cannot inflate that"}
	}
	if s.is(stopsAtFirstBlock) {
		data, _, _ = bytes.Cut(data, syncTail)
	}
	out, fault := s.deflate.in.Message(nil, data, s.limit)
	switch {
	case fault == wire.InflateOK:
		return out[:s.keptOf(out)], nil
	case s.is(takesBadDeflateData):
		return data, nil
	case fault == wire.InflateTooLong:
		return nil, &violation{closeTooBig, "the message is too large, once inflated"}
	}
	return nil, &violation{closeData, "the message is not compressed as was agreed"}
}

// keptOf is all of an inflated message, but for a mutant.
func (s *session) keptOf(out []byte) int {
	if s.is(cutsInflatedMessages) {
		return min(len(out), 1<<20)
	}
	return len(out)
}

// inflatesNot is for mutants only: they refuse some of what DEFLATE allows.
func (s *session) inflatesNot(data []byte) bool {
	stored := len(data) > 1 && data[0]&6 == 0
	return s.is(refusesFinalBlock) && len(data) > 0 && data[0]&1 == 1 ||
		s.is(refusesStoredBlock) && stored ||
		s.is(refusesEmptyCompressed) && len(data) == 1
}

// The parameters of permessage-deflate (RFC 7692 §7.1).
const (
	serverNoTakeover = "server_no_context_takeover"
	clientNoTakeover = "client_no_context_takeover"
	serverBits       = "server_max_window_bits"
	clientBits       = "client_max_window_bits"
)
