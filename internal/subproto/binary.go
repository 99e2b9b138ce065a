package subproto

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// leastKeys is how many keys that are text tell a value from bytes that happen to
// read as one.
const leastKeys = 2

// describeBinary describes bytes that nothing is known of: as MessagePack or CBOR
// where all of them are a map or an array in which all keys are text, and the other
// of the two cannot be meant.
func describeBinary(p []byte) Description {
	pack, cbor := looksPacked(p), looksCBOR(p)
	switch {
	case pack && !cbor:
		return describeMessagePack(p)
	case cbor && !pack:
		return describeCBOR(p)
	}
	return Description{}
}

// packs reports whether a map or an array of MessagePack begins so, and codes the same
// of CBOR.
func packs(c byte) bool { return c >= 0x80 && c <= 0x9f || c >= 0xdc && c <= 0xdf }
func codes(c byte) bool { return c >= 0x80 && c <= 0xbf }

// looksPacked reports whether p begins with a map or an array of MessagePack, and
// is one.
func looksPacked(p []byte) bool {
	if len(p) == 0 || !packs(p[0]) {
		return false
	}
	r, ok := unpack(p)
	return ok && r.plain && r.keys >= leastKeys
}

// looksCBOR reports the same of CBOR: its major types 4 and 5.
func looksCBOR(p []byte) bool {
	if len(p) == 0 || !codes(p[0]) {
		return false
	}
	var v any
	if values.Unmarshal(p, &v) != nil {
		return false
	}
	keys, plain := keysOf(v)
	return plain && keys >= leastKeys
}

// batched describes a message of several, each behind its length in four bytes, as
// WAMP has them.
func batched(p []byte, name string, describe func([]byte) Description) Description {
	var all []string
	for len(p) > 0 {
		if len(p) < 4 || uint64(binary.BigEndian.Uint32(p)) > uint64(len(p)-4) {
			return Description{}
		}
		end := 4 + int(binary.BigEndian.Uint32(p))
		one := describe(p[4:end])
		if one.Name == "" {
			return Description{}
		}
		all, p = append(all, one.Pretty), p[end:]
	}
	return Description{Name: fmt.Sprintf("%s batch of %d", name, len(all)), Pretty: "[" + strings.Join(all, ", ") + "]"}
}
