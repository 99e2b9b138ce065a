package subproto

import "github.com/fxamacker/cbor/v2"

// diagnosis writes CBOR in the diagnostic notation of RFC 8949 §8, within bounds.
var diagnosis, _ = cbor.DiagOptions{MaxNestedLevels: 32, MaxArrayElements: 1 << 16, MaxMapPairs: 1 << 16}.DiagMode()

func describeCBOR(p []byte) Description {
	s, err := diagnosis.Diagnose(p)
	if err != nil {
		return Description{}
	}
	return Description{Name: "CBOR", Pretty: s}
}
